import Joi from 'joi';
import { AsignioError, MODALITIES, subjectId } from '@asignio/contracts';
import type { Clock, Modality, TenantId } from '@asignio/contracts';
import { checkLegalDisclosure, checkMergerNotice, checkMechanism, MOST_DISCLOSED } from '@asignio/policy';
import type { DataClass, LegalDisclosure, NoticeRegister } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Repositories } from '../store/records.ts';
import { isRefusal } from '../subject/permits.ts';
import type { Vault } from '../vault.ts';
import type { Legal, LegalInput, LegalOrderView, Operator, Page, PageQuery } from './api.ts';
import type { DisclosureService } from './disclosures.ts';
import type { Egress, Leaving } from './egress.ts';
import { checkInput, id, line } from './input.ts';
import { recordRefusal } from './records.ts';
import type { LegalRecord } from './records.ts';
import type { Register } from './registers.ts';
import type { StaffService } from './staff.ts';

export interface LegalTools {
  readonly register: Register<LegalRecord>;
  readonly repositories: Repositories;
  readonly disclosures: DisclosureService;
  readonly egress: Egress;
  readonly staff: StaffService;
  readonly notices: NoticeRegister;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

const WHICH = Joi.object<{ id: string }>({ id: id().required() });
const REFUSE = Joi.object<{ id: string; reason: string }>({ id: id().required(), reason: line(500).required() });
/** Deep enough to hold what the policy looks at; what is missing or wrong there is refused by it, on record. */
const REQUEST = Joi.object({
  disclosure: Joi.object().unknown().required(),
  subjects: Joi.array().items(Joi.string().max(256)).max(MOST_DISCLOSED).required(),
  mechanism: Joi.object().unknown(),
  notice: Joi.object({ version: line(64).required(), language: line(35).required() }),
});

/** {@link Legal}: what a court or a successor gets, by two persons, row by row in the ledger (R16). */
export class LegalService implements Legal {
  private readonly tools: LegalTools;

  constructor(tools: LegalTools) {
    this.tools = tools;
  }

  async request(tenant: TenantId, operator: Operator, input: LegalInput): Promise<LegalOrderView> {
    const { register, vault, clock } = this.tools;
    return this.acting(tenant, operator, async (actor) => {
      checkInput(REQUEST, input);
      const { subjects, notice, mechanism } = input;
      // Approval comes later, by somebody else; all the rest must be there now.
      const disclosure = stated(input.disclosure);
      checkLegalDisclosure(disclosure, subjects.length, true);
      const now = clock.now();
      if (disclosure.kind === 'merger') checkMergerNotice(this.effectiveAt(notice), now);
      const pseudonyms = await Promise.all(subjects.map(async (name) => vault.pseudonym(tenant, subjectId(name))));
      const entry = {
        register: 'legal' as const,
        disclosure,
        mechanism: mechanism === undefined ? null : checkMechanism(mechanism),
        notice: notice ?? null,
        subjects: [...new Set(pseudonyms)],
        state: 'requested' as const,
        requestedAt: now,
        requestedBy: actor,
        decidedAt: null,
        decidedBy: null,
        refusedBecause: null,
        disclosed: 0,
      };
      const order = newId().slice(0, 22);
      const { kind, recipient } = disclosure;
      return this.view(
        await register.change(tenant, order, () => entry, 'legal.requested', {
          order,
          kind,
          recipient,
          persons: entry.subjects.length,
          operator: actor,
        }),
      );
    });
  }

  /** R16: another person than the one who asked decides; each row is in the ledger before the order counts as carried out. */
  async approve(tenant: TenantId, operator: Operator, input: { readonly id: string }): Promise<LegalOrderView> {
    const { register, clock } = this.tools;
    return this.acting(tenant, operator, async (actor) => {
      const { id: order } = checkInput(WHICH, input);
      const found = await this.find(tenant, order);
      checkUndecided(found, actor);
      checkLegalDisclosure(found.disclosure, found.subjects.length, actor !== found.requestedBy);
      if (found.disclosure.kind === 'merger')
        checkMergerNotice(this.effectiveAt(found.notice ?? undefined), clock.now());
      // Taken before the first row: of two who approve at once, one carries it out.
      await register.change(
        tenant,
        order,
        (value) => {
          checkUndecided(value, actor);
          return value.state === 'approved' ? undefined : { ...value, state: 'approved', decidedBy: actor };
        },
        'legal.approved',
        { order, approver: actor },
      );
      const disclosed = await this.discloseAll(tenant, order, found);
      const { kind, reference, recipient, scope } = found.disclosure;
      return this.view(
        await register.change(
          tenant,
          order,
          (value) => {
            checkUndecided(value, actor);
            return { ...value, state: 'disclosed', decidedAt: clock.now(), decidedBy: actor, disclosed };
          },
          'legal.disclosed',
          {
            order,
            kind,
            reference,
            recipient,
            data: scope.data.join(' '),
            fields: scope.fields.join(', '),
            disclosed,
            leftOut: found.subjects.length - disclosed,
            requestedBy: found.requestedBy,
            approver: actor,
          },
        ),
      );
    });
  }

  async refuse(
    tenant: TenantId,
    operator: Operator,
    input: { readonly id: string; readonly reason: string },
  ): Promise<LegalOrderView> {
    const { register, staff, clock } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer', 'administrator');
    const { id: order, reason } = checkInput(REFUSE, input);
    const changed = await register.change(
      tenant,
      order,
      (value) =>
        value === undefined || value.state !== 'requested'
          ? undefined
          : {
              ...value,
              state: 'refused',
              decidedAt: clock.now(),
              decidedBy: pseudonym,
              refusedBecause: reason,
            },
      'legal.refused',
      { order, operator: pseudonym, reason: 'refused by an approver' },
    );
    return this.view(changed);
  }

  async list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<LegalOrderView>> {
    await this.tools.staff.require(tenant, operator, 'privacy-officer', 'administrator', 'auditor');
    const { items, next } = await this.tools.register.page(tenant, page);
    return { items: items.map((item) => this.view(item)), ...(next === undefined ? {} : { next }) };
  }

  /** One row a person and kind of data; done again after a crash, those that are there stay as they are. */
  private async discloseAll(tenant: TenantId, order: string, record: LegalRecord): Promise<number> {
    let disclosed = 0;
    for (const subject of record.subjects) {
      const held = await this.tools.repositories.subjects.get(tenant, subject);
      if (held !== undefined && (await this.discloseOne(tenant, order, record, subject))) disclosed++;
    }
    return disclosed;
  }

  private async discloseOne(tenant: TenantId, order: string, record: LegalRecord, subject: string): Promise<boolean> {
    const { egress, disclosures } = this.tools;
    const { disclosure } = record;
    const reference = `legal:${order}`;
    const known = (await disclosures.ofSubject(tenant, subject)).filter(({ fields }) => fields.includes(reference));
    let any = known.length > 0;
    for (const item of disclosure.scope.data) {
      if (known.some(({ data }) => data.includes(item))) continue;
      const leaving = this.leaving(tenant, order, record, subject, item);
      try {
        if (disclosure.kind === 'legal-process')
          await egress.passOther(leaving, { ground: 'legal-process', reference: disclosure.reference }, handedOver);
        else if (isModality(item)) await egress.passSample(leaving, item, handedOver);
        else
          await egress.passOther(
            leaving,
            { ground: 'legitimate-interest', reference: disclosure.reference },
            handedOver,
          );
        any = true;
      } catch (error) {
        // Who did not agree, or may not be processed, is left out; the denial is on record.
        if (disclosure.kind !== 'merger' || !isRefusal(error)) throw error;
      }
    }
    return any;
  }

  private leaving(
    tenant: TenantId,
    order: string,
    { disclosure, mechanism }: LegalRecord,
    subject: string,
    item: DataClass,
  ): Leaving {
    return {
      tenant,
      subject,
      purpose: disclosure.kind === 'merger' ? 'transfer' : 'legal-process',
      data: [item],
      fields: [`legal:${order}`, ...disclosure.scope.fields],
      recipient: { name: disclosure.recipient, region: disclosure.region, plugin: null, agreement: null },
      ...(mechanism === null ? {} : { mechanism }),
    };
  }

  private async find(tenant: TenantId, order: string): Promise<LegalRecord> {
    const found = await this.tools.register.get(tenant, order);
    if (found === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such order');
    return found;
  }

  private effectiveAt(notice: LegalInput['notice']): number | undefined {
    if (notice === undefined) return undefined;
    try {
      return this.tools.notices.find(notice.version, notice.language).effectiveAt;
    } catch {
      return undefined;
    }
  }

  private async acting<T>(tenant: TenantId, operator: Operator, work: (actor: string) => Promise<T>): Promise<T> {
    const { staff, audit, register } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer', 'administrator');
    const refusal = register.fact('legal.refused', { operator: pseudonym });
    return recordRefusal(audit, tenant, refusal, async () => work(pseudonym));
  }

  private view({
    subjects,
    ...entry
  }: Omit<LegalRecord, 'owed' | 'register'> & { readonly id: string }): LegalOrderView {
    return { ...entry, persons: subjects.length };
  }
}

/** Nobody decides twice, nor what another is carrying out; who died at it begins again. */
function checkUndecided(value: LegalRecord | undefined, actor: string): asserts value is LegalRecord {
  if (value?.state !== 'requested' && !(value?.state === 'approved' && value.decidedBy === actor))
    throw new AsignioError('ASIGNIO_LEGAL_REFUSED', 'This has been decided');
}

/** The officer reads the data out and hands them over; from here nothing is sent. */
async function handedOver(): Promise<void> {
  return Promise.resolve();
}

/** Just what is known of a disclosure. */
function stated({ kind, reference, recipient, region, scope }: LegalDisclosure): LegalDisclosure {
  const { data, fields, because } = scope ?? {};
  return { kind, reference, recipient, region, scope: { data, fields, because } };
}

function isModality(item: DataClass): item is Modality {
  return MODALITIES.some((modality) => modality === item);
}
