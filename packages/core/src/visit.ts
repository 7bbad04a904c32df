import { AsignioError } from '@asignio/contracts';
import { defaultNotices } from '@asignio/policy';
import type { SweepOptions, SweepReport } from './api.ts';
import type { CoreOptions } from './options.ts';
import { RetentionRecords } from './retention/records.ts';
import { createCore } from './system.ts';

/** A sweep of retention on the store of a system that runs elsewhere, or not at all at the moment. */
export interface RetentionSweeper {
  sweep(options?: Omit<SweepOptions, 'only'>): Promise<SweepReport>;
  /** Closes the plugins. */
  close(): Promise<void>;
}

/**
 * Opens a store to sweep it by the rules that its own system last ran with, beside that system or without it. Only what
 * retention asks for is done: what is said to people, and what vendors' plugins are needed for, is left to the system.
 *
 * @throws AsignioError `ASIGNIO_NOT_FOUND` when no system has run on the store; and what {@link createCore} throws.
 * @example
 * ```ts
 * const sweeper = await openRetentionSweeper({ storage, keys, engine: (permits) => createEngine({ permits, workers: 1 }) });
 * const { destroyed } = await sweeper.sweep({ dryRun: true });
 * await sweeper.close();
 * ```
 */
export async function openRetentionSweeper(
  options: Pick<CoreOptions, 'storage' | 'keys' | 'engine' | 'checkpoints' | 'clock' | 'onSweepError'>,
): Promise<RetentionSweeper> {
  const { storage } = options;
  await storage.open();
  const state = await new RetentionRecords(storage).state().catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  if (state === undefined || state.schedule === null) {
    await storage.close();
    throw new AsignioError(
      'ASIGNIO_NOT_FOUND',
      'No system has run on this store yet, so there are no rules to sweep by',
    );
  }
  const { base, profiles } = state.schedule;
  const core = await createCore({
    ...options,
    notices: defaultNotices({ controller: { name: 'nobody', contact: 'nobody' }, retention: base }),
    retention: base,
    retentionProfiles: profiles,
    sweepAtStart: false,
    sweepEveryMs: 0,
  });
  return { sweep: async (how = {}) => core.sweep({ ...how, only: 'retention' }), close: async () => core.close() };
}
