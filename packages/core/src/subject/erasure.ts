import type { ConsentId, EpochMs, TenantId } from '@asignio/contracts';
import type { PermitAuthority } from '@asignio/policy';
import type { Repositories } from '../store/records.ts';
import type { Destruction, DestructionState } from './destruction.ts';

export interface ErasureTools {
  readonly repositories: Repositories;
  readonly authority: PermitAuthority;
  readonly destruction: Destruction;
}

/**
 * R20, R26: takes back every agreement of a subject and destroys all that is held, whatever of them that is. Whoever calls
 * it has made sure who asks (`rights/gate.ts`), or acts on a law of its own, such as R34's.
 */
export class Erasure {
  private readonly tools: ErasureTools;

  constructor(tools: ErasureTools) {
    this.tools = tools;
  }

  /**
   * @param order id of the destruction: the same again resumes it
   * @param reason id of the retention rule or request that asks for it
   * @param life of the data that it is about; what somebody enrols after an erasure is of another
   * @returns how it stands: `held` cites a legal hold (R8), `running` is finished by the sweep
   */
  async run(
    tenant: TenantId,
    subject: string,
    order: string,
    at: EpochMs,
    reason = 'written-request',
    life?: string,
  ): Promise<{ readonly state: DestructionState; readonly certificate: string | null }> {
    const { repositories, authority, destruction } = this.tools;
    for (const { id } of await repositories.consents.ofSubject(tenant, subject)) authority.revoke(id as ConsentId);
    const state = await destruction.order(tenant, {
      type: 'destroy',
      id: order,
      subject,
      scope: 'all',
      reason,
      at,
      withdraws: true,
      anybody: true,
      ...(life === undefined ? {} : { life }),
    });
    return { state, certificate: (await destruction.certificate(tenant, order)) ?? null };
  }
}
