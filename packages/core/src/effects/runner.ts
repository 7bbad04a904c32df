import type { TenantId } from '@asignio/contracts';
import { isOfTheSame, supersedeConsent, withdrawConsent, withdrawnTogether } from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import type { Adaptation } from '../ceremony/adaptation.ts';
import type { AttemptRules, Attempts } from '../attempts.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { DecisionLog } from '../rights/decision-log.ts';
import type { Destruction } from '../subject/destruction.ts';
import type { VendorCopies } from '../governance/copies.ts';
import type { DocumentService } from '../governance/documents.ts';
import type { LocationService } from '../location/service.ts';
import type { Announcer } from '../message/announcer.ts';
import type { Contacts } from '../message/contacts.ts';
import type { Lifetimes } from '../subject/lifetimes.ts';
import type { HoldGate } from '../subject/hold-gate.ts';
import type { SubjectEffects } from '../subject/subject-effects.ts';
import { CANCELLED } from '../store/records.ts';
import type { ProbeRecord, ReferenceRecord, Repositories, StoredConsent, SubjectRecord } from '../store/records.ts';
import { isConflict, isUnavailable } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';
import { consentWithdrawn } from './consent-withdrawn.ts';
import { auditOf } from './effect.ts';
import type { Effect } from './effect.ts';

export interface EffectTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly attempts: Attempts;
  /** The limits of a profile. */
  readonly attemptRules: (assurance: string) => AttemptRules;
  readonly decisions: DecisionLog;
  readonly lifetimes: Lifetimes;
  readonly destruction: Destruction;
  readonly debts: SubjectEffects;
  readonly gate: HoldGate;
  readonly adaptation: Adaptation;
  readonly contacts: Contacts;
  readonly locations: Pick<LocationService, 'forget' | 'resume'>;
  readonly announcer: Announcer;
  readonly copies: VendorCopies;
  readonly documents: DocumentService;
}

/** Does the follow-ups of a decision. Done again, it changes nothing. */
export class EffectRunner {
  private readonly tools: EffectTools;

  constructor(tools: EffectTools) {
    this.tools = tools;
  }

  /** Resolves when all are done; audit entries come last, in their order, since they say what was done. */
  async run(tenant: TenantId, effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) if (effect.type !== 'audit') await this.apply(tenant, effect);
    await this.tools.audit.append(tenant, ...auditOf(effects));
  }

  /** Does what the last change of a consent owes, and notes it unless the consent moved on: then it is owed anew. */
  async settleConsent(record: Typed<StoredConsent>): Promise<void> {
    if (record.value.effects.length === 0) return;
    await this.run(record.tenant, record.value.effects);
    try {
      await this.tools.repositories.consents.replace(record, { ...record.value, effects: [] });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  /** Does what the last changes of a subject's record owe, and notes it. */
  async settleSubject({ tenant, id, value }: Typed<SubjectRecord>): Promise<void> {
    const { effects = [] } = value;
    if (effects.length === 0) return;
    // In their order: that a hold has ended is on record before what it kept is destroyed.
    for (const effect of effects)
      await (effect.type === 'audit' ? this.tools.audit.append(tenant, effect) : this.apply(tenant, effect));
    // An order to destroy is taken off by the destruction itself, once its own record says how far it is.
    await this.tools.gate.settled(
      tenant,
      id,
      effects.filter(({ type }) => type !== 'destroy'),
    );
  }

  private async apply(tenant: TenantId, effect: Exclude<Effect, { type: 'audit' }>): Promise<void> {
    const { repositories, attempts, lifetimes, destruction, debts, adaptation, copies, decisions } = this.tools;
    switch (effect.type) {
      case 'attempt':
        return this.count(tenant, effect);
      case 'decision':
        return decisions.keep(tenant, effect.decision);
      case 'attempts-reset':
        return attempts.reset(tenant, effect.subject);
      case 'interaction':
        return lifetimes.interaction(tenant, effect.subject, effect.at);
      case 'start':
        return lifetimes.ensure(tenant, effect.subject, effect.at, effect.places);
      case 'contact':
        return this.tools.contacts.remember(tenant, effect.subject, effect);
      case 'announce':
        return this.tools.announcer.tell(tenant, effect.subject);
      case 'forget-places':
        return this.tools.locations.forget(tenant, effect.subject, effect.at);
      case 'supersede-consents':
        return this.supersedeConsents(tenant, effect);
      case 'withdraw-copies':
        return this.withdrawCopies(tenant, effect);
      case 'destroy-copies':
        return copies.order(tenant, effect.subject, effect.modality);
      case 'activate':
        return this.activate(tenant, effect);
      case 'revoke':
        return this.revokeOne(tenant, effect);
      case 'discard-key':
        await repositories.keys.remove(tenant, effect.key);
        return;
      case 'probe':
        return this.keepProbe(tenant, effect);
      case 'adapt':
        return adaptation.apply(tenant, effect);
      case 'cancel-ceremonies':
        return this.cancelCeremonies(tenant, effect);
      case 'destroy':
        await destruction.order(tenant, effect);
        return;
      case 'remove':
      case 'hold':
      case 'release':
        return debts.apply(tenant, effect);
      case 'resume':
        return this.resume(tenant, effect);
    }
  }

  /** A limit that is reached is on record: a lockout must be explained to whoever asks. */
  private async count(tenant: TenantId, effect: Extract<Effect, { type: 'attempt' }>): Promise<void> {
    const { subject, ceremony, success, at, decision } = effect;
    const event = await this.tools.attempts.resolve(
      tenant,
      subject,
      ceremony,
      success,
      decision === undefined ? undefined : this.tools.attemptRules(decision.assurance),
    );
    if (event === undefined) return;
    const kind = event === 'attempts.disabled' ? 'disabled' : 'locked';
    if (decision !== undefined) await this.tools.decisions.keep(tenant, { ...decision, kind, reasons: [event] });
    await this.tools.audit.append(tenant, { id: `attempts:${ceremony}`, event, subject, at, data: {} });
  }

  private async supersedeConsents(
    tenant: TenantId,
    effect: Extract<Effect, { type: 'supersede-consents' }>,
  ): Promise<void> {
    const { consents } = this.tools.repositories;
    const held = await consents.ofSubject(tenant, effect.subject);
    const newer = held.find(({ id }) => id === effect.by)?.value.consent;
    if (newer === undefined) return;
    for (const { id, value } of held) {
      const { consent } = value;
      if (!isOfTheSame(consent, newer) || consent.state === 'withdrawn' || !isBefore(consent, newer)) continue;
      await consents.update(tenant, id, (current) =>
        current === undefined || current.consent.supersededBy !== null || id === newer.id
          ? undefined
          : { ...current, consent: supersedeConsent(current.consent, newer) },
      );
    }
  }

  private async withdrawCopies(tenant: TenantId, effect: Extract<Effect, { type: 'withdraw-copies' }>): Promise<void> {
    const { consents } = this.tools.repositories;
    const held = await consents.ofSubject(tenant, effect.subject);
    const withdrawn = held.find(({ id }) => id === effect.of)?.value.consent;
    if (withdrawn === undefined) return;
    const copies = withdrawnTogether(
      withdrawn,
      held.map(({ value }) => value.consent).filter(({ grantedAt }) => grantedAt <= effect.at),
    );
    for (const copy of copies) {
      await this.tools.audit.append(tenant, consentWithdrawn(copy, effect.subject, effect.at));
      await consents.update(tenant, copy.id, (current) =>
        current === undefined || current.consent.state === 'withdrawn'
          ? undefined
          : { ...current, consent: withdrawConsent(current.consent, effect.at) },
      );
    }
  }

  /**
   * The new reference becomes the one that counts; older ones of its kind of device are revoked (R19). One whose key is
   * gone was destroyed meanwhile, and does not come back: the key is looked for after the reference is written, and
   * whoever destroys takes the keys first, so one of the two sees the other.
   */
  private async activate(tenant: TenantId, { id, reference }: Extract<Effect, { type: 'activate' }>): Promise<void> {
    const { vault, repositories } = this.tools;
    const { references, keys } = repositories;
    if ((await keys.get(tenant, reference.key)) !== undefined) await references.insertOnce(tenant, id, reference);
    const key = await keys.get(tenant, reference.key);
    if (key === undefined) {
      await references.remove(tenant, id);
      // Some were perhaps written while it was there for a moment.
      await this.tools.debts.removeProbes(tenant, reference.subject, id);
      return;
    }
    // Done again, it must not forget what the reference was adapted to since.
    if (key.value.opens === undefined) await vault.allowOnly(tenant, reference.key, reference.sealed);
    const { subject, modality, variant } = reference;
    const held = await references.ofSubject(tenant, subject);
    const alike = held.filter(
      ({ value }) => value.modality === modality && value.variant === variant && value.revokedAt === undefined,
    );
    const newest = alike.reduce<Typed<ReferenceRecord> | undefined>(
      (latest, other) => (latest === undefined || isNewer(other, latest) ? other : latest),
      undefined,
    );
    for (const other of alike) if (newest !== undefined && other !== newest) await this.revoke(tenant, other, newest);
  }

  /** The key first; and with the reference its probes. One that is under hold is kept, and never compared with again. */
  private async revoke(
    tenant: TenantId,
    reference: Typed<ReferenceRecord>,
    by: { readonly id: string; readonly value: Pick<ReferenceRecord, 'createdAt'> },
  ): Promise<void> {
    const { references } = this.tools.repositories;
    const { id, value } = reference;
    const revokedAt = by.value.createdAt;
    const revoked: Extract<Effect, { type: 'audit' }> = {
      type: 'audit',
      id: `revoked:${id}`,
      event: 'reference.revoked',
      subject: value.subject,
      at: revokedAt,
      data: { reference: id, by: by.id },
    };
    if (await this.discard(reference, [revoked])) return;
    await references.update(tenant, id, (current) =>
      current === undefined || current.revokedAt !== undefined ? undefined : { ...current, revokedAt },
    );
    await this.tools.audit.append(tenant, revoked);
    // The hold may have ended before it was known that this waits for it.
    await this.discard(reference);
  }

  private async revokeOne(tenant: TenantId, { reference, at, by }: Extract<Effect, { type: 'revoke' }>): Promise<void> {
    const record = await this.tools.repositories.references.get(tenant, reference);
    if (record === undefined) return;
    await this.revoke(tenant, record, { id: by, value: { createdAt: at } });
  }

  /** @returns `false` for what stays under hold. */
  private async discard(
    { tenant, id, value }: Typed<ReferenceRecord>,
    owed: readonly Extract<Effect, { type: 'audit' }>[] = [],
  ): Promise<boolean> {
    const { subject, modality } = value;
    return this.tools.gate.remove(
      tenant,
      {
        id: `reference:${id}`,
        subject,
        modality,
        records: [
          { kind: 'key', id: value.key },
          { kind: 'reference', id },
        ],
      },
      owed,
    );
  }

  /** What a hold kept that would be gone without it goes now, unless another hold keeps it. */
  private async resume(tenant: TenantId, { subject, at }: Extract<Effect, { type: 'resume' }>): Promise<void> {
    const { repositories, destruction, copies, documents } = this.tools;
    for (const record of await repositories.destructions.ofSubject(tenant, subject))
      // One that fails has noted it, and the sweep tries again.
      if (record.value.state !== 'done')
        await destruction.resume(record).catch((error: unknown) => {
          if (isUnavailable(error)) throw error;
        });
    for (const reference of await repositories.references.ofSubject(tenant, subject))
      if (reference.value.revokedAt !== undefined) await this.discard(reference);
    for (const probe of await repositories.probes.ofSubject(tenant, subject))
      if (probe.value.expiresAt <= at) await this.expireProbe(probe);
    await copies.resume(tenant, subject);
    await documents.resume(tenant, subject);
    await this.tools.locations.resume(tenant, subject);
  }

  /** R8: a probe that is too old goes, unless it is under hold. @returns whether it went. */
  async expireProbe({ tenant, id, value }: Typed<ProbeRecord>): Promise<boolean> {
    const { repositories, gate } = this.tools;
    const modality = (await repositories.references.get(tenant, value.reference))?.value.modality ?? null;
    return gate.remove(tenant, {
      id: `probe:${id}`,
      subject: value.subject,
      modality,
      records: [{ kind: 'probe', id }],
    });
  }

  /** A probe does not outlive its reference, whichever of the two is written last. */
  private async keepProbe(tenant: TenantId, effect: Extract<Effect, { type: 'probe' }>): Promise<void> {
    const { lifetimes, repositories } = this.tools;
    const { probes, references } = repositories;
    if ((await references.get(tenant, effect.reference)) !== undefined)
      await probes.insertOnce(tenant, effect.id, {
        subject: effect.subject,
        reference: effect.reference,
        generation: effect.generation,
        sealed: effect.sealed,
        expiresAt: await lifetimes.probe(effect.at),
      });
    if ((await references.get(tenant, effect.reference)) === undefined) await probes.remove(tenant, effect.id);
  }

  /** After a withdrawal nothing that was begun before it may still be accepted or redeemed. */
  private async cancelCeremonies(
    tenant: TenantId,
    effect: Extract<Effect, { type: 'cancel-ceremonies' }>,
  ): Promise<void> {
    const { ceremonies } = this.tools.repositories;
    for (const { id, value } of await ceremonies.ofSubject(tenant, effect.subject)) {
      if (value.createdAt > effect.at) continue;
      if (effect.modality !== 'all' && !value.modalities.includes(effect.modality)) continue;
      await ceremonies.update(tenant, id, (now) =>
        now === undefined || now.state === 'redeemed' || now.expiresAt === CANCELLED
          ? undefined
          : { ...now, expiresAt: CANCELLED },
      );
    }
  }
}

/** By id where they are of one moment: two that look at each other must agree which is the older. */
function isBefore(a: ConsentRecord, b: ConsentRecord): boolean {
  return a.grantedAt === b.grantedAt ? a.id < b.id : a.grantedAt < b.grantedAt;
}

function isNewer(a: Typed<ReferenceRecord>, b: Typed<ReferenceRecord>): boolean {
  return a.value.createdAt === b.value.createdAt ? a.id > b.id : a.value.createdAt > b.value.createdAt;
}
