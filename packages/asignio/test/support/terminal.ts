import { main } from '#src/commands/main.js';
import type { Terminal } from '#src/commands/terminal.js';

/** Runs the command line as a terminal that keeps what is written. */
export async function asignio(
  args: readonly string[],
  options: Partial<Pick<Terminal, 'colour' | 'progress' | 'columns'>> = {},
) {
  const written = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => void (written.out += text),
    drained: async () => undefined,
    err: (text) => void (written.err += text),
    colour: false,
    progress: false,
    columns: 80,
    ...options,
  };
  const code = await main(args, terminal);
  return { code, ...written };
}
