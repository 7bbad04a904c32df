import { tenantId } from '@asignio/contracts';
import type { Clock, RecordKey, RecordKind, RecordPage, StoragePlugin, StoredRecord } from '@asignio/contracts';
import { fakeClock } from '../../fake-clock.ts';
import type { FakeClock } from '../../fake-clock.ts';
import type { TestRunner } from '../runner.ts';

/** How a child process opens the store of the test that started it. */
export interface ChildStore {
  /**
   * Module whose default export makes the plugin: `(location: string) => StoragePlugin`, not opened. It uses the
   * machine's clock.
   */
  readonly module: URL;
  /** Handed to it: a path, a URI. */
  readonly location: string;
}

/** What {@link storageContract} is given. */
export interface StorageContractOptions extends TestRunner {
  /** Makes the plugin of a store that is empty and its own, not opened. Its leases must go by the clock. */
  readonly create: (context: { readonly clock: Clock }) => StoragePlugin | Promise<StoragePlugin>;
  /**
   * Makes another plugin on the same store, not opened, as a second process or a restart would. Without it, nothing is
   * tested of restarts and of two plugins on one store.
   */
  readonly reopen?: (
    storage: StoragePlugin,
    context: { readonly clock: Clock },
  ) => StoragePlugin | Promise<StoragePlugin>;
  /** Says how a child process opens the same store. Without it, nothing is tested of several processes and of kill -9. */
  readonly spawn?: (storage: StoragePlugin) => ChildStore | Promise<ChildStore>;
  /** Removes what `create` made; called after the plugin is closed. */
  readonly destroy?: (storage: StoragePlugin) => void | Promise<void>;
  /**
   * How many writers are killed.
   * @default 20
   */
  readonly kills?: number;
}

/** What a test of the suite works with. */
export interface World {
  readonly storage: StoragePlugin;
  readonly clock: FakeClock;
}

/** Declares a test that gets an open store of its own, closed and removed afterwards. */
export type Scenario = (title: string, body: (world: World) => Promise<void>) => void;

export function scenarios({ it, create, destroy }: StorageContractOptions): Scenario {
  return (title, body) => {
    it(title, async () => {
      const clock = fakeClock();
      const storage = await create({ clock });
      try {
        await storage.open();
        await body({ storage, clock });
      } finally {
        await storage.close();
        await destroy?.(storage);
      }
    });
  };
}

export const ACME = tenantId('acme');
export const OTHER = tenantId('acme.other');
export const AUDIT = 'audit';

export function keyOf(id: string, kind: RecordKind = 'subject', tenant = ACME): RecordKey {
  return { tenant, kind, id };
}

/** All records of a paged listing, in order; `between` runs after each page but the last. */
export async function walk(
  page: (after: string | undefined) => Promise<RecordPage>,
  between?: () => Promise<void>,
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  let after: string | undefined;
  do {
    const { records: some, next } = await page(after);
    records.push(...some);
    after = next;
    if (after !== undefined) await between?.();
  } while (after !== undefined);
  return records;
}

/** The ids of a listing, with an optional cursor put in. */
export function withCursor<T extends object>(query: T, after: string | undefined): T & { after?: string } {
  return after === undefined ? query : { ...query, after };
}

/** A generator of numbers in [0, 1), the same ones for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that tell of a tear: the same ones for the same seed, different all along. */
export function pattern(seed: number, length: number): Uint8Array {
  const next = seeded(seed);
  return Uint8Array.from({ length }, () => Math.floor(next() * 256));
}
