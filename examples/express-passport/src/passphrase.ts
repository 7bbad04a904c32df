import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A passphrase as it is kept. */
export interface StoredPassphrase {
  readonly salt: string;
  readonly hash: string;
}

/**
 * Shortest passphrase, in characters.
 * NIST SP 800-63B-4 section 3.1.1.2: 15 where a password alone signs in.
 */
export const SHORTEST = 15;
export const LONGEST = 200;

// OWASP Password Storage Cheat Sheet: scrypt with N = 2^15, r = 8, p = 3 takes 32 MiB.
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const BYTES = 32;

/** Derives what is kept of a new passphrase. */
export async function keep(passphrase: string): Promise<StoredPassphrase> {
  const salt = randomBytes(16);
  return { salt: salt.toString('base64url'), hash: (await derive(passphrase, salt)).toString('base64url') };
}

const NOBODY: StoredPassphrase = {
  salt: randomBytes(16).toString('base64url'),
  hash: randomBytes(BYTES).toString('base64url'),
};

/** Compares. For an account that does not exist it takes as long, and says no. */
export async function fits(passphrase: string, stored: StoredPassphrase | undefined): Promise<boolean> {
  const { salt, hash } = stored ?? NOBODY;
  const derived = await derive(passphrase.slice(0, LONGEST), Buffer.from(salt, 'base64url'));
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url')) && stored !== undefined;
}

function derive(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((done, failed) => {
    scrypt(passphrase.normalize('NFKC'), salt, BYTES, COST, (error, key) =>
      error === null ? done(key) : failed(error),
    );
  });
}
