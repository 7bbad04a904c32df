import { createHash, randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { AuditEventName, Clock, EpochMs, TenantId } from '@asignio/contracts';
import { deadlineRule, ERASURE_EXCEPTIONS, extendRequest, lawOf, requestDue } from '@asignio/policy';
import type { ErasureException, RequestLaw, RequestOutcome, RequestType } from '@asignio/policy';
import type { Effect } from '../effects/effect.ts';
import type { Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { CaseView, RequestView } from './api.ts';
import type { RightsRunner } from './runner.ts';
import type { CaseRecord, CaseText, RightsEffect, RightsRecords } from './records.ts';
import type { Texts } from './texts.ts';

export interface CaseTools {
  readonly records: RightsRecords;
  readonly repositories: Pick<Repositories, 'keys' | 'destructions'>;
  readonly texts: Texts;
  readonly runner: RightsRunner;
  readonly clock: Clock;
}

/** What a case is opened with. */
export interface CaseDraft {
  readonly type: RequestType;
  readonly law?: RequestLaw;
  /** Given where two that are opened at once must be one. */
  readonly id?: string;
  readonly texts?: { readonly [K in CaseText]?: string };
  readonly decision?: string;
  /** Id of the destruction that it orders. */
  readonly order?: (id: string) => string;
  readonly slot?: number;
  readonly openedBy?: string;
  /** When it was received, where that was earlier than now. */
  readonly receivedAt?: EpochMs;
  readonly effects?: (id: string, at: EpochMs, order: string | null) => readonly RightsEffect[];
  /** Ends it in the same write: nobody has to wait for anything. */
  readonly outcome?: RequestOutcome;
}

/** Requests with deadlines, each changed by compare-and-set together with what the change owes. */
export class Cases {
  private readonly tools: CaseTools;

  constructor(tools: CaseTools) {
    this.tools = tools;
  }

  /** @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` when the given id is taken. */
  async open(tenant: TenantId, subject: string, draft: CaseDraft): Promise<Typed<CaseRecord>> {
    const { records, clock } = this.tools;
    const { type, law = lawOf(type), id = newCaseId(), outcome } = draft;
    const now = clock.now();
    const openedAt = draft.receivedAt ?? now;
    const order = draft.order?.(id) ?? null;
    const effects = draft.effects?.(id, now, order) ?? [];
    const value: CaseRecord = {
      subject,
      type,
      law,
      state: outcome === undefined ? 'open' : 'closed',
      openedAt,
      due: requestDue(law, openedAt),
      extendedAt: null,
      closedAt: outcome === undefined ? null : now,
      outcome: outcome ?? null,
      exceptions: [],
      texts: await this.sealed(tenant, subject, id, draft.texts ?? {}),
      decision: draft.decision ?? null,
      order,
      openedBy: draft.openedBy ?? null,
      answeredBy: null,
      slot: draft.slot ?? null,
      remindedAt: null,
      effects: [
        fact(id, 'request.opened', subject, now, { type, law, operator: draft.openedBy ?? null }),
        ...effects,
        ...(outcome === undefined ? [] : [fact(id, 'request.closed', subject, now, { type, outcome })]),
      ],
    };
    return this.settle(await records.cases.insert(tenant, id, value));
  }

  /**
   * Ends an open case.
   * @throws AsignioError `ASIGNIO_NOT_FOUND`, `ASIGNIO_CASE_CLOSED`.
   */
  async close(
    tenant: TenantId,
    id: string,
    end: {
      readonly outcome: RequestOutcome;
      readonly answer?: string;
      readonly answeredBy?: string;
      readonly exceptions?: readonly ErasureException['id'][];
      readonly effects: (at: EpochMs) => readonly RightsEffect[];
    },
  ): Promise<Typed<CaseRecord>> {
    const { clock } = this.tools;
    const { outcome, answer, answeredBy = null, exceptions = [] } = end;
    const { subject } = (await this.get(tenant, id)).value;
    const texts = answer === undefined ? {} : await this.sealed(tenant, subject, id, { answer });
    return this.change(tenant, id, (value) => {
      const at = clock.now();
      return {
        ...value,
        state: 'closed',
        closedAt: at,
        outcome,
        exceptions,
        answeredBy,
        texts: { ...value.texts, ...texts },
        effects: [
          ...value.effects,
          ...end.effects(at),
          fact(id, 'request.closed', value.subject, at, { type: value.type, outcome, operator: answeredBy }),
        ],
      };
    });
  }

  /** @throws AsignioError `ASIGNIO_EXTENSION_REFUSED`, `ASIGNIO_CASE_CLOSED`, `ASIGNIO_NOT_FOUND`. */
  async extend(tenant: TenantId, id: string, reason: string, operator: string): Promise<Typed<CaseRecord>> {
    const { clock } = this.tools;
    const { subject } = (await this.get(tenant, id)).value;
    const check = (value: CaseRecord) =>
      extendRequest({ ...value, extended: value.extendedAt !== null }, reason, clock.now());
    // Before anything is written: a reason that is none leaves nothing behind.
    check((await this.get(tenant, id)).value);
    const texts = await this.sealed(tenant, subject, id, { reason });
    return this.change(tenant, id, (value) => {
      const { at, due } = check(value);
      return {
        ...value,
        due,
        extendedAt: at,
        texts: { ...value.texts, ...texts },
        effects: [...value.effects, fact(id, 'request.extended', value.subject, at, { due, operator })],
      };
    });
  }

  /** What is owed is done, and noted unless the case moved on: then it is owed anew. */
  async settle(record: Typed<CaseRecord>): Promise<Typed<CaseRecord>> {
    if (record.value.effects.length === 0) return record;
    const { records, runner } = this.tools;
    await runner.run(record.tenant, record.value.effects);
    try {
      return await records.cases.replace(record, { ...record.value, effects: [] });
    } catch (error) {
      if (!isConflict(error)) throw error;
      return (await records.cases.get(record.tenant, record.id)) ?? record;
    }
  }

  /** @throws AsignioError `ASIGNIO_NOT_FOUND`. */
  async get(tenant: TenantId, id: string): Promise<Typed<CaseRecord>> {
    const record = await this.tools.records.cases.get(tenant, id);
    if (record === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such request');
    return record;
  }

  /** Another person's and one that never was are the same from outside. */
  async own(tenant: TenantId, subject: string, id: string): Promise<Typed<CaseRecord>> {
    const record = await this.get(tenant, id);
    if (record.value.subject !== subject) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such request');
    return record;
  }

  async ofSubject(tenant: TenantId, subject: string): Promise<readonly Typed<CaseRecord>[]> {
    const cases = await this.tools.records.cases.ofSubject(tenant, subject);
    return [...cases].sort((a, b) => b.value.openedAt - a.value.openedAt || (a.id < b.id ? -1 : 1));
  }

  /** Long closed: nothing is kept of it, its words' key first. */
  async forget(record: Typed<CaseRecord>): Promise<void> {
    const { records, repositories } = this.tools;
    await repositories.keys.remove(record.tenant, caseKey(record.id));
    await records.cases.removeRead(record);
  }

  /** Writes down that operators were reminded; once it is overdue that is on record too. */
  async remind(record: Typed<CaseRecord>): Promise<Typed<CaseRecord>> {
    const { id, value } = record;
    const now = this.tools.clock.now();
    const late = now > value.due;
    const overdue = fact(id, 'request.overdue', value.subject, value.due, { type: value.type, due: value.due });
    return this.change(record.tenant, id, (current) => ({
      ...current,
      remindedAt: now,
      effects: [...current.effects, ...(late ? [overdue] : [])],
    }));
  }

  async view({ tenant, id, value }: Typed<CaseRecord>): Promise<RequestView> {
    const { texts, repositories, clock } = this.tools;
    const text = async (what: CaseText) => texts.open(tenant, value.subject, caseKey(id), what, value.texts[what]);
    const destruction = value.order === null ? undefined : await repositories.destructions.get(tenant, value.order);
    return {
      id,
      type: value.type,
      law: value.law,
      state: value.state,
      openedAt: value.openedAt,
      due: value.due,
      dueSource: deadlineRule(value.law).source,
      overdue: value.state === 'open' && clock.now() > value.due,
      extension: value.extendedAt === null ? null : { at: value.extendedAt, reason: await text('reason') },
      closedAt: value.closedAt,
      outcome: value.outcome,
      statement: await text('statement'),
      answer: await text('answer'),
      exceptions: value.exceptions.map((exception) => ERASURE_EXCEPTIONS[exception]),
      decision: value.decision,
      certificate: destruction?.value.certificate ?? null,
    };
  }

  async caseView(record: Typed<CaseRecord>): Promise<CaseView> {
    const { subject, answeredBy } = record.value;
    return { ...(await this.view(record)), subject, answeredBy };
  }

  private async change(
    tenant: TenantId,
    id: string,
    change: (value: CaseRecord) => CaseRecord,
  ): Promise<Typed<CaseRecord>> {
    const record = await this.tools.records.cases.update(tenant, id, (value) => {
      if (value === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such request');
      if (value.state === 'closed') throw new AsignioError('ASIGNIO_CASE_CLOSED');
      return change(value);
    });
    return this.settle(record as Typed<CaseRecord>);
  }

  private async sealed(
    tenant: TenantId,
    subject: string,
    id: string,
    plain: { readonly [K in CaseText]?: string },
  ): Promise<CaseRecord['texts']> {
    const sealed: { [K in CaseText]?: Uint8Array } = {};
    for (const [what, text] of Object.entries(plain) as [CaseText, string][])
      sealed[what] = await this.tools.texts.seal(tenant, subject, caseKey(id), what, text);
    return sealed;
  }
}

/** An id that says nothing: 16 random bytes. */
function newCaseId(): string {
  return randomBytes(16).toString('base64url');
}

/** An id that is the same for all who mean the same, and says as little. */
export function namedCaseId(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

function caseKey(id: string): string {
  return `case.${id}`;
}

/** The audit entry of one step of a case; its id makes it single. */
export function fact(
  id: string,
  event: AuditEventName,
  subject: string,
  at: EpochMs,
  data: Extract<Effect, { type: 'audit' }>['data'],
): Extract<Effect, { type: 'audit' }> {
  return { type: 'audit', id: `case:${id}:${event}`, event, subject, at, data: { request: id, ...data } };
}
