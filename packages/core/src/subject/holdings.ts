import { RECORD_KINDS } from '@asignio/contracts';
import type { RecordKind, StoragePlugin, StoredRecord, TenantId } from '@asignio/contracts';
import type { CustodyStore } from '../rights/custody-store.ts';

/** A record of a person's. */
export type Holding = Pick<StoredRecord, 'kind' | 'id' | 'version' | 'value'>;

/** All that the store holds of a person. */
export class Holdings {
  private readonly storage: StoragePlugin;
  private readonly custody: CustodyStore;

  constructor(storage: StoragePlugin, custody: CustodyStore) {
    this.storage = storage;
    this.custody = custody;
  }

  /** By asking the store for every kind that there is, so that a kind that somebody adds later is in it too. */
  async of(tenant: TenantId, subject: string): Promise<readonly Holding[]> {
    const found: Holding[] = [];
    for (const kind of RECORD_KINDS) found.push(...(await this.ofKind(tenant, subject, kind)));
    // That somebody is under 16 is found by nothing that looks for a person, or it would go with what it must outlive.
    for (const { id, version, value } of await this.custody.ofMinor(tenant, subject))
      found.push({ kind: 'custody', id, version, value: value as unknown as Holding['value'] });
    return found;
  }

  private async ofKind(tenant: TenantId, subject: string, kind: RecordKind): Promise<readonly Holding[]> {
    const found: Holding[] = [];
    let after: string | undefined;
    do {
      const page = await this.storage.list({
        tenant,
        kind,
        subject,
        limit: 1000,
        ...(after === undefined ? {} : { after }),
      });
      for (const { id, version, value } of page.records) found.push({ kind, id, version, value });
      after = page.next;
    } while (after !== undefined);
    return found;
  }
}
