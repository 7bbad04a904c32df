import { once } from 'node:events';

/** Where a command writes. Tests hand in their own. */
export interface Terminal {
  /** Results, to standard output. */
  out(text: string): void;
  /** Resolves when what was written to standard output has left, so that what is long does not pile up in memory. */
  drained(): Promise<void>;
  /** Messages and progress, to standard error. */
  err(text: string): void;
  /** Whether standard output is a terminal that takes colour; colour is never the only signal. */
  readonly colour: boolean;
  /** Whether standard error is a terminal, on which a line may be written over. */
  readonly progress: boolean;
  /** Columns of that terminal. */
  readonly columns: number;
}

/** The process's own. `NO_COLOR` (https://no-color.org) switches colour off. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(text),
    drained: async () => {
      if (stdout.writableNeedDrain) await once(stdout, 'drain');
    },
    err: (text) => void stderr.write(text),
    colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    progress: stderr.isTTY && env['TERM'] !== 'dumb',
    columns: stderr.columns ?? 80,
  };
}

const SGR = { green: 32, yellow: 33, red: 31, bold: 1 } as const;

/** Text in a colour where the terminal has one. */
export function paint(terminal: Terminal, colour: keyof typeof SGR, text: string): string {
  return terminal.colour ? `\u001B[${SGR[colour]}m${text}\u001B[0m` : text;
}

/** Rows as aligned columns: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
