import { AsignioError, subjectId, tenantId } from '@asignio/contracts';
import type { Clock, Pseudonym, SubjectId, TenantId } from '@asignio/contracts';
import { checkRequester, PROOF_VALID_MS } from '@asignio/policy';
import type { RequesterFactor } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';
import type { Vault } from '../vault.ts';
import type { Requester } from './api.ts';

export interface GateTools {
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
  /** ms. */
  readonly proofValidMs: number | undefined;
}

/** Somebody whose request goes on. */
export interface Person {
  readonly tenant: TenantId;
  readonly id: SubjectId;
  readonly subject: Pseudonym;
}

/** R27: the way into every right. */
export class Gate {
  private readonly tools: GateTools;

  constructor(tools: GateTools) {
    this.tools = tools;
  }

  /** For what nobody gains by but the person: being signed in is enough. */
  async enter(who: Requester): Promise<Person> {
    const tenant = tenantId(who.tenant);
    const id = subjectId(who.subject);
    return { tenant, id, subject: await this.tools.vault.pseudonym(tenant, id) };
  }

  /**
   * For what gives out or destroys data. Both outcomes are on record.
   * @param right what is asked for, as the audit chain names it
   * @throws AsignioError `ASIGNIO_REQUESTER_UNVERIFIED`.
   */
  async verify(who: Requester, right: string): Promise<Person> {
    const person = await this.enter(who);
    try {
      const { factors } = this.check(who);
      await this.note(person, 'requester.verified', { right, factors: factors.join(' ') });
    } catch (error) {
      if (error instanceof AsignioError && error.code === 'ASIGNIO_REQUESTER_UNVERIFIED')
        await this.note(person, 'requester.refused', { right, reason: error.message });
      throw error;
    }
    return person;
  }

  /** @throws AsignioError `ASIGNIO_REQUESTER_UNVERIFIED`. */
  check(who: Requester): { readonly factors: readonly RequesterFactor[]; readonly until: number } {
    const { clock, proofValidMs: validMs = PROOF_VALID_MS } = this.tools;
    const factors = checkRequester(who.proof, { subject: subjectId(who.subject), validMs }, clock.now());
    return { factors, until: (who.proof?.at ?? 0) + validMs };
  }

  private async note(
    { tenant, subject }: Person,
    event: 'requester.verified' | 'requester.refused',
    data: { readonly [key: string]: string },
  ): Promise<void> {
    const { audit, clock } = this.tools;
    await audit.append(tenant, { id: `requester:${newId()}`, event, subject, at: clock.now(), data });
  }
}
