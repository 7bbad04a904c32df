import { join } from 'node:path';
import {
  AsignioError,
  checkDueQuery,
  checkLeaseRequest,
  checkListQuery,
  checkLogEntries,
  checkLogEntry,
  checkPageLimit,
  checkPositive,
  checkRecordIndex,
  checkRecordKey,
  checkStorageName,
  checkStorageTenant,
  checkStoredValue,
} from '@asignio/contracts';
import type {
  DueQuery,
  Lease,
  ListQuery,
  LogEntry,
  PluginMetadata,
  RecordIndex,
  RecordKey,
  RecordKind,
  RecordPage,
  StoragePlugin,
  StoredRecord,
  StoredValue,
  TenantId,
} from '@asignio/contracts';
import { plainBodies } from './bodies.ts';
import { Environment } from './environment.ts';
import { toStorageError } from './failure.ts';
import { LEASE_TREES, Leases } from './leases.ts';
import { LOG_TREES, Logs } from './log.ts';
import { parseOptions } from './options.ts';
import type { StorageLmdbOptions } from './options.ts';
import { META_TREE, readStamp, stamp } from './schema.ts';
import { SLOT_TREES, SealedBodies } from './sealed-bodies.ts';
import { SHELF_TREES, Shelf } from './shelf.ts';
import { SlotFile } from './slots.ts';

interface Opened {
  readonly data: Environment;
  readonly keys: Environment;
  readonly records: Shelf;
  readonly keyRecords: Shelf;
  readonly slots: SlotFile;
  readonly logs: Logs;
  readonly leases: Leases;
}

const METADATA: PluginMetadata = {
  name: '@asignio/storage-lmdb',
  version: '0.1.0',
  kind: 'storage',
  capabilities: ['verify'],
  data: ['sealed references', 'wrapped keys', 'consents', 'audit entries', 'pseudonyms'],
  region: 'local',
};

/** The store; see {@link storageLmdb}. */
export class LmdbStorage implements StoragePlugin {
  readonly metadata = METADATA;
  private readonly options: Required<StorageLmdbOptions>;
  private opened: Opened | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(options: StorageLmdbOptions) {
    this.options = parseOptions(options);
  }

  async open(): Promise<void> {
    await this.inTurn(async () => {
      this.opened ??= await openBoth(this.options);
    });
  }

  async close(): Promise<void> {
    await this.inTurn(async () => {
      const { opened } = this;
      this.opened = undefined;
      await opened?.data.close();
      await opened?.keys.close();
      opened?.slots.close();
    });
  }

  async ping(): Promise<void> {
    const { data, keys } = this.use();
    for (const environment of [data, keys])
      await environment.read(() => environment.tree(META_TREE).getKeysCount({ limit: 1 }));
  }

  /**
   * Looks both files over, every page and the checksum of every entry; blocks for about a second per GiB. `open` does as
   * much for files up to 64 MiB, and for larger ones finds only what was cut.
   * @throws AsignioError `ASIGNIO_STORAGE_CORRUPT`
   */
  async verify(): Promise<void> {
    const { data, keys } = this.use();
    data.verify();
    keys.verify();
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    checkRecordKey(key);
    return this.shelf(key.kind).get(key);
  }

  async insert(key: RecordKey, value: StoredValue, index: RecordIndex = {}): Promise<StoredRecord> {
    checkRecordKey(key);
    checkStoredValue(value);
    checkRecordIndex(index);
    return this.shelf(key.kind).insert({ ...key }, value, { ...index });
  }

  async replace(
    key: RecordKey,
    value: StoredValue,
    index: RecordIndex,
    expectedVersion: number,
  ): Promise<StoredRecord> {
    checkRecordKey(key);
    checkStoredValue(value);
    checkRecordIndex(index);
    checkPositive(expectedVersion, 'version');
    return this.shelf(key.kind).replace({ ...key }, value, { ...index }, expectedVersion);
  }

  async remove(key: RecordKey, expectedVersion?: number): Promise<boolean> {
    checkRecordKey(key);
    if (expectedVersion !== undefined) checkPositive(expectedVersion, 'version');
    return this.shelf(key.kind).remove({ ...key }, expectedVersion);
  }

  async list(query: ListQuery): Promise<RecordPage> {
    checkListQuery(query);
    return this.shelf(query.kind).list(query);
  }

  async listDue(query: DueQuery): Promise<RecordPage> {
    checkDueQuery(query);
    return this.shelf(query.kind).listDue(query);
  }

  async append(tenant: TenantId, log: string, entry: LogEntry): Promise<LogEntry> {
    checkLogEntry(tenant, log, entry);
    return this.use().logs.append(tenant, log, entry);
  }

  async appendAll(tenant: TenantId, log: string, entries: readonly LogEntry[]): Promise<void> {
    checkLogEntries(tenant, log, entries);
    await this.use().logs.appendAll(tenant, log, entries);
  }

  async logHead(tenant: TenantId, log: string): Promise<LogEntry | undefined> {
    checkStorageTenant(tenant);
    checkStorageName(log, 'log name');
    return this.use().logs.head(tenant, log);
  }

  async readLog(tenant: TenantId, log: string, from: number, limit: number): Promise<readonly LogEntry[]> {
    checkStorageTenant(tenant);
    checkStorageName(log, 'log name');
    checkPositive(from, 'sequence');
    return this.use().logs.read(tenant, log, from, checkPageLimit(limit));
  }

  async listTenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]> {
    if (after !== undefined) checkStorageTenant(after);
    const length = checkPageLimit(limit);
    const { records, keyRecords, logs } = this.use();
    const found = await Promise.all([records, keyRecords, logs].map(async (part) => part.tenants(after, length)));
    return [...new Set(found.flat())].sort().slice(0, length);
  }

  async listLogs(tenant: TenantId): Promise<readonly string[]> {
    checkStorageTenant(tenant);
    return this.use().logs.names(tenant);
  }

  async acquireLease(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    checkLeaseRequest(name, holder, ttlMs);
    return this.use().leases.acquire(name, holder, ttlMs);
  }

  async releaseLease(lease: Lease): Promise<void> {
    checkStorageName(lease.name, 'lease name');
    checkStorageName(lease.holder, 'lease holder');
    await this.use().leases.release(lease);
  }

  private shelf(kind: RecordKind): Shelf {
    const { records, keyRecords } = this.use();
    return kind === 'key' ? keyRecords : records;
  }

  private use(): Opened {
    if (this.opened === undefined) throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The store is not open');
    return this.opened;
  }

  /** Opens and closes one after the other. */
  private async inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(action);
    this.turn = turn.catch(() => undefined);
    await turn;
  }
}

async function openBoth({ path, clock, mapSizeBytes, noSync }: Required<StorageLmdbOptions>): Promise<Opened> {
  const shared = { mapSizeBytes, noSync, accept: readStamp };
  const keys = await Environment.open(join(path, 'keys'), {
    ...shared,
    trees: [META_TREE, ...SHELF_TREES, ...SLOT_TREES],
  });
  let data: Environment | undefined;
  let slots: SlotFile | undefined;
  try {
    data = await Environment.open(join(path, 'data'), {
      ...shared,
      trees: [META_TREE, ...SHELF_TREES, ...LOG_TREES, ...LEASE_TREES],
    });
    await stamp(data, keys);
    slots = new SlotFile(join(path, 'keys', 'slots.bin'), noSync);
    const sealed = new SealedBodies(keys, slots);
    await sealed.recover();
    return {
      data,
      keys,
      slots,
      records: new Shelf(data, plainBodies),
      keyRecords: new Shelf(keys, sealed),
      logs: new Logs(data),
      leases: new Leases(data, clock),
    };
  } catch (error) {
    slots?.close();
    await data?.close();
    await keys.close();
    throw toStorageError(error);
  }
}
