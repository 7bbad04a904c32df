import { createHash, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/*
 * A self-signed X.509 certificate (RFC 5280, section 4.1) in DER: some relying parties take keys only in one (RFC 7517, 4.7).
 * Nobody is to trust it: what counts is the address that the keys are read from.
 */

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
 * @param key RSA, private
 * @param name whose it is
 * @param from ms since the epoch
 * @param until ms since the epoch
 * @returns the DER, in base64, as `x5c` holds it
 */
export function certificateOf(key: KeyObject, name: string, from: number, until: number): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const algorithm = der(SEQUENCE, der(OID, Buffer.from(SHA256_WITH_RSA)), der(NULL));
  const common = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, der(OID, Buffer.from(COMMON_NAME)), der(UTF8, Buffer.from(name.slice(0, LONGEST_NAME))))),
  );
  // Positive, and as long as RFC 5280, 4.1.2.2 allows at most.
  const serial = Buffer.from(createHash('sha256').update(spki).digest().subarray(0, 16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const certificate = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.of(2))),
    der(INTEGER, serial),
    algorithm,
    common,
    der(SEQUENCE, time(from), time(until)),
    common,
    spki,
  );
  const signature = sign('sha256', certificate, key);
  return der(SEQUENCE, certificate, algorithm, der(BIT_STRING, Buffer.of(0), signature)).toString('base64');
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
