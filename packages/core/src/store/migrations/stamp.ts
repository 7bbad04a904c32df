import { AsignioError, SYSTEM_TENANT } from '@asignio/contracts';
import type { RecordKey, RecordKind, StoragePlugin, TenantId } from '@asignio/contracts';
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
  /** How far an import is; no system starts on a store where there is one. */
  readonly import?: ImportMark;
}

/** How far an import is: the place in its file from which it goes on. */
export interface ImportMark {
  /** Of the export of the records, and of that of the keys. */
  readonly records: string;
  readonly keys: string;
  readonly part: 'records' | 'keys';
  /** Bytes, lines, and the code of the line before: `null` at the beginning. */
  readonly at: { readonly offset: number; readonly line: number; readonly mac: Uint8Array } | null;
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

/** Whether a record is the stamp. */
export function isStamp({ kind, id }: Pick<RecordKey, 'kind' | 'id'>): boolean {
  return kind === 'maintenance' && id === ID;
}

/** The stamp that a store without one would have: it is new, or of the version before there were stamps. */
export async function unstamped(storage: StoragePlugin): Promise<RecordsStamp> {
  const isNew = (await storage.listTenants(undefined, 1)).length === 0;
  return { version: isNew ? RECORDS_VERSION : 1, cursor: null };
}

/**
 * The stamp of a store that is whole.
 * @throws AsignioError what {@link checkStamp} throws; `ASIGNIO_STORAGE_CONFLICT` in the middle of a migration.
 */
export async function readStamp(storage: StoragePlugin): Promise<RecordsStamp> {
  const stamp = (await new Stamp(storage).read()) ?? (await unstamped(storage));
  checkStamp(stamp);
  if (stamp.cursor !== null)
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The store is being migrated: let its system start once');
  return stamp;
}

/**
 * @throws AsignioError `ASIGNIO_STORAGE_SCHEMA` for records that this version does not know; `ASIGNIO_IMPORT_UNFINISHED` where
 * only a part of them is there.
 */
export function checkStamp({ version, import: mark }: RecordsStamp): void {
  if (!(Number.isSafeInteger(version) && version >= 1 && version <= RECORDS_VERSION))
    throw new AsignioError(
      'ASIGNIO_STORAGE_SCHEMA',
      `The records are of version ${version}, and this version reads up to ${RECORDS_VERSION}`,
    );
  if (mark !== undefined)
    throw new AsignioError('ASIGNIO_IMPORT_UNFINISHED', 'An import into this store has stopped half way');
}
