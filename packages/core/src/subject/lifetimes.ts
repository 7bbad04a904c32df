import { randomBytes } from 'node:crypto';
import type { EpochMs, TenantId } from '@asignio/contracts';
import { checkPlaces, MOST_PLACES, recordInteraction } from '@asignio/policy';
import type { DueDate, Region, RetentionPolicy } from '@asignio/policy';
import type { Timekeeper } from '../retention/timekeeper.ts';
import type { Repositories, SubjectRecord } from '../store/records.ts';

/** Keeps each subject's due date up to date (R6, R7). */
export class Lifetimes {
  private readonly repositories: Repositories;
  private readonly policy: RetentionPolicy;
  private readonly time: Timekeeper;

  constructor(repositories: Repositories, policy: RetentionPolicy, time: Timekeeper) {
    this.repositories = repositories;
    this.policy = policy;
    this.time = time;
  }

  /**
   * The subject's first datum: the clock starts. Of somebody who is known, what is new of where they are is added: of all
   * laws that apply, the strictest counts.
   */
  async start(tenant: TenantId, subject: string, at: EpochMs, places: readonly Region[] = []): Promise<void> {
    const record = this.fresh(await this.time.plausible(at), places);
    await this.repositories.subjects.update(tenant, subject, (value) => {
      if (value === undefined) return record;
      const known = value.places ?? [];
      const added = places.filter((place) => !known.includes(place));
      return added.length === 0
        ? undefined
        : this.withDue({ ...value, places: checkPlaces([...added, ...known].slice(0, MOST_PLACES)) });
    });
  }

  /** The record of somebody of whom there was none. */
  fresh(at: EpochMs, places: readonly Region[] = []): SubjectRecord {
    return this.withDue({
      life: randomBytes(16).toString('base64url'),
      createdAt: at,
      lastInteraction: at,
      ...(places.length === 0 ? {} : { places: checkPlaces(places) }),
    });
  }

  /**
   * As {@link start}, once a consent is written: an erasure that came between took the first record. Where the consent
   * went with it nothing is held, and no record is left behind.
   */
  async ensure(tenant: TenantId, subject: string, at: EpochMs, places?: readonly Region[]): Promise<void> {
    const { subjects, consents } = this.repositories;
    if ((await subjects.get(tenant, subject)) !== undefined) return;
    await this.start(tenant, subject, at, places);
    const made = await subjects.get(tenant, subject);
    if (made !== undefined && (await consents.ofSubject(tenant, subject)).length === 0) await subjects.removeRead(made);
  }

  /** Something the subject did. A subject who is gone stays gone. */
  async interaction(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    const when = await this.time.plausible(at);
    await this.repositories.subjects.update(tenant, subject, (value) => {
      if (value === undefined) return undefined;
      const { lastInteraction } = recordInteraction(
        { lastInteraction: value.lastInteraction },
        { by: 'subject' },
        when,
      );
      return lastInteraction === value.lastInteraction ? undefined : this.withDue({ ...value, lastInteraction });
    });
  }

  /** Until when an accepted probe is kept to recognise its replay. */
  async probe(capturedAt: EpochMs): Promise<EpochMs> {
    return this.policy.probeDue(await this.time.plausible(capturedAt));
  }

  /** The due date that the rules of now give, with the sentence that explains it. */
  explain(value: SubjectRecord): DueDate {
    return this.due(value);
  }

  /** The record as the rules of now have it; the same one where they change nothing. */
  recounted(value: SubjectRecord): SubjectRecord {
    const counted = this.withDue(value);
    return counted.due === value.due && counted.rule === value.rule ? value : counted;
  }

  /** The record of somebody whose data have served their purpose; the same one where that is known, or they came later. */
  ended(value: SubjectRecord, at: EpochMs): SubjectRecord {
    if (value.createdAt > at || (value.purposeEndedAt ?? Number.POSITIVE_INFINITY) <= at) return value;
    return this.withDue({ ...value, purposeEndedAt: at });
  }

  /** The record of somebody who is in these places, and no others. */
  placed(value: SubjectRecord, places: readonly Region[]): SubjectRecord {
    return this.withDue({ ...value, places });
  }

  private due(state: Omit<SubjectRecord, 'due' | 'rule'>): DueDate {
    const { createdAt, lastInteraction, purposeEndedAt, places = [] } = state;
    return this.policy.due(
      {
        enrolledAt: createdAt,
        lastInteraction,
        ...(purposeEndedAt === undefined ? {} : { purposeEndedAt }),
      },
      places,
    );
  }

  private withDue(state: Omit<SubjectRecord, 'due' | 'rule'>): SubjectRecord {
    const { due, rule } = this.due(state);
    return { ...state, due, rule };
  }
}
