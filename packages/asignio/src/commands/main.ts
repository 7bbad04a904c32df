import { readFile } from 'node:fs/promises';
import { AsignioError } from '@asignio/contracts';
import { helpOf, parseOptions, usage } from './command.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './index.ts';
import type { Terminal } from './terminal.ts';
import { paint } from './terminal.ts';

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/**
 * Runs the command line `asignio ...`.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    report(error, named(args).name, terminal);
    return error instanceof AsignioError && error.code === 'ASIGNIO_CLI_USAGE' ? EXIT.usage : EXIT.failed;
  }
}

async function dispatch([first, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (first === '--version') {
    terminal.out(`${await version()}\n`);
    return EXIT.done;
  }
  if (first === '--help' || first === '-h') {
    terminal.out(overview());
    return EXIT.done;
  }
  if (first === undefined) {
    terminal.err(overview());
    return EXIT.usage;
  }
  const helping = first === 'help';
  const { name, options } = named(helping ? rest : [first, ...rest]);
  const group = membersOf(name);
  const asked = helping || options.includes('--help') || options.includes('-h');
  if (group.length > 0) {
    if (!asked) throw usage(`The command ${name} is followed by one of: ${group.map(lastWord).join(', ')}`);
    terminal.out(overview(group));
    return EXIT.done;
  }
  if (helping && name === '') {
    terminal.out(overview());
    return EXIT.done;
  }
  const command = await find(name);
  if (asked) {
    terminal.out(helpOf(command));
    return EXIT.done;
  }
  return command.run(parseOptions(command, options), terminal);
}

/** The command's name, of one word or two (`audit verify`), and what follows it. */
function named([first = '', ...rest]: readonly string[]): {
  readonly name: string;
  readonly options: readonly string[];
} {
  const [second, ...options] = rest;
  const both = `${first} ${second}`;
  if (membersOf(first).length === 0 || second === undefined || second.startsWith('-'))
    return { name: first, options: rest };
  return { name: both, options };
}

/** Commands of two words that begin with this one. */
function membersOf(first: string): readonly string[] {
  return Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(' ') + 1);
}

async function find(name: string): Promise<Command> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) throw usage(`There is no command ${JSON.stringify(name)}`);
  return entry.load();
}

function overview(names: readonly string[] = Object.keys(COMMANDS)): string {
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name]?.summary}\n`);
  return `Usage: asignio COMMAND [OPTIONS]\n\n${lines.join('')}\nasignio COMMAND --help says more; asignio --version says which this is.\n`;
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** One line that says what is wrong, one that says what to do. A fault of ours shows its stack: this is the operator. */
function report(error: unknown, command: string | undefined, terminal: Terminal): void {
  if (!(error instanceof AsignioError)) {
    terminal.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return;
  }
  const known = command !== undefined && (Object.hasOwn(COMMANDS, command) || membersOf(command).length > 0);
  const remedy = error.code === 'ASIGNIO_CLI_USAGE' ? `Run asignio ${known ? `${command} ` : ''}--help.` : error.remedy;
  terminal.err(`${paint(terminal, 'red', 'error')}  ${error.message} (${error.code})\n       ${remedy}\n`);
  if (error.cause instanceof Error) terminal.err(`${error.cause.stack ?? error.cause.message}\n`);
}
