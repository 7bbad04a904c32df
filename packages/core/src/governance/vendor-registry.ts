import { AsignioError } from '@asignio/contracts';
import type { ComparisonPlugin, IdentityVerificationPlugin, PluginKind, RiskSignalPlugin } from '@asignio/contracts';

/** A plugin through which something goes to somebody else. */
export type VendorPlugin = ComparisonPlugin | IdentityVerificationPlugin | RiskSignalPlugin;

interface ByKind {
  readonly comparison: ComparisonPlugin;
  readonly 'identity-verification': IdentityVerificationPlugin;
  readonly 'risk-signal': RiskSignalPlugin;
}

/** Kinds of plugins that go here. */
export const VENDOR_KINDS = [
  'comparison',
  'identity-verification',
  'risk-signal',
] as const satisfies readonly PluginKind[];

/** The plugins that were handed in, by name. */
export class VendorRegistry {
  private readonly plugins: ReadonlyMap<string, VendorPlugin>;

  constructor(plugins: readonly VendorPlugin[]) {
    this.plugins = new Map(plugins.map((plugin) => [plugin.metadata.name, plugin]));
  }

  all(): readonly VendorPlugin[] {
    return [...this.plugins.values()];
  }

  find(name: string): VendorPlugin | undefined {
    return this.plugins.get(name);
  }

  /** @throws AsignioError `ASIGNIO_NOT_FOUND` when none of that kind has the name. */
  get<K extends keyof ByKind>(kind: K, name: string): ByKind[K] {
    const plugin = this.plugins.get(name);
    if (plugin?.metadata.kind !== kind)
      throw new AsignioError('ASIGNIO_NOT_FOUND', `No such ${kind} plugin is installed`);
    return plugin as ByKind[K];
  }

  /** Closes all; one that cannot keeps no other from it. */
  async close(): Promise<void> {
    await Promise.allSettled(this.all().map(async (plugin) => plugin.close()));
  }
}
