import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { Clock, KeyProvider, Modality, Pseudonym, SealKey, SubjectId, TenantId } from '@asignio/contracts';
import { open, seal, sealAad } from '@asignio/engine';
import { keyBinding, sealDigest } from './keys/binding.ts';
import type { KeyRecord, Repositories } from './store/records.ts';
import { isConflict } from './store/repository.ts';
import type { Typed } from './store/repository.ts';

/** Id of a tenant's own root key among its key records. */
const ROOT = 'tenant-root';
const PURPOSES = ['pseudonym', 'signing', 'record', 'name'] as const;

/** Keys of one tenant that are derived from its root: they live as long as the process. */
interface TenantKeys {
  /** HMAC key of pseudonyms. */
  readonly pseudonym: Buffer;
  /** Seed of the Ed25519 key that signs receipts and certificates. */
  readonly signing: Buffer;
  /** Seals short-lived records of the core. */
  readonly record: Buffer;
  /** HMAC key of names that are secrets, such as codes and tokens. */
  readonly name: Buffer;
}

/** What the associated data of a sealed reference bind. */
interface Sealed {
  readonly subject: string;
  readonly modality: Modality;
  readonly generation: number;
  readonly consent: string;
  /** The sealed reference, where there is one already. */
  readonly sealed?: Uint8Array;
}

/**
 * R28: envelope encryption (design, rule 3): every data key is random, wrapped by the tenant's key in the key provider, and
 * kept in a key record apart from what it seals. Destroying the record destroys the data, in backups too.
 */
export class Vault {
  private readonly repositories: Repositories;
  private readonly keys: KeyProvider;
  private readonly clock: Clock;
  private readonly tenants = new Map<TenantId, Promise<TenantKeys>>();

  constructor(repositories: Repositories, keys: KeyProvider, clock: Clock) {
    this.repositories = repositories;
    this.keys = keys;
    this.clock = clock;
  }

  /** What logs, audit and the store call a subject. The same person has another one in another tenant. */
  async pseudonym(tenant: TenantId, subject: SubjectId): Promise<Pseudonym> {
    const { pseudonym } = await this.tenantKeys(tenant);
    return createHmac('sha256', pseudonym).update(subject, 'utf8').digest('base64url').slice(0, 22) as Pseudonym;
  }

  /** Seed (32 bytes) of the tenant's signing key. */
  async signingSeed(tenant: TenantId): Promise<Buffer> {
    return (await this.tenantKeys(tenant)).signing;
  }

  /** What stands in the store for a name that whoever reads the store must not learn: 43 characters. */
  async nameHash(tenant: TenantId, name: string): Promise<string> {
    const { name: key } = await this.tenantKeys(tenant);
    return createHmac('sha256', key).update(name, 'utf8').digest('base64url');
  }

  /** Seals bytes under the tenant's own key, for records that live minutes. `context` is authenticated. */
  async sealRecord(tenant: TenantId, context: string, plain: Uint8Array): Promise<Uint8Array> {
    const { record } = await this.tenantKeys(tenant);
    return seal({ dataKey: record, aad: `asignio-record|${tenant}|${context}` }, plain);
  }

  async openRecord(tenant: TenantId, context: string, sealed: Uint8Array): Promise<Uint8Array> {
    const { record } = await this.tenantKeys(tenant);
    return open({ dataKey: record, aad: `asignio-record|${tenant}|${context}` }, sealed);
  }

  /** Makes and stores a data key under an id; one that is there already stays. */
  async createKey(tenant: TenantId, subject: Pseudonym | null, modality: Modality | null, id: string): Promise<void> {
    await this.storeKey(tenant, id, subject, modality);
  }

  /** Stores a data key under another id too, where there is one and none is there yet. */
  async copyKey(tenant: TenantId, from: string, to: string): Promise<void> {
    const { keys } = this.repositories;
    const record = await keys.get(tenant, from);
    if (record === undefined || (await keys.get(tenant, to)) !== undefined) return;
    const dataKey = await this.unwrap(record);
    try {
      const wrapped = await this.keys.wrap(tenant, dataKey, keyBinding(to, record.value));
      await keys.insertOnce(tenant, to, { ...record.value, wrapped });
    } finally {
      dataKey.fill(0);
    }
  }

  /**
   * The data key of a record, with the associated data of what it opens. The caller hands it to the engine (which takes
   * the array away) or wipes it.
   * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` when the key was destroyed.
   */
  async dataKey(tenant: TenantId, id: string): Promise<Uint8Array> {
    const dataKey = await this.findDataKey(tenant, id);
    if (dataKey === undefined) throw new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'The key was destroyed');
    return dataKey;
  }

  /**
   * A key for the engine, bound to what it opens.
   * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` when the key was destroyed, and what {@link findSealKey} throws.
   */
  async sealKey(tenant: TenantId, key: string, what: Sealed): Promise<SealKey> {
    const found = await this.findSealKey(tenant, key, what);
    if (found === undefined) throw new AsignioError('ASIGNIO_KEY_UNAVAILABLE', 'The key was destroyed');
    return found;
  }

  /**
   * As {@link sealKey}; `undefined` when the key was destroyed.
   * @throws AsignioError `ASIGNIO_REFERENCE_UNREADABLE` when the sealed reference is not one that the key opens now: an
   * earlier one was put back; `ASIGNIO_STORAGE_CONFLICT` when it was adapted in this moment.
   */
  async findSealKey(tenant: TenantId, key: string, what: Sealed): Promise<SealKey | undefined> {
    const record = await this.repositories.keys.get(tenant, key);
    if (record === undefined) return undefined;
    const { opens } = record.value;
    if (what.sealed !== undefined && opens !== undefined && !opens.includes(sealDigest(what.sealed)))
      throw await this.whyNot(tenant, key, what.sealed);
    return sealKeyOf(tenant, await this.unwrap(record), what);
  }

  /** From now on a data key opens this sealed reference too, and none but those that it was told of. */
  async allow(tenant: TenantId, key: string, ...sealed: readonly Uint8Array[]): Promise<void> {
    await this.setOpens(tenant, key, (opens = []) => [...new Set([...opens, ...sealed.map(sealDigest)])]);
  }

  /** From now on a data key opens this sealed reference alone. */
  async allowOnly(tenant: TenantId, key: string, sealed: Uint8Array): Promise<void> {
    await this.setOpens(tenant, key, () => [sealDigest(sealed)]);
  }

  /** Does the work of opening one data key with the tenant's own, and forgets it: for those who have none. */
  async pretend(tenant: TenantId): Promise<void> {
    (await this.dataKey(tenant, ROOT)).fill(0);
  }

  /** As {@link dataKey}; `undefined` when the key was destroyed. */
  async findDataKey(tenant: TenantId, id: string): Promise<Uint8Array | undefined> {
    const record = await this.repositories.keys.get(tenant, id);
    return record === undefined ? undefined : this.unwrap(record);
  }

  private async unwrap({ tenant, id, value }: Typed<KeyRecord>): Promise<Uint8Array> {
    return this.keys.unwrap(tenant, value.wrapped, keyBinding(id, value));
  }

  /** Changes what a key opens, which is part of what it is bound to. A key that was destroyed stays so. */
  private async setOpens(
    tenant: TenantId,
    id: string,
    change: (opens: readonly string[] | undefined) => readonly string[],
  ): Promise<void> {
    const { keys } = this.repositories;
    for (let record = await keys.get(tenant, id); record !== undefined; record = await keys.get(tenant, id)) {
      const { value } = record;
      const opens = change(value.opens);
      if (value.opens !== undefined && opens.join() === value.opens.join()) return;
      const dataKey = await this.unwrap(record);
      try {
        const wrapped = await this.keys.wrap(tenant, dataKey, keyBinding(id, { ...value, opens }));
        await keys.replace(record, { ...value, opens, wrapped });
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      } finally {
        dataKey.fill(0);
      }
    }
  }

  private async whyNot(tenant: TenantId, id: string, sealed: Uint8Array): Promise<AsignioError> {
    // A reference and its key have one id.
    const now = await this.repositories.references.get(tenant, id);
    return now === undefined || Buffer.compare(now.value.sealed, sealed) !== 0
      ? new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The reference was adapted meanwhile')
      : new AsignioError('ASIGNIO_REFERENCE_UNREADABLE', 'The reference is not the one that its key opens');
  }

  private async storeKey(
    tenant: TenantId,
    id: string,
    subject: Pseudonym | null,
    modality: Modality | null,
  ): Promise<void> {
    const dataKey = randomBytes(32);
    const facts = { subject, modality, createdAt: this.clock.now() };
    try {
      const wrapped = await this.keys.wrap(tenant, dataKey, keyBinding(id, facts));
      await this.repositories.keys.insertOnce(tenant, id, { ...facts, wrapped });
    } finally {
      dataKey.fill(0);
    }
  }

  private tenantKeys(tenant: TenantId): Promise<TenantKeys> {
    let keys = this.tenants.get(tenant);
    if (keys === undefined) {
      keys = this.loadTenantKeys(tenant);
      this.tenants.set(tenant, keys);
      keys.catch(() => this.tenants.delete(tenant));
    }
    return keys;
  }

  private async loadTenantKeys(tenant: TenantId): Promise<TenantKeys> {
    if ((await this.repositories.keys.get(tenant, ROOT)) === undefined) await this.storeKey(tenant, ROOT, null, null);
    const root = await this.dataKey(tenant, ROOT);
    const [pseudonym, signing, record, name] = PURPOSES.map((purpose) =>
      Buffer.from(hkdfSync('sha256', root, tenant, `asignio/${purpose}/1`, 32)),
    ) as [Buffer, Buffer, Buffer, Buffer];
    root.fill(0);
    return { pseudonym, signing, record, name };
  }
}

function sealKeyOf(tenant: TenantId, dataKey: Uint8Array, what: Sealed): SealKey {
  const { subject, modality, generation, consent } = what;
  return { dataKey, aad: sealAad({ tenant, subject, modality, version: generation, consent, kind: 'reference' }) };
}
