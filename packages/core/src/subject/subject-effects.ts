import type { StoragePlugin, TenantId } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import type { Effect } from '../effects/effect.ts';
import type { Repositories } from '../store/records.ts';

/** What a subject's record owes beside an order to destroy: it must be paid before the record goes. */
export type SubjectDebt = Extract<Effect, { type: 'audit' | 'remove' | 'hold' | 'release' }>;

export interface SubjectEffectTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly audit: AuditChain;
}

/** Pays what a subject's record owes. Done again, it changes nothing. */
export class SubjectEffects {
  private readonly tools: SubjectEffectTools;

  constructor(tools: SubjectEffectTools) {
    this.tools = tools;
  }

  async apply(tenant: TenantId, debt: SubjectDebt): Promise<void> {
    const { storage, repositories, audit } = this.tools;
    switch (debt.type) {
      case 'audit':
        return audit.append(tenant, debt);
      case 'remove':
        for (const { kind, id } of debt.records) await storage.remove({ tenant, kind, id });
        // Looked for once the reference is gone: whoever writes a probe from then on takes it back.
        for (const { kind, id } of debt.records)
          if (kind === 'reference') await this.removeProbes(tenant, debt.subject, id);
        return;
      case 'hold':
        await repositories.holds.insertOnce(tenant, debt.id, debt.hold);
        return;
      case 'release':
        await repositories.holds.update(tenant, debt.id, (hold) =>
          hold === undefined || hold.releasedAt !== null
            ? undefined
            : { ...hold, releasedAt: debt.at, releasedBy: debt.by },
        );
        return;
    }
  }

  /** Probes of a reference that is gone serve nothing any more. */
  async removeProbes(tenant: TenantId, subject: string, reference: string): Promise<void> {
    const { probes } = this.tools.repositories;
    for (const { id, value } of await probes.ofSubject(tenant, subject))
      if (value.reference === reference) await probes.remove(tenant, id);
  }
}

/** Whether an effect is one that {@link SubjectEffects} pays. */
export function isSubjectDebt(effect: Effect): effect is SubjectDebt {
  return effect.type === 'audit' || effect.type === 'remove' || effect.type === 'hold' || effect.type === 'release';
}
