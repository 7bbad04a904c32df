import type { EpochMs, StoragePlugin } from '@asignio/contracts';
import type { AuditFact } from '../audit/chain.ts';
import { Repository } from '../store/repository.ts';

/** Ids among the records of kind `maintenance`. */
export const ROTATION_ID = 'key-rotation';
export const SIGNING_ID = 'signing';

/** A rotation of a tenant's key, under way or done; that of the system's tenant is one of all tenants. */
export interface RotationRecord {
  readonly id: string;
  /** `begun`: perhaps there is a newer key already. `wrapping`: there is. `wrapped`: what there was is under it. */
  readonly state: 'begun' | 'wrapping' | 'wrapped' | 'done';
  /** The newest key before; `null` where there was none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly startedAt: EpochMs;
  readonly rotatedAt: EpochMs | null;
  /** Where the listing goes on. */
  readonly after: string | null;
  readonly batches: number;
  readonly wrapped: number;
}

/** A public key that verifies what was signed. */
export interface PublicKeyRecord {
  readonly kid: string;
  /** Ed25519, base64url (RFC 8037). */
  readonly x: string;
  readonly until: EpochMs;
}

/** Which key signs for a tenant. Before the first rotation there is no such record. */
export interface SigningRecord {
  /** Id of the key record that holds the seed. */
  readonly seed: string;
  readonly since: EpochMs;
  /** Newest first. */
  readonly earlier: readonly PublicKeyRecord[];
  /** Key records of earlier seeds that are still to be destroyed. */
  readonly doomed: readonly string[];
  readonly owed: readonly AuditFact[];
}

export interface KeyCareRecords {
  readonly rotations: Repository<RotationRecord>;
  readonly signing: Repository<SigningRecord>;
}

export function createKeyCareRecords(storage: StoragePlugin): KeyCareRecords {
  return {
    rotations: new Repository<RotationRecord>(storage, 'maintenance', () => ({})),
    signing: new Repository<SigningRecord>(storage, 'maintenance', ({ owed, doomed }) =>
      owed.length + doomed.length === 0 ? {} : { due: 0 },
    ),
  };
}
