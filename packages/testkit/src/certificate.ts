import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A server's certificate and what a client needs to trust it; all PEM. */
export interface TestCertificate {
  /** Of the authority that signed. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Object identifiers in DER (RFC 5280, RFC 5758, RFC 5480). */
const OID = {
  commonName: '0603550403',
  ecdsaWithSha256: '06082a8648ce3d040302',
  basicConstraints: '0603551d13',
  keyUsage: '0603551d0f',
  subjectAltName: '0603551d11',
} as const;
const DAY_MS = 86_400_000;

/**
 * Makes an authority and a server certificate that it signed, fit for TLS in a test: good for a day before and after now,
 * with keys that exist in this process alone.
 * @param names host names and IPv4 addresses that the server answers to.
 * @example
 * ```ts
 * const { ca, cert, key } = testCertificate(['localhost', '127.0.0.1']);
 * const server = https.createServer({ cert, key });
 * https.request('https://localhost', { ca });
 * ```
 */
export function testCertificate(names: readonly string[]): TestCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = name('Asignio test authority');
  const ca = certificate(issuer, issuer, authority.publicKey, authority.privateKey, [
    extension(OID.basicConstraints, sequence(Buffer.from('0101ff', 'hex'))),
    // keyCertSign
    extension(OID.keyUsage, Buffer.from('03020204', 'hex')),
  ]);
  const cert = certificate(issuer, name(names[0] ?? 'server'), server.publicKey, authority.privateKey, [
    extension(OID.subjectAltName, sequence(...names.map(alternativeName))),
  ]);
  const key = createPrivateKey(server.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return { ca, cert, key: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

/** One certificate (RFC 5280, section 4.1), as PEM. */
function certificate(
  issuer: Buffer,
  subject: Buffer,
  publicKey: KeyObject,
  signingKey: KeyObject,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(Buffer.from(OID.ecdsaWithSha256, 'hex'));
  const content = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    issuer,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    subject,
    publicKey.export({ format: 'der', type: 'spki' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, signingKey);
  const der = sequence(content, algorithm, tlv(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function name(text: string): Buffer {
  const attribute = sequence(Buffer.from(OID.commonName, 'hex'), tlv(0x0c, Buffer.from(text, 'utf8')));
  return sequence(tlv(0x31, attribute));
}

function alternativeName(host: string): Buffer {
  return isIPv4(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host, 'latin1'));
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(Buffer.from(oid, 'hex'), tlv(0x04, value));
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tlv(0x18, Buffer.from(text, 'latin1'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
