import type { Clock, TenantId } from '@asignio/contracts';
import { ERASURE_EXCEPTIONS, regulatorsOf } from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import type { Subjects } from '../api.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { Repositories } from '../store/records.ts';
import type { Holdings } from '../subject/holdings.ts';
import type { AccessReport, Requester, RequestView } from './api.ts';
import type { AttributeStore } from './attributes.ts';
import { fact } from './cases.ts';
import type { Cases } from './cases.ts';
import type { DecisionLog } from './decision-log.ts';
import type { Gate, Person } from './gate.ts';
import type { Standings } from './standings.ts';

export interface AccessTools {
  readonly holdings: Holdings;
  readonly repositories: Repositories;
  readonly subjects: Pick<Subjects, 'held' | 'retentionSchedule'>;
  readonly audit: AuditChain;
  readonly gate: Gate;
  readonly cases: Cases;
  readonly decisions: DecisionLog;
  readonly attributes: AttributeStore;
  readonly standings: Standings;
  readonly clock: Clock;
}

const RIGHTS = [
  'to have a copy of your data, and to take them elsewhere (GDPR Art. 15, 20)',
  'to have them corrected, and to enrol anew (Art. 16)',
  'to have them erased (Art. 17)',
  'to have them kept and not used (Art. 18)',
  'to object to what is done with them (Art. 21)',
  'to take back each agreement, as easily as you gave it (Art. 7(3))',
  'to have a person look at a decision that went against you (Art. 22(3))',
  'to complain to us, and to an authority (Art. 77)',
] as const;

const AUTOMATED =
  'When you draw your signature, its shape and timing are compared with those of your enrolment. The result is a number; ' +
  'above a threshold, which each decision below names by the rate at which it lets others in, you are let in. Nothing else ' +
  'about you counts. A person looks at a decision again when you ask for it.';

/** R18: everything that is held about a person, with why, for how long and who was given it. No store is left out. */
export class Access {
  private readonly tools: AccessTools;

  constructor(tools: AccessTools) {
    this.tools = tools;
  }

  async ask(who: Requester): Promise<{ readonly request: RequestView; readonly report: AccessReport }> {
    const { gate, cases } = this.tools;
    const person = await gate.verify(who, 'access');
    const { tenant, subject } = person;
    const report = await this.report(person);
    const record = await cases.open(tenant, subject, {
      type: 'access',
      outcome: 'done',
      effects: (id, at) => [fact(id, 'dsar.access', subject, at, { records: report.records.length })],
    });
    return { request: await cases.view(record), report };
  }

  private async report(person: Person): Promise<AccessReport> {
    const { repositories, subjects, cases, decisions, attributes, standings, clock } = this.tools;
    const { tenant, id, subject } = person;
    const held = await subjects.held(tenant, id);
    const consents = await repositories.consents.ofSubject(tenant, subject);
    return {
      format: 'asignio-access/1',
      createdAt: clock.now(),
      subject: id,
      pseudonym: subject,
      held,
      attributes: await attributes.read(tenant, subject),
      source: 'you, and your browser when you sign in; nothing is bought or taken from elsewhere',
      purposes: consents.map(({ value: { consent } }) => purposeOf(consent, held)),
      recipients: held.recipients,
      retention: held.retention,
      retentionSchedule: subjects.retentionSchedule(),
      standing: await standings.of(person),
      decisions: await decisions.ofSubject(tenant, subject),
      requests: await Promise.all((await cases.ofSubject(tenant, subject)).map(async (record) => cases.view(record))),
      records: await this.records(tenant, subject),
      log: await this.log(tenant, subject),
      automatedDecisions: AUTOMATED,
      rights: RIGHTS,
      exceptions: Object.values(ERASURE_EXCEPTIONS),
      regulators: regulatorsOf(),
    };
  }

  private async records(tenant: TenantId, subject: string): Promise<AccessReport['records']> {
    const found = await this.tools.holdings.of(tenant, subject);
    return found.map(({ kind, id, value }) => ({ kind, id, value: readable(value) }));
  }

  private async log(tenant: TenantId, subject: string): Promise<AccessReport['log']> {
    const entries: { at: number; event: string; data: object }[] = [];
    for await (const page of this.tools.audit.pages(tenant))
      for (const { subject: of, at, event, data } of page) if (of === subject) entries.push({ at, event, data });
    return entries;
  }
}

function purposeOf(consent: ConsentRecord, held: AccessReport['held']): AccessReport['purposes'][number] {
  return {
    purpose: consent.purpose,
    modality: consent.modality,
    state: held.consents.find(({ id }) => id === consent.id)?.state ?? 'withdrawn',
    lawfulBasis: consent.lawfulBasis,
    why: consent.why,
    what: consent.what,
    recipients: consent.recipients,
    retention: consent.retentionPeriod,
  };
}

/** Names of fields whose text is sealed bytes or a secret in another form. */
const SEALED_TEXT: ReadonlySet<string> = new Set(['evidence']);

/** A record's value for people: bytes, which nobody can read, are named by their length. */
export function readable(value: unknown, field = ''): unknown {
  if (value instanceof Uint8Array) return `${value.byteLength} sealed bytes`;
  if (SEALED_TEXT.has(field) && typeof value === 'string') return `${value.length} sealed characters`;
  if (Array.isArray(value)) return value.map((item) => readable(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, readable(item, name)]));
}
