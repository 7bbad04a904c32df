import type { TenantId } from '@asignio/contracts';
import { supersedeConsent, withdrawConsent, withdrawnTogether } from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import type { Adaptation } from '../ceremony/adaptation.ts';
import type { Attempts } from '../attempts.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { Destruction } from '../subject/destruction.ts';
import type { Lifetimes } from '../subject/lifetimes.ts';
import { CANCELLED } from '../store/records.ts';
import type { Repositories } from '../store/records.ts';
import type { Effect } from './effect.ts';

export interface EffectTools {
  readonly repositories: Repositories;
  readonly audit: AuditChain;
  readonly attempts: Attempts;
  readonly lifetimes: Lifetimes;
  readonly destruction: Destruction;
  readonly adaptation: Adaptation;
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

  private async apply(tenant: TenantId, effect: Exclude<Effect, { type: 'audit' }>): Promise<void> {
    const { repositories, attempts, lifetimes, destruction, adaptation } = this.tools;
    switch (effect.type) {
      case 'attempt':
        return attempts.resolve(tenant, effect.subject, effect.ceremony, effect.success);
      case 'attempts-reset':
        return attempts.reset(tenant, effect.subject);
      case 'interaction':
        return lifetimes.interaction(tenant, effect.subject, effect.at);
      case 'supersede-consents':
        return this.supersedeConsents(tenant, effect);
      case 'withdraw-copies':
        return this.withdrawCopies(tenant, effect);
      case 'activate':
        return this.activate(tenant, effect);
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
      if (!isToTheSame(consent, newer) || consent.state === 'withdrawn' || consent.grantedAt > newer.grantedAt)
        continue;
      await consents.update(tenant, id, (current) =>
        current === undefined || current.consent.supersededBy !== null || id === newer.id
          ? undefined
          : { ...current, consent: supersedeConsent(current.consent, newer.id) },
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
    for (const { id } of copies) {
      const { modality, purpose } = withdrawn;
      await this.tools.audit.append(tenant, {
        id: `consent:${id}:withdrawn`,
        event: 'consent.withdrawn',
        subject: effect.subject,
        at: effect.at,
        data: { consent: id, purpose, modality },
      });
      await consents.update(tenant, id, (current) =>
        current === undefined || current.consent.state === 'withdrawn'
          ? undefined
          : { ...current, consent: withdrawConsent(current.consent, effect.at) },
      );
    }
  }

  /** The new reference becomes the one that counts; older ones of its kind of device are revoked (R19). */
  private async activate(tenant: TenantId, effect: Extract<Effect, { type: 'activate' }>): Promise<void> {
    const { references, keys } = this.tools.repositories;
    const fresh = await references.update(tenant, effect.reference, (value) =>
      value === undefined || value.state === 'active' ? undefined : { ...value, state: 'active' },
    );
    if (fresh === undefined) return;
    for (const other of await references.ofSubject(tenant, effect.subject)) {
      const { modality, variant, createdAt } = other.value;
      if (other.id === fresh.id || modality !== fresh.value.modality || variant !== fresh.value.variant) continue;
      // A newer enrolment, decided meanwhile, stays.
      if (createdAt > fresh.value.createdAt) continue;
      await keys.remove(tenant, other.value.key);
      await references.remove(tenant, other.id);
      await this.tools.audit.append(tenant, {
        id: `revoked:${other.id}`,
        event: 'reference.revoked',
        subject: effect.subject,
        at: fresh.value.createdAt,
        data: { reference: other.id, by: fresh.id },
      });
    }
  }

  private async keepProbe(tenant: TenantId, effect: Extract<Effect, { type: 'probe' }>): Promise<void> {
    const { lifetimes, repositories } = this.tools;
    const { probes, references } = repositories;
    // Destroyed meanwhile: a late probe must not come back to life.
    if ((await references.get(tenant, effect.reference)) === undefined) return;
    await probes.insertOnce(tenant, effect.id, {
      subject: effect.subject,
      reference: effect.reference,
      generation: effect.generation,
      sealed: effect.sealed,
      expiresAt: lifetimes.probe(effect.at),
    });
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

function isToTheSame(a: ConsentRecord, b: ConsentRecord): boolean {
  return a.modality === b.modality && a.purpose === b.purpose;
}
