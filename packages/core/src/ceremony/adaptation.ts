import type { Engine, Permit, TenantId } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import type { Permits } from '../subject/permits.ts';
import type { Effect } from '../effects/effect.ts';
import type { Repositories } from '../store/records.ts';
import type { Vault } from '../vault.ts';
import { isRefusal } from '../subject/permits.ts';

/** A second sitting is one at least this long after the first, ms: six hours. */
export const NEW_SITTING_MS = 6 * 3_600_000;

export interface AdaptationTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly audit: AuditChain;
}

/**
 * Adds a strongly accepted probe of a later sitting to the reference, which was made in one sitting and is provisional
 * until then. The anchors (the enrolled samples) stay.
 */
export class Adaptation {
  private readonly tools: AdaptationTools;

  constructor(tools: AdaptationTools) {
    this.tools = tools;
  }

  async apply(tenant: TenantId, effect: Extract<Effect, { type: 'adapt' }>): Promise<void> {
    const { repositories, vault, engine, permits, audit } = this.tools;
    const record = await repositories.references.get(tenant, effect.reference);
    if (record === undefined) return;
    const { value } = record;
    const done = value.adaptations.includes(effect.ceremony);
    if (!done) {
      if (value.generation !== effect.generation) return;
      let permit: Permit;
      try {
        permit = await permits.issue(tenant, value.subject, effect.modality);
      } catch (error) {
        if (isRefusal(error)) return;
        throw error;
      }
      const facts = { subject: value.subject, modality: value.modality, consent: value.consent };
      const adapted = await engine.adapt({
        permit,
        modality: effect.modality,
        reference: value.sealed,
        probe: effect.probe,
        seal: await vault.sealKey(tenant, value.key, { ...facts, generation: value.generation }),
      });
      await repositories.references.replace(record, {
        ...value,
        sealed: adapted.reference,
        samples: adapted.samples,
        established: adapted.established,
        adaptations: [...value.adaptations, effect.ceremony],
      });
    }
    await audit.append(tenant, {
      id: `adapted:${effect.ceremony}`,
      event: 'reference.adapted',
      subject: effect.subject,
      at: effect.at,
      data: { reference: effect.reference, modality: effect.modality },
    });
  }
}
