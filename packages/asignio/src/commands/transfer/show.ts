import { table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** Writes a summary: as JSON, or as sentences and tables. */
export function show(
  summary: object,
  json: boolean,
  terminal: Terminal,
  parts: readonly (string | readonly (readonly string[])[])[],
): void {
  if (json) terminal.out(`${JSON.stringify(summary, undefined, 2)}\n`);
  else for (const part of parts) terminal.out(typeof part === 'string' ? `${part}\n` : table(part));
}
