import {
  AsignioError,
  checkDueQuery,
  checkLeaseRequest,
  checkListQuery,
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
import { connect, ping } from './connections.ts';
import type { Connections } from './connections.ts';
import { toStorageError } from './failure.ts';
import { Leases } from './leases.ts';
import { Logs } from './logs.ts';
import { parseOptions } from './options.ts';
import type { Settings, StorageMongodbOptions } from './options.ts';
import { Patience } from './patience.ts';
import { declare } from './schemas.ts';
import type { Collections } from './schemas.ts';
import { Shelf } from './shelf.ts';
import { stamp } from './stamp.ts';

interface Opened {
  readonly connections: Connections;
  readonly shelves: ReadonlyMap<RecordKind, Shelf>;
  readonly logs: Logs;
  readonly leases: Leases;
}

/** The store; see {@link storageMongodb}. */
export class MongodbStorage implements StoragePlugin {
  readonly metadata: PluginMetadata;
  private readonly settings: Settings;
  private readonly patience: Patience;
  private readonly underWay = new Set<Promise<unknown>>();
  private opened: Opened | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(options: StorageMongodbOptions) {
    this.settings = parseOptions(options);
    this.patience = new Patience(this.settings.timeoutMs);
    const { region, agreement } = this.settings;
    this.metadata = {
      name: '@asignio/storage-mongodb',
      version: '0.1.0',
      kind: 'storage',
      capabilities: [],
      data: ['sealed references', 'wrapped keys', 'consents', 'audit entries', 'pseudonyms'],
      region,
      ...(agreement === undefined ? {} : { agreement }),
    };
  }

  async open(): Promise<void> {
    await this.inTurn(async () => {
      this.opened ??= await openBoth(this.settings, this.patience);
    });
  }

  async close(): Promise<void> {
    await this.inTurn(async () => {
      const { opened } = this;
      this.opened = undefined;
      await Promise.allSettled(this.underWay);
      await opened?.connections.close();
    });
  }

  async ping(): Promise<void> {
    await this.during(async ({ connections: { data, keys } }) => {
      await Promise.all([ping(data, this.patience), ping(keys, this.patience)]);
    });
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    checkRecordKey(key);
    return this.on(key.kind, async (shelf) => shelf.get(key));
  }

  async insert(key: RecordKey, value: StoredValue, index: RecordIndex = {}): Promise<StoredRecord> {
    checkRecordKey(key);
    checkStoredValue(value);
    checkRecordIndex(index);
    return this.on(key.kind, async (shelf) => shelf.insert({ ...key }, value, indexOf(index)));
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
    return this.on(key.kind, async (shelf) => shelf.replace({ ...key }, value, indexOf(index), expectedVersion));
  }

  async remove(key: RecordKey, expectedVersion?: number): Promise<boolean> {
    checkRecordKey(key);
    if (expectedVersion !== undefined) checkPositive(expectedVersion, 'version');
    return this.on(key.kind, async (shelf) => shelf.remove({ ...key }, expectedVersion));
  }

  async list(query: ListQuery): Promise<RecordPage> {
    checkListQuery(query);
    return this.on(query.kind, async (shelf) => shelf.list({ ...query }));
  }

  async listDue(query: DueQuery): Promise<RecordPage> {
    checkDueQuery(query);
    return this.on(query.kind, async (shelf) => shelf.listDue({ ...query }));
  }

  async append(tenant: TenantId, log: string, entry: LogEntry): Promise<LogEntry> {
    checkLogEntry(tenant, log, entry);
    return this.during(async ({ logs }) => logs.append(tenant, log, entry));
  }

  async logHead(tenant: TenantId, log: string): Promise<LogEntry | undefined> {
    checkStorageTenant(tenant);
    checkStorageName(log, 'log name');
    return this.during(async ({ logs }) => logs.head(tenant, log));
  }

  async readLog(tenant: TenantId, log: string, from: number, limit: number): Promise<readonly LogEntry[]> {
    checkStorageTenant(tenant);
    checkStorageName(log, 'log name');
    checkPositive(from, 'sequence');
    const most = checkPageLimit(limit);
    return this.during(async ({ logs }) => logs.read(tenant, log, from, most));
  }

  async listTenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]> {
    if (after !== undefined) checkStorageTenant(after);
    const length = checkPageLimit(limit);
    return this.during(async ({ shelves, logs }) => {
      const found = await Promise.all([...shelves.values(), logs].map(async (part) => part.tenants(after, length)));
      return [...new Set(found.flat())].sort().slice(0, length);
    });
  }

  async listLogs(tenant: TenantId): Promise<readonly string[]> {
    checkStorageTenant(tenant);
    return this.during(async ({ logs }) => logs.names(tenant));
  }

  async acquireLease(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    checkLeaseRequest(name, holder, ttlMs);
    return this.during(async ({ leases }) => leases.acquire(name, holder, ttlMs));
  }

  async releaseLease(lease: Lease): Promise<void> {
    checkStorageName(lease.name, 'lease name');
    checkStorageName(lease.holder, 'lease holder');
    checkPositive(lease.fence, 'fence');
    await this.during(async ({ leases }) => leases.release(lease));
  }

  private async on<T>(kind: RecordKind, action: (shelf: Shelf) => Promise<T>): Promise<T> {
    return this.during(async ({ shelves }) => {
      const shelf = shelves.get(kind);
      if (shelf === undefined) throw new AsignioError('ASIGNIO_STORAGE_INVALID', 'There is no such kind');
      return action(shelf);
    });
  }

  /** Runs an operation that closing waits for. */
  private async during<T>(action: (opened: Opened) => Promise<T>): Promise<T> {
    if (this.opened === undefined) throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The store is not open');
    const work = action(this.opened);
    this.underWay.add(work);
    try {
      return await work;
    } catch (error) {
      throw toStorageError(error);
    } finally {
      this.underWay.delete(work);
    }
  }

  /** Opens and closes one after the other. */
  private async inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(action);
    this.turn = turn.catch(() => undefined);
    await turn;
  }
}

/** The index alone, without what is `undefined`. */
function indexOf({ subject, due }: RecordIndex): RecordIndex {
  return { ...(subject === undefined ? {} : { subject }), ...(due === undefined ? {} : { due }) };
}

async function openBoth(settings: Settings, patience: Patience): Promise<Opened> {
  const connections = await connect(settings, patience);
  try {
    const collections = declare(connections.data, connections.keys, settings.prefix);
    await stamp(collections, patience);
    await createIndexes(collections, patience);
    return {
      connections,
      shelves: new Map([...collections.records].map(([kind, model]) => [kind, new Shelf(kind, model, patience)])),
      logs: new Logs(collections.entries, patience),
      leases: new Leases(collections.leases, settings.clock, patience),
    };
  } catch (error) {
    await connections.close();
    throw toStorageError(error);
  }
}

/** Makes what is missing of the indexes. */
async function createIndexes({ records, entries }: Collections, patience: Patience): Promise<void> {
  await Promise.all(
    [...records.values(), entries].map(async (model) => patience.write(async () => model.createIndexes())),
  );
}
