import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as allOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';
import type { SigningKey } from '#src/crypto/sign.js';

/** Debian's, which sees Debian's packages. */
export const PYTHON = process.env['ASIGNIO_PYTHON'] ?? '/usr/bin/python3';
const SCRIPTS = new URL('../../test/support/', import.meta.url);

/** Leaves a suite pending where a program is not on the machine, unless real peers are demanded. */
export function needs(context: Context, name: string, command: string, args: readonly string[]): void {
  if (spawnSync(command, args).status === 0) return;
  if (process.env['ASIGNIO_REQUIRE_PEERS'] === '1') throw new Error(`${name} is not installed`);
  for (const test of context.test?.parent?.tests ?? []) test.title += ` (${name} is not installed)`;
  context.skip();
}

/** Files of a peer, until `remove`. */
export class PeerFiles {
  readonly path = mkdtempSync(join(tmpdir(), 'asignio-saml-peer-'));

  write(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }

  writeKey({ privateKey, certificate }: SigningKey): { readonly key: string; readonly certificate: string } {
    return {
      key: this.write('sp.key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
      certificate: this.write('sp.crt', certificate.toString()),
    };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs a peer that is a Python program: JSON in, JSON out. */
export async function python(script: string, command: object): Promise<Readonly<Record<string, unknown>>> {
  const child = spawn(PYTHON, [fileURLToPath(new URL(script, SCRIPTS))]);
  child.stdin.end(JSON.stringify(command));
  const [said, complained] = await Promise.all([allOf(child.stdout), allOf(child.stderr)]);
  if (said === '') throw new Error(`The peer said nothing: ${complained}`);
  return JSON.parse(said) as Readonly<Record<string, unknown>>;
}
