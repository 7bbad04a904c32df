import { X509Certificate } from 'node:crypto';
import { Refused } from '../xml/refused.ts';

/** NIST SP 800-131A: at least 2048 bits. */
const RSA_BITS = 2048;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The certificate in a `ds:X509Certificate`, or in PEM.
 * @throws Refused where it is none, or its key is too weak or of a kind that is not used here.
 */
export function readCertificate(text: string): X509Certificate {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----/g, '').replaceAll(/\s+/g, '');
  if (!BASE64.test(base64)) throw new Refused('certificate', 'The certificate is not in base64');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw new Refused('certificate', 'The certificate cannot be read');
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS)
    throw new Refused('certificate', `The certificate's key must be RSA of at least ${RSA_BITS} bits`);
  return certificate;
}

/** Whether a certificate is in force. */
export function isCurrent({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now < Date.parse(validTo);
}

/** The base64 of a certificate as XML holds it. */
export function base64Of(certificate: X509Certificate): string {
  return certificate.raw.toString('base64');
}
