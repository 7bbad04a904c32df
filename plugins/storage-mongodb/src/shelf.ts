import type { Model, QueryFilter } from 'mongoose';
import { AsignioError, STORAGE_LIMITS } from '@asignio/contracts';
import type {
  DueQuery,
  ListQuery,
  RecordIndex,
  RecordKey,
  RecordKind,
  RecordPage,
  StoredRecord,
  StoredValue,
  TenantId,
} from '@asignio/contracts';
import { addressOf, afterTenant, rangeOf, readAddress, within } from './address.ts';
import { corrupt, decode, encode } from './codec.ts';
import { fromCursor, toCursor } from './cursor.ts';
import type { Patience } from './patience.ts';
import { BY_DUE, BY_SUBJECT } from './schemas.ts';
import type { RecordDocument } from './schemas.ts';

/** A page ends early when it holds this much, bytes, so that a page of large records fits in memory. */
const PAGE_BYTES = 8 * STORAGE_LIMITS.valueBytes;

/** One range of an index, in its order. */
interface Scan {
  readonly filter: QueryFilter<RecordDocument>;
  readonly sort: Record<string, 1>;
  readonly hint: string;
}

/** The records of one kind. Each write is one command on one document. */
export class Shelf {
  private readonly kind: RecordKind;
  private readonly model: Model<RecordDocument>;
  private readonly patience: Patience;

  constructor(kind: RecordKind, model: Model<RecordDocument>, patience: Patience) {
    this.kind = kind;
    this.model = model;
    this.patience = patience;
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    const address = addressOf(key);
    const found = await this.patience.read(async () => this.model.findOne({ _id: address }).lean<RecordDocument>());
    return found === null ? undefined : this.toRecord(found);
  }

  async insert(key: RecordKey, value: StoredValue, index: RecordIndex): Promise<StoredRecord> {
    const address = addressOf(key);
    const bytes = this.encode(address, value);
    const version = 1;
    if (
      !(await this.patience.insert(this.model, { _id: address, tenant: key.tenant, ...index, version, value: bytes }))
    )
      throw conflict('A record of this key exists');
    return this.written(key, index, version, address, bytes);
  }

  async replace(key: RecordKey, value: StoredValue, index: RecordIndex, expected: number): Promise<StoredRecord> {
    const address = addressOf(key);
    const bytes = this.encode(address, value);
    const version = expected + 1;
    const { subject, due } = index;
    const set = { version, value: bytes, ...index };
    const unset = {
      ...(subject === undefined ? { subject: 1 } : {}),
      ...(due === undefined ? { due: 1 } : {}),
    };
    const { matchedCount } = await this.patience.write(async () =>
      this.model.updateOne(
        { _id: address, version: expected },
        Object.keys(unset).length === 0 ? { $set: set } : { $set: set, $unset: unset },
        { runValidators: true },
      ),
    );
    if (matchedCount === 0) throw conflict('The record moved since it was read');
    return this.written(key, index, version, address, bytes);
  }

  async remove(key: RecordKey, expected: number | undefined): Promise<boolean> {
    const address = addressOf(key);
    const filter = expected === undefined ? { _id: address } : { _id: address, version: expected };
    const { deletedCount } = await this.patience.write(async () => this.model.deleteOne(filter));
    if (deletedCount > 0) return true;
    if (expected !== undefined && (await this.get(key)) !== undefined)
      throw conflict('The record moved since it was read');
    return false;
  }

  async list({ tenant, subject, limit, after }: ListQuery): Promise<RecordPage> {
    const listing = ['list', tenant, this.kind, ...(subject === undefined ? [] : [subject])];
    const { start, end } = rangeOf(tenant);
    const from = after === undefined ? start : within(tenant, fromCursor(listing, after));
    const scan: Scan =
      subject === undefined
        ? { filter: { _id: { $gt: from, $lt: end } }, sort: { _id: 1 }, hint: '_id_' }
        : { filter: { tenant, subject, _id: { $gt: from, $lt: end } }, sort: { _id: 1 }, hint: BY_SUBJECT };
    return this.page(listing, [scan], limit, ({ id }) => id);
  }

  async listDue({ upTo, limit, after }: DueQuery): Promise<RecordPage> {
    const listing = ['due', this.kind];
    const sort = { due: 1, _id: 1 } as const;
    const hint = BY_DUE;
    const position = after === undefined ? undefined : readPosition(fromCursor(listing, after));
    const scans: readonly Scan[] =
      position === undefined
        ? [{ filter: { due: { $lte: upTo } }, sort, hint }]
        : [
            { filter: { due: position.due, _id: { $gt: position.address } }, sort, hint },
            { filter: { due: { $gt: position.due, $lte: upTo } }, sort, hint },
          ];
    return this.page(listing, scans, limit, (record) => `${record.due ?? 0} ${addressOf(record)}`);
  }

  /** The first tenants after one that have a record here, in order: one look-up each. */
  async tenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]> {
    return tenantsAfter(after, limit, async (from) => {
      const found = await this.patience.read(async () =>
        this.model
          .findOne({ _id: { $gte: from } }, { _id: 1 })
          .sort({ _id: 1 })
          .hint('_id_')
          .lean<RecordDocument>(),
      );
      return found === null ? undefined : toAddress(found);
    });
  }

  /** Reads one range after the other until the page is full; a cursor follows where records are left. */
  private async page(
    listing: readonly string[],
    scans: readonly Scan[],
    limit: number = STORAGE_LIMITS.defaultPageLimit,
    position: (last: StoredRecord) => string,
  ): Promise<RecordPage> {
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const scan of scans) {
      const found = await this.patience.read(async () =>
        this.read(scan, limit - records.length + 1, PAGE_BYTES - bytes),
      );
      for (const document of found) {
        const last = records.at(-1);
        if (last !== undefined && (records.length >= limit || bytes >= PAGE_BYTES))
          return { records, next: toCursor(listing, position(last)) };
        records.push(this.toRecord(document));
        bytes += bytesOf(document).length;
      }
    }
    return { records };
  }

  /** Documents of a range, up to a number and a size, and one more. */
  private async read({ filter, sort, hint }: Scan, count: number, size: number): Promise<RecordDocument[]> {
    const found: RecordDocument[] = [];
    let left = size;
    const cursor = this.model
      .find(filter)
      .sort(sort)
      .hint(hint)
      .limit(count)
      .batchSize(count)
      .lean<RecordDocument>()
      .cursor();
    for await (const document of cursor) {
      found.push(document);
      if (left <= 0) break;
      left -= bytesOf(document).length;
    }
    return found;
  }

  private encode(address: string, value: StoredValue): Buffer {
    return encode(this.seal(address), value);
  }

  private decode(address: string, bytes: Uint8Array): StoredValue {
    return decode(this.seal(address), bytes);
  }

  /** What the checksum of a value covers, beside the value. */
  private seal(address: string): string {
    return `${this.kind} ${address}`;
  }

  private written(key: RecordKey, index: RecordIndex, version: number, address: string, bytes: Buffer): StoredRecord {
    const { tenant, kind, id } = key;
    return { tenant, kind, id, ...index, value: this.decode(address, bytes), version };
  }

  private toRecord(document: RecordDocument): StoredRecord {
    const { _id: address, version, subject, due } = document;
    const named = typeof address === 'string' ? readAddress(address) : undefined;
    if (named === undefined || !Number.isSafeInteger(version)) throw corrupt();
    return {
      ...named,
      kind: this.kind,
      ...(typeof subject === 'string' ? { subject } : {}),
      ...(typeof due === 'number' ? { due } : {}),
      value: this.decode(address, bytesOf(document)),
      version,
    };
  }
}

/**
 * The bytes of a field as the driver gives it.
 * @throws AsignioError `ASIGNIO_STORAGE_CORRUPT`
 */
export function bytesOf({ value }: { readonly value: unknown }): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const { buffer, position } = (value ?? {}) as { readonly buffer?: unknown; readonly position?: number };
  if (buffer instanceof Uint8Array) return buffer.subarray(0, position);
  throw corrupt();
}

function toAddress({ _id: address }: RecordDocument): string {
  return address;
}

function readPosition(position: string): { readonly due: number; readonly address: string } {
  const at = position.indexOf(' ');
  return { due: Number(position.slice(0, at)), address: position.slice(at + 1) };
}

/** Goes from tenant to tenant by a function that gives the first address from a place on. */
export async function tenantsAfter(
  after: TenantId | undefined,
  limit: number,
  first: (from: string) => Promise<string | undefined>,
): Promise<readonly TenantId[]> {
  const found: TenantId[] = [];
  let last = after;
  while (found.length < limit) {
    const address = await first(afterTenant(last));
    if (address === undefined) break;
    const named = readAddress(address);
    if (named === undefined) throw corrupt();
    last = named.tenant;
    found.push(last);
  }
  return found;
}

/** The error of a compare-and-set that lost. */
export function conflict(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_CONFLICT', detail);
}
