import { AsignioError, STORAGE_LIMITS } from '@asignio/contracts';
import type {
  DueQuery,
  ListQuery,
  RecordIndex,
  RecordKey,
  RecordPage,
  StoredRecord,
  StoredValue,
} from '@asignio/contracts';
import {
  dueAddress,
  dueAt,
  duePrefix,
  endOf,
  readDueAddress,
  recordAddress,
  recordPrefix,
  subjectPrefix,
} from './address.ts';
import { corrupt, decode, encode } from './codec.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { entries } from './environment.ts';
import type { Environment, Tree } from './environment.ts';

/** B-trees of a {@link Shelf}. */
export const SHELF_TREES = ['records', 'subjects', 'due'] as const;

/** A page ends early when it holds this much, bytes, so that a page of large records fits in memory. */
const PAGE_BYTES = 8 * STORAGE_LIMITS.valueBytes;
const PRESENT = Buffer.of(1);

interface Versioned {
  readonly version: number;
  readonly index: RecordIndex;
  readonly value: StoredValue;
}

/** The records of one environment, with their indexes. A record and its index entries change in one transaction. */
export class Shelf {
  private readonly environment: Environment;
  private readonly records: Tree;
  private readonly subjects: Tree;
  private readonly due: Tree;

  constructor(environment: Environment) {
    this.environment = environment;
    this.records = environment.tree('records');
    this.subjects = environment.tree('subjects');
    this.due = environment.tree('due');
  }

  get(key: RecordKey): StoredRecord | undefined {
    const found = this.environment.read(() => this.find(addressOf(key)));
    return found === undefined ? undefined : toRecord(key, found);
  }

  async insert(key: RecordKey, value: StoredValue, index: RecordIndex): Promise<StoredRecord> {
    const address = addressOf(key);
    const made = { version: 1, index, value };
    const bytes = encodeRecord(address, made);
    await this.environment.write(() => {
      if (this.records.doesExist(address)) throw conflict('A record of this key exists');
      this.put(key, address, bytes, index);
    });
    return toRecord(key, decodeRecord(address, bytes));
  }

  async replace(key: RecordKey, value: StoredValue, index: RecordIndex, expected: number): Promise<StoredRecord> {
    const address = addressOf(key);
    const bytes = encodeRecord(address, { version: expected + 1, index, value });
    await this.environment.write(() => {
      const found = this.find(address);
      if (found?.version !== expected) throw conflict('The record moved since it was read');
      this.removeIndex(key, found.index);
      this.put(key, address, bytes, index);
    });
    return toRecord(key, decodeRecord(address, bytes));
  }

  async remove(key: RecordKey, expected: number | undefined): Promise<boolean> {
    const address = addressOf(key);
    return this.environment.write(() => {
      const found = this.find(address);
      if (found === undefined) return false;
      if (expected !== undefined && found.version !== expected) throw conflict('The record moved since it was read');
      this.removeIndex(key, found.index);
      this.records.removeSync(address);
      return true;
    });
  }

  list(query: ListQuery): RecordPage {
    const { tenant, kind, subject } = query;
    const prefix = subject === undefined ? recordPrefix(tenant, kind) : subjectPrefix(tenant, kind, subject);
    const tree = subject === undefined ? this.records : this.subjects;
    const what = subject === undefined ? 'list' : 'list of a subject';
    const position = query.after === undefined ? undefined : fromCursor(what, prefix, query.after);
    return this.environment.read(() =>
      collect(query.limit, what, prefix, this.walk(tree, prefix, endOf(prefix), position), ({ key, value }) => {
        const id = Buffer.from(key.subarray(prefix.length)).toString('utf8');
        const record = { tenant, kind, id };
        const address = subject === undefined ? Buffer.from(key) : addressOf(record);
        return this.indexed(record, subject === undefined ? value : this.records.get(address), address);
      }),
    );
  }

  listDue(query: DueQuery): RecordPage {
    const { kind, upTo } = query;
    const prefix = duePrefix(kind);
    const position = query.after === undefined ? undefined : fromCursor('due', prefix, query.after);
    return this.environment.read(() =>
      collect(query.limit, 'due', prefix, this.walk(this.due, prefix, endOf(dueAt(kind, upTo)), position), (entry) => {
        const named = readDueAddress(entry.key.subarray(prefix.length));
        if (named === undefined) throw corrupt();
        const record = { tenant: named.tenant, kind, id: named.id };
        const address = addressOf(record);
        return this.indexed(record, this.records.get(address), address);
      }),
    );
  }

  private walk(tree: Tree, prefix: Buffer, end: Buffer, position: Buffer | undefined): ReturnType<typeof entries> {
    return position === undefined
      ? entries(tree, { start: prefix, end })
      : entries(tree, { start: Buffer.concat([prefix, position]), after: true, end });
  }

  /** A record that a B-tree's entry points to, with its size. */
  private indexed(key: RecordKey, bytes: Uint8Array | undefined, address: Buffer): [StoredRecord, number] {
    if (bytes === undefined) throw corrupt('An index names a record that is not there');
    return [toRecord(key, decodeRecord(address, bytes)), bytes.length];
  }

  private find(address: Buffer): Versioned | undefined {
    const bytes = this.records.get(address);
    return bytes === undefined ? undefined : decodeRecord(address, bytes);
  }

  private put(key: RecordKey, address: Buffer, bytes: Buffer, index: RecordIndex): void {
    this.records.putSync(address, bytes);
    if (index.subject !== undefined) this.subjects.putSync(subjectAddress(key, index.subject), PRESENT);
    if (index.due !== undefined) this.due.putSync(dueAddress(key.kind, index.due, key.tenant, key.id), PRESENT);
  }

  private removeIndex(key: RecordKey, index: RecordIndex): void {
    if (index.subject !== undefined) this.subjects.removeSync(subjectAddress(key, index.subject));
    if (index.due !== undefined) this.due.removeSync(dueAddress(key.kind, index.due, key.tenant, key.id));
  }
}

function addressOf(key: RecordKey): Buffer {
  return recordAddress(key.tenant, key.kind, key.id);
}

function subjectAddress(key: RecordKey, subject: string): Buffer {
  return Buffer.concat([subjectPrefix(key.tenant, key.kind, subject), Buffer.from(key.id, 'utf8')]);
}

function encodeRecord(address: Buffer, { version, index, value }: Versioned): Buffer {
  return encode(address, [version, index.subject ?? null, index.due ?? null, value]);
}

function decodeRecord(address: Buffer, bytes: Uint8Array): Versioned {
  const [version, subject, due, value] = decode(address, bytes) as readonly StoredValue[];
  if (typeof version !== 'number' || value === undefined) throw corrupt();
  return {
    version,
    index: { ...(typeof subject === 'string' ? { subject } : {}), ...(typeof due === 'number' ? { due } : {}) },
    value,
  };
}

function toRecord({ tenant, kind, id }: RecordKey, { version, index, value }: Versioned): StoredRecord {
  return { tenant, kind, id, ...index, value, version };
}

/** Makes one page; a cursor follows it where entries are left. */
function collect(
  limit: number = STORAGE_LIMITS.defaultPageLimit,
  what: string,
  prefix: Buffer,
  found: Iterable<{ key: Uint8Array; value: Uint8Array }>,
  take: (entry: { key: Uint8Array; value: Uint8Array }) => readonly [StoredRecord, number],
): RecordPage {
  const records: StoredRecord[] = [];
  let bytes = 0;
  let last: Uint8Array | undefined;
  for (const entry of found) {
    if (last !== undefined && (records.length >= limit || bytes >= PAGE_BYTES))
      return { records, next: toCursor(what, prefix, last.subarray(prefix.length)) };
    const [record, size] = take(entry);
    records.push(record);
    bytes += size;
    last = entry.key;
  }
  return { records };
}

function conflict(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_CONFLICT', detail);
}
