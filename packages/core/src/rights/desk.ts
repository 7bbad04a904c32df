import { AsignioError, subjectId } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import type { Operator, Page, PageQuery, Staff } from '../governance/api.ts';
import type { Vault } from '../vault.ts';
import type { CaseView, DecisionView, Reviews } from './api.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { DecisionLog } from './decision-log.ts';
import { checkAnswer, checkCaseId, checkExtension, checkListing, checkOpening } from './input.ts';
import type { CaseRecord, RightsRecords } from './records.ts';

export interface DeskTools {
  readonly records: RightsRecords;
  readonly staff: Staff;
  readonly cases: Cases;
  readonly decisions: DecisionLog;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** What operators do about requests: see them with their deadlines, extend them, answer them. */
export class Desk {
  private readonly tools: DeskTools;

  constructor(tools: DeskTools) {
    this.tools = tools;
  }

  async list(
    tenant: TenantId,
    operator: Operator,
    query?: PageQuery & { readonly state?: 'open' | 'overdue' | 'closed'; readonly type?: CaseRecord['type'] },
  ): Promise<Page<CaseView>> {
    const { staff, records, cases, clock } = this.tools;
    await staff.require(tenant, operator, 'reviewer', 'privacy-officer', 'auditor');
    const { state, type, ...page } = checkListing(query);
    const found = await records.cases.page(tenant, page);
    const now = clock.now();
    const wanted = found.records.filter(
      ({ value }) => (type === undefined || value.type === type) && (state === undefined || isIn(value, state, now)),
    );
    const items = await Promise.all(wanted.map(async (record) => cases.caseView(record)));
    return { items, ...(found.next === undefined ? {} : { next: found.next }) };
  }

  async read(
    tenant: TenantId,
    operator: Operator,
    id: string,
  ): Promise<{ readonly request: CaseView; readonly decision: DecisionView | null }> {
    const { staff, cases, decisions } = this.tools;
    await staff.require(tenant, operator, 'reviewer', 'privacy-officer', 'auditor');
    const record = await cases.get(tenant, checkCaseId(id));
    const { decision } = record.value;
    return {
      request: await cases.caseView(record),
      decision: decision === null ? null : await decisions.find(tenant, decision),
    };
  }

  async open(tenant: TenantId, operator: Operator, input: Parameters<Reviews['open']>[2]): Promise<CaseView> {
    const { staff, cases, vault, clock } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer');
    const { subject: id, type, law, receivedAt, statement } = checkOpening(input);
    if (receivedAt > clock.now())
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"receivedAt" must not be in the future');
    const person = await vault.pseudonym(tenant, subjectId(id));
    const record = await cases.open(tenant, person, {
      type,
      ...(law === undefined ? {} : { law }),
      receivedAt,
      openedBy: pseudonym,
      ...(statement === undefined ? {} : { texts: { statement } }),
      effects: (ticket, at) =>
        type === 'complaint' ? [fact(ticket, 'complaint.opened', person, at, { operator: pseudonym })] : [],
    });
    return cases.caseView(record);
  }

  async extend(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<CaseView> {
    const { staff, cases } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer');
    const { id, reason } = checkExtension(input);
    return cases.caseView(await cases.extend(tenant, id, reason, pseudonym));
  }

  async answer(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly outcome: 'done' | 'answered' | 'exception'; readonly answer: string },
  ): Promise<CaseView> {
    const { staff, cases } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer');
    const { id, outcome, answer } = checkAnswer(input);
    const { value } = await cases.get(tenant, id);
    if (value.type === 'contest')
      throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'A contested decision is decided, by a reviewer');
    const record = await cases.close(tenant, id, {
      outcome,
      answer,
      answeredBy: pseudonym,
      effects: (at) =>
        value.type === 'complaint'
          ? [fact(id, 'complaint.closed', value.subject, at, { outcome, operator: pseudonym })]
          : [],
    });
    return cases.caseView(record);
  }
}

function isIn(value: CaseRecord, state: 'open' | 'overdue' | 'closed', now: number): boolean {
  return state === 'overdue' ? value.state === 'open' && value.due < now : value.state === state;
}
