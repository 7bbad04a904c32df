import { createHash } from 'node:crypto';
import { compactVerify, importJWK } from 'jose';
import type { CryptoKey, KeyObject } from 'jose';
import { CHECKPOINT_LENGTH } from '@asignio/contracts';
import type { EpochMs, TenantId } from '@asignio/contracts';

/** `typ` of a checkpoint's header. */
export const CHECKPOINT_TYPE = 'asignio-audit-checkpoint+jws';
/** A JWKS of more keys than this is none of ours. */
const MAX_KEYS = 256;

/** What a signed checkpoint says: at this time, the chain's entry of this sequence had this hash. */
export interface CheckpointClaims {
  readonly version: 1;
  readonly tenant: TenantId;
  /** 1, 2, 3 ... without gaps. */
  readonly number: number;
  readonly sequence: number;
  /** Hash of that entry, and by it of all before; hex. */
  readonly head: string;
  readonly at: EpochMs;
  /** {@link checkpointHash} of the checkpoint before; `null` in the first. */
  readonly previous: string | null;
}

/** A checkpoint whose signature holds. */
export interface SignedCheckpoint extends CheckpointClaims {
  /** {@link checkpointHash} of its JWS. */
  readonly hash: string;
}

/** Public keys as `/jwks.json` publishes them. */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** SHA-256 of a checkpoint's compact JWS, hex: what the next checkpoint and the chain's own entry name it by. */
export function checkpointHash(jws: string): string {
  return createHash('sha256').update(jws, 'utf8').digest('hex');
}

/** Verifies checkpoints of one tenant by the tenant's public keys. */
export class CheckpointVerifier {
  private readonly tenant: TenantId | undefined;
  private readonly keys: ReadonlyMap<string, CryptoKey | KeyObject | Uint8Array>;

  private constructor(tenant: TenantId | undefined, keys: ReadonlyMap<string, CryptoKey | KeyObject | Uint8Array>) {
    this.tenant = tenant;
    this.keys = keys;
  }

  /**
   * @param tenant whose checkpoints alone are accepted; anybody's when left out
   * @param set public keys; those that are not for EdDSA, or not readable, verify nothing
   */
  static async of(tenant: TenantId | undefined, set: KeySet): Promise<CheckpointVerifier> {
    const keys = new Map<string, CryptoKey | KeyObject | Uint8Array>();
    for (const jwk of set.keys.slice(0, MAX_KEYS)) {
      const { kid, kty, crv, x } = jwk ?? {};
      if (typeof kid !== 'string' || kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') continue;
      const key = await importJWK({ kty, crv, x }, 'EdDSA').catch(() => undefined);
      if (key !== undefined) keys.set(kid, key);
    }
    return new CheckpointVerifier(tenant, keys);
  }

  /** @returns what it says, or a sentence that says why it is not to be believed. */
  async verify(jws: string): Promise<SignedCheckpoint | string> {
    if (jws.length > CHECKPOINT_LENGTH) return 'is longer than any checkpoint';
    let payload: Uint8Array;
    try {
      const verified = await compactVerify(
        jws,
        ({ kid }) => {
          const key = this.keys.get(kid ?? '');
          if (key === undefined) throw new UnknownKey();
          return key;
        },
        { algorithms: ['EdDSA'] },
      );
      if (verified.protectedHeader.typ !== CHECKPOINT_TYPE) return 'is signed, and is no checkpoint';
      ({ payload } = verified);
    } catch (error) {
      return error instanceof UnknownKey
        ? 'is signed by a key that is not among those given'
        : 'has no valid signature';
    }
    const claims = claimsOf(payload);
    if (claims === undefined) return 'is signed, and does not say what a checkpoint says';
    if (this.tenant !== undefined && claims.tenant !== this.tenant) return 'is of another tenant';
    return { ...claims, hash: checkpointHash(jws) };
  }
}

class UnknownKey extends Error {}

const HASH = /^[0-9a-f]{64}$/;

function claimsOf(payload: Uint8Array): CheckpointClaims | undefined {
  let value: Partial<Record<keyof CheckpointClaims, unknown>> | null;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8')) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, tenant, number, sequence, head, at, previous } = value;
  const fits =
    version === 1 &&
    typeof tenant === 'string' &&
    [number, sequence].every((one) => Number.isSafeInteger(one) && (one as number) >= 1) &&
    Number.isSafeInteger(at) &&
    [head, ...(previous === null ? [] : [previous])].every((one) => typeof one === 'string' && HASH.test(one)) &&
    (number === 1) === (previous === null);
  return fits ? ({ version, tenant, number, sequence, head, at, previous } as CheckpointClaims) : undefined;
}
