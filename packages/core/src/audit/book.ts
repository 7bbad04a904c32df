import type { Clock, EpochMs, StoragePlugin, TenantId } from '@asignio/contracts';
import { Repository } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { AppendWatch } from './chain.ts';
import type { CheckpointClaims } from './checkpoint.ts';

/** When checkpoints are made. */
export interface CheckpointSchedule {
  /** After so many entries. */
  readonly entries: number;
  /** At the latest so long after an entry, ms. */
  readonly ms: number;
}

/** What holds unless told otherwise. */
export const CHECKPOINT_EVERY: CheckpointSchedule = { entries: 1000, ms: 10 * 60_000 };

/** A checkpoint as the store remembers it. */
export interface StoredCheckpoint extends Pick<CheckpointClaims, 'number' | 'sequence' | 'head' | 'at'> {
  readonly jws: string;
}

/** What is known of a tenant's chain: made before its first entry. */
export interface TenantRecord {
  readonly createdAt: EpochMs;
  /** The newest checkpoint; the next one names it. */
  readonly checkpoint: StoredCheckpoint | null;
  /** `false` while it is not sure that the newest is in the second place and in the chain. */
  readonly settled: boolean;
  /** When to look whether the chain has grown; `null` while there is nothing to look for. */
  readonly due: EpochMs | null;
  /** Nothing had been added when it was last looked at. */
  readonly quiet: boolean;
}

/** Id of the one record of a tenant. */
const ID = 'audit';
/** What one process knows of another's doing is used for this part of the time that it holds, so that no entry is missed. */
const TRUSTED = 0.9;

/** Keeps in the store, for all processes, when each tenant's next checkpoint is due. */
export class TenantBook implements AppendWatch {
  private readonly clock: Clock;
  private readonly schedule: CheckpointSchedule | undefined;
  private readonly onNew: (tenant: TenantId, at: EpochMs) => Promise<unknown>;
  readonly records: Repository<TenantRecord>;
  /** Tenants that are known to be looked at in time, from when and until when that need not be asked again. */
  private readonly known = new Map<TenantId, { readonly from: EpochMs; readonly until: EpochMs }>();

  /**
   * @param schedule without one, no checkpoint is ever due
   * @param onNew told of a tenant of which there is no record yet, perhaps more than once
   */
  constructor(
    storage: StoragePlugin,
    clock: Clock,
    schedule: CheckpointSchedule | undefined,
    onNew: (tenant: TenantId, at: EpochMs) => Promise<unknown>,
  ) {
    this.clock = clock;
    this.schedule = schedule;
    this.onNew = onNew;
    this.records = new Repository(storage, 'tenant', ({ due }) => (due === null ? {} : { due }));
  }

  async before(tenant: TenantId): Promise<void> {
    const now = this.clock.now();
    const known = this.known.get(tenant);
    // Set back, the clock says nothing of what was known.
    if (known !== undefined && known.from <= now && now < known.until) return;
    const record = await this.ensure(tenant, now);
    const { due } = record.value;
    const until = due === null ? Number.POSITIVE_INFINITY : now + TRUSTED * (due - now);
    this.known.set(tenant, { from: now, until });
  }

  async after(tenant: TenantId, sequence: number): Promise<void> {
    if (this.schedule === undefined || sequence % this.schedule.entries !== 0) return;
    const now = this.clock.now();
    await this.records.update(tenant, ID, (value) =>
      value === undefined || (value.due !== null && value.due <= now) ? undefined : { ...value, due: now },
    );
  }

  async find(tenant: TenantId): Promise<Typed<TenantRecord> | undefined> {
    return this.records.get(tenant, ID);
  }

  /** The tenant's record, made where there is none; due in time for what is about to be written. */
  async ensure(tenant: TenantId, now: EpochMs): Promise<Typed<TenantRecord>> {
    // Told of before the record is made: who makes it after a crash tells of it again.
    if ((await this.find(tenant)) === undefined) await this.onNew(tenant, now);
    const latest = this.next(now);
    const record = await this.records.update(tenant, ID, (value) => {
      if (value === undefined) return { createdAt: now, checkpoint: null, settled: true, due: latest, quiet: false };
      // A due date that is too far ahead is of before the clock was set back.
      return latest === null || (value.due !== null && value.due <= latest) ? undefined : { ...value, due: latest };
    });
    return record as Typed<TenantRecord>;
  }

  /**
   * There was nothing new. An entry may have been announced and not written yet, so it is looked at once more before it
   * rests.
   */
  async rest(record: Typed<TenantRecord>): Promise<void> {
    await this.records.replace(record, {
      ...record.value,
      due: record.value.quiet ? null : this.next(this.clock.now()),
      quiet: true,
    });
  }

  /** When to look again. */
  next(now: EpochMs): EpochMs | null {
    return this.schedule === undefined ? null : now + this.schedule.ms;
  }
}
