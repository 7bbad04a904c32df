import { RECORD_KINDS } from '@asignio/contracts';
import type { StoragePlugin, TenantId } from '@asignio/contracts';
import type { CustodyStore } from '../rights/custody-store.ts';
import { Repository } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';

/** All that the store holds of a person. */
export class Holdings {
  /** Of every kind that there is, so that a kind that somebody adds later is in it too. */
  private readonly kinds: readonly Repository<unknown>[];
  private readonly custody: CustodyStore;

  constructor(storage: StoragePlugin, custody: CustodyStore) {
    this.kinds = RECORD_KINDS.map((kind) => new Repository<unknown>(storage, kind, () => ({})));
    this.custody = custody;
  }

  async of(tenant: TenantId, subject: string): Promise<readonly Typed<unknown>[]> {
    const found: Typed<unknown>[] = [];
    for (const kind of this.kinds) found.push(...(await kind.ofSubject(tenant, subject)));
    // That somebody is under 16 is found by nothing that looks for a person, or it would go with what it must outlive.
    found.push(...(await this.custody.ofMinor(tenant, subject)));
    return found;
  }
}
