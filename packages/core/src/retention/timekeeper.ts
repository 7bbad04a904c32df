import type { Clock, EpochMs } from '@asignio/contracts';
import type { RetentionRecords } from './records.ts';

/** A clock that is behind by no more than this is one of several machines that differ, ms: five minutes. */
const BEHIND_MS = 5 * 60_000;
/** What the store said of the time is asked for again after this, ms: an hour. */
const FRESH_MS = 3_600_000;

/** What a clock says, against what was seen before. */
export type ClockVerdict = 'right' | 'behind' | 'ahead';

/**
 * Knows the time at which the last sweep ran, so that a clock that jumps does not destroy what is not due, or keep what is:
 * data that are dated by a clock of 1970 would be destroyed when it is set right, data that are dated by one of 2099 be
 * kept for a lifetime.
 */
export class Timekeeper {
  private readonly records: RetentionRecords;
  private readonly clock: Clock;
  private readonly maxJumpMs: number;
  private known: { readonly seenAt: EpochMs | undefined; readonly readAt: EpochMs } | undefined;

  /** @param maxJumpMs furthest that time can go on between two sweeps without an operator's word */
  constructor(records: RetentionRecords, clock: Clock, maxJumpMs: number) {
    this.records = records;
    this.clock = clock;
    this.maxJumpMs = maxJumpMs;
  }

  /** What the clock is to be thought of now, as the store has it. */
  async verdict(now: EpochMs): Promise<ClockVerdict> {
    const seenAt = await this.read();
    if (seenAt === undefined) return 'right';
    // Asked the other way round, a clock that gives no time would be right.
    if (!(now >= seenAt - BEHIND_MS)) return 'behind';
    return now - seenAt > this.maxJumpMs ? 'ahead' : 'right';
  }

  /** Notes the time of a sweep. @param confirmed also sets it back, or further ahead than it may jump */
  async accept(now: EpochMs, confirmed = false): Promise<void> {
    const state = await this.records.change((value) => {
      if (value === undefined) return { seenAt: now, schedule: null, recount: null };
      return now > value.seenAt || (confirmed && now !== value.seenAt) ? { ...value, seenAt: now } : undefined;
    });
    this.known = { seenAt: state?.seenAt, readAt: now };
  }

  /** A time to date somebody's data by: what the clock says, or the nearest that it could have been. */
  async plausible(at: EpochMs): Promise<EpochMs> {
    const now = this.clock.now();
    const isFresh = this.known !== undefined && Math.abs(now - this.known.readAt) < FRESH_MS;
    const seenAt = isFresh ? this.known?.seenAt : await this.read();
    if (seenAt === undefined) return at;
    return Math.min(Math.max(at, seenAt - BEHIND_MS), seenAt + this.maxJumpMs);
  }

  private async read(): Promise<EpochMs | undefined> {
    const seenAt = (await this.records.state())?.seenAt;
    this.known = { seenAt, readAt: this.clock.now() };
    return seenAt;
  }
}
