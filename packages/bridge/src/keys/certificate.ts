import { createPublicKey, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OID = 0x06;
const UTF8 = 0x0c;
const GENERALIZED_TIME = 0x18;
const UTC_TIME = 0x17;
const VERSION = 0xa0;

/** 1.2.840.113549.1.1.11, sha256WithRSAEncryption (RFC 4055, section 5). */
const SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
/** 2.5.4.3, commonName. */
const COMMON_NAME = [0x55, 0x04, 0x03];
/** RFC 5280, 4.1.2.5: years from here on are written in full. */
const FULL_YEARS_FROM = 2050;
/** RFC 5280, appendix A.1, `ub-common-name`. */
const LONGEST_NAME = 64;

/**
 * A certificate that a key signs for itself (RFC 5280, section 4.1): some take keys only in one, and compare it with the one
 * that they were given or read. No authority is asked, and nobody is to trust it for its own sake.
 * @param key RSA, private
 * @param name whose it is
 * @param validity ms since the epoch
 */
export function selfSigned(
  key: KeyObject,
  name: string,
  validity: { readonly from: number; readonly to: number },
): X509Certificate {
  const algorithm = der(SEQUENCE, der(OID, Buffer.from(SHA256_WITH_RSA)), der(NULL));
  const common = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, der(OID, Buffer.from(COMMON_NAME)), der(UTF8, Buffer.from(name.slice(0, LONGEST_NAME))))),
  );
  const serial = randomBytes(16);
  // Positive, and not zero (RFC 5280, 4.1.2.2).
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.of(2))),
    der(INTEGER, serial),
    algorithm,
    common,
    der(SEQUENCE, time(validity.from), time(validity.to)),
    common,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', body, key);
  return new X509Certificate(der(SEQUENCE, body, algorithm, der(BIT_STRING, Buffer.of(0), signature)));
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body]);
}

function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return new Date(ms).getUTCFullYear() < FULL_YEARS_FROM
    ? der(UTC_TIME, Buffer.from(digits.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(digits));
}
