import type { Pseudonym, TenantId } from '@asignio/contracts';
import { open, seal } from '@asignio/engine';
import type { Vault } from '../vault.ts';

/**
 * Seals the signature under a release (the typed name) with a key of the subject's own: the record of the consent can
 * outlive the subject's data, who signed it cannot.
 */
export class Evidence {
  private readonly vault: Vault;

  constructor(vault: Vault) {
    this.vault = vault;
  }

  async seal(tenant: TenantId, subject: Pseudonym, consent: string, name: string): Promise<string> {
    const key = keyId(subject);
    await this.vault.createKey(tenant, subject, null, key);
    const dataKey = await this.vault.dataKey(tenant, key);
    try {
      const sealed = seal({ dataKey, aad: aad(tenant, subject, consent) }, Buffer.from(name, 'utf8'));
      return Buffer.from(sealed).toString('base64url');
    } finally {
      dataKey.fill(0);
    }
  }

  /** @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` once the subject's data are destroyed. */
  async open(tenant: TenantId, subject: string, consent: string, evidence: string): Promise<string> {
    const dataKey = await this.vault.dataKey(tenant, keyId(subject));
    try {
      const plain = open({ dataKey, aad: aad(tenant, subject, consent) }, Buffer.from(evidence, 'base64url'));
      return Buffer.from(plain).toString('utf8');
    } finally {
      dataKey.fill(0);
    }
  }
}

function keyId(subject: string): string {
  return `evidence.${subject}`;
}

function aad(tenant: TenantId, subject: string, consent: string): string {
  return `asignio-evidence|${tenant}|${subject}|${consent}`;
}
