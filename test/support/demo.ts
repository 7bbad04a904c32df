import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SERVER = join(ROOT, 'examples/express-passport/dist/server.js');

export interface RunningDemo {
  readonly url: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** Sends the signal and resolves to the exit code, or the signal's name. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

export async function dataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'asignio-demo-'));
}

/**
 * Starts the demo on a free port as `npm start` does, and waits for the URL that it prints.
 * @param within a command that runs another one, with its arguments
 */
export async function startDemo(
  data: string,
  env: NodeJS.ProcessEnv = {},
  port = '0',
  args: readonly string[] = [],
  within: readonly string[] = [],
): Promise<RunningDemo> {
  const [command = '', ...rest] = [...within, process.execPath, SERVER, '--data', data, ...args];
  const child = spawn(command, rest, {
    env: { ...process.env, PORT: port, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gone = new Promise<number | string>((done) => child.once('exit', (code, signal) => done(code ?? signal ?? -1)));
  const url = await new Promise<string>((done, failed) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /http:\/\/\d+\.\d+\.\d+\.\d+:\d+/.exec(output);
      if (found !== null) done(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void gone.then((code) => failed(new Error(`The demo ended with ${code}: ${output}`)));
  });
  return {
    url,
    data,
    process: child,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return gone;
    },
  };
}

/** Runs it with these arguments until it ends by itself. */
export async function runDemo(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [SERVER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, out, err };
}
