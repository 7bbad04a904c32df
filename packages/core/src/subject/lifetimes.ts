import { randomBytes } from 'node:crypto';
import type { EpochMs, TenantId } from '@asignio/contracts';
import { dueDate, probeDueDate, recordInteraction } from '@asignio/policy';
import type { RetentionRule } from '@asignio/policy';
import type { Repositories, SubjectRecord } from '../store/records.ts';

/** Keeps each subject's due date up to date (R6, R7). */
export class Lifetimes {
  private readonly repositories: Repositories;
  private readonly rules: readonly RetentionRule[];

  constructor(repositories: Repositories, rules: readonly RetentionRule[]) {
    this.repositories = repositories;
    this.rules = rules;
  }

  /** The subject's first datum: the clock starts. */
  async start(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    const record = this.fresh(at);
    await this.repositories.subjects.update(tenant, subject, (value) => (value === undefined ? record : undefined));
  }

  /** The record of somebody of whom there was none. */
  fresh(at: EpochMs): SubjectRecord {
    return this.withDue({ life: randomBytes(16).toString('base64url'), createdAt: at, lastInteraction: at });
  }

  /**
   * As {@link start}, once a consent is written: an erasure that came between took the first record. Where the consent
   * went with it nothing is held, and no record is left behind.
   */
  async ensure(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    const { subjects, consents } = this.repositories;
    if ((await subjects.get(tenant, subject)) !== undefined) return;
    await this.start(tenant, subject, at);
    const made = await subjects.get(tenant, subject);
    if (made !== undefined && (await consents.ofSubject(tenant, subject)).length === 0) await subjects.removeRead(made);
  }

  /** Something the subject did. A subject who is gone stays gone. */
  async interaction(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    await this.repositories.subjects.update(tenant, subject, (value) => {
      if (value === undefined) return undefined;
      const { lastInteraction } = recordInteraction({ lastInteraction: value.lastInteraction }, { by: 'subject' }, at);
      return lastInteraction === value.lastInteraction ? undefined : this.withDue({ ...value, lastInteraction });
    });
  }

  /** Until when an accepted probe is kept to recognise its replay. */
  probe(capturedAt: EpochMs): EpochMs {
    return probeDueDate(capturedAt, this.rules).due;
  }

  /** The due date that the rules give, with the sentence that explains it. */
  explain(value: SubjectRecord) {
    return dueDate({ enrolledAt: value.createdAt, lastInteraction: value.lastInteraction }, this.rules);
  }

  private withDue(state: Omit<SubjectRecord, 'due' | 'rule'>): SubjectRecord {
    const { due, rule } = dueDate({ enrolledAt: state.createdAt, lastInteraction: state.lastInteraction }, this.rules);
    return { ...state, due, rule };
  }
}
