import type { Pseudonym, TenantId } from '@asignio/contracts';
import { open, seal } from '@asignio/engine';
import type { Vault } from '../vault.ts';

/**
 * Seals what people write, each record's texts under a key of its own that belongs to the person: an erasure takes the
 * keys, and with them every word, while the record of what was asked and done can stay.
 */
export class Texts {
  private readonly vault: Vault;

  constructor(vault: Vault) {
    this.vault = vault;
  }

  async seal(tenant: TenantId, subject: string, key: string, what: string, text: string): Promise<Uint8Array> {
    await this.vault.createKey(tenant, subject as Pseudonym, null, key);
    const dataKey = await this.vault.dataKey(tenant, key);
    try {
      return seal({ dataKey, aad: aad(tenant, subject, key, what) }, Buffer.from(text, 'utf8'));
    } finally {
      dataKey.fill(0);
    }
  }

  /** @returns `null` once the key is destroyed. */
  async open(
    tenant: TenantId,
    subject: string,
    key: string,
    what: string,
    sealed: Uint8Array | undefined,
  ): Promise<string | null> {
    if (sealed === undefined) return null;
    const dataKey = await this.vault.findDataKey(tenant, key);
    if (dataKey === undefined) return null;
    try {
      return Buffer.from(open({ dataKey, aad: aad(tenant, subject, key, what) }, sealed)).toString('utf8');
    } finally {
      dataKey.fill(0);
    }
  }
}

function aad(tenant: TenantId, subject: string, key: string, what: string): string {
  return JSON.stringify(['asignio-text/1', tenant, subject, key, what]);
}
