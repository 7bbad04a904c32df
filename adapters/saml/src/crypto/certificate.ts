import { createPublicKey, createSign, randomBytes, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
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

/**
 * A certificate that a key signs for itself (RFC 5280): service providers compare it with the one that they were given, and
 * no authority is asked.
 * @param validity ms since the epoch
 */
export function selfSigned(
  privateKey: KeyObject,
  name: string,
  validity: { readonly from: number; readonly to: number },
): X509Certificate {
  const algorithm = sequence(oid(SHA256_WITH_RSA), NULL);
  const subject = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(name.slice(0, 64))))));
  const serial = randomBytes(16);
  // Positive, and not zero.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    subject,
    sequence(time(validity.from), time(validity.to)),
    subject,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  return new X509Certificate(sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature]))));
}

/** 1.2.840.113549.1.1.11 and 2.5.4.3, as DER writes them. */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
const COMMON_NAME = Buffer.from('550403', 'hex');
const NULL = Buffer.from([0x05, 0x00]);

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(content: Buffer): Buffer {
  return der(0x06, content);
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}
