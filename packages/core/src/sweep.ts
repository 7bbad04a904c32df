import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, Lease, StoragePlugin } from '@asignio/contracts';
import type { SweepReport } from './api.ts';
import type { Attempts } from './attempts.ts';
import type { CeremonyLedger } from './ceremony/ledger.ts';
import type { Verification } from './ceremony/verification.ts';
import type { EffectRunner } from './effects/runner.ts';
import { CANCELLED, HELD_LOOK_MS } from './store/records.ts';
import type { CeremonyRecord, ProbeRecord, Repositories, SubjectRecord } from './store/records.ts';
import { isConflict, isUnavailable } from './store/repository.ts';
import type { Repository, Typed } from './store/repository.ts';
import type { Destruction } from './subject/destruction.ts';

const LEASE = 'sweep';
/** Renewed for each record; another process takes over this long after the holder died, ms. */
const LEASE_MS = 30_000;

/** Hands every record that is due to a handler; one that fails stays due and keeps no other waiting. */
export type SweepWalk = <T>(repository: Repository<T>, handle: (record: Typed<T>) => Promise<unknown>) => Promise<void>;

/** What another room of the core has the sweep do. Each step can be done again. */
export type SweepDuty = (walk: SweepWalk) => Promise<void>;

export interface SweepTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly ledger: CeremonyLedger;
  readonly verification: Verification;
  readonly effects: EffectRunner;
  readonly destruction: Destruction;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly duties: readonly SweepDuty[];
  /** Told of a record that could not be handled; it stays due. */
  readonly onError: (error: unknown) => void;
}

type Counts = { -readonly [K in Exclude<keyof SweepReport, 'ran'>]: number };

/** The lease went to another process, which goes on from here. */
class LeaseLost extends Error {}

/**
 * Finishes what a crash left, ends what expired, destroys what is due. Every step can be done again, so a sweep that is
 * interrupted is finished by the next one, and the lease only keeps two from doing the same work at once.
 */
export class Sweep {
  private readonly tools: SweepTools;

  constructor(tools: SweepTools) {
    this.tools = tools;
  }

  async run(): Promise<SweepReport> {
    const counts: Counts = { finished: 0, interrupted: 0, expired: 0, destroyed: 0, held: 0, failed: 0 };
    const { storage } = this.tools;
    // Of this run alone: two runs of one process keep out of each other's way as two processes do.
    const lease = await storage.acquireLease(LEASE, randomUUID(), LEASE_MS);
    if (lease === undefined) return { ran: false, ...counts };
    try {
      await this.each(counts, lease);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      await storage.releaseLease(lease);
    }
    return { ran: true, ...counts };
  }

  private async each(counts: Counts, lease: Lease): Promise<void> {
    const { repositories, clock, effects, destruction, attempts, duties } = this.tools;
    const now = clock.now();
    const all = async <T>(repository: Repository<T>, handle: (record: Typed<T>) => Promise<unknown>) =>
      this.all(repository, now, lease, counts, handle);
    await all(repositories.consents, async (consent) => {
      await effects.settleConsent(consent);
      counts.finished++;
    });
    await all(repositories.ceremonies, async (ceremony) => this.ceremony(ceremony, counts));
    await all(repositories.destructions, async (record) => {
      if ((await destruction.resume(record)) === 'done') counts.finished++;
    });
    await all(repositories.subjects, async (subject) => this.subject(subject, now, counts));
    await all(repositories.probes, async (probe) => this.probe(probe, now));
    await all(repositories.attempts, async (record) => attempts.forget(record));
    for (const duty of duties)
      await duty(async (repository, handle) =>
        all(repository, async (record) => {
          await handle(record);
          counts.finished++;
        }),
      );
  }

  /**
   * Handles all that is due of one kind. A record that cannot be handled now, or read at all, must not keep the others
   * from it: it stays due, and is told of. Only a store that is gone ends the sweep.
   */
  private async all<T>(
    repository: Repository<T>,
    now: number,
    lease: Lease,
    counts: Counts,
    handle: (record: Typed<T>) => Promise<unknown>,
  ): Promise<void> {
    const failed = (error: unknown) => {
      if (error instanceof LeaseLost || isUnavailable(error)) throw error;
      // Somebody else was quicker: nothing is wrong.
      if (isConflict(error) || (error instanceof AsignioError && error.code === 'ASIGNIO_CEREMONY_ORDER')) return;
      counts.failed++;
      this.tools.onError(error);
    };
    try {
      for await (const record of repository.due(now)) {
        await this.renew(lease);
        await handle(record).catch(failed);
      }
    } catch (error) {
      failed(error);
    }
  }

  private async renew(lease: Lease): Promise<void> {
    const renewed = await this.tools.storage.acquireLease(LEASE, lease.holder, LEASE_MS);
    // Taken again after another had it, it is a new one: what this run has read since may be old.
    if (renewed?.fence !== lease.fence) throw new LeaseLost();
  }

  /** Who came back a moment ago is not destroyed by a list of before: that it is due stands in the same compare-and-set. */
  private async subject(record: Typed<SubjectRecord>, now: number, counts: Counts): Promise<void> {
    const { effects, destruction } = this.tools;
    const { tenant, id, value } = record;
    if ((value.effects ?? []).length > 0) {
      await effects.settleSubject(record);
      counts.finished++;
      return;
    }
    const { life, rule, due } = value;
    const order = `retention:${life}`;
    const state = await destruction.order(
      tenant,
      {
        type: 'destroy',
        id: order,
        subject: id,
        scope: 'all',
        reason: rule,
        at: now,
        life,
        owed: [{ type: 'audit', id: order, event: 'retention.destroyed', subject: id, at: now, data: { rule, due } }],
      },
      (current) => current.due <= now,
    );
    if (state === 'done') counts.destroyed++;
    if (state === 'held') counts.held++;
    if (state === 'running') counts.failed++;
  }

  private async probe(probe: Typed<ProbeRecord>, now: number): Promise<void> {
    const { repositories, effects } = this.tools;
    if (await effects.expireProbe(probe)) return;
    await repositories.probes.update(probe.tenant, probe.id, (value) =>
      value === undefined ? undefined : { ...value, lookAt: now + HELD_LOOK_MS },
    );
    // The hold may have ended before it was known that this waits for it.
    await effects.expireProbe(probe);
  }

  private async ceremony(record: Typed<CeremonyRecord>, counts: Counts): Promise<void> {
    const { repositories, ledger, verification } = this.tools;
    const { value, tenant } = record;
    if (value.effects.length > 0) {
      await ledger.settle(record);
      counts.finished++;
      return;
    }
    const undecided = value.state === 'open' || value.state === 'deciding';
    if (undecided && value.kind === 'verification' && Object.keys(value.results).length > 0) {
      await verification.abandon(record);
      counts.interrupted++;
      return;
    }
    let current = record;
    if (undecided && value.key !== null) {
      // Whoever is still at it loses the next compare-and-set from here on; only then does the key go.
      current = await ledger.move(record, { ...value, expiresAt: CANCELLED });
      await repositories.keys.remove(tenant, value.key);
    }
    if (!(await repositories.ceremonies.removeRead(current))) return;
    // Made late by a beginning that was held up, and found no ceremony afterwards if it looked.
    if (undecided && value.key !== null) await repositories.keys.remove(tenant, value.key);
    counts.expired++;
  }
}
