import { AsignioError } from '@asignio/contracts';
import type { Clock, EpochMs, TenantId } from '@asignio/contracts';
import type { AttemptsRecord, Repositories, SubjectRecord } from './store/records.ts';
import type { Repository, Typed } from './store/repository.ts';

/**
 * Limits on consecutive failed attempts. The defaults are those of NIST SP 800-63B-4, section 3.2.3.3, without PAD: 5
 * failures, then at least 30 s before each, disabled at 50.
 */
export interface AttemptRules {
  readonly free: number;
  /** ms. */
  readonly delay: number;
  readonly disableAt: number;
}

export const NIST_63B4_ATTEMPTS: AttemptRules = { free: 5, delay: 30_000, disableAt: 50 };

/** Counted ceremonies that are remembered, so that none counts twice. */
const REMEMBERED = 64;
/** An id without data behind it is forgotten after this, ms. */
const KEPT_MS = 90 * 86_400_000;

const NONE: AttemptsRecord = { failures: 0, lastAt: 0, inFlight: [], counted: [], keepUntil: 0 };

/**
 * Counts attempts per subject id, known or not, in the store. A place is reserved before anything is compared, so that
 * parallel attempts cannot outrun the count; a reservation that is never resolved (a crash, an abandoned ceremony)
 * counts as a failure once its ceremony has expired. The count is the subject's; the limits on it are those of the profile
 * that a ceremony is for, or the system's.
 */
export class Attempts {
  private readonly repository: Repository<AttemptsRecord>;
  private readonly subjects: Repository<SubjectRecord>;
  private readonly clock: Clock;
  readonly rules: AttemptRules;

  constructor(repositories: Pick<Repositories, 'attempts' | 'subjects'>, clock: Clock, rules: AttemptRules) {
    this.repository = repositories.attempts;
    this.subjects = repositories.subjects;
    this.clock = clock;
    this.rules = rules;
  }

  /** @throws AsignioError `ASIGNIO_ATTEMPTS_WAIT`, `ASIGNIO_ATTEMPTS_DISABLED` when no attempt may be made now. */
  async check(tenant: TenantId, subject: string, rules = this.rules): Promise<void> {
    const now = this.clock.now();
    const record = await this.repository.update(tenant, subject, (value) =>
      // Set back by more than a wait, the clock would let nobody in until it has caught up: the wait begins anew.
      value !== undefined && value.lastAt > now + rules.delay ? { ...value, lastAt: now } : undefined,
    );
    refuse(settle(record?.value ?? NONE, now), rules, now);
  }

  /** Takes a place for one ceremony; idempotent. Throws as {@link check} does. */
  async reserve(
    tenant: TenantId,
    subject: string,
    ceremony: string,
    until: EpochMs,
    rules = this.rules,
  ): Promise<void> {
    await this.repository.update(tenant, subject, (value) => {
      const now = this.clock.now();
      const settled = settle(value ?? NONE, now);
      if (settled.inFlight.some((place) => place.ceremony === ceremony)) return undefined;
      refuse(settled, rules, now);
      return {
        ...settled,
        lastAt: now,
        inFlight: [...settled.inFlight, { ceremony, until }],
        keepUntil: now + KEPT_MS,
      };
    });
  }

  /** Gives the place back uncounted: nothing was compared, through no fault of the person. */
  async release(tenant: TenantId, subject: string, ceremony: string): Promise<void> {
    await this.repository.update(tenant, subject, (value) =>
      value === undefined || !value.inFlight.some((place) => place.ceremony === ceremony)
        ? undefined
        : { ...value, inFlight: value.inFlight.filter((place) => place.ceremony !== ceremony) },
    );
  }

  /**
   * Counts one ceremony's outcome, once. Success clears the count.
   * @returns the event to write when this very failure reached a limit.
   */
  async resolve(
    tenant: TenantId,
    subject: string,
    ceremony: string,
    success: boolean,
    rules = this.rules,
  ): Promise<'attempts.locked' | 'attempts.disabled' | undefined> {
    const record = await this.repository.update(tenant, subject, (value) => {
      const now = this.clock.now();
      const before = value ?? NONE;
      if (before.counted.includes(ceremony)) return undefined;
      return {
        failures: success ? 0 : before.failures + 1,
        lastAt: before.lastAt,
        inFlight: before.inFlight.filter((place) => place.ceremony !== ceremony),
        counted: [...before.counted, ceremony].slice(-REMEMBERED),
        keepUntil: now + KEPT_MS,
      };
    });
    // Asked again after a crash, the same ceremony gives the same answer, unless others were counted since.
    if (success || record?.value.counted.at(-1) !== ceremony) return undefined;
    if (record.value.failures === rules.disableAt) return 'attempts.disabled';
    return record.value.failures === rules.free ? 'attempts.locked' : undefined;
  }

  /** After an enrolment, by a person whom the host had signed in: the count starts anew. */
  async reset(tenant: TenantId, subject: string): Promise<void> {
    await this.repository.update(tenant, subject, (value) =>
      value === undefined || value.failures === 0 ? undefined : { ...value, failures: 0 },
    );
  }

  /** Long untouched: the count of an id with nothing behind it goes; a subject's own stays as long as the subject. */
  async forget(record: Typed<AttemptsRecord>): Promise<void> {
    const { tenant, id: subject } = record;
    if ((await this.subjects.get(tenant, subject)) === undefined) await this.repository.removeRead(record);
    else
      await this.repository.update(tenant, subject, (value) =>
        value === undefined ? undefined : { ...value, keepUntil: this.clock.now() + KEPT_MS },
      );
  }

  async failures(tenant: TenantId, subject: string): Promise<number> {
    const record = await this.repository.get(tenant, subject);
    return settle(record?.value ?? NONE, this.clock.now()).failures;
  }
}

/** Counts the reservations whose ceremony expired undecided. */
function settle(value: AttemptsRecord, now: EpochMs): AttemptsRecord {
  const expired = value.inFlight.filter((place) => place.until <= now);
  if (expired.length === 0) return value;
  return {
    ...value,
    failures: value.failures + expired.length,
    inFlight: value.inFlight.filter((place) => place.until > now),
    counted: [...value.counted, ...expired.map((place) => place.ceremony)].slice(-REMEMBERED),
  };
}

function refuse(value: AttemptsRecord, rules: AttemptRules, now: EpochMs): void {
  const used = value.failures + value.inFlight.length;
  if (used >= rules.disableAt) throw new AsignioError('ASIGNIO_ATTEMPTS_DISABLED');
  if (used < rules.free) return;
  // A clock that was set back a little must not lengthen the wait.
  const wait = Math.min(value.lastAt + rules.delay - now, rules.delay);
  if (wait > 0 || value.inFlight.length > 0)
    throw new AsignioError('ASIGNIO_ATTEMPTS_WAIT', undefined, { retryAfterMs: Math.max(wait, 1000) });
}
