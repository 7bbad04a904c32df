import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CompactSign, exportJWK } from 'jose';
import { AsignioError } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import { SIGNING_ID } from './keys/records.ts';
import type { PublicKeyRecord, SigningRecord } from './keys/records.ts';
import type { Repository } from './store/repository.ts';
import type { Vault } from './vault.ts';

/** What precedes a 32-byte Ed25519 seed in PKCS #8 (RFC 8410, section 7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** A key that goes between two reads was rotated: the next read tells of its successor. */
const MAX_TRIES = 5;

/** Signs receipts and certificates with the tenant's Ed25519 key (JWS, RFC 7515 and RFC 8037). */
export class Signer {
  private readonly vault: Vault;
  private readonly records: Repository<SigningRecord>;

  constructor(vault: Vault, records: Repository<SigningRecord>) {
    this.vault = vault;
    this.records = records;
  }

  /** @returns a compact JWS; `type` goes into its `typ` header. */
  async sign(tenant: TenantId, type: string, claims: object): Promise<string> {
    const { key } = await this.current(tenant);
    return new CompactSign(Buffer.from(JSON.stringify(claims), 'utf8'))
      .setProtectedHeader({ alg: 'EdDSA', kid: kidOf(key), typ: type })
      .sign(key);
  }

  /** The key that signs, and after it all that ever did: what they signed still verifies. */
  async publicKeys(tenant: TenantId): Promise<{ keys: Record<string, unknown>[] }> {
    const { key, record } = await this.current(tenant);
    const all = [{ kid: kidOf(key), x: await publicHalf(key) }, ...(record?.earlier ?? [])];
    return { keys: all.map(({ kid, x }) => ({ crv: 'Ed25519', x, kty: 'OKP', kid, alg: 'EdDSA', use: 'sig' })) };
  }

  /** The public half of the key whose seed a record names; of the first key without one. */
  async publicKey(
    tenant: TenantId,
    record: Pick<SigningRecord, 'seed'> | undefined,
  ): Promise<Omit<PublicKeyRecord, 'until'>> {
    const key = await this.load(tenant, record);
    if (key === undefined) throw gone();
    return { kid: kidOf(key), x: await publicHalf(key) };
  }

  private async current(tenant: TenantId): Promise<{ key: KeyObject; record: SigningRecord | undefined }> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const record = (await this.records.get(tenant, SIGNING_ID))?.value;
      const key = await this.load(tenant, record);
      if (key !== undefined) return { key, record };
    }
    throw gone();
  }

  private async load(
    tenant: TenantId,
    record: Pick<SigningRecord, 'seed'> | undefined,
  ): Promise<KeyObject | undefined> {
    const seed =
      record === undefined ? await this.vault.signingSeed(tenant) : await this.vault.findDataKey(tenant, record.seed);
    if (seed === undefined) return undefined;
    const der = Buffer.concat([ED25519_PKCS8, seed]);
    if (record !== undefined) seed.fill(0);
    try {
      return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    } finally {
      der.fill(0);
    }
  }
}

async function publicHalf(key: KeyObject): Promise<string> {
  return String((await exportJWK(createPublicKey(key))).x);
}

function kidOf(key: KeyObject): string {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('base64url').slice(0, 16);
}

function gone(): AsignioError {
  return new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'The key that signs was destroyed');
}
