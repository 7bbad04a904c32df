import type { TenantId } from '@asignio/contracts';
import { isOfTheSame, supersedeConsent, withdrawConsent, withdrawnTogether } from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import type { Adaptation } from '../ceremony/adaptation.ts';
import type { Attempts } from '../attempts.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { DecisionLog } from '../rights/decision-log.ts';
import type { Destruction } from '../subject/destruction.ts';
import type { VendorCopies } from '../governance/copies.ts';
import type { Lifetimes } from '../subject/lifetimes.ts';
import { CANCELLED } from '../store/records.ts';
import type { ReferenceRecord, Repositories, StoredConsent } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import { consentWithdrawn } from './consent-withdrawn.ts';
import type { Effect } from './effect.ts';

export interface EffectTools {
  readonly repositories: Repositories;
  readonly audit: AuditChain;
  readonly attempts: Attempts;
  readonly decisions: DecisionLog;
  readonly lifetimes: Lifetimes;
  readonly destruction: Destruction;
  readonly adaptation: Adaptation;
  readonly copies: VendorCopies;
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
    for (const effect of effects) if (effect.type === 'audit') await this.tools.audit.append(tenant, effect);
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

  private async apply(tenant: TenantId, effect: Exclude<Effect, { type: 'audit' }>): Promise<void> {
    const { repositories, attempts, lifetimes, destruction, adaptation, copies, decisions } = this.tools;
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
        return lifetimes.ensure(tenant, effect.subject, effect.at);
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
        return destruction.begin(tenant, effect);
    }
  }

  /** A limit that is reached is on record: a lockout must be explained to whoever asks. */
  private async count(tenant: TenantId, effect: Extract<Effect, { type: 'attempt' }>): Promise<void> {
    const { subject, ceremony, success, at, decision } = effect;
    const event = await this.tools.attempts.resolve(tenant, subject, ceremony, success);
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
    const { references, keys } = this.tools.repositories;
    if ((await keys.get(tenant, reference.key)) !== undefined) await references.insertOnce(tenant, id, reference);
    if ((await keys.get(tenant, reference.key)) === undefined) {
      await references.remove(tenant, id);
      return;
    }
    const { subject, modality, variant } = reference;
    const held = await references.ofSubject(tenant, subject);
    const alike = held.filter(({ value }) => value.modality === modality && value.variant === variant);
    const newest = alike.reduce<Typed<ReferenceRecord> | undefined>(
      (latest, other) => (latest === undefined || isNewer(other, latest) ? other : latest),
      undefined,
    );
    for (const other of alike) if (newest !== undefined && other !== newest) await this.revoke(tenant, other, newest);
    await this.dropOrphans(tenant, subject);
  }

  /** The key first; the record last, so that whoever does it again still finds it. */
  private async revoke(
    tenant: TenantId,
    { id, value }: Typed<ReferenceRecord>,
    by: { readonly id: string; readonly value: Pick<ReferenceRecord, 'createdAt'> },
  ): Promise<void> {
    const { references, keys } = this.tools.repositories;
    await keys.remove(tenant, value.key);
    await this.tools.audit.append(tenant, {
      id: `revoked:${id}`,
      event: 'reference.revoked',
      subject: value.subject,
      at: by.value.createdAt,
      data: { reference: id, by: by.id },
    });
    await references.remove(tenant, id);
  }

  private async revokeOne(tenant: TenantId, { reference, at, by }: Extract<Effect, { type: 'revoke' }>): Promise<void> {
    const record = await this.tools.repositories.references.get(tenant, reference);
    if (record === undefined) return;
    await this.revoke(tenant, record, { id: by, value: { createdAt: at } });
    await this.dropOrphans(tenant, record.value.subject);
  }

  /** Probes of a reference that is gone serve nothing any more. */
  private async dropOrphans(tenant: TenantId, subject: string): Promise<void> {
    const { probes, references } = this.tools.repositories;
    for (const { id, value } of await probes.ofSubject(tenant, subject))
      if ((await references.get(tenant, value.reference)) === undefined) await probes.remove(tenant, id);
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
        expiresAt: lifetimes.probe(effect.at),
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
