import { AsignioError } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import type { Operator, Staff } from '../governance/api.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { RecordStep } from '../subject/destruction-steps.ts';
import type { CaseView, DecisionView, Requester, RequestView } from './api.ts';
import { fact, namedCaseId } from './cases.ts';
import type { Cases } from './cases.ts';
import type { DecisionLog } from './decision-log.ts';
import type { Gate } from './gate.ts';
import { checkContest, checkVerdict } from './input.ts';
import type { CaseRecord } from './records.ts';

export interface ContestTools {
  readonly gate: Gate;
  readonly cases: Cases;
  readonly decisions: DecisionLog;
  readonly staff: Staff;
  readonly clock: Clock;
}

/** R24: a decision that went against somebody is looked at by a person, when they ask for it. */
export class Contests {
  private readonly tools: ContestTools;

  constructor(tools: ContestTools) {
    this.tools = tools;
  }

  /** R9: with the person go the decision and the words against it, so that there is nothing left to look at. */
  get step(): RecordStep {
    const { cases } = this.tools;
    return {
      name: 'contests',
      doomed: async ({ tenant, subject, whole }) =>
        whole
          ? (await cases.ofSubject(tenant, subject)).filter(
              ({ value }) => value.type === 'contest' && value.state === 'open',
            )
          : [],
      remove: async (item) => {
        const { tenant, id } = item as Typed<CaseRecord>;
        try {
          await cases.close(tenant, id, { outcome: 'moot', effects: () => [] });
        } catch (error) {
          // Reviewed meanwhile.
          if (!(error instanceof AsignioError && error.code === 'ASIGNIO_CASE_CLOSED')) throw error;
        }
      },
    };
  }

  async decisions(who: Requester): Promise<readonly DecisionView[]> {
    const { gate, decisions } = this.tools;
    const { tenant, subject } = await gate.enter(who);
    return decisions.ofSubject(tenant, subject);
  }

  async open(who: Requester, input: { readonly decision: string; readonly statement: string }): Promise<RequestView> {
    const { gate, cases, decisions, clock } = this.tools;
    const { decision, statement } = checkContest(input);
    const { tenant, subject } = await gate.enter(who);
    decisions.checkContestable(await decisions.own(tenant, subject, decision), clock.now());
    try {
      const record = await cases.open(tenant, subject, {
        type: 'contest',
        // One decision has one review, however often and from wherever it is asked for.
        id: namedCaseId('contest', decision),
        decision,
        texts: { statement },
        effects: (id, at) => [
          { type: 'contested', decision, contest: id },
          fact(id, 'decision.contested', subject, at, { decision }),
        ],
      });
      return await cases.view(record);
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw new AsignioError('ASIGNIO_NOT_CONTESTABLE', 'It is contested already');
    }
  }

  /**
   * Overridden, the count of failures starts anew, which ends a lockout and lets the person try again. Nothing here can
   * touch a ceremony: none becomes an accepted one.
   */
  async decide(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly outcome: 'upheld' | 'overridden'; readonly reason: string },
  ): Promise<CaseView> {
    const { staff, cases } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'reviewer');
    const { id, outcome, reason } = checkVerdict(input);
    const { value } = await cases.get(tenant, id);
    const { decision, subject } = value;
    if (value.type !== 'contest' || decision === null)
      throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such contested decision');
    const record = await cases.close(tenant, id, {
      outcome,
      answer: reason,
      answeredBy: pseudonym,
      effects: (at) => [
        { type: 'reviewed', decision, outcome, at },
        ...(outcome === 'overridden' ? [{ type: 'attempts-reset', subject, at } as const] : []),
        fact(id, 'decision.reviewed', subject, at, { decision, outcome, operator: pseudonym }),
      ],
    });
    return cases.caseView(record);
  }
}
