import { constants } from 'node:crypto';

/** How the content of an encrypted element is encrypted (XML Encryption 1.1, 5.2). */
export interface ContentCipher {
  readonly name: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc';
  /** Bytes. */
  readonly key: number;
  readonly iv: number;
  readonly tag: number;
}

export const AES256_GCM = 'http://www.w3.org/2009/xmlenc11#aes256-gcm';

/** Those that say by themselves whether something was changed. */
export const AUTHENTICATED: ReadonlyMap<string, ContentCipher> = new Map([
  [AES256_GCM, { name: 'aes-256-gcm', key: 32, iv: 12, tag: 16 }],
  ['http://www.w3.org/2009/xmlenc11#aes128-gcm', { name: 'aes-128-gcm', key: 16, iv: 12, tag: 16 }],
]);

/** Those that do not: whoever may change such a text and hears what became of it reads it (Jager, Somorovsky, 2011). */
export const MALLEABLE: ReadonlyMap<string, ContentCipher> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#aes256-cbc', { name: 'aes-256-cbc', key: 32, iv: 16, tag: 0 }],
  ['http://www.w3.org/2001/04/xmlenc#aes128-cbc', { name: 'aes-128-cbc', key: 16, iv: 16, tag: 0 }],
]);

/** RSA-OAEP of XML Encryption 1.0, whose mask is made with SHA-1. */
export const OAEP_MGF1P = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';
/** RSA-OAEP of XML Encryption 1.1, which says what its mask is made with. */
export const OAEP = 'http://www.w3.org/2009/xmlenc11#rsa-oaep';
export const MGF1_SHA256 = 'http://www.w3.org/2009/xmlenc11#mgf1sha256';
export const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';

/** How a content key goes to whom it is for. */
export type KeyTransport = 'rsa-oaep' | 'rsa-oaep-mgf1p';

/** OAEP as node:crypto does it: digest and mask of one hash. What SHA-1 is used for there does not hang on collisions. */
export function oaep(hash: string): { readonly padding: number; readonly oaepHash: string } {
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash };
}
