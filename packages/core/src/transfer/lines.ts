import { RECORD_KINDS, checkLogEntry, checkRecordIndex, checkRecordKey, checkStoredValue } from '@asignio/contracts';
import type {
  EpochMs,
  LogEntry,
  RecordIndex,
  RecordKey,
  StoredRecord,
  StoredValue,
  TenantId,
} from '@asignio/contracts';
import type { ExportPart } from './api.ts';
import { damaged } from './chain.ts';
import { fromJson, toJson } from './value.ts';

/** Version of the lines below; grows with each change that an older version would misread. */
export const FORMAT = 1;

/** The first line. */
export interface Header {
  readonly asignio: 'export';
  readonly format: number;
  readonly part: ExportPart;
  readonly id: string;
  /** Random; the same in all exports of a store, and of what was imported from them. */
  readonly store: string;
  readonly at: EpochMs;
  /** Until when keys may be imported; `null` for records. */
  readonly until: EpochMs | null;
  /** Version of the records ({@link RECORDS_VERSION}). */
  readonly records: number;
  /** The key of the codes, wrapped by the store's keys. */
  readonly key: { readonly keyId: string; readonly bytes: string };
}

/** Where a walk over a store goes on. */
export interface Position {
  readonly tenant: TenantId;
  /** A kind of records, or the name of a log. */
  readonly place: readonly ['kind' | 'log', string];
  /** What the listing gave; of a log, the sequence that is next. `null` at its beginning. */
  readonly after: string | number | null;
  /** Nothing is left in this place. */
  readonly done: boolean;
}

/** One thing of a store. */
export type Item =
  | { readonly type: 'record'; readonly record: StoredRecord }
  | { readonly type: 'entry'; readonly tenant: TenantId; readonly log: string; readonly entry: LogEntry };

/** What a line after the first one is. */
export type Content =
  | { readonly type: 'record'; readonly key: RecordKey; readonly index: RecordIndex; readonly value: StoredValue }
  | Exclude<Item, { readonly type: 'record' }>
  | { readonly type: 'mark'; readonly position: Position }
  | { readonly type: 'end'; readonly records: number; readonly entries: number };

/** What tells an item apart from all others, and from itself before and after a change. */
export function nameOf(item: Item): readonly unknown[] {
  if (item.type === 'entry') return [item.tenant, item.log, item.entry.sequence, item.entry.id];
  const { tenant, kind, id, subject, due, version } = item.record;
  return [tenant, kind, id, subject ?? null, due ?? null, version];
}

/** The object of an item's line. */
export function lineOf(item: Item): object {
  const value = item.type === 'entry' ? item.entry.value : item.record.value;
  return { [item.type]: nameOf(item), value: toJson(value) };
}

/** The object of a line that holds no item. */
export function lineOfMark(position: Position): object {
  return { mark: position };
}
export function lineOfEnd(records: number, entries: number): object {
  return { end: { records, entries } };
}

/** @throws AsignioError `ASIGNIO_EXPORT_DAMAGED` where the text is no header of any version. */
export function readHeader(text: string): Header {
  const header = parse(text) as Partial<Header> | null;
  const isOne =
    header?.asignio === 'export' &&
    Number.isSafeInteger(header.format) &&
    (header.part === 'records' || header.part === 'keys') &&
    [header.id, header.store, header.key?.keyId, header.key?.bytes].every((name) => typeof name === 'string');
  if (!isOne) throw damaged('This is no export of Asignio');
  return header as Header;
}

/**
 * A line whose code was verified.
 * @throws AsignioError `ASIGNIO_EXPORT_DAMAGED`, `ASIGNIO_STORAGE_INVALID` where it is not of the storage contract.
 */
export function readContent(text: string, part: ExportPart): Content {
  const line = parse(text) as { readonly [name: string]: unknown };
  const { record, entry, mark, end } = line;
  if (Array.isArray(record)) return readRecord(record, line['value'], part);
  if (Array.isArray(entry) && part === 'records') return readEntry(entry, line['value']);
  if (mark !== undefined) return { type: 'mark', position: mark as Position };
  if (end !== undefined) return { type: 'end', ...(end as { readonly records: number; readonly entries: number }) };
  throw damaged('A line is none of an export');
}

function readRecord([tenant, kind, id, subject, due]: readonly unknown[], value: unknown, part: ExportPart): Content {
  const key = { tenant, kind, id } as RecordKey;
  checkRecordKey(key);
  if ((key.kind === 'key') !== (part === 'keys')) throw damaged('A record is in the wrong part of an export');
  const index = { ...(subject === null ? {} : { subject }), ...(due === null ? {} : { due }) } as RecordIndex;
  checkRecordIndex(index);
  const content = fromJson(value);
  checkStoredValue(content);
  return { type: 'record', key, index, value: content };
}

function readEntry([tenant, log, sequence, id]: readonly unknown[], value: unknown): Content {
  const entry = { sequence, id, value: fromJson(value) } as LogEntry;
  checkLogEntry(tenant as TenantId, log as string, entry);
  return { type: 'entry', tenant: tenant as TenantId, log: log as string, entry };
}

/** The kinds of records of a part. */
export function kindsOf(part: ExportPart): readonly (typeof RECORD_KINDS)[number][] {
  return RECORD_KINDS.filter((kind) => (kind === 'key') === (part === 'keys'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('A line is no JSON', cause);
  }
}
