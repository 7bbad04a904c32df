/**
 * The rules of the storage contract as functions, so that every store refuses the same input in the same words. Each
 * throws {@link AsignioError} `ASIGNIO_STORAGE_INVALID`.
 */
import { AsignioError } from './errors.ts';
import { SYSTEM_TENANT, tenantId } from './ids.ts';
import { RECORD_KINDS } from './storage.ts';
import type { DueQuery, ListQuery, LogEntry, RecordIndex, RecordKey, StoredValue } from './storage.ts';
import type { TenantId } from './ids.ts';

/** What a store must be able to hold, and beyond which it refuses. */
export const STORAGE_LIMITS = {
  /** Longest id, subject, log name, lease name or holder, in UTF-16 units. */
  nameLength: 256,
  /** Largest value: UTF-8 bytes of its strings and keys, its byte arrays, and 8 for each other value. */
  valueBytes: 4 * 1024 * 1024,
  /** Deepest nesting of arrays and objects. */
  valueDepth: 64,
  /** Most records or entries of one page. */
  pageLimit: 1000,
  /** Page length unless told. */
  defaultPageLimit: 100,
  /** Longest lease, ms: a day. */
  leaseMs: 86_400_000,
  /** Most log entries that are appended together. */
  appendedTogether: 64,
} as const;

/** Largest time that a JavaScript date can hold, ms from the epoch either way (ECMA-262, "Time Values and Time Range"). */
const MAX_TIME = 8.64e15;
// Half of a surrogate pair has no UTF-8 form, so two ids would become one.
const LONE_SURROGATE = /\p{Cs}/u;
const UTF8 = new TextEncoder();

/** An error of the contract's own code. */
function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_INVALID', detail);
}

/** Checks an id, subject, log name, lease name or holder: 1-256 characters of well-formed Unicode. */
export function checkStorageName(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > STORAGE_LIMITS.nameLength)
    throw invalid(`A ${what} is a string of 1-${STORAGE_LIMITS.nameLength} characters`);
  if (LONE_SURROGATE.test(value)) throw invalid(`A ${what} is well-formed Unicode`);
}

/** Checks the tenant of a key, query or log. */
export function checkStorageTenant(value: unknown): asserts value is TenantId {
  if (value === SYSTEM_TENANT) return;
  try {
    tenantId(value);
  } catch (cause) {
    throw new AsignioError('ASIGNIO_STORAGE_INVALID', 'A tenant id is 1-64 characters of A-Z a-z 0-9 . _ -', { cause });
  }
}

function checkKind(value: unknown): void {
  if (!RECORD_KINDS.some((kind) => kind === value)) throw invalid(`A record kind is one of ${RECORD_KINDS.join(', ')}`);
}

function checkTime(value: unknown, what: string): void {
  if (!Number.isInteger(value) || Math.abs(value as number) > MAX_TIME)
    throw invalid(`${what} is a whole number of ms since the epoch`);
}

/** Checks a positive whole number: a version, a sequence. */
export function checkPositive(value: unknown, what: string): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw invalid(`A ${what} is a whole number from 1 on`);
}

/** Checks a record's key. */
export function checkRecordKey(key: RecordKey): void {
  if (typeof key !== 'object' || key === null) throw invalid('A record key has tenant, kind and id');
  checkStorageTenant(key.tenant);
  checkKind(key.kind);
  checkStorageName(key.id, 'record id');
}

/** Checks what a record is to be found by. */
export function checkRecordIndex(index: RecordIndex): void {
  if (typeof index !== 'object' || index === null) throw invalid('A record index is an object');
  if (index.subject !== undefined) checkStorageName(index.subject, 'subject');
  if (index.due !== undefined) checkTime(index.due, 'A due time');
}

/** Checks a page length and gives the one to use. */
export function checkPageLimit(limit: number | undefined): number {
  if (limit === undefined) return STORAGE_LIMITS.defaultPageLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > STORAGE_LIMITS.pageLimit)
    throw invalid(`A page limit is a whole number of 1-${STORAGE_LIMITS.pageLimit}`);
  return limit;
}

/** Checks a listing, all but its cursor. */
export function checkListQuery(query: ListQuery): void {
  if (typeof query !== 'object' || query === null) throw invalid('A listing has tenant and kind');
  checkStorageTenant(query.tenant);
  checkKind(query.kind);
  if (query.subject !== undefined) checkStorageName(query.subject, 'subject');
  checkPageLimit(query.limit);
}

/** Checks a listing by due time, all but its cursor. */
export function checkDueQuery(query: DueQuery): void {
  if (typeof query !== 'object' || query === null) throw invalid('A listing by due time has kind and upTo');
  checkKind(query.kind);
  checkTime(query.upTo, 'upTo');
  checkPageLimit(query.limit);
}

/** Checks an entry that is to be appended, and where to. */
export function checkLogEntry(tenant: TenantId, log: string, entry: LogEntry): void {
  checkStorageTenant(tenant);
  checkStorageName(log, 'log name');
  if (typeof entry !== 'object' || entry === null) throw invalid('A log entry has sequence, id and value');
  checkPositive(entry.sequence, 'sequence');
  checkStorageName(entry.id, 'log entry id');
  checkStoredValue(entry.value);
}

/** Checks entries that are appended together. */
export function checkLogEntries(tenant: TenantId, log: string, entries: readonly LogEntry[]): void {
  if (!Array.isArray(entries) || entries.length < 1 || entries.length > STORAGE_LIMITS.appendedTogether)
    throw invalid(`1-${STORAGE_LIMITS.appendedTogether} entries are appended together`);
  let next: number | undefined;
  for (const entry of entries) {
    checkLogEntry(tenant, log, entry);
    if (entry.sequence !== (next ?? entry.sequence))
      throw invalid('Entries that are appended together follow each other');
    next = entry.sequence + 1;
  }
}

/** Checks what a lease is asked for with. */
export function checkLeaseRequest(name: string, holder: string, ttlMs: number): void {
  checkStorageName(name, 'lease name');
  checkStorageName(holder, 'lease holder');
  if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > STORAGE_LIMITS.leaseMs)
    throw invalid(`A lease lasts 1-${STORAGE_LIMITS.leaseMs} whole ms`);
}

/**
 * Checks a value: null, booleans, finite numbers, well-formed strings, byte arrays, arrays and plain objects of these, at
 * most {@link STORAGE_LIMITS.valueBytes} in all and {@link STORAGE_LIMITS.valueDepth} deep.
 * @example
 * ```ts
 * checkStoredValue({ name: 'Ada', sealed: new Uint8Array(32) }); // passes
 * checkStoredValue({ at: new Date() }); // throws ASIGNIO_STORAGE_INVALID
 * ```
 */
export function checkStoredValue(value: unknown): asserts value is StoredValue {
  measure(value, STORAGE_LIMITS.valueBytes, 0);
}

/** Walks a value and returns what is left of the budget. */
function measure(value: unknown, budget: number, depth: number): number {
  let left = budget;
  const spend = (bytes: number): void => {
    left -= bytes;
    if (left < 0) throw invalid(`A value is at most ${STORAGE_LIMITS.valueBytes} bytes`);
  };
  const text = (string: string): void => {
    spend(string.length);
    if (LONE_SURROGATE.test(string)) throw invalid('A string in a value is well-formed Unicode');
    spend(UTF8.encode(string).length - string.length);
  };
  if (depth > STORAGE_LIMITS.valueDepth) throw invalid(`A value nests at most ${STORAGE_LIMITS.valueDepth} deep`);
  if (typeof value === 'string') text(value);
  else if (value === null || typeof value === 'boolean') spend(8);
  else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid('A number in a value is finite');
    spend(8);
  } else if (value instanceof Uint8Array) spend(8 + value.byteLength);
  else if (Array.isArray(value)) {
    spend(8);
    for (let i = 0; i < value.length; i++) left = measure(value[i], left, depth + 1);
  } else if (isPlain(value)) {
    spend(8);
    for (const key of Reflect.ownKeys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (typeof key === 'symbol' || property?.enumerable !== true || !('value' in property))
        throw invalid('An object in a value has plain named properties only');
      text(key);
      left = measure(property.value, left, depth + 1);
    }
  } else throw invalid(`A value holds no ${typeof value === 'object' ? 'class instances' : typeof value}`);
  return left;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
