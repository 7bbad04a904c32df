import { randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import type { AuditChain } from '../audit/chain.ts';
import type { Signer } from '../signer.ts';
import type { Repositories } from '../store/records.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import { SIGNING_ID } from './records.ts';
import type { KeyCareRecords, SigningRecord } from './records.ts';

export interface SigningTools {
  readonly repositories: Repositories;
  readonly records: KeyCareRecords;
  readonly vault: Vault;
  readonly signer: Signer;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** Changes the key that signs for a tenant. */
export class SigningRotation {
  private readonly tools: SigningTools;
  /** Finishes a rotation that stopped half way. */
  readonly duty: SweepDuty;

  constructor(tools: SigningTools) {
    this.tools = tools;
    this.duty = async (walk) => walk(tools.records.signing, async (record) => this.settle(record));
  }

  /**
   * Makes a fresh key. The public half of the one before stays with those that verify; its secret half is destroyed, unless
   * it is the first, which is derived from the tenant's root.
   * @returns the id of the new key.
   * @throws AsignioError `ASIGNIO_STORAGE_CONFLICT` when another process rotates it in this moment.
   */
  async run(tenant: TenantId): Promise<string> {
    const { repositories, records, vault, signer, clock } = this.tools;
    const at = clock.now();
    const found = await records.signing.get(tenant, SIGNING_ID);
    const before = await signer.publicKey(tenant, found?.value);
    const seed = `signing.${randomBytes(12).toString('base64url')}`;
    await vault.createKey(tenant, null, null, seed);
    const { kid } = await signer.publicKey(tenant, { seed });
    const value: SigningRecord = {
      seed,
      since: at,
      earlier: [{ ...before, until: at }, ...(found?.value.earlier ?? [])],
      doomed: found === undefined ? [] : [...found.value.doomed, found.value.seed],
      owed: [
        ...(found?.value.owed ?? []),
        {
          id: `signing:${kid}`,
          event: 'key.rotated',
          subject: null,
          at,
          data: { what: 'signing', from: before.kid, to: kid },
        },
      ],
    };
    let record: Typed<SigningRecord>;
    try {
      record =
        found === undefined
          ? await records.signing.insert(tenant, SIGNING_ID, value)
          : await records.signing.replace(found, value);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await repositories.keys.remove(tenant, seed);
      throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Another process has rotated the signing key');
    }
    await this.settle(record);
    return kid;
  }

  /** Does what a change owes. Done again, it changes nothing. */
  private async settle(record: Typed<SigningRecord>): Promise<void> {
    const { repositories, records, audit } = this.tools;
    const { tenant, value } = record;
    await audit.append(tenant, ...value.owed);
    for (const seed of value.doomed) await repositories.keys.remove(tenant, seed);
    try {
      await records.signing.replace(record, { ...value, owed: [], doomed: [] });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}
