import type { Clock } from '@asignio/contracts';
import type { BridgeLogger } from '@asignio/bridge';
import { Refused } from '../xml/refused.ts';
import { serviceProviderOf } from './service-providers.ts';
import type { SamlServiceProviderOptions, ServiceProvider } from './service-providers.ts';

/** What {@link ServiceProviders} stands on. */
export interface RegistryTools {
  readonly clock: Clock;
  readonly logger: BridgeLogger;
  /** Metadata that are fetched are fetched again after so long, ms. */
  readonly every: number;
}

interface Entry {
  readonly options: SamlServiceProviderOptions;
  readonly serviceProvider: ServiceProvider;
}

/**
 * The service providers, with the metadata of now. Where an option fetches them, they are fetched again when somebody asks
 * and they are due; until the new ones are there and found right the old ones hold, as long as they themselves say.
 */
export class ServiceProviders {
  private readonly tools: RegistryTools;
  private entries: readonly Entry[];
  private readAt: number;
  private reading: Promise<void> | undefined;

  private constructor(entries: readonly Entry[], tools: RegistryTools) {
    this.entries = entries;
    this.tools = tools;
    this.readAt = tools.clock.now();
  }

  /** @throws what `naming` makes of metadata that cannot be used */
  static async read(
    options: readonly SamlServiceProviderOptions[],
    tools: RegistryTools,
    naming: (index: number, read: () => ServiceProvider) => ServiceProvider,
  ): Promise<ServiceProviders> {
    const entries: Entry[] = [];
    for (const [index, one] of options.entries()) {
      const text = await textOf(one);
      entries.push({
        options: one,
        serviceProvider: naming(index, () => serviceProviderOf(one, text, tools.clock.now())),
      });
    }
    return new ServiceProviders(entries, tools);
  }

  /** Of now; a refresh that is due goes on meanwhile. */
  all(): readonly ServiceProvider[] {
    if (this.tools.clock.now() - this.readAt >= this.tools.every) void this.refresh();
    return this.entries.map(({ serviceProvider }) => serviceProvider);
  }

  /** Fetches anew what is fetched; one at a time. */
  async refresh(): Promise<void> {
    this.reading ??= this.readAgain().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async readAgain(): Promise<void> {
    this.readAt = this.tools.clock.now();
    const entries: Entry[] = [];
    for (const entry of this.entries) entries.push(await this.renewed(entry));
    this.entries = entries;
  }

  private async renewed(entry: Entry): Promise<Entry> {
    const { options, serviceProvider } = entry;
    if (typeof options.metadata === 'string') return entry;
    const { entityId } = serviceProvider.metadata;
    try {
      const renewed = serviceProviderOf(options, await textOf(options), this.tools.clock.now());
      if (renewed.metadata.entityId !== entityId) throw new Refused('metadata', 'They are of another entityID');
      return { options, serviceProvider: renewed };
    } catch (error) {
      const reason = error instanceof Refused ? error.message : 'They could not be fetched';
      this.tools.logger.warn(
        { serviceProvider: entityId, reason },
        'asignio: metadata of a service provider stay as they were',
      );
      return entry;
    }
  }
}

async function textOf({ metadata }: SamlServiceProviderOptions): Promise<string> {
  return typeof metadata === 'string' ? metadata : metadata();
}
