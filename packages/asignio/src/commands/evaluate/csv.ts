import { AsignioError } from '@asignio/contracts';

const MAX_FIELD = 1024;
const MAX_ROWS = 2_000_000;

/** One row, by column, with its line in the file. */
export interface CsvRow {
  readonly line: number;
  readonly fields: { readonly [column: string]: string };
}

/**
 * Reads CSV (RFC 4180: comma, quotes doubled inside quotes, LF or CRLF; a byte order mark is skipped) with exactly these
 * columns, in any order. Line breaks inside quotes are refused.
 * @param file what errors call it
 * @param more whether there may be other columns too
 * @throws AsignioError `ASIGNIO_CSV_INVALID` naming file and line.
 */
export function parseCsv(
  text: string,
  columns: readonly string[],
  file: string,
  { more = false }: { readonly more?: boolean } = {},
): readonly CsvRow[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const refuse = (line: number, what: string) =>
    new AsignioError('ASIGNIO_CSV_INVALID', `${file}, line ${line}: ${what}`);
  const header = splitRow(lines[0] ?? '');
  const exact = more || header?.length === columns.length;
  if (header === undefined || !exact || !columns.every((column) => header.includes(column)))
    throw refuse(1, `the header must be ${columns.join(',')}${more ? ', and what else you like' : ''}`);
  if (new Set(header).size < header.length) throw refuse(1, 'a column stands there twice');
  if (lines.length > MAX_ROWS) throw refuse(MAX_ROWS, `there are at most ${MAX_ROWS} rows`);
  const rows: CsvRow[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue;
    const cells = splitRow(line);
    if (cells === undefined) throw refuse(index + 1, 'a quote is not closed, or stands where none may');
    if (cells.length !== header.length)
      throw refuse(index + 1, `there are ${cells.length} fields where the header has ${header.length}`);
    if (cells.some((cell) => cell.length > MAX_FIELD))
      throw refuse(index + 1, `a field has more than ${MAX_FIELD} characters`);
    rows.push({
      line: index + 1,
      fields: Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ''])),
    });
  }
  if (rows.length === 0) throw refuse(2, 'there is no row');
  return rows;
}

/** One line of CSV, quoted where it must be. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}

function splitRow(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const match = field.exec(line);
    if (match === null) return undefined;
    cells.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '') return cells;
  }
}
