import { AUDIT_EVENTS, AsignioError } from '@asignio/contracts';
import type { AuditEntry, AuditFilter, ExportOptions } from './api.ts';
import { csvRow } from './csv.ts';
import { renderEntry } from './entry.ts';

/** Columns of a CSV export. */
const COLUMNS = ['sequence', 'id', 'at', 'event', 'subject', 'data', 'previous', 'hash'];

const PSEUDONYM = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The entries of a chain as text, page by page.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` naming the option.
 */
export async function* exportChain(
  pages: AsyncIterable<readonly AuditEntry[]>,
  total: number,
  options: ExportOptions,
): AsyncGenerator<string> {
  const { format, onProgress } = options;
  if (format === 'csv') yield csvRow(COLUMNS);
  for await (const page of pages) {
    const rows = page.filter((entry) => fits(entry, options));
    if (rows.length > 0)
      yield rows.map((entry) => (format === 'csv' ? csvRow(cellsOf(entry)) : `${renderEntry(entry)}\n`)).join('');
    const done = page.at(-1)?.sequence ?? 0;
    onProgress?.(done, Math.max(total, done));
  }
}

/** @throws AsignioError `ASIGNIO_REQUEST_INVALID` naming the option. */
export function checkExport({ format, from, to, events, subject }: ExportOptions): void {
  must(format === 'jsonl' || format === 'csv', 'format', 'is jsonl or csv');
  must(isTime(from), 'from', 'is a time in ms since the epoch');
  must(isTime(to), 'to', 'is a time in ms since the epoch');
  must(from === undefined || to === undefined || from < to, 'to', 'is after from');
  const known: readonly string[] = AUDIT_EVENTS;
  must(events?.every((event) => known.includes(event)) ?? true, 'events', 'names events of the catalogue');
  must(subject === undefined || PSEUDONYM.test(subject), 'subject', 'is a pseudonym');
}

function must(condition: boolean, option: string, what: string): void {
  if (!condition) throw new AsignioError('ASIGNIO_REQUEST_INVALID', `The option ${option} of an export ${what}`);
}

function isTime(value: number | undefined): boolean {
  return value === undefined || Number.isSafeInteger(value);
}

function fits({ at, event, subject }: AuditEntry, filter: AuditFilter): boolean {
  return (
    (filter.from === undefined || at >= filter.from) &&
    (filter.to === undefined || at < filter.to) &&
    (filter.events === undefined || (filter.events as readonly string[]).includes(event)) &&
    (filter.subject === undefined || subject === filter.subject)
  );
}

function cellsOf(entry: AuditEntry): readonly string[] {
  const { sequence, id, at, event, subject, data, previous, hash } = entry;
  const time = Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
  return [String(sequence), id, time, event, subject ?? '', JSON.stringify(data), previous, hash];
}
