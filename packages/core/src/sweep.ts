import { randomUUID } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, EpochMs, Lease, RecordKind, StoragePlugin } from '@asignio/contracts';
import type { SweepItem, SweepOptions, SweepReport } from './api.ts';
import type { Attempts } from './attempts.ts';
import type { CeremonyLedger } from './ceremony/ledger.ts';
import type { Verification } from './ceremony/verification.ts';
import type { EffectRunner } from './effects/runner.ts';
import type { Recount, WalkWatch } from './retention/recount.ts';
import type { RetentionRecords } from './retention/records.ts';
import type { ClockVerdict, Timekeeper } from './retention/timekeeper.ts';
import { CANCELLED, HELD_LOOK_MS } from './store/records.ts';
import type { CeremonyRecord, ProbeRecord, Repositories, SubjectRecord } from './store/records.ts';
import { isConflict, isUnavailable } from './store/repository.ts';
import type { Repository, Typed } from './store/repository.ts';
import type { Destruction } from './subject/destruction.ts';
import type { Lifetimes } from './subject/lifetimes.ts';

const LEASE = 'sweep';
/** Another process takes over this long after the holder died, ms. */
const LEASE_MS = 30_000;
/** Renewed after so long, ms. */
const RENEW_MS = 1000;

/** What is owed whatever the time is: everything else is due because of its date. */
const OWED: ReadonlySet<RecordKind> = new Set(['consent', 'destruction', 'tenant', 'retention']);

/** Hands every record that is due to a handler; one that fails stays due and keeps no other waiting. */
export type SweepWalk = <T>(repository: Repository<T>, handle: (record: Typed<T>) => Promise<unknown>) => Promise<void>;

/**
 * What another room of the core has the sweep do. Each step can be done again. A dry run calls no handler; what a duty does
 * outside of handlers it leaves undone where `dryRun` says so.
 */
export type SweepDuty = (walk: SweepWalk, how: { readonly dryRun: boolean }) => Promise<void>;

export interface SweepTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly ledger: CeremonyLedger;
  readonly verification: Verification;
  readonly effects: EffectRunner;
  readonly destruction: Destruction;
  readonly lifetimes: Lifetimes;
  readonly retention: RetentionRecords;
  readonly recount: Recount;
  readonly time: Timekeeper;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly duties: readonly SweepDuty[];
  /** Told of a record that could not be handled; it stays due. */
  readonly onError: (error: unknown) => void;
}

type Counts = { -readonly [K in Exclude<keyof SweepReport, 'ran' | 'dryRun' | 'clock'>]: number };

/** The lease went to another process, which goes on from here. */
class LeaseLost extends Error {}

/**
 * R6: finishes what a crash left, ends what expired, destroys what is due. Every step can be done again, so a sweep that is
 * interrupted is finished by the next one, and the lease only keeps two from doing the same work at once. What it costs
 * grows with what is due, not with what is stored.
 */
export class Sweep {
  private readonly tools: SweepTools;

  constructor(tools: SweepTools) {
    this.tools = tools;
  }

  async run(options: SweepOptions = {}): Promise<SweepReport> {
    const { storage } = this.tools;
    // Of this run alone: two runs of one process keep out of each other's way as two processes do.
    const lease = await storage.acquireLease(LEASE, randomUUID(), LEASE_MS);
    const run = new SweepRun(this.tools, lease, options);
    if (lease === undefined) return run.report(false);
    try {
      await run.everything();
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      await storage.releaseLease(lease);
    }
    return run.report(true);
  }
}

/** One run. */
class SweepRun {
  private readonly tools: SweepTools;
  private readonly lease: Lease | undefined;
  private readonly options: SweepOptions;
  private readonly now: EpochMs;
  private readonly counts: Counts = {
    finished: 0,
    interrupted: 0,
    expired: 0,
    destroyed: 0,
    held: 0,
    recounted: 0,
    waiting: 0,
    failed: 0,
  };
  private clock: ClockVerdict = 'right';
  private renewedAt = Number.NEGATIVE_INFINITY;

  constructor(tools: SweepTools, lease: Lease | undefined, options: SweepOptions) {
    this.tools = tools;
    this.lease = lease;
    this.options = options;
    this.now = tools.clock.now();
  }

  report(ran: boolean): SweepReport {
    return { ran, dryRun: false, clock: this.clock, ...this.counts };
  }

  async everything(): Promise<void> {
    const { repositories, retention, effects, destruction, attempts, duties } = this.tools;
    await this.lookAtClock();
    await this.bringDatesUp();
    await this.all(retention.purposes, async ({ tenant }) => this.tools.recount.endPurpose(tenant, this.watch()));
    const isWhole = this.options.only === undefined;
    if (isWhole) {
      await this.all(repositories.consents, async (consent) => {
        await effects.settleConsent(consent);
        this.counts.finished++;
      });
      await this.all(repositories.ceremonies, async (ceremony) => this.ceremony(ceremony));
    }
    await this.all(repositories.destructions, async (record) => {
      if ((await destruction.resume(record)) === 'done') this.counts.finished++;
    });
    await this.all(repositories.subjects, async (subject) => this.subject(subject));
    await this.all(repositories.probes, async (probe) => this.probe(probe));
    await this.all(repositories.attempts, async (record) => attempts.forget(record));
    if (!isWhole) return;
    for (const duty of duties)
      await duty(
        async (repository, handle) =>
          this.all(repository, async (record) => {
            await handle(record);
            this.counts.finished++;
          }),
        { dryRun: false },
      );
  }

  /** A clock that cannot be right destroys nothing by its date, and is told of. */
  private async lookAtClock(): Promise<void> {
    const { time, onError } = this.tools;
    const confirmed = this.options.confirmClock === true;
    this.clock = confirmed ? 'right' : await time.verdict(this.now);
    if (this.clock === 'right') return time.accept(this.now, confirmed);
    onError(
      new AsignioError(
        'ASIGNIO_CLOCK_SUSPECT',
        `The clock says ${new Date(this.now).toISOString()}, ${this.clock} of the last sweep by too much`,
      ),
    );
  }

  private async bringDatesUp(): Promise<void> {
    const { recount } = this.tools;
    if (await recount.isDue()) await recount.run(this.watch());
  }

  private watch(): WalkWatch {
    return {
      before: async () => this.renew(),
      changed: (count) => void (this.counts.recounted += count),
      failed: (error) => this.failed(error),
    };
  }

  /**
   * Handles all that is due of one kind. A record that cannot be handled now, or read at all, must not keep the others
   * from it: it stays due, and is told of. Only a store that is gone ends the sweep.
   */
  private async all<T>(repository: Repository<T>, handle: (record: Typed<T>) => Promise<unknown>): Promise<void> {
    const { onProgress } = this.options;
    const { kind } = repository;
    try {
      const total = onProgress === undefined ? 0 : await countDue(repository, this.now);
      let done = 0;
      for await (const record of repository.due(this.now)) {
        await this.renew();
        if (this.waits(kind, record.due)) this.counts.waiting++;
        else await handle(record).catch((error: unknown) => this.failed(error));
        onProgress?.({ kind, done: ++done, total: Math.max(total, done) });
      }
    } catch (error) {
      this.failed(error);
    }
  }

  /** Whether a record is due by a date that a suspect clock says has come. */
  private waits(kind: RecordKind, due: EpochMs | undefined): boolean {
    return this.clock !== 'right' && !OWED.has(kind) && (due ?? 0) > 0;
  }

  private failed(error: unknown): void {
    if (error instanceof LeaseLost || isUnavailable(error)) throw error;
    // Somebody else was quicker: nothing is wrong.
    if (isConflict(error) || (error instanceof AsignioError && error.code === 'ASIGNIO_CEREMONY_ORDER')) return;
    this.counts.failed++;
    this.tools.onError(error);
  }

  private async renew(): Promise<void> {
    const now = this.tools.clock.now();
    // A clock that jumps renews it too.
    if (this.lease === undefined || Math.abs(now - this.renewedAt) < RENEW_MS) return;
    const renewed = await this.tools.storage.acquireLease(LEASE, this.lease.holder, LEASE_MS);
    // Taken again after another had it, it is a new one: what this run has read since may be old.
    if (renewed?.fence !== this.lease.fence) throw new LeaseLost();
    this.renewedAt = now;
  }

  /** Who came back a moment ago is not destroyed by a list of before: that it is due stands in the same compare-and-set. */
  private async subject(record: Typed<SubjectRecord>): Promise<void> {
    const { effects, destruction, lifetimes, repositories } = this.tools;
    const { tenant, id, value } = record;
    if ((value.effects ?? []).length > 0) {
      await effects.settleSubject(record);
      this.counts.finished++;
      return;
    }
    const { now } = this;
    const { due, rule } = lifetimes.explain(value);
    if (due > now) {
      // Its date is of rules of before.
      await repositories.subjects.update(tenant, id, (current) =>
        current === undefined || lifetimes.recounted(current) === current ? undefined : lifetimes.recounted(current),
      );
      return;
    }
    const order = `retention:${value.life}`;
    const state = await destruction.order(
      tenant,
      {
        type: 'destroy',
        id: order,
        subject: id,
        scope: 'all',
        reason: rule,
        at: now,
        life: value.life,
        owed: [{ type: 'audit', id: order, event: 'retention.destroyed', subject: id, at: now, data: { rule, due } }],
      },
      (current) => lifetimes.explain(current).due <= now,
    );
    if (state === 'none') return;
    const action = state === 'held' ? 'hold' : 'destroy';
    this.options.onItem?.({ tenant, kind: 'subject', id, action, rule, due } satisfies SweepItem);
    if (state === 'done') this.counts.destroyed++;
    if (state === 'held') this.counts.held++;
    if (state === 'running') this.counts.failed++;
  }

  private async probe(probe: Typed<ProbeRecord>): Promise<void> {
    const { repositories, effects } = this.tools;
    if (await effects.expireProbe(probe)) return;
    await repositories.probes.update(probe.tenant, probe.id, (value) =>
      value === undefined ? undefined : { ...value, lookAt: this.now + HELD_LOOK_MS },
    );
    // The hold may have ended before it was known that this waits for it.
    await effects.expireProbe(probe);
  }

  private async ceremony(record: Typed<CeremonyRecord>): Promise<void> {
    const { repositories, ledger, verification } = this.tools;
    const { value, tenant } = record;
    if (value.effects.length > 0) {
      await ledger.settle(record);
      this.counts.finished++;
      return;
    }
    const undecided = value.state === 'open' || value.state === 'deciding';
    if (undecided && value.kind === 'verification' && Object.keys(value.results).length > 0) {
      await verification.abandon(record);
      this.counts.interrupted++;
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
    this.counts.expired++;
  }
}

async function countDue<T>(repository: Repository<T>, now: EpochMs): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await repository.duePage(now, { limit: 1000, ...(after === undefined ? {} : { after }) });
    count += page.records.length;
    after = page.next;
  } while (after !== undefined);
  return count;
}
