import { SYSTEM_TENANT } from '@asignio/contracts';
import type { RecordKind, StoragePlugin, TenantId } from '@asignio/contracts';
import { Repository } from '../repository.ts';

/** Version of the records that the core writes. Grows with each change that an older version would misread. */
export const RECORDS_VERSION = 2;

/** Where a migration goes on. */
export interface MigrationCursor {
  readonly tenant: TenantId;
  readonly kind: RecordKind;
  /** Where the listing goes on; `null` at its beginning. */
  readonly after: string | null;
}

/** Of which version all records of the store are. */
export interface RecordsStamp {
  readonly version: number;
  /** How far the step to the next version is; `null` where none was begun. */
  readonly cursor: MigrationCursor | null;
}

const ID = 'records';

/** Reads and writes the stamp of a store. */
export class Stamp {
  private readonly records: Repository<RecordsStamp>;

  constructor(storage: StoragePlugin) {
    this.records = new Repository<RecordsStamp>(storage, 'maintenance', () => ({}));
  }

  async read(): Promise<RecordsStamp | undefined> {
    return (await this.records.get(SYSTEM_TENANT, ID))?.value;
  }

  async write(stamp: RecordsStamp): Promise<void> {
    await this.records.update(SYSTEM_TENANT, ID, () => stamp);
  }
}
