import { parseArgs } from 'node:util';
import { AsignioError } from '@asignio/contracts';
import type { Terminal } from './terminal.ts';

/** One option of a command. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** What its value is called in the help: `DIR`. */
  readonly value?: string;
  readonly help: string;
  readonly required?: boolean;
  readonly default?: string;
}

/** Values as given; an option that was left out and has no default is absent. */
export type Values = { readonly [name: string]: string | boolean | undefined };

/** One command: its help, and how to run it. One file each. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** An option whose value may be given without its name: `models pull mobilefacenet`. */
  readonly argument?: string;
  readonly options: { readonly [name: string]: OptionSpec };
  /** Shown below the options. */
  readonly notes?: string;
  /** Resolves to the exit code: 0 done, 1 failed. Wrong usage is thrown as `ASIGNIO_CLI_USAGE`, which exits with 2. */
  run(values: Values, terminal: Terminal): Promise<number>;
}

/**
 * Reads a command's options.
 * @throws AsignioError `ASIGNIO_CLI_USAGE`.
 */
export function parseOptions(command: Command, args: readonly string[]): Values {
  let values: { [name: string]: string | boolean | undefined };
  try {
    const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
    const { argument } = command;
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: argument !== undefined });
    const [first, ...others] = parsed.positionals;
    if (others.length > 0 || (first !== undefined && argument !== undefined && parsed.values[argument] !== undefined))
      throw new Error(`${JSON.stringify(parsed.positionals.at(-1))} is one too many`);
    values = { ...parsed.values, ...(argument === undefined || first === undefined ? {} : { [argument]: first }) };
  } catch (error) {
    throw usage((error as Error).message);
  }
  const given: { [name: string]: string | boolean | undefined } = {};
  for (const [name, option] of Object.entries(command.options)) {
    const value = values[name] ?? option.default;
    if (value === undefined && option.required === true) throw usage(`--${name} is missing`);
    if (value === '') throw usage(`--${name} is empty`);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/** A whole number within bounds, or `undefined` where the option was left out. */
export function integerOption(values: Values, name: string, min: number, max: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,15}$/.test(String(text)) || value < min || value > max)
    throw usage(`--${name} must be an integer from ${min} to ${max}`);
  return value;
}

/** The text of an option that has a default or is required. */
export function textOption(values: Values, name: string): string {
  return String(values[name]);
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const entries = Object.entries(command.options).map(([name, option]) => ({
    flag: `--${name}${option.value === undefined ? '' : ` ${option.value}`}`,
    option,
  }));
  const width = Math.max(...entries.map(({ flag }) => flag.length), '--help'.length);
  const named = command.argument === undefined ? undefined : command.options[command.argument];
  const usageLine = entries
    .map(({ flag, option }) => {
      const shown = option === named ? (option.value ?? flag) : flag;
      return option.required === true ? shown : `[${shown}]`;
    })
    .join(' ');
  const lines = entries.map(({ flag, option }) => {
    const fallback = option.default === undefined ? '' : ` (default ${option.default})`;
    return `  ${flag.padEnd(width)}  ${option.help}${fallback}\n`;
  });
  const notes = command.notes === undefined ? '' : `\n${command.notes}\n`;
  return (
    `${command.summary}\n\nUsage: asignio ${command.name} ${usageLine}\n\n${lines.join('')}` +
    `  ${'--help'.padEnd(width)}  show this\n${notes}`
  );
}

/** Wrong usage: exit code 2. */
export function usage(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_CLI_USAGE', detail);
}
