import { AsignioError } from '@asignio/contracts';
import type { AdaptResult, Engine, TenantId } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import type { Decryption } from '../governance/decryption.ts';
import type { Permits } from '../subject/permits.ts';
import type { Effect } from '../effects/effect.ts';
import type { ReferenceRecord, Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { Vault } from '../vault.ts';

/** A second sitting is one at least this long after the first, ms: six hours. */
export const NEW_SITTING_MS = 6 * 3_600_000;

export interface AdaptationTools {
  readonly repositories: Repositories;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly permits: Permits;
  readonly audit: AuditChain;
  readonly decryption: Decryption;
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
    const { repositories, audit } = this.tools;
    const record = await repositories.references.get(tenant, effect.reference);
    if (record === undefined) return;
    if (!record.value.adaptations.includes(effect.ceremony)) {
      if (!(await this.adapt(record, effect))) return;
    }
    await this.forgetEarlier(tenant, effect.reference);
    await audit.append(tenant, {
      id: `adapted:${effect.ceremony}`,
      event: 'reference.adapted',
      subject: effect.subject,
      at: effect.at,
      data: { reference: effect.reference, modality: effect.modality },
    });
  }

  /**
   * @returns whether the probe is in the reference now. What the engine or a destroyed key refuses is left out, for good:
   * a decision that was made does not wait for it, and a later probe will do.
   */
  private async adapt(record: Typed<ReferenceRecord>, effect: Extract<Effect, { type: 'adapt' }>): Promise<boolean> {
    const { repositories, vault, engine, permits, decryption } = this.tools;
    const { tenant, value } = record;
    const { subject, modality, ceremony } = effect;
    if (value.established || value.generation !== effect.generation) return false;
    let adapted: AdaptResult;
    try {
      const permit = await permits.issue(tenant, value.subject, modality);
      await decryption.opened({ tenant, subject, modality, ceremony, act: 'adaptation' }, permit, 1);
      adapted = await engine.adapt({
        permit,
        modality,
        reference: value.sealed,
        probe: effect.probe,
        seal: await vault.sealKey(tenant, value.key, value),
      });
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code.startsWith('ASIGNIO_STORAGE_')) throw error;
      return false;
    }
    // Its key opens both, from before the one is written over the other until that is done.
    await vault.allow(tenant, value.key, value.sealed, adapted.reference);
    try {
      await repositories.references.replace(record, {
        ...value,
        sealed: adapted.reference,
        samples: adapted.samples,
        established: adapted.established,
        adaptations: [...value.adaptations, effect.ceremony],
      });
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
      // Adapted or destroyed meanwhile, perhaps by whoever does this very effect at the same time.
      const now = await repositories.references.get(tenant, record.id);
      return now?.value.adaptations.includes(effect.ceremony) === true;
    }
  }
  /** The reference as it was before cannot be put back in its place. */
  private async forgetEarlier(tenant: TenantId, reference: string): Promise<void> {
    const { repositories, vault } = this.tools;
    const record = await repositories.references.get(tenant, reference);
    if (record !== undefined) await vault.allowOnly(tenant, record.value.key, record.value.sealed);
  }
}
