/*
 * CSV as RFC 4180 has it: CRLF after each row, quotes around what needs them, quotes doubled inside. A spreadsheet takes a
 * cell that begins with one of these for a formula (OWASP, "CSV Injection"), the full-width ones in some languages; such a
 * cell, and one that begins with an apostrophe, gets an apostrophe in front, so that dropping one leading apostrophe gives
 * every cell back as it was.
 */
const FORMULA = /^[=+\-@\t\r\n'\uFF1D\uFF0B\uFF0D\uFF20]/;
const QUOTED = /[",\r\n]/;

/** One row, its end included. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string): string {
  const cell = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
