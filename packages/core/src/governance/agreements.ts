import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { AuditEventName, Clock, TenantId } from '@asignio/contracts';
import { checkAgreement } from '@asignio/policy';
import type { AgreementInput } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Typed } from '../store/repository.ts';
import type { Agreements, AgreementView, Operator, Page, PageQuery } from './api.ts';
import { checkInput, checkPage, id, line } from './input.ts';
import { changeAudited, recordRefusal } from './records.ts';
import type { AgreementRecord, GovernanceRecords } from './records.ts';
import type { StaffService } from './staff.ts';

export interface AgreementTools {
  readonly records: GovernanceRecords;
  readonly staff: StaffService;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

const END = Joi.object<{ id: string; reason: string }>({ id: id().required(), reason: line(300).required() });

/** {@link Agreements} over the store. What is recorded is never edited: it is ended, and another is recorded. */
export class AgreementService implements Agreements {
  private readonly tools: AgreementTools;

  constructor(tools: AgreementTools) {
    this.tools = tools;
  }

  /** R12. */
  async record(tenant: TenantId, operator: Operator, input: AgreementInput): Promise<AgreementView> {
    const { records, staff, audit, clock } = this.tools;
    const actor = await staff.require(tenant, operator, 'privacy-officer');
    const now = clock.now();
    const refusal = this.fact('agreement.refused', { operator: actor.pseudonym });
    return recordRefusal(audit, tenant, refusal, async () => {
      const agreement = checkAgreement(input, now);
      const value = { agreement, recordedAt: now, by: actor.pseudonym, endedAt: null, endedBecause: null };
      const record = await changeAudited(
        records.agreements,
        audit,
        tenant,
        agreement.id,
        (known) => {
          if (known === undefined) return value;
          if (JSON.stringify(known.agreement) === JSON.stringify(agreement)) return undefined;
          throw new AsignioError(
            'ASIGNIO_REQUEST_INVALID',
            '"id" is taken by another agreement; what is signed is not edited',
          );
        },
        this.fact('agreement.recorded', {
          agreement: agreement.id,
          recipient: agreement.recipient,
          data: agreement.data.join(' '),
          purposes: agreement.purposes.join(' '),
          regions: agreement.regions.join(' '),
          until: agreement.validUntil,
          mechanism: agreement.mechanism?.kind ?? null,
          lifts: agreement.lifts.map(({ restriction }) => restriction).join(' '),
          sha256: agreement.sha256,
          operator: actor.pseudonym,
        }),
      );
      return view(record as NonNullable<typeof record>);
    });
  }

  async end(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<AgreementView> {
    const { records, staff, audit, clock } = this.tools;
    const actor = await staff.require(tenant, operator, 'privacy-officer');
    const { id: agreement, reason } = checkInput(END, input);
    const now = clock.now();
    const record = await changeAudited(
      records.agreements,
      audit,
      tenant,
      agreement,
      (value) => {
        if (value === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such agreement');
        return value.endedAt === null ? { ...value, endedAt: now, endedBecause: reason } : undefined;
      },
      this.fact('agreement.ended', { agreement, operator: actor.pseudonym }),
    );
    return view(record as NonNullable<typeof record>);
  }

  async list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<AgreementView>> {
    await this.tools.staff.require(tenant, operator, 'privacy-officer', 'auditor');
    const { records, next } = await this.tools.records.agreements.page(tenant, checkPage(page));
    return { items: records.map(view), ...(next === undefined ? {} : { next }) };
  }

  private fact(event: AuditEventName, data: AuditFact['data']): AuditFact {
    return { id: `agreement:${newId()}`, event, subject: null, at: this.tools.clock.now(), data };
  }
}

function view({ value }: Typed<AgreementRecord>): AgreementView {
  const { agreement, recordedAt, endedAt, endedBecause } = value;
  return { ...agreement, recordedAt, endedAt, endedBecause };
}
