import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../../examples/express-passport/dist/server.js', import.meta.url));

/** The real demo, in a process of its own. */
export interface RunningDemo {
  readonly url: string;
  /** Tells it to stop; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the demo on a free port, or on the one given. */
export async function startDemo(data: string, port = 0): Promise<RunningDemo> {
  const child = spawn(process.execPath, [SERVER, '--port', `${port}`, '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await address(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}

/** Runs it until it ends by itself. */
export async function runDemo(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [SERVER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, out, err };
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const url = /http:\/\/\S+/.exec(said)?.[0];
      if (url !== undefined) done(url);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('exit', () => failed(new Error(`The demo did not start: ${said}`)));
  });
}
