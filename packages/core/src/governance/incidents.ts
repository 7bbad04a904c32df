import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import { incidentDeadlines, PRIVACY_CLASSES } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { IncidentInput, Incidents, IncidentView, Operator, Page, PageQuery } from './api.ts';
import { checkInput, id, line, time } from './input.ts';
import { recordRefusal } from './records.ts';
import type { IncidentRecord } from './records.ts';
import type { Register } from './registers.ts';
import type { StaffService } from './staff.ts';

export interface IncidentTools {
  readonly register: Register<IncidentRecord>;
  readonly staff: StaffService;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

const OPEN = Joi.object<IncidentInput>({
  summary: line(1000).required(),
  discoveredAt: time().required(),
  data: Joi.array()
    .items(Joi.valid(...PRIVACY_CLASSES))
    .min(1)
    .unique()
    .required(),
  persons: Joi.array()
    .items(
      Joi.object({ place: Joi.string().max(6).required(), count: Joi.number().integer().min(0).max(1e10).required() }),
    )
    .max(300)
    .required(),
  highRisk: Joi.boolean().required(),
});
type Notify = Parameters<Incidents['notify']>[2];
const NOTIFY = Joi.object<Notify>({ id: id().required(), rule: id().required(), reference: line(300).required() });
type Close = Parameters<Incidents['close']>[2];
const CLOSE = Joi.object<Close>({ id: id().required(), reason: line(1000).required() });

/** {@link Incidents} over the register: a report of a compromise starts the clocks of the laws that it falls under (R30). */
export class IncidentService implements Incidents {
  private readonly tools: IncidentTools;

  constructor(tools: IncidentTools) {
    this.tools = tools;
  }

  async open(tenant: TenantId, operator: Operator | 'host', input: IncidentInput): Promise<IncidentView> {
    const { register, audit, clock } = this.tools;
    const by = operator === 'host' ? operator : (await this.officer(tenant, operator)).pseudonym;
    const now = clock.now();
    const refusal = register.fact('register.refused', { register: 'incident', operator: by });
    return recordRefusal(audit, tenant, refusal, async () => {
      const given = checkInput(OPEN, input);
      if (given.discoveredAt > now)
        throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"discoveredAt" is in the future');
      const deadlines = incidentDeadlines(given).map((deadline) => ({ ...deadline, doneAt: null, reference: null }));
      const entry = {
        register: 'incident' as const,
        ...given,
        deadlines,
        openedAt: now,
        openedBy: by,
        closedAt: null,
        closedBecause: null,
      };
      const number = newId().slice(0, 22);
      return this.view(
        await register.change(tenant, number, () => entry, 'incident.opened', {
          incident: number,
          discoveredAt: given.discoveredAt,
          data: given.data.join(' '),
          persons: given.persons.reduce((sum, { count }) => sum + count, 0),
          highRisk: given.highRisk,
          firstDue: deadlines[0]?.due ?? null,
          operator: by,
        }),
      );
    });
  }

  async notify(tenant: TenantId, operator: Operator, input: Notify): Promise<IncidentView> {
    const actor = await this.officer(tenant, operator);
    const { id: incident, rule, reference } = checkInput(NOTIFY, input);
    const now = this.tools.clock.now();
    const changed = await this.tools.register.change(
      tenant,
      incident,
      (value) => {
        const deadline = value?.deadlines.find((known) => known.rule === rule);
        if (value === undefined || deadline === undefined)
          throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such incident, or no such deadline of it');
        if (deadline.doneAt !== null) return undefined;
        const deadlines = value.deadlines.map((known) =>
          known.rule === rule ? { ...known, doneAt: now, reference } : known,
        );
        return { ...value, deadlines };
      },
      'incident.notified',
      { incident, rule, operator: actor.pseudonym },
    );
    return this.view(changed);
  }

  async close(tenant: TenantId, operator: Operator, input: Close): Promise<IncidentView> {
    const actor = await this.officer(tenant, operator);
    const { id: incident, reason } = checkInput(CLOSE, input);
    const now = this.tools.clock.now();
    const changed = await this.tools.register.change(
      tenant,
      incident,
      (value) =>
        value === undefined || value.closedAt !== null ? undefined : { ...value, closedAt: now, closedBecause: reason },
      'incident.closed',
      { incident, operator: actor.pseudonym },
    );
    return this.view(changed);
  }

  async list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<IncidentView>> {
    await this.tools.staff.require(tenant, operator, 'security-officer', 'privacy-officer', 'auditor');
    const { items, next } = await this.tools.register.page(tenant, page);
    return { items: items.map((item) => this.view(item)), ...(next === undefined ? {} : { next }) };
  }

  private async officer(tenant: TenantId, operator: Operator) {
    return this.tools.staff.require(tenant, operator, 'security-officer', 'privacy-officer');
  }

  private view(entry: Omit<IncidentView, 'overdue'>): IncidentView {
    const now = this.tools.clock.now();
    const late = entry.deadlines.filter(({ doneAt, due }) => doneAt === null && due < now);
    return { ...entry, overdue: entry.closedAt === null ? late.map(({ rule }) => rule) : [] };
  }
}
