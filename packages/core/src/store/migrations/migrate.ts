import { setTimeout as delay } from 'node:timers/promises';
import { AsignioError } from '@asignio/contracts';
import type { RecordKind, StoragePlugin, StoredRecord, TenantId } from '@asignio/contracts';
import type { Vault } from '../../vault.ts';
import { holdLease } from '../lease.ts';
import type { HeldLease } from '../lease.ts';
import type { Repositories } from '../records.ts';
import { tenantsOf } from '../tenants.ts';
import { RECORDS_VERSION, Stamp, checkStamp, unstamped } from './stamp.ts';
import type { MigrationCursor, RecordsStamp } from './stamp.ts';
import { toVersion2 } from './version-2.ts';

/** What a step works with. */
export interface MigrationTools {
  readonly storage: StoragePlugin;
  readonly repositories: Repositories;
  readonly vault: Vault;
}

/** Makes records of one version of those of the version before. */
export interface Migration {
  /** Kinds whose records change, in the order in which they must. */
  readonly kinds: readonly RecordKind[];
  /** Changes one record, if it is of the version before. It may be done again, also half way through. */
  upgrade(record: StoredRecord, tools: MigrationTools): Promise<void>;
}

/** By the version that they lead to. */
const MIGRATIONS: { readonly [version: number]: Migration } = { 2: toVersion2 };

/** Of whoever changes the store as a whole. */
export const MIGRATION_LEASE = 'migration';
const LEASE_MS = 60_000;
const PAGE = 200;
/** How long a process waits for the one that migrates, ms, and how often it looks. */
const PATIENCE_MS = 600_000;
const LOOK_MS = 250;

/**
 * Brings all records of a store to the version of now, step by step, once among all processes: the others wait. Where it
 * stops half way, the next start goes on. A store without a stamp is new, or of version 1.
 *
 * @throws AsignioError `ASIGNIO_STORAGE_SCHEMA` where the records are of a newer version, `ASIGNIO_IMPORT_UNFINISHED` where only
 * a part of them is there; nothing is changed then.
 */
export async function migrate(tools: MigrationTools): Promise<void> {
  const stamp = new Stamp(tools.storage);
  for (let waited = 0; ; waited += LOOK_MS) {
    const found = await stamp.read();
    if (found !== undefined) checkStamp(found);
    if (found?.version === RECORDS_VERSION) return;
    const lease = await holdLease(tools.storage, MIGRATION_LEASE, LEASE_MS);
    if (lease !== undefined) {
      try {
        await run(tools, stamp, lease);
      } finally {
        await lease.release();
      }
      return;
    }
    if (waited >= PATIENCE_MS)
      throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'Another process has been migrating the store for long');
    await delay(LOOK_MS);
  }
}

async function run(tools: MigrationTools, stamp: Stamp, lease: HeldLease): Promise<void> {
  let current: RecordsStamp = (await stamp.read()) ?? (await unstamped(tools.storage));
  checkStamp(current);
  while (current.version < RECORDS_VERSION) {
    const version: number = current.version + 1;
    const migration = MIGRATIONS[version];
    if (migration === undefined)
      throw new AsignioError('ASIGNIO_STORAGE_SCHEMA', `Nothing leads to version ${version}`);
    await step(tools, stamp, lease, migration, current);
    current = { version, cursor: null };
  }
  await stamp.write(current);
}

/** One version on. Whatever is done is done again from the last page that was noted. */
async function step(
  tools: MigrationTools,
  stamp: Stamp,
  lease: HeldLease,
  migration: Migration,
  from: RecordsStamp,
): Promise<void> {
  let cursor = from.cursor;
  for await (const tenant of tenantsOf(tools.storage)) {
    if (cursor !== null && tenant < cursor.tenant) continue;
    for (const kind of migration.kinds) {
      if (cursor !== null && cursor.tenant === tenant && isBefore(migration, kind, cursor.kind)) continue;
      let after: string | null = cursor?.tenant === tenant && cursor.kind === kind ? cursor.after : null;
      do {
        await lease.renew();
        after = await page(tools, migration, tenant, kind, after);
        const next: MigrationCursor = { tenant, kind, after };
        await stamp.write({ version: from.version, cursor: next });
      } while (after !== null);
      cursor = null;
    }
  }
}

async function page(
  tools: MigrationTools,
  migration: Migration,
  tenant: TenantId,
  kind: RecordKind,
  after: string | null,
): Promise<string | null> {
  const found = await tools.storage.list({ tenant, kind, limit: PAGE, ...(after === null ? {} : { after }) });
  for (const record of found.records) await migration.upgrade(record, tools);
  return found.next ?? null;
}

function isBefore({ kinds }: Migration, kind: RecordKind, other: RecordKind): boolean {
  return kinds.indexOf(kind) < kinds.indexOf(other);
}
