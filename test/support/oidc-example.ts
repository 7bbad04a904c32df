import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './demo.ts';

/** The example with the company and the shop, on free ports and data of its own. */
export interface OidcExample {
  readonly company: string;
  readonly shop: string;
  readonly passphrases: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

export async function startOidcExample(): Promise<OidcExample> {
  const data = await mkdtemp(join(tmpdir(), 'asignio-oidc-example-'));
  const child = spawn(process.execPath, [join(ROOT, 'examples/oidc-bridge/dist/server.js')], {
    env: { ...process.env, PORT: '0', SHOP_PORT: '0', DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise<void>((done, failed) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('grace signs in')) done();
    });
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    void gone.then(() => failed(new Error(`The example ended: ${output}`)));
  });
  const found = (pattern: RegExp): string => pattern.exec(output)?.[1] ?? '';
  return {
    company: found(/Company: (\S+)/),
    shop: found(/Shop: +(\S+)/),
    passphrases: new Map(
      [...output.matchAll(/, (\w+) signs in to the company with (\S+)/g)].map(([, name = '', word = '']) => [
        name,
        word,
      ]),
    ),
    async stop() {
      child.kill();
      await gone;
      await rm(data, { recursive: true, force: true });
    },
  };
}
