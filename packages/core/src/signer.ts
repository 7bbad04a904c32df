import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CompactSign, exportJWK } from 'jose';
import type { TenantId } from '@asignio/contracts';
import type { Vault } from './vault.ts';

/** What precedes a 32-byte Ed25519 seed in PKCS #8 (RFC 8410, section 7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs receipts and certificates with the tenant's Ed25519 key (JWS, RFC 7515 and RFC 8037). */
export class Signer {
  private readonly vault: Vault;

  constructor(vault: Vault) {
    this.vault = vault;
  }

  /** @returns a compact JWS; `type` goes into its `typ` header. */
  async sign(tenant: TenantId, type: string, claims: object): Promise<string> {
    const { key, kid } = await this.key(tenant);
    return new CompactSign(Buffer.from(JSON.stringify(claims), 'utf8'))
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: type })
      .sign(key);
  }

  async publicKeys(tenant: TenantId): Promise<{ keys: Record<string, unknown>[] }> {
    const { key, kid } = await this.key(tenant);
    const jwk = await exportJWK(createPublicKey(key));
    return { keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] };
  }

  private async key(tenant: TenantId): Promise<{ key: KeyObject; kid: string }> {
    const seed = await this.vault.signingSeed(tenant);
    const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    return { key, kid: createHash('sha256').update(spki).digest('base64url').slice(0, 16) };
  }
}
