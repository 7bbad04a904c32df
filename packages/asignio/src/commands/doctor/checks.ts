import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '@asignio/contracts';
import { Claims, nist63b4 } from '@asignio/core';
import { createEngine } from '@asignio/engine';
import { createPermitAuthority } from '@asignio/policy';
import { storageLmdb } from '@asignio/storage-lmdb';
import { fail, faultOf, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';
import { checkKeys } from './keys.ts';

/** What the checks look at. */
export interface Place {
  /** Folder of store and keys. */
  readonly data: string;
  readonly clock: Clock;
  /** Version of Node.js, `20.19.0`. */
  readonly node: string;
}

export interface Check {
  readonly name: string;
  run(place: Place): Promise<Finding>;
}

/**
 * A function whose body uses a 128-bit vector: `(module (func (result v128) i32.const 0 i8x16.splat))`, in the binary
 * format of the WebAssembly specification 2.0, chapter 5.
 */
// prettier-ignore
const SIMD_MODULE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
);
/** This code did not exist before; a clock that says so is wrong. 2026-01-01. */
const EARLIEST_MS = 1_767_225_600_000;
/** Nor does a sane clock run this far ahead. 2100-01-01. */
const LATEST_MS = 4_102_444_800_000;
/** Slower than this, signing in feels slow. */
const SLOW_MS = 50;
const DECOYS = 20;
const SAMPLE_BYTES = 10_000;

/** In the order in which they are shown. None of them makes or changes anything. */
export const CHECKS: readonly Check[] = [
  { name: 'node', run: ({ node }) => Promise.resolve(nodeVersion(node)) },
  { name: 'simd', run: () => Promise.resolve(simd()) },
  { name: 'engine', run: engine },
  { name: 'assurance', run: assurance },
  { name: 'data', run: ({ data }) => folder(data) },
  { name: 'keys', run: ({ data }) => checkKeys(data) },
  { name: 'store', run: ({ data, clock }) => store(data, clock) },
  { name: 'clock', run: ({ clock }) => Promise.resolve(sane(clock)) },
];

function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (supported) return ok(`Node.js ${version}`);
  return fail(`Node.js ${version}`, 'Install Node.js 20.19 or later, 22.12 or later, or 24.');
}

function simd(): Finding {
  const { WebAssembly } = globalThis as { WebAssembly?: { validate(bytes: Uint8Array): boolean } };
  return WebAssembly?.validate(SIMD_MODULE) === true
    ? ok('WebAssembly with 128-bit SIMD')
    : warn(
        'WebAssembly has no SIMD here',
        'Signatures are compared several times slower, and faces not at all; use a newer Node.js or processor.',
      );
}

async function engine(): Promise<Finding> {
  const permits = createPermitAuthority({ clock: { now: () => Date.now() } });
  const pool = createEngine({ permits, workers: 1 });
  try {
    await pool.warm();
    const started = performance.now();
    for (let n = 0; n < DECOYS; n++) await pool.decoy('signature', SAMPLE_BYTES);
    const ms = (performance.now() - started) / DECOYS;
    const { name, version } = pool.model('signature');
    const detail = `${name} ${version}, ${ms.toFixed(1)} ms a comparison with the way to the worker and back`;
    return ms < SLOW_MS ? ok(detail) : warn(detail, 'This machine is slow or busy; give it more cores, or less to do.');
  } catch (error) {
    return faultOf(error, 'The engine does not start');
  } finally {
    await pool.close();
  }
}

/** Whether the shipped model supports what NIST SP 800-63B-4 asks of a biometric. Nothing is wrong where it does not. */
async function assurance(): Promise<Finding> {
  const pool = createEngine({ permits: createPermitAuthority({ clock: { now: () => Date.now() } }), workers: 1 });
  try {
    const profile = nist63b4(['signature']);
    const [obstacle] = new Claims(pool, []).obstacles(profile);
    return ok(
      obstacle === undefined ? `${profile.name} can be satisfied` : `${profile.name} cannot be satisfied: ${obstacle}`,
    );
  } finally {
    await pool.close();
  }
}

async function folder(data: string): Promise<Finding> {
  const path = resolve(data);
  const exists = existsSync(path);
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch {
    return fail(
      `${nearest} cannot be written to`,
      'Give this user the right to write there, or choose another --data.',
    );
  }
  return ok(exists ? `${path} can be written to` : `${path} is not there yet; it will be made`);
}

async function store(data: string, clock: Clock): Promise<Finding> {
  const path = join(data, 'store');
  if (!existsSync(path)) return ok('no store yet; it will be made at the first start');
  const storage = storageLmdb({ path, clock });
  try {
    await storage.open();
    await storage.ping();
  } catch (error) {
    return faultOf(error, `${path} does not open`);
  } finally {
    await storage.close();
  }
  return ok(`${path} opens and answers`);
}

function sane(clock: Clock): Finding {
  const now = clock.now();
  if (!Number.isFinite(now)) return fail('the clock gives no time', 'Set the clock; use NTP.');
  const date = new Date(now).toISOString();
  if (now >= EARLIEST_MS && now < LATEST_MS) return ok(date);
  return fail(`the clock says ${date}`, 'Set the clock; use NTP. Consents, ceremonies and retention depend on it.');
}
