import {
  AsignioError,
  checkDueQuery,
  checkLeaseRequest,
  checkListQuery,
  checkLogEntry,
  checkRecordIndex,
  checkRecordKey,
  checkStoredValue,
} from '@asignio/contracts';
import type {
  Clock,
  Lease,
  LogEntry,
  RecordIndex,
  RecordKey,
  RecordKind,
  RecordPage,
  StoragePlugin,
  StoredRecord,
  StoredValue,
  TenantId,
} from '@asignio/contracts';

/** What several stores of {@link memoryStorage} share: two processes on one. */
export interface Memory {
  readonly records: Map<string, StoredRecord>;
  readonly logs: Map<string, LogEntry[]>;
  readonly leases: Map<string, Lease>;
}

export function memory(): Memory {
  return { records: new Map(), logs: new Map(), leases: new Map() };
}

const nameOf = (...parts: readonly string[]) => parts.join('\u0000');
const conflict = () => new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The record moved');

/**
 * A store without a disk, for tests that need thousands of them. It checks what it is given as every store does, and keeps
 * copies, so that nobody changes what it holds from outside.
 */
export function memoryStorage({ records, logs, leases }: Memory, clock: Clock): StoragePlugin {
  const keyOf = ({ tenant, kind, id }: RecordKey) => nameOf(tenant, kind, id);
  const copy = (record: StoredRecord): StoredRecord => ({ ...record, value: structuredClone(record.value) });
  const write = (key: RecordKey, value: StoredValue, index: RecordIndex, version: number): StoredRecord => {
    checkRecordKey(key);
    checkStoredValue(value);
    checkRecordIndex(index);
    const { tenant, kind, id } = key;
    const record = { tenant, kind, id, ...index, value: structuredClone(value), version };
    records.set(keyOf(key), record);
    return copy(record);
  };
  const page = (
    found: readonly (readonly [string, StoredRecord])[],
    limit: number | undefined,
    after: string | undefined,
  ): RecordPage => {
    const sorted = [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([name]) => after === undefined || name > after);
    const taken = sorted.slice(0, limit ?? 100);
    const last = taken.at(-1);
    return {
      records: taken.map(([, record]) => copy(record)),
      ...(sorted.length > taken.length && last !== undefined ? { next: last[0] } : {}),
    };
  };
  const log = (tenant: TenantId, name: string) => {
    const entries = logs.get(nameOf(tenant, name)) ?? [];
    logs.set(nameOf(tenant, name), entries);
    return entries;
  };
  return {
    metadata: { name: 'memory', version: '1.0.0', kind: 'storage', capabilities: [], data: [], region: 'local' },
    open: async () => undefined,
    close: async () => undefined,
    ping: async () => undefined,
    get: async (key) => {
      checkRecordKey(key);
      const record = records.get(keyOf(key));
      return record === undefined ? undefined : copy(record);
    },
    insert: async (key, value, index = {}) => {
      if (records.has(keyOf(key))) throw conflict();
      return write(key, value, index, 1);
    },
    replace: async (key, value, index, expected) => {
      if (records.get(keyOf(key))?.version !== expected) throw conflict();
      return write(key, value, index, expected + 1);
    },
    remove: async (key, expected) => {
      const record = records.get(keyOf(key));
      if (record !== undefined && expected !== undefined && record.version !== expected) throw conflict();
      return records.delete(keyOf(key));
    },
    list: async (query) => {
      checkListQuery(query);
      const { tenant, kind, subject, limit, after } = query;
      const found = [...records.values()].filter(
        (record) =>
          record.tenant === tenant && record.kind === kind && (subject === undefined || record.subject === subject),
      );
      return page(
        found.map((record) => [record.id, record] as const),
        limit,
        after,
      );
    },
    listDue: async (query) => {
      checkDueQuery(query);
      const { kind, upTo, limit, after } = query;
      const found = [...records.values()].filter(
        (record) => record.kind === kind && record.due !== undefined && record.due <= upTo,
      );
      // As many digits for every time, so that names sort as times do.
      const named = found.map(
        (record) => [nameOf(String((record.due ?? 0) + 1e16), record.tenant, record.id), record] as const,
      );
      return page(named, limit, after);
    },
    append: async (tenant, name, entry) => {
      checkLogEntry(tenant, name, entry);
      const entries = log(tenant, name);
      const known = entries.find(({ id }) => id === entry.id);
      if (known !== undefined) return structuredClone(known);
      if (entry.sequence !== entries.length + 1) throw conflict();
      entries.push(structuredClone(entry));
      return entry;
    },
    logHead: async (tenant, name) => structuredClone(log(tenant, name).at(-1)),
    readLog: async (tenant, name, from, limit) => structuredClone(log(tenant, name).slice(from - 1, from - 1 + limit)),
    listTenants: async (after, limit) => {
      const names = [...records.values()].map(({ tenant }) => tenant);
      const all = [...new Set([...names, ...[...logs.keys()].map((name) => name.split('\u0000')[0] as TenantId)])];
      return all
        .sort((a, b) => (a < b ? -1 : 1))
        .filter((tenant) => after === undefined || tenant > after)
        .slice(0, limit);
    },
    listLogs: async (tenant) =>
      [...logs.keys()]
        .filter((name) => name.startsWith(`${tenant}\u0000`))
        .map((name) => name.split('\u0000')[1] as string),
    acquireLease: async (name, holder, ttlMs) => {
      checkLeaseRequest(name, holder, ttlMs);
      const now = clock.now();
      const held = leases.get(name);
      const isOver = held === undefined || held.expiresAt <= now;
      if (!isOver && held.holder !== holder) return undefined;
      const fence = held === undefined ? 1 : isOver ? held.fence + 1 : held.fence;
      const lease = { name, holder, fence, expiresAt: now + ttlMs };
      leases.set(name, lease);
      return { ...lease };
    },
    releaseLease: async ({ name, holder, fence }) => {
      const held = leases.get(name);
      if (held?.holder === holder && held.fence === fence)
        leases.set(name, { ...held, expiresAt: Number.NEGATIVE_INFINITY });
    },
  };
}

/** What there is of a kind at this moment, without a call of the store. */
export function peek({ records }: Memory, kind: RecordKind): readonly StoredRecord[] {
  return [...records.values()].filter((record) => record.kind === kind);
}
