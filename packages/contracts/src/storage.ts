import type { Plugin } from './plugin.ts';
import type { TenantId } from './ids.ts';
import type { EpochMs } from './vocabulary.ts';

/**
 * What is stored; a kind is only ever appended. A plugin treats a record's value as opaque; the kind only says where it
 * belongs. Records of kind `key`
 * (wrapped data keys) must live apart from all others, in files or a database of their own with their own backups, since
 * destroying a key must destroy what it seals in every backup (design, rule 3).
 */
export const RECORD_KINDS = [
  'tenant',
  'notice',
  'subject',
  'consent',
  'ceremony',
  'attempts',
  'reference',
  'part',
  'probe',
  'destruction',
  'key',
  'hold',
  'agreement',
  'disclosure',
  'custody',
  'case',
  'decision',
  'staff',
  'register',
  'attribute',
  'document',
  'message',
  'bridge',
  'maintenance',
  'retention',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/**
 * A JSON value that may hold bytes. No `undefined`, no `NaN`, no dates; of the size and depth of `STORAGE_LIMITS`.
 * `checkStoredValue` tells.
 */
export type StoredValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly StoredValue[]
  | { readonly [key: string]: StoredValue };

/** Names one record. `id` is any string of 1-256 characters, including `$`, `.`, `__proto__` and any script. */
export interface RecordKey {
  readonly tenant: TenantId;
  readonly kind: RecordKind;
  readonly id: string;
}

/** What a record can be found by, beside its key. */
export interface RecordIndex {
  /** Finds all records of one subject. An opaque string of 1-256 characters. */
  readonly subject?: string;
  /** Finds what must be looked at by now, in ms since the epoch. */
  readonly due?: EpochMs;
}

/** A record as read: frozen in time by `version`, which every write changes. */
export interface StoredRecord extends RecordKey, RecordIndex {
  readonly value: StoredValue;
  /** Positive integer; larger after each write of this record. A record deleted and made again may start at 1. */
  readonly version: number;
}

/** One page of a listing. `next` is opaque; absent on the last page. */
export interface RecordPage {
  readonly records: readonly StoredRecord[];
  readonly next?: string;
}

/** All records of a kind and tenant, by id; or one subject's. */
export interface ListQuery {
  readonly tenant: TenantId;
  readonly kind: RecordKind;
  readonly subject?: string;
  /** 1-1000; 100 unless told. */
  readonly limit?: number;
  readonly after?: string;
}

/** All records of a kind that are due, over all tenants, the longest due first. */
export interface DueQuery {
  readonly kind: RecordKind;
  /** Inclusive, in ms since the epoch. */
  readonly upTo: EpochMs;
  readonly limit?: number;
  readonly after?: string;
}

/** One entry of an append-only log. */
export interface LogEntry {
  /** 1, 2, 3 ... without gaps. */
  readonly sequence: number;
  /** Unique within the log: appending it again returns the first one. */
  readonly id: string;
  readonly value: StoredValue;
}

/** A right to do scheduled work alone, for a while. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Larger with each new holder: hand it to what must refuse a holder that lost its lease. */
  readonly fence: number;
  readonly expiresAt: EpochMs;
}

/**
 * Where everything is kept that two processes must agree on. Every single-record write is atomic and durable when its
 * promise resolves; nothing is asked across records, so a document database without transactions can implement it. What
 * spans records is made safe by the core, which writes its intention first and can do each step again.
 *
 * Errors: `ASIGNIO_STORAGE_CONFLICT` where a compare-and-set lost, `ASIGNIO_STORAGE_UNAVAILABLE` where the store cannot
 * be reached or is closed, `ASIGNIO_STORAGE_CORRUPT` where what it holds cannot be read, `ASIGNIO_STORAGE_INVALID` where
 * a key, value or query is not of this contract. `@asignio/testkit` has the suite that every implementation passes.
 *
 * @example
 * ```ts
 * const record = await storage.insert({ tenant, kind: 'subject', id: 'ada' }, { name: 'Ada' }, { due: 0 });
 * await storage.replace(record, { name: 'Ada L.' }, {}, record.version);
 * ```
 */
export interface StoragePlugin extends Plugin {
  /** Opens the store; idempotent. Refuses one of a newer schema with `ASIGNIO_STORAGE_SCHEMA`. */
  open(): Promise<void>;
  /** Flushes and closes; idempotent. */
  close(): Promise<void>;
  /** Resolves when the store answers a trivial read. */
  ping(): Promise<void>;

  get(key: RecordKey): Promise<StoredRecord | undefined>;
  /** Writes a new record. Conflict when the key is taken. */
  insert(key: RecordKey, value: StoredValue, index?: RecordIndex): Promise<StoredRecord>;
  /** Writes over the version that was read; the index is replaced as a whole. Conflict when it moved or is gone. */
  replace(key: RecordKey, value: StoredValue, index: RecordIndex, expectedVersion: number): Promise<StoredRecord>;
  /** Deletes; `false` when there was none. With `expectedVersion`, conflict when it is there with another. */
  remove(key: RecordKey, expectedVersion?: number): Promise<boolean>;
  /** Pages without skips or repeats among records that exist throughout, whatever is written meanwhile. */
  list(query: ListQuery): Promise<RecordPage>;
  /** Like {@link list}, by due time. A record whose due time moves forward during the scan may be seen again. */
  listDue(query: DueQuery): Promise<RecordPage>;

  /**
   * Appends to a tenant's log at exactly `sequence` (the head's plus one). An id that is there already returns its entry
   * and writes nothing; a sequence that is taken, or leaves a gap, is a conflict.
   */
  append(tenant: TenantId, log: string, entry: LogEntry): Promise<LogEntry>;
  /**
   * Appends 1-{@link STORAGE_LIMITS.appendedTogether} entries that follow each other: all of them or, with a conflict, none.
   * It is a conflict where {@link append} has one, and also where an id is there already. A store that cannot do this leaves
   * the method out, and gets them one by one.
   */
  appendAll?(tenant: TenantId, log: string, entries: readonly LogEntry[]): Promise<void>;
  /** The newest entry. */
  logHead(tenant: TenantId, log: string): Promise<LogEntry | undefined>;
  /** Entries from a sequence on, in order. */
  readLog(tenant: TenantId, log: string, from: number, limit: number): Promise<readonly LogEntry[]>;

  /**
   * Ids of the tenants that have a record or a log entry, in the order of their characters' codes, from the first one after
   * `after` on: the last page is the one that is shorter than the limit, of 1-1000.
   */
  listTenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]>;
  /** Names of a tenant's logs that have an entry, in any order; there are few. */
  listLogs(tenant: TenantId): Promise<readonly string[]>;

  /** Takes the lease if it is free, expired, or the holder's own (which renews it, with the same fence). */
  acquireLease(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  /** Gives it back; does nothing when another holds it. */
  releaseLease(lease: Lease): Promise<void>;
}
