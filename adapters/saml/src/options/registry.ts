import type { Clock } from '@asignio/contracts';
import type { BridgeLogger } from '@asignio/bridge';
import { Refused } from '../xml/refused.ts';

/** Metadata of another, as XML; a function fetches them. */
export type MetadataSource = string | (() => string | Promise<string>);

/** What {@link Registry} stands on. */
export interface RegistryTools {
  readonly clock: Clock;
  readonly logger: BridgeLogger;
  /** Metadata that are fetched are fetched again after so long, ms. */
  readonly every: number;
}

/** Whose metadata they are. */
export interface Kind<Options, Value> {
  readonly who: 'serviceProvider' | 'identityProvider';
  /** @throws Refused for metadata that cannot be used */
  read(options: Options, text: string, now: number): Value;
  entityId(value: Value): string;
}

interface Entry<Options, Value> {
  readonly options: Options;
  readonly value: Value;
}

/**
 * Others, with the metadata of now. Where an option fetches them, they are fetched again when somebody asks and they are due;
 * until the new ones are there and found right the old ones hold, as long as they themselves say.
 */
export class Registry<Options extends { readonly metadata: MetadataSource }, Value> {
  private readonly kind: Kind<Options, Value>;
  private readonly tools: RegistryTools;
  private entries: readonly Entry<Options, Value>[];
  private readAt: number;
  private reading: Promise<void> | undefined;

  private constructor(kind: Kind<Options, Value>, entries: readonly Entry<Options, Value>[], tools: RegistryTools) {
    this.kind = kind;
    this.entries = entries;
    this.tools = tools;
    this.readAt = tools.clock.now();
  }

  /** @throws what `naming` makes of metadata that cannot be used */
  static async read<Options extends { readonly metadata: MetadataSource }, Value>(
    kind: Kind<Options, Value>,
    options: readonly Options[],
    tools: RegistryTools,
    naming: (index: number, read: () => Value) => Value,
  ): Promise<Registry<Options, Value>> {
    const entries: Entry<Options, Value>[] = [];
    for (const [index, one] of options.entries()) {
      const text = await textOf(one);
      entries.push({ options: one, value: naming(index, () => kind.read(one, text, tools.clock.now())) });
    }
    return new Registry(kind, entries, tools);
  }

  /** Of now; a refresh that is due goes on meanwhile. */
  all(): readonly Value[] {
    if (this.tools.clock.now() - this.readAt >= this.tools.every) void this.refresh();
    return this.entries.map(({ value }) => value);
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
    const entries: Entry<Options, Value>[] = [];
    for (const entry of this.entries) entries.push(await this.renewed(entry));
    this.entries = entries;
  }

  private async renewed(entry: Entry<Options, Value>): Promise<Entry<Options, Value>> {
    const { kind, tools } = this;
    const { options, value } = entry;
    if (typeof options.metadata === 'string') return entry;
    const entityId = kind.entityId(value);
    try {
      const renewed = kind.read(options, await textOf(options), tools.clock.now());
      if (kind.entityId(renewed) !== entityId) throw new Refused('metadata', 'They are of another entityID');
      return { options, value: renewed };
    } catch (error) {
      const reason = error instanceof Refused ? error.message : 'They could not be fetched';
      tools.logger.warn({ [kind.who]: entityId, reason }, 'asignio: metadata of another stay as they were');
      return entry;
    }
  }
}

async function textOf({ metadata }: { readonly metadata: MetadataSource }): Promise<string> {
  return typeof metadata === 'string' ? metadata : metadata();
}
