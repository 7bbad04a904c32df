import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import { ASSESSMENT_KINDS } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { AssessmentInput, Assessments, AssessmentView, Operator, Page, PageQuery } from './api.ts';
import { checkInput, line, sha256, time } from './input.ts';
import { recordRefusal } from './records.ts';
import type { AssessmentRecord } from './records.ts';
import type { Register } from './registers.ts';
import type { StaffService } from './staff.ts';

export interface AssessmentTools {
  readonly register: Register<AssessmentRecord>;
  readonly staff: StaffService;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

const RECORD = Joi.object<AssessmentInput>({
  kind: Joi.valid(...ASSESSMENT_KINDS).required(),
  title: line().required(),
  by: line().required(),
  date: time().required(),
  sha256: sha256().required(),
  nextDue: time().required(),
  findings: Joi.number().integer().min(0).max(100_000).required(),
});

/** {@link Assessments} over the register: what was assessed leaves something that can be shown (R30). */
export class AssessmentService implements Assessments {
  private readonly tools: AssessmentTools;

  constructor(tools: AssessmentTools) {
    this.tools = tools;
  }

  async record(tenant: TenantId, operator: Operator, input: AssessmentInput): Promise<AssessmentView> {
    const { register, staff, audit, clock } = this.tools;
    const actor = await staff.require(tenant, operator, 'security-officer', 'privacy-officer');
    const now = clock.now();
    const refusal = register.fact('register.refused', { register: 'assessment', operator: actor.pseudonym });
    return recordRefusal(audit, tenant, refusal, async () => {
      const given = checkInput(RECORD, input);
      if (given.date > now) throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"date" is in the future');
      if (given.nextDue <= given.date)
        throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"nextDue" must be after "date"');
      const entry = { register: 'assessment' as const, ...given, recordedAt: now, recordedBy: actor.pseudonym };
      const { kind, sha256: hash, date, nextDue, findings } = given;
      const data = { kind, sha256: hash, date, nextDue, findings, operator: actor.pseudonym };
      return this.view(await register.change(tenant, newId(), () => entry, 'assessment.recorded', data));
    });
  }

  async list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<AssessmentView>> {
    await this.tools.staff.require(tenant, operator, 'security-officer', 'privacy-officer', 'auditor');
    const { items, next } = await this.tools.register.page(tenant, page);
    return { items: items.map((item) => this.view(item)), ...(next === undefined ? {} : { next }) };
  }

  private view(entry: Omit<AssessmentView, 'overdue'>): AssessmentView {
    return { ...entry, overdue: this.tools.clock.now() >= entry.nextDue };
  }
}
