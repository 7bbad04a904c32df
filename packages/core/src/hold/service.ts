import Joi from 'joi';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { AuditEventName, Clock, TenantId } from '@asignio/contracts';
import { checkHold, checkReviewDate, MOST_HOLDS, scopesMeet } from '@asignio/policy';
import type { HoldTerms, Scope } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Effect } from '../effects/effect.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Operator, Page, PageQuery, Staff } from '../governance/api.ts';
import { checkInput, checkPage } from '../governance/input.ts';
import type { HoldRecord, Repositories, SubjectRecord } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import { isClaimedFrom } from '../subject/orders.ts';
import type { Vault } from '../vault.ts';
import type { Holds, HoldView } from './api.ts';

export interface HoldTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly effects: EffectRunner;
  readonly staff: Staff;
  readonly clock: Clock;
}

type PlaceInput = Parameters<Holds['place']>[2];
type ReviewInput = Parameters<Holds['review']>[2];
type ListQuery = Parameters<Holds['list']>[2];

/** What a hold says is the policy's to judge; here only that there is something to judge. */
const PLACE = Joi.object<PlaceInput>({ subject: Joi.string().max(256).required() }).unknown();
const REVIEW = Joi.object<ReviewInput>({ id: Joi.string().max(256).required(), reviewAt: Joi.any() });
const RELEASE = Joi.object<{ id: string }>({ id: Joi.string().max(256).required() });
const LIST = Joi.object<NonNullable<ListQuery>>({
  subject: Joi.string().max(256),
  state: Joi.valid('open', 'overdue', 'released', 'all'),
  limit: Joi.any(),
  after: Joi.any(),
});
const MAX_TRIES = 64;

/**
 * R8: {@link Holds} over the store. Whether a hold or a destruction came first is decided by one compare-and-set on the
 * subject's record (`subject/orders.ts`); the record of the hold follows from it.
 */
export class HoldService implements Holds {
  private readonly tools: HoldTools;

  constructor(tools: HoldTools) {
    this.tools = tools;
  }

  async place(tenant: TenantId, by: Operator | 'host', input: PlaceInput): Promise<HoldView> {
    const { vault, clock } = this.tools;
    const { subject: given, ...terms } = checkInput(PLACE, input);
    const subject = await vault.pseudonym(tenant, subjectId(given));
    const actor = await this.actor(tenant, by, 'privacy-officer');
    const now = clock.now();
    const id = newId();
    return this.recordingRefusal(tenant, subject, actor, async () => {
      checkHold(terms, now);
      const { authority, reference, scope, reviewAt } = terms;
      const hold: HoldRecord = {
        subject,
        scope,
        sealed: await this.seal(tenant, id, { authority, reference }),
        reviewAt,
        placedAt: now,
        placedBy: actor,
        releasedAt: null,
        releasedBy: null,
      };
      const placed = this.entry('hold.placed', id, subject, { hold: id, scope, reviewAt, by: actor });
      await this.mark(tenant, subject, id, scope, [{ type: 'hold', id, hold }, placed]);
      return this.view(tenant, id, hold);
    });
  }

  async review(tenant: TenantId, by: Operator | 'host', input: ReviewInput): Promise<HoldView> {
    const { repositories, audit, clock } = this.tools;
    const { id, reviewAt } = checkInput(REVIEW, input);
    const actor = await this.actor(tenant, by, 'privacy-officer');
    const { subject } = (await this.find(tenant, id)).value;
    return this.recordingRefusal(tenant, subject, actor, async () => {
      checkReviewDate(reviewAt, clock.now());
      // The entry comes first: a hold that is prolonged without one would be prolonged by nobody.
      await audit.append(tenant, this.entry('hold.reviewed', newId(), subject, { hold: id, reviewAt, by: actor }));
      const record = await repositories.holds.update(tenant, id, (hold) =>
        hold === undefined || hold.releasedAt !== null ? undefined : { ...hold, reviewAt },
      );
      if (record === undefined || record.value.releasedAt !== null) throw notFound();
      return this.view(tenant, id, record.value);
    });
  }

  async release(tenant: TenantId, by: Operator | 'host', input: { readonly id: string }): Promise<HoldView> {
    const { repositories, effects, clock } = this.tools;
    const { id } = checkInput(RELEASE, input);
    const actor = await this.actor(tenant, by, 'privacy-officer');
    const { subject } = (await this.find(tenant, id)).value;
    const at = clock.now();
    const owed: readonly Effect[] = [
      { type: 'release', id, at, by: actor },
      this.entry('hold.released', id, subject, { hold: id, by: actor }),
      { type: 'resume', id, subject, at },
    ];
    const record = await repositories.subjects.update(tenant, subject, (value) =>
      value?.holds?.some((hold) => hold.id === id) === true
        ? {
            ...value,
            holds: value.holds.filter((hold) => hold.id !== id),
            effects: [...(value.effects ?? []), ...owed],
          }
        : undefined,
    );
    if (record !== undefined) await effects.settleSubject(record);
    return this.view(tenant, id, (await this.find(tenant, id)).value);
  }

  async list(tenant: TenantId, by: Operator | 'host', query: ListQuery = {}): Promise<Page<HoldView>> {
    const { repositories, vault, clock } = this.tools;
    const { subject, state = 'open', ...page } = checkInput(LIST, query);
    const checked: PageQuery = checkPage(page);
    await this.actor(tenant, by, 'privacy-officer', 'auditor');
    const { records, next } = await repositories.holds.page(tenant, {
      ...checked,
      ...(subject === undefined ? {} : { subject: await vault.pseudonym(tenant, subjectId(subject)) }),
    });
    const now = clock.now();
    const fitting = records.filter(({ value: { releasedAt, reviewAt } }) => {
      if (state === 'all') return true;
      if (state === 'released') return releasedAt !== null;
      return releasedAt === null && (state === 'open' || reviewAt <= now);
    });
    const items = await Promise.all(fitting.map(async ({ id, value }) => this.view(tenant, id, value)));
    return { items, ...(next === undefined ? {} : { next }) };
  }

  /** The compare-and-set by which a hold comes before every destruction that has not begun. */
  private async mark(
    tenant: TenantId,
    subject: string,
    id: string,
    scope: Scope,
    owed: readonly Effect[],
  ): Promise<void> {
    const { repositories, effects } = this.tools;
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const record = await repositories.subjects.get(tenant, subject);
      if (record === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND', 'Nothing is held of this subject');
      const { value } = record;
      if (isClaimedFrom(value, scope)) throw new AsignioError('ASIGNIO_DESTRUCTION_BEGUN');
      if ((value.holds ?? []).length >= MOST_HOLDS)
        throw new AsignioError('ASIGNIO_HOLD_INVALID', `The subject is under ${MOST_HOLDS} holds already`);
      if (removes(value, scope)) {
        // A few records that were too old are on their way out: they are gone before the hold stands.
        await effects.settleSubject(record);
        continue;
      }
      try {
        const marked = await repositories.subjects.replace(record, {
          ...value,
          holds: [...(value.holds ?? []), { id, scope }],
          effects: [...(value.effects ?? []), ...owed],
        });
        await effects.settleSubject(marked);
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The subject’s record is written to by too many at once');
  }

  private async actor(
    tenant: TenantId,
    by: Operator | 'host',
    ...roles: Parameters<Staff['require']> extends [TenantId, Operator, ...infer R] ? R : never
  ): Promise<string> {
    return by === 'host' ? 'host' : (await this.tools.staff.require(tenant, by, ...roles)).pseudonym;
  }

  private async recordingRefusal<T>(tenant: TenantId, subject: string, by: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AsignioError && error.status < 500)
        await this.tools.audit.append(
          tenant,
          this.entry('hold.refused', newId(), subject, { reason: error.code, detail: error.message, by }),
        );
      throw error;
    }
  }

  private entry(
    event: Extract<AuditEventName, `hold.${string}`>,
    id: string,
    subject: string,
    data: AuditFact['data'],
  ): Extract<Effect, { type: 'audit' }> {
    return { type: 'audit', id: `${event}:${id}`, event, subject, at: this.tools.clock.now(), data };
  }

  /** Another tenant's hold and one that never was are the same from outside. */
  private async find(tenant: TenantId, id: string): Promise<Typed<HoldRecord>> {
    const record = await this.tools.repositories.holds.get(tenant, id);
    if (record === undefined) throw notFound();
    return record;
  }

  private async seal(
    tenant: TenantId,
    id: string,
    words: Pick<HoldTerms, 'authority' | 'reference'>,
  ): Promise<Uint8Array> {
    return this.tools.vault.sealRecord(tenant, context(id), Buffer.from(JSON.stringify(words), 'utf8'));
  }

  private async view(tenant: TenantId, id: string, value: HoldRecord): Promise<HoldView> {
    const plain = await this.tools.vault.openRecord(tenant, context(id), value.sealed);
    const { authority, reference } = JSON.parse(Buffer.from(plain).toString('utf8')) as HoldTerms;
    const { subject, scope, reviewAt, placedAt, placedBy, releasedAt, releasedBy } = value;
    return {
      id,
      subject,
      scope,
      authority,
      reference,
      reviewAt,
      placedAt,
      placedBy,
      released: releasedAt === null || releasedBy === null ? null : { at: releasedAt, by: releasedBy },
    };
  }
}

function removes({ effects = [] }: SubjectRecord, scope: Scope): boolean {
  return effects.some(
    (effect) =>
      effect.type === 'remove' && (scope === 'all' || (effect.modality !== null && scopesMeet(scope, effect.modality))),
  );
}

function notFound(): AsignioError {
  return new AsignioError('ASIGNIO_NOT_FOUND', 'There is no such hold');
}

function context(id: string): string {
  return `hold|${id}`;
}
