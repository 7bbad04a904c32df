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
    await this.repositories.subjects.update(tenant, subject, (value) =>
      value === undefined ? this.withDue({ createdAt: at, lastInteraction: at }) : undefined,
    );
  }

  /** Something the subject did. A subject who is gone stays gone. */
  async interaction(tenant: TenantId, subject: string, at: EpochMs): Promise<void> {
    await this.repositories.subjects.update(tenant, subject, (value) => {
      if (value === undefined) return undefined;
      const { lastInteraction } = recordInteraction({ lastInteraction: value.lastInteraction }, { by: 'subject' }, at);
      return lastInteraction === value.lastInteraction
        ? undefined
        : this.withDue({ createdAt: value.createdAt, lastInteraction });
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

  private withDue(state: { createdAt: EpochMs; lastInteraction: EpochMs }): SubjectRecord {
    const { due, rule } = dueDate({ enrolledAt: state.createdAt, lastInteraction: state.lastInteraction }, this.rules);
    return { ...state, due, rule };
  }
}
