import { AsignioError, STORAGE_LIMITS } from '@asignio/contracts';
import type {
  DueQuery,
  ListQuery,
  RecordIndex,
  RecordKey,
  RecordPage,
  StoredRecord,
  StoredValue,
  TenantId,
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
import { StaleRead, decodeRecord } from './bodies.ts';
import type { Bodies, Versioned } from './bodies.ts';
import { corrupt, decode, encode } from './codec.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { entries } from './environment.ts';
import type { Environment, Tree } from './environment.ts';
import { tenantsOf } from './tenants.ts';

/** B-trees of a {@link Shelf}. */
export const SHELF_TREES = ['records', 'subjects', 'due'] as const;

/** A page ends early when it holds this much, bytes, so that a page of large records fits in memory. */
const PAGE_BYTES = 8 * STORAGE_LIMITS.valueBytes;

/** How often a read starts over when what it reads is destroyed meanwhile. */
const MAX_READS = 16;

/** The records of one environment, with their indexes. A record and its index entries change in one transaction. */
export class Shelf {
  private readonly environment: Environment;
  private readonly bodies: Bodies;
  private readonly records: Tree;
  private readonly subjects: Tree;
  private readonly due: Tree;

  constructor(environment: Environment, bodies: Bodies) {
    this.environment = environment;
    this.bodies = bodies;
    this.records = environment.tree('records');
    this.subjects = environment.tree('subjects');
    this.due = environment.tree('due');
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    const address = addressOf(key);
    return this.read(() => {
      const found = this.find(address);
      return found === undefined ? undefined : this.toRecord(key, address, found);
    });
  }

  async insert(key: RecordKey, value: StoredValue, index: RecordIndex): Promise<StoredRecord> {
    const address = addressOf(key);
    const prepared = this.bodies.prepare(address, value);
    const version = 1;
    await this.environment.write(() => {
      if (this.records.doesExist(address)) throw conflict('A record of this key exists');
      this.put(key, address, prepared.store(version, index), index);
    });
    return { ...nameOf(key), ...index, value: prepared.value(), version };
  }

  async replace(key: RecordKey, value: StoredValue, index: RecordIndex, expected: number): Promise<StoredRecord> {
    const address = addressOf(key);
    const prepared = this.bodies.prepare(address, value);
    const version = expected + 1;
    await this.environment.write(() => {
      const found = this.find(address);
      if (found?.version !== expected) throw conflict('The record moved since it was read');
      this.bodies.release(found.body);
      this.removeIndex(key, found.index);
      this.put(key, address, prepared.store(version, index), index);
    });
    await this.bodies.settle();
    return { ...nameOf(key), ...index, value: prepared.value(), version };
  }

  async remove(key: RecordKey, expected: number | undefined): Promise<boolean> {
    const address = addressOf(key);
    const removed = await this.environment.write(() => {
      const found = this.find(address);
      if (found === undefined) return false;
      if (expected !== undefined && found.version !== expected) throw conflict('The record moved since it was read');
      this.bodies.release(found.body);
      this.removeIndex(key, found.index);
      this.records.removeSync(address);
      return true;
    });
    // Also where there was none: then an earlier removal may have failed at this.
    await this.bodies.settle();
    return removed;
  }

  async list(query: ListQuery): Promise<RecordPage> {
    const { tenant, kind, subject } = query;
    const prefix = subject === undefined ? recordPrefix(tenant, kind) : subjectPrefix(tenant, kind, subject);
    const tree = subject === undefined ? this.records : this.subjects;
    const what = subject === undefined ? 'list' : 'list of a subject';
    const position = query.after === undefined ? undefined : fromCursor(what, prefix, query.after);
    return this.read(() =>
      collect(query.limit, what, prefix, this.walk(tree, prefix, endOf(prefix), position), ({ key, value }) => {
        const id = Buffer.from(key.subarray(prefix.length)).toString('utf8');
        const record = { tenant, kind, id };
        const address = addressOf(record);
        if (subject === undefined) return this.indexed(record, value, address);
        decode(key, value);
        return this.indexed(record, this.records.get(address), address);
      }),
    );
  }

  async listDue(query: DueQuery): Promise<RecordPage> {
    const { kind, upTo } = query;
    const prefix = duePrefix(kind);
    const position = query.after === undefined ? undefined : fromCursor('due', prefix, query.after);
    return this.read(() =>
      collect(query.limit, 'due', prefix, this.walk(this.due, prefix, endOf(dueAt(kind, upTo)), position), (entry) => {
        decode(entry.key, entry.value);
        const named = readDueAddress(entry.key.subarray(prefix.length));
        if (named === undefined) throw corrupt();
        const record = { tenant: named.tenant, kind, id: named.id };
        const address = addressOf(record);
        return this.indexed(record, this.records.get(address), address);
      }),
    );
  }

  async tenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]> {
    return tenantsOf(this.environment, this.records, after, limit);
  }

  private walk(tree: Tree, prefix: Buffer, end: Buffer, position: Buffer | undefined): ReturnType<typeof entries> {
    return position === undefined
      ? entries(tree, { start: prefix, end })
      : entries(tree, { start: Buffer.concat([prefix, position]), after: true, end });
  }

  /** A record that a B-tree's entry points to, with its size. */
  private indexed(key: RecordKey, bytes: Uint8Array | undefined, address: Buffer): [StoredRecord, number] {
    if (bytes === undefined) throw corrupt('An index names a record that is not there');
    return [this.toRecord(key, address, decodeRecord(address, bytes)), bytes.length];
  }

  /** Reads from one snapshot, and from a newer one where a body was destroyed since. */
  private async read<T>(action: () => T): Promise<T> {
    for (let attempt = 1; attempt < MAX_READS; attempt++) {
      const found = await this.environment.read(() => {
        try {
          return { value: action() };
        } catch (error) {
          if (error instanceof StaleRead) return undefined;
          throw error;
        }
      });
      if (found !== undefined) return found.value;
    }
    throw corrupt('A sealed value does not open');
  }

  private toRecord(key: RecordKey, address: Buffer, { version, index, body }: Versioned): StoredRecord {
    return { ...nameOf(key), ...index, value: this.bodies.reveal(address, body), version };
  }

  private find(address: Buffer): Versioned | undefined {
    const bytes = this.records.get(address);
    return bytes === undefined ? undefined : decodeRecord(address, bytes);
  }

  private put(key: RecordKey, address: Buffer, bytes: Buffer, index: RecordIndex): void {
    this.records.putSync(address, bytes);
    for (const [tree, entry] of this.entriesOf(key, index)) tree.putSync(entry, encode(entry, null));
  }

  private removeIndex(key: RecordKey, index: RecordIndex): void {
    for (const [tree, entry] of this.entriesOf(key, index)) tree.removeSync(entry);
  }

  /** Where a record stands in the indexes. */
  private entriesOf(key: RecordKey, { subject, due }: RecordIndex): readonly (readonly [Tree, Buffer])[] {
    return [
      ...(subject === undefined ? [] : [[this.subjects, subjectAddress(key, subject)] as const]),
      ...(due === undefined ? [] : [[this.due, dueAddress(key.kind, due, key.tenant, key.id)] as const]),
    ];
  }
}

function addressOf(key: RecordKey): Buffer {
  return recordAddress(key.tenant, key.kind, key.id);
}

/** The key alone, of what may be a whole record. */
function nameOf({ tenant, kind, id }: RecordKey): RecordKey {
  return { tenant, kind, id };
}

function subjectAddress(key: RecordKey, subject: string): Buffer {
  return Buffer.concat([subjectPrefix(key.tenant, key.kind, subject), Buffer.from(key.id, 'utf8')]);
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
