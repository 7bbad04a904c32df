import { AsignioError } from '@asignio/contracts';
import type { Clock, EpochMs, ErrorCode, TenantId } from '@asignio/contracts';
import { certificateClaims, claims, claimsAll, withdrawConsent } from '@asignio/policy';
import type { Claim, Confirmation } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { consentWithdrawn } from '../effects/consent-withdrawn.ts';
import { auditOf } from '../effects/effect.ts';
import type { Signer } from '../signer.ts';
import { CANCELLED, HELD_LOOK_MS, OVERDUE } from '../store/records.ts';
import type { DestructionRecord, OrderMark, Repositories, SubjectRecord } from '../store/records.ts';
import { isUnavailable } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { DestructionSteps, Doomed, RecordStep, StepScope } from './destruction-steps.ts';
import { orderOf, withClaim, withOrder, withoutOrder, withoutOrderEffect, withRest } from './orders.ts';
import type { DestroyOrder } from './orders.ts';
import type { Lifetimes } from './lifetimes.ts';
import { isSubjectDebt } from './subject-effects.ts';
import type { SubjectEffects } from './subject-effects.ts';

/** Each round after the first has met somebody who wrote meanwhile. */
const MAX_ROUNDS = 10;
/** So many failures are tried again at the next sweep; after that the sweep waits longer each time. */
const PROMPT_TRIES = 3;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/**
 * How a destruction stands: `held` waits for the end of a hold; `running` failed at something, and the sweep tries again;
 * `none` was not begun, since nothing is held that it is about.
 */
export type DestructionState = 'done' | 'held' | 'running' | 'none';

export interface DestructionTools {
  readonly repositories: Repositories;
  readonly steps: DestructionSteps;
  readonly debts: SubjectEffects;
  readonly lifetimes: Lifetimes;
  readonly audit: AuditChain;
  readonly signer: Signer;
  readonly clock: Clock;
}

/**
 * R9: destroys what is held about a subject, or one modality of it: keys first, so that from the first step on nothing can
 * be opened any more, in backups either. Every step can be done again; a destruction that stops half way is found by the
 * sweep and finished, and its record says meanwhile that it is running. R8: it takes nothing that is under hold.
 */
export class Destruction {
  private readonly tools: DestructionTools;
  /** Where a room adds what it keeps of a subject. */
  readonly steps: DestructionSteps;

  constructor(tools: DestructionTools) {
    this.tools = tools;
    this.steps = tools.steps;
  }

  /**
   * Puts the order on the subject's record, and carries it out as far as holds and others' copies allow. The same id again
   * resumes it.
   * @param when asked about the record that the order would go on, in the same compare-and-set
   */
  async order(
    tenant: TenantId,
    order: DestroyOrder,
    when?: (record: SubjectRecord) => boolean,
  ): Promise<DestructionState> {
    const record = await this.intend(tenant, order, when);
    if (record === undefined) return 'none';
    try {
      return await this.resume(record);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      return 'running';
    }
  }

  /** Puts the order on record alone: from then on it is carried out, by whoever finds it. */
  async intend(
    tenant: TenantId,
    order: DestroyOrder,
    when: (record: SubjectRecord) => boolean = () => true,
  ): Promise<Typed<DestructionRecord> | undefined> {
    const { destructions, subjects } = this.tools.repositories;
    const known = await destructions.get(tenant, order.id);
    if (known !== undefined) return known;
    const placed = await subjects.update(tenant, order.subject, (value) => {
      if (value === undefined)
        return order.anybody === true ? withOrder(this.tools.lifetimes.fresh(order.at), order) : undefined;
      const isAboutIt = (order.life ?? value.life) === value.life && when(value);
      return isAboutIt ? changed(value, withOrder(value, order)) : undefined;
    });
    if (orderOf(placed?.value, order.id) === undefined) return undefined;
    return this.write(tenant, order);
  }

  async certificate(tenant: TenantId, id: string): Promise<string | undefined> {
    return (await this.tools.repositories.destructions.get(tenant, id))?.value.certificate ?? undefined;
  }

  async state(tenant: TenantId, id: string): Promise<DestructionState> {
    return (await this.tools.repositories.destructions.get(tenant, id))?.value.state ?? 'none';
  }

  /**
   * Carries a destruction on.
   * @throws whatever a step threw, once it is noted in the record.
   */
  async resume(record: Typed<DestructionRecord>): Promise<Exclude<DestructionState, 'none'>> {
    try {
      return await this.carryOn(record);
    } catch (error) {
      // Of a store that is gone nothing can be noted either.
      if (!isUnavailable(error)) await this.noteFailure(record, error);
      throw error;
    }
  }

  private async carryOn(record: Typed<DestructionRecord>): Promise<Exclude<DestructionState, 'none'>> {
    const { repositories, debts } = this.tools;
    const { subjects } = repositories;
    const { tenant, id, value } = record;
    if (value.state === 'done') {
      // Put on the subject's record once more by somebody who did not know yet.
      await subjects.update(tenant, value.subject, (subject) =>
        orderOf(subject, id) === undefined ? undefined : withoutOrder(subject as SubjectRecord, id),
      );
      return 'done';
    }
    if (value.withdraws) await this.takeBack(tenant, value);
    for (;;) {
      const subject = await subjects.update(tenant, value.subject, (current) =>
        current === undefined ? undefined : changed(current, withClaim(current, id)),
      );
      const order = orderOf(subject?.value, id);
      // Taken off by whoever carried it out at the same time, or before a crash.
      if (order === undefined) break;
      if (order.claim === null) {
        if (await this.noteHeld(record)) return 'held';
        continue;
      }
      // That a hold has ended is on record before what it kept is destroyed, whoever is quicker.
      for (const effect of subject?.value.effects ?? []) if (effect.type === 'audit') await debts.apply(tenant, effect);
      await this.started(record);
      // What has become of the order is asked anew, since another process may have carried on with it at the same time.
      if (await this.run(record, order, order.claim)) await this.close(record, order, order.claim);
    }
    await this.finish(record);
    return 'done';
  }

  private async write(tenant: TenantId, order: DestroyOrder): Promise<Typed<DestructionRecord>> {
    return this.tools.repositories.destructions.insertOnce(tenant, order.id, {
      subject: order.subject,
      scope: order.scope,
      reason: order.reason,
      startedAt: order.at,
      state: 'running',
      inventories: {},
      confirmations: [],
      certificate: null,
      attempts: 0,
      lastError: null,
      retryAt: OVERDUE,
      withdraws: order.withdraws ?? false,
      effects: order.owed ?? [],
    });
  }

  /** What the subject's own request ends at once, whether or not a hold keeps the data. */
  private async takeBack(tenant: TenantId, { subject, startedAt: at }: DestructionRecord): Promise<void> {
    const { repositories, audit } = this.tools;
    for (const { id, value } of await repositories.consents.ofSubject(tenant, subject)) {
      if (value.consent.state === 'withdrawn') continue;
      await audit.append(tenant, consentWithdrawn(value.consent, subject, at));
      await repositories.consents.update(tenant, id, (current) =>
        current === undefined || current.subject === null || current.consent.state === 'withdrawn'
          ? undefined
          : { ...current, consent: withdrawConsent(current.consent, at) },
      );
    }
    for (const { id, value } of await repositories.ceremonies.ofSubject(tenant, subject))
      if (value.createdAt <= at)
        await repositories.ceremonies.update(tenant, id, (now) =>
          now === undefined || now.state === 'redeemed' || now.expiresAt === CANCELLED
            ? undefined
            : { ...now, expiresAt: CANCELLED },
        );
  }

  /**
   * Step by step, and again until a round finds nothing: a request that was under way may have written meanwhile. What a
   * step lists is destroyed only if the claim still stands after it was listed, so that somebody who comes back while
   * another process finishes the same destruction does not lose what they enrol.
   * @returns `false` when the claim is gone
   */
  private async run(record: Typed<DestructionRecord>, order: OrderMark, claim: Claim): Promise<boolean> {
    const { tenant, value } = record;
    const scope: StepScope = {
      tenant,
      subject: value.subject,
      since: value.startedAt,
      covers: (modality) => claims(claim, modality),
      whole: claimsAll(claim),
    };
    const stands = async () => this.stands(record, order);
    const failures: unknown[] = [];
    let listed = await this.inventory(record, order, scope);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      failures.length = 0;
      let found = 0;
      for (const step of [this.steps.keys, ...this.steps.records]) {
        const doomed = listed?.get(step) ?? (await step.doomed(scope));
        if (doomed.length > 0 && !(await stands())) return false;
        for (const item of doomed) await step.remove(item, scope);
        found += doomed.length;
        if (step === this.steps.keys) found += await this.haveCopiesDestroyed(record, scope, failures);
      }
      listed = undefined;
      if (found > 0) continue;
      if (failures.length > 0) throw failures[0];
      return stands();
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Data are written as fast as they are destroyed');
  }

  /**
   * Counts what there is before the first step, and writes it down: the certificate must not forget after a crash.
   * @returns what was listed; `undefined` when it was counted before
   */
  private async inventory(
    { tenant, id }: Typed<DestructionRecord>,
    { turn }: OrderMark,
    scope: StepScope,
  ): Promise<ReadonlyMap<RecordStep, readonly Doomed[]> | undefined> {
    const { destructions } = this.tools.repositories;
    const running = { state: 'running', retryAt: OVERDUE } as const;
    if ((await destructions.get(tenant, id))?.value.inventories[turn] !== undefined) {
      await destructions.update(tenant, id, (current) =>
        current?.state === 'held' ? { ...current, ...running } : undefined,
      );
      return undefined;
    }
    const listed = new Map<RecordStep, readonly Doomed[]>();
    for (const step of [this.steps.keys, ...this.steps.records]) listed.set(step, await step.doomed(scope));
    const counts = Object.fromEntries([...listed].map(([{ name }, doomed]) => [name, doomed.length]));
    await destructions.update(tenant, id, (current) =>
      current === undefined || current.state === 'done' || current.inventories[turn] !== undefined
        ? undefined
        : { ...current, ...running, inventories: { ...current.inventories, [turn]: counts } },
    );
    return listed;
  }

  /** @returns how many confirmations are new. */
  private async haveCopiesDestroyed(
    { tenant, id }: Typed<DestructionRecord>,
    scope: StepScope,
    failures: unknown[],
  ): Promise<number> {
    const { destructions } = this.tools.repositories;
    let found = 0;
    for (const step of this.steps.copies)
      try {
        const confirmed = await step.destroy(scope);
        const before = (await destructions.get(tenant, id))?.value.confirmations ?? [];
        const news = confirmed.filter((one) => !isAmong(before, one));
        if (news.length === 0) continue;
        found += news.length;
        await destructions.update(tenant, id, (current) => {
          const still = news.filter((one) => !isAmong(current?.confirmations ?? [], one));
          return current === undefined || still.length === 0
            ? undefined
            : { ...current, confirmations: [...current.confirmations, ...still] };
        });
      } catch (error) {
        failures.push(error);
      }
    return found;
  }

  private async stands({ tenant, id, value }: Typed<DestructionRecord>, { turn }: OrderMark): Promise<boolean> {
    const subject = await this.tools.repositories.subjects.get(tenant, value.subject);
    const order = orderOf(subject?.value, id);
    return order !== undefined && order.claim !== null && order.turn === turn;
  }

  /** Takes the order off the subject's record, or notes what a hold has left; with the person as a whole, the record goes. */
  private async close({ tenant, id, value }: Typed<DestructionRecord>, order: OrderMark, claim: Claim): Promise<void> {
    const { repositories, debts } = this.tools;
    const { subjects } = repositories;
    const isMine = (subject: SubjectRecord | undefined): subject is SubjectRecord =>
      orderOf(subject, id)?.turn === order.turn && orderOf(subject, id)?.claim !== null;
    if (!claimsAll(claim)) {
      await subjects.update(tenant, value.subject, (subject) => {
        if (!isMine(subject)) return undefined;
        return claim.except.length > 0 ? withRest(subject, id) : withoutOrder(subject, id);
      });
      return;
    }
    for (;;) {
      const subject = await subjects.get(tenant, value.subject);
      if (subject === undefined || !isMine(subject.value)) return;
      for (const effect of subject.value.effects ?? []) if (isSubjectDebt(effect)) await debts.apply(tenant, effect);
      await this.finishOthers(subject, id);
      if (await subjects.removeRead(subject)) return;
    }
  }

  /**
   * What else was ordered is done with the person. It is said before the record goes: afterwards somebody may have come
   * back, and be under another hold.
   */
  private async finishOthers({ tenant, value }: Typed<SubjectRecord>, id: string): Promise<void> {
    const { destructions } = this.tools.repositories;
    for (const other of value.orders ?? []) {
      if (other.id === id) continue;
      const written = await destructions.get(tenant, other.id);
      const owed = value.effects?.find((effect) => effect.type === 'destroy' && effect.id === other.id);
      const record = written ?? (owed?.type === 'destroy' ? await this.write(tenant, owed) : undefined);
      if (record !== undefined) await this.finish(record);
    }
  }

  /** @returns `false` when the hold ended meanwhile. */
  private async noteHeld(record: Typed<DestructionRecord>): Promise<boolean> {
    const { repositories, audit, clock } = this.tools;
    const { tenant, id, value } = record;
    const now = clock.now();
    await repositories.destructions.update(tenant, id, (current) =>
      current === undefined || current.state === 'done'
        ? undefined
        : { ...current, state: 'held', attempts: 0, lastError: null, retryAt: now + HELD_LOOK_MS },
    );
    await audit.append(tenant, {
      id: `destruction:${id}:held`,
      event: 'destruction.held',
      subject: value.subject,
      at: now,
      data: { scope: value.scope, reason: value.reason },
    });
    const subject = await repositories.subjects.update(tenant, value.subject, (current) => {
      const order = orderOf(current, id);
      return current === undefined || order?.claim !== null || withClaim(current, id) !== current
        ? undefined
        : changed(current, withoutOrderEffect(current, id));
    });
    const order = orderOf(subject?.value, id);
    return subject !== undefined && order?.claim === null && withClaim(subject.value, id) === subject.value;
  }

  private async noteFailure({ tenant, id }: Typed<DestructionRecord>, error: unknown): Promise<void> {
    const lastError: ErrorCode = error instanceof AsignioError ? error.code : 'ASIGNIO_INTERNAL';
    const now = this.tools.clock.now();
    const record = await this.tools.repositories.destructions.update(tenant, id, (current) => {
      if (current === undefined || current.state === 'done') return undefined;
      const attempts = current.attempts + 1;
      return { ...current, state: 'running', attempts, lastError, retryAt: retryAt(attempts, now) };
    });
    // From now on its own record is what the sweep finds it by.
    if (record !== undefined)
      await this.tools.repositories.subjects.update(tenant, record.value.subject, (subject) =>
        subject === undefined ? undefined : changed(subject, withoutOrderEffect(subject, id)),
      );
  }

  private async started({ tenant, id, value }: Typed<DestructionRecord>): Promise<void> {
    await this.tools.audit.append(tenant, {
      id: `destruction:${id}:started`,
      event: 'destruction.started',
      subject: value.subject,
      at: value.startedAt,
      data: { scope: value.scope, reason: value.reason },
    });
  }

  private async finish(record: Typed<DestructionRecord>): Promise<void> {
    const { audit, repositories, signer, clock } = this.tools;
    const { tenant, id } = record;
    const value = (await repositories.destructions.get(tenant, id))?.value;
    if (value === undefined || value.state === 'done') return;
    const { subject, scope, reason, startedAt, confirmations } = value;
    const counts = total(value);
    await this.started(record);
    const certificate = await signer.sign(
      tenant,
      'asignio-destruction-certificate+jws',
      certificateClaims({
        id,
        tenant,
        pseudonym: subject,
        scope,
        reason,
        startedAt,
        completedAt: clock.now(),
        counts,
        confirmations,
      }),
    );
    await audit.append(tenant, {
      id: `destruction:${id}:certified`,
      event: 'destruction.certified',
      subject,
      at: clock.now(),
      data: { scope, reason, ...counts, copies: confirmations.length },
    });
    await audit.append(tenant, ...auditOf(value.effects));
    // Who agreed in the moment between the last look and the end of their record has a due date again.
    const isBack = scope === 'all' && (await repositories.consents.ofSubject(tenant, subject)).length > 0;
    if (isBack) await this.tools.lifetimes.ensure(tenant, subject, clock.now());
    await repositories.destructions.update(tenant, id, (current) =>
      current === undefined || current.state === 'done'
        ? undefined
        : { ...current, state: 'done', certificate, lastError: null, effects: [] },
    );
  }
}

function total({ inventories }: DestructionRecord): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const inventory of Object.values(inventories))
    for (const [step, count] of Object.entries(inventory)) counts[step] = (counts[step] ?? 0) + count;
  return counts;
}

function retryAt(attempts: number, now: EpochMs): EpochMs {
  if (attempts <= PROMPT_TRIES) return OVERDUE;
  return now + Math.min(FIRST_WAIT_MS * 2 ** (attempts - PROMPT_TRIES - 1), LONGEST_WAIT_MS);
}

function isAmong(confirmations: readonly Confirmation[], { recipient, reference }: Confirmation): boolean {
  return confirmations.some((other) => other.recipient === recipient && other.reference === reference);
}

/** `undefined`, which leaves a record as it is, where nothing was changed. */
function changed<T>(before: T, after: T): T | undefined {
  return before === after ? undefined : after;
}
