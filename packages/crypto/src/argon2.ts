import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { AsignioError } from '@asignio/contracts';

/** How much work a guess at a passphrase costs (RFC 9106, section 3.1). */
export interface Argon2Parameters {
  /** Memory, KiB. */
  readonly memoryKiB: number;
  /** Passes over it. */
  readonly passes: number;
  /** Lanes. */
  readonly parallelism: number;
}

/** With the salt: all that stands beside what is sealed, but the passphrase. */
export interface SaltedArgon2 extends Argon2Parameters {
  /** 16 bytes, random. */
  readonly salt: Uint8Array;
}

/** RFC 9106, section 4, second recommended option: 64 MiB, three passes, four lanes. */
export const DEFAULT_ARGON2: Argon2Parameters = { memoryKiB: 65_536, passes: 3, parallelism: 4 };

/** The least that is written: OWASP Password Storage Cheat Sheet, "Argon2id", 19 MiB and two passes. */
export const MIN_ARGON2: Argon2Parameters = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

/** The most that is read: RFC 9106, section 4, first recommended option has 2 GiB. What asks for more is no file of ours. */
const MAX_ARGON2: Argon2Parameters = { memoryKiB: 2_097_152, passes: 64, parallelism: 64 };

/** RFC 9106, section 3.1: a salt of 16 bytes; section 4: a tag of 256 bits. */
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Makes a key of a passphrase with Argon2id, off the main thread. The passphrase is wiped.
 * @throws AsignioError `ASIGNIO_KEY_PASSPHRASE` where the parameters are out of bounds.
 */
export async function deriveKey(passphrase: Uint8Array, parameters: SaltedArgon2): Promise<KeyObject> {
  const { memoryKiB, passes, parallelism, salt } = parameters;
  if (!isWithinBounds(parameters) || salt.length !== SALT_BYTES) throw outOfBounds();
  let key: Buffer | undefined;
  try {
    // Argon2id and version 0x13 are what the binding does unless told; a test holds it to that.
    key = await hashRaw(passphrase, {
      memoryCost: memoryKiB,
      timeCost: passes,
      parallelism,
      outputLen: KEY_BYTES,
      salt,
    });
    return createSecretKey(key);
  } finally {
    key?.fill(0);
    passphrase.fill(0);
  }
}

/**
 * Reads parameters that were stored as `{ memoryKiB, passes, parallelism, salt }`, the salt in base64url.
 * @returns `undefined` where they are none, or out of bounds.
 */
export function parseArgon2(value: unknown): SaltedArgon2 | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { memoryKiB, passes, parallelism, salt } = value as { [name: string]: unknown };
  const parameters = { memoryKiB, passes, parallelism } as Argon2Parameters;
  const bytes = typeof salt === 'string' ? Buffer.from(salt, 'base64url') : Buffer.alloc(0);
  return isWithinBounds(parameters) && bytes.length === SALT_BYTES ? { ...parameters, salt: bytes } : undefined;
}

/** Whether one of the parameters is below the other's. */
export function isWeaker(parameters: Argon2Parameters, than: Argon2Parameters): boolean {
  return parameters.memoryKiB < than.memoryKiB || parameters.passes < than.passes;
}

function isWithinBounds({ memoryKiB, passes, parallelism }: Argon2Parameters): boolean {
  return (
    isCount(memoryKiB, MAX_ARGON2.memoryKiB) &&
    isCount(passes, MAX_ARGON2.passes) &&
    isCount(parallelism, MAX_ARGON2.parallelism) &&
    // RFC 9106, section 3.1: eight blocks a lane.
    memoryKiB >= 8 * parallelism
  );
}

function isCount(value: unknown, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
}

function outOfBounds(): AsignioError {
  return new AsignioError('ASIGNIO_KEY_PASSPHRASE', 'The parameters of Argon2id are out of bounds');
}
