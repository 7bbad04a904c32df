import { AsignioError } from '@asignio/contracts';
import type { ConsentId, EpochMs, TenantId } from '@asignio/contracts';
import { withdrawConsent } from '@asignio/policy';
import type { PermitAuthority } from '@asignio/policy';
import { consentWithdrawn } from '../effects/consent-withdrawn.ts';
import type { EffectRunner } from '../effects/runner.ts';
import type { Repositories } from '../store/records.ts';
import type { Destruction } from './destruction.ts';

export interface ErasureTools {
  readonly repositories: Repositories;
  readonly authority: PermitAuthority;
  readonly effects: EffectRunner;
  readonly destruction: Destruction;
}

/**
 * Takes back every agreement of a subject and destroys all that is held. Whoever calls it has made sure who asks
 * (`rights/gate.ts`), or acts on a law of its own, such as R34's.
 */
export class Erasure {
  private readonly tools: ErasureTools;

  constructor(tools: ErasureTools) {
    this.tools = tools;
  }

  /**
   * @param order id of the destruction: the same again resumes it
   * @param reason id of the retention rule or request that asks for it
   * @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` when the destruction is under way elsewhere.
   */
  async run(
    tenant: TenantId,
    subject: string,
    order: string,
    at: EpochMs,
    reason = 'written-request',
  ): Promise<{ readonly certificate: string }> {
    const { repositories, authority, effects, destruction } = this.tools;
    const base = { subject, at } as const;
    const destroy = { type: 'destroy', id: order, scope: 'all', reason, ...base } as const;
    // The intention is written before the first thing goes, so that a crash cannot leave half of it.
    await destruction.intend(tenant, destroy);
    for (const { id, value } of await repositories.consents.ofSubject(tenant, subject)) {
      authority.revoke(id as ConsentId);
      if (value.consent.state !== 'withdrawn') await this.withdraw(tenant, id, at);
    }
    await effects.run(tenant, [{ type: 'cancel-ceremonies', modality: 'all', ...base }, destroy]);
    const certificate = await destruction.certificate(tenant, order);
    if (certificate === undefined) throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The destruction is under way');
    return { certificate };
  }

  /** Part of an erasure, which destroys more than this consent supported. */
  private async withdraw(tenant: TenantId, id: string, at: EpochMs): Promise<void> {
    const { repositories, effects } = this.tools;
    const record = await repositories.consents.update(tenant, id, (value) =>
      value === undefined || value.subject === null || value.consent.state === 'withdrawn'
        ? undefined
        : {
            ...value,
            consent: withdrawConsent(value.consent, at),
            effects: [...value.effects, consentWithdrawn(value.consent, value.subject, at)],
          },
    );
    if (record !== undefined) await effects.settleConsent(record);
  }
}
