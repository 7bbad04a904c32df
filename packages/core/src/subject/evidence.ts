import type { Pseudonym, TenantId } from '@asignio/contracts';
import { open, seal } from '@asignio/engine';
import type { Vault } from '../vault.ts';

/**
 * Seals the signature under a release (the typed name) with a key of its own: the record of the consent can
 * outlive the subject's data, who signed it cannot.
 */
export class Evidence {
  private readonly vault: Vault;

  constructor(vault: Vault) {
    this.vault = vault;
  }

  async seal(tenant: TenantId, subject: Pseudonym, consent: string, name: string): Promise<string> {
    const key = evidenceKey(consent);
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
    const dataKey = await this.vault.dataKey(tenant, evidenceKey(consent));
    try {
      const plain = open({ dataKey, aad: aad(tenant, subject, consent) }, Buffer.from(evidence, 'base64url'));
      return Buffer.from(plain).toString('utf8');
    } finally {
      dataKey.fill(0);
    }
  }
}

/** One a consent: who comes back after an erasure gets no key of a name that was destroyed. */
export function evidenceKey(consent: string): string {
  return `evidence.${consent}`;
}

function aad(tenant: TenantId, subject: string, consent: string): string {
  return `asignio-evidence|${tenant}|${subject}|${consent}`;
}
