import { selfSigned } from '@asignio/bridge';
import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningKey } from '../crypto/sign.ts';

/** A key as it stands in the store. */
export interface StoredPair {
  /** It signs from then on, or is encrypted for from about then on; ms since the epoch. */
  readonly signsFrom: number;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** PEM. */
  readonly certificate: string;
}

const generate = promisify(generateKeyPair);
/** NIST SP 800-131A: at least 2048 bits; one of 3072 costs seven times as much a signature. */
const RSA_BITS = 2048;
const DAY_MS = 86_400_000;

/**
 * Makes a key, with a certificate for itself.
 * @param entityId whose it is
 * @param now ms since the epoch
 * @param lifetime of the certificate, seconds
 */
export async function makePair(
  entityId: string,
  now: number,
  lifetime: number,
  signsFrom: number,
): Promise<StoredPair> {
  const { privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  const certificate = selfSigned(privateKey, new URL(entityId).hostname, {
    // Clocks of others run behind ours.
    from: now - DAY_MS,
    to: now + lifetime * 1000,
  });
  return {
    signsFrom,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificate.toString(),
  };
}

export function pairOf({ privateKey, certificate }: StoredPair): SigningKey {
  return { privateKey: createPrivateKey(privateKey), certificate: new X509Certificate(certificate) };
}
