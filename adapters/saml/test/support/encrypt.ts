import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import type { CipherGCM, KeyObject } from 'node:crypto';
import { NS } from '#src/xml/names.js';

const CONTENT = {
  'aes256-gcm': { algorithm: `${NS.encryption11}aes256-gcm`, cipher: 'aes-256-gcm', key: 32, iv: 12 },
  'aes128-gcm': { algorithm: `${NS.encryption11}aes128-gcm`, cipher: 'aes-128-gcm', key: 16, iv: 12 },
  'aes256-cbc': { algorithm: `${NS.encryption}aes256-cbc`, cipher: 'aes-256-cbc', key: 32, iv: 16 },
  'aes128-cbc': { algorithm: `${NS.encryption}aes128-cbc`, cipher: 'aes-128-cbc', key: 16, iv: 16 },
  'tripledes-cbc': { algorithm: `${NS.encryption}tripledes-cbc`, cipher: 'des-ede3-cbc', key: 24, iv: 8 },
} as const;

const TRANSPORT = {
  'oaep-sha1': { algorithm: `${NS.encryption}rsa-oaep-mgf1p`, hash: 'sha1', parameters: '' },
  'oaep-sha256': {
    algorithm: `${NS.encryption11}rsa-oaep`,
    hash: 'sha256',
    parameters: `<ds:DigestMethod xmlns:ds="${NS.signature}" Algorithm="${NS.encryption}sha256"/><e:MGF xmlns:e="${NS.encryption11}" Algorithm="${NS.encryption11}mgf1sha256"/>`,
  },
  'rsa-1_5': { algorithm: `${NS.encryption}rsa-1_5`, hash: undefined, parameters: '' },
} as const;

/** How others encrypt, right or wrong. */
export interface Encrypting {
  readonly content?: keyof typeof CONTENT;
  readonly transport?: keyof typeof TRANSPORT;
  /** The key stands beside what it is for. */
  readonly beside?: boolean;
  /** Keys for others, which stand before ours. */
  readonly others?: readonly KeyObject[];
  readonly type?: string;
  /** Changes the octets of the text. */
  readonly spoil?: (octets: Buffer) => Buffer;
}

/** An `EncryptedAssertion` of any text, in plain XML as another identity provider writes it. */
export function encryptFor(publicKey: KeyObject, how: Encrypting = {}): (text: string) => string {
  return (text) => {
    const { algorithm, cipher, key: length, iv: ivLength } = CONTENT[how.content ?? 'aes256-gcm'];
    const key = randomBytes(length);
    const iv = randomBytes(ivLength);
    const encrypting = createCipheriv(cipher, key, iv);
    const body = Buffer.concat([iv, encrypting.update(text), encrypting.final()]);
    const tagged = cipher.endsWith('gcm') ? [body, (encrypting as CipherGCM).getAuthTag()] : [body];
    const octets = (how.spoil ?? ((same) => same))(Buffer.concat(tagged));
    const keys = [...(how.others ?? []), publicKey]
      .map((one) => wrapped(one, key, how.transport ?? 'oaep-sha1'))
      .join('');
    const info = how.beside === true ? '' : `<ds:KeyInfo xmlns:ds="${NS.signature}">${keys}</ds:KeyInfo>`;
    return `<saml:EncryptedAssertion xmlns:saml="${NS.assertion}" xmlns:x="${NS.encryption}"><x:EncryptedData Type="${how.type ?? `${NS.encryption}Element`}"><x:EncryptionMethod Algorithm="${algorithm}"/>${info}<x:CipherData><x:CipherValue>${lines(octets)}</x:CipherValue></x:CipherData></x:EncryptedData>${how.beside === true ? keys : ''}</saml:EncryptedAssertion>`;
  };
}

function wrapped(publicKey: KeyObject, key: Buffer, transport: keyof typeof TRANSPORT): string {
  const { algorithm, hash, parameters } = TRANSPORT[transport];
  const padding =
    hash === undefined
      ? { padding: constants.RSA_PKCS1_PADDING }
      : { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash };
  const value = publicEncrypt({ key: publicKey, ...padding }, key);
  return `<x:EncryptedKey><x:EncryptionMethod Algorithm="${algorithm}">${parameters}</x:EncryptionMethod><x:CipherData><x:CipherValue>${lines(value)}</x:CipherValue></x:CipherData></x:EncryptedKey>`;
}

/** Base64 in lines, as most write it. */
function lines(octets: Buffer): string {
  return octets.toString('base64').replaceAll(/.{64}/g, '$&\n');
}
