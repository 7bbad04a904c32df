import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import { deriveKey, parseArgon2 } from '@asignio/crypto';
import type { Argon2Parameters, SaltedArgon2 } from '@asignio/crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
const KDF = 'argon2id';

/** How the keys in a file are sealed: with a key that Argon2id makes of a passphrase. */
export interface Protection {
  readonly parameters: SaltedArgon2;
  readonly key: KeyObject;
}

/** Makes a protection with a fresh salt. The passphrase is wiped. */
export async function newProtection(passphrase: Uint8Array, argon2: Argon2Parameters): Promise<Protection> {
  const { memoryKiB, passes, parallelism } = argon2;
  const parameters = { memoryKiB, passes, parallelism, salt: randomBytes(SALT_BYTES) };
  return { parameters, key: await deriveKey(passphrase, parameters) };
}

/** The part of a file that says how to make the key. */
export function protectionText({ memoryKiB, passes, parallelism, salt }: SaltedArgon2): { [name: string]: unknown } {
  return { kdf: KDF, memoryKiB, passes, parallelism, salt: Buffer.from(salt).toString('base64url') };
}

/** @returns `undefined` where it is none that this version knows. */
export function parseProtection(text: unknown): SaltedArgon2 | undefined {
  const { kdf } = (text ?? {}) as { kdf?: unknown };
  return kdf === KDF ? parseArgon2(text) : undefined;
}

/** Seals text with AES-256-GCM; the nonce is random, and a file is written a few times in its life. */
export function sealText({ key, parameters }: Protection, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(header(parameters));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/**
 * Opens what {@link sealText} sealed. All of it is deciphered before the tag is compared, in constant time (OpenSSL's
 * `CRYPTO_memcmp`): a wrong passphrase takes as long as the right one.
 * @throws AsignioError `ASIGNIO_KEY_PASSPHRASE`.
 */
export function openText({ key, parameters }: Protection, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const end = bytes.length - TAG_BYTES;
  if (end < NONCE_BYTES) throw refused();
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(header(parameters));
  decipher.setAuthTag(bytes.subarray(end));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, end));
  try {
    decipher.final();
    return plain.toString('utf8');
  } catch {
    throw refused();
  } finally {
    plain.fill(0);
  }
}

/** The parameters are authenticated, so that nobody makes them cheaper for the next passphrase. */
function header(parameters: SaltedArgon2): Buffer {
  return Buffer.from(`asignio-key-file/2 ${JSON.stringify(protectionText(parameters))}`, 'utf8');
}

function refused(): AsignioError {
  return new AsignioError(
    'ASIGNIO_KEY_PASSPHRASE',
    'The passphrase does not open the key file, or the file is damaged',
  );
}
