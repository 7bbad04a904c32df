import { createDecipheriv, privateDecrypt, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { NS } from '../xml/names.ts';
import { attribute, child, children, elementsIn, isNamed, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';
import { SHA256 } from './algorithms.ts';
import { AUTHENTICATED, MALLEABLE, MGF1_SHA256, oaep, OAEP, OAEP_MGF1P, SHA1 } from './ciphers.ts';
import type { ContentCipher } from './ciphers.ts';

/** More keys for one text than anybody needs are not tried. */
const MOST_KEYS = 4;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MGF1_SHA1 = 'http://www.w3.org/2009/xmlenc11#mgf1sha1';
const ELEMENT = `${NS.encryption}Element`;

/**
 * Decrypts an `EncryptedAssertion` or `EncryptedID`: one text, with the key for it beside or inside it. AES-GCM, with RSA-OAEP; nothing that is
 * fetched, nothing with RSA PKCS #1 1.5 (Bleichenbacher, 1998). Decision 16 says why it is no library's.
 * @param keys ours, the newest first
 * @param malleable whether AES-CBC will do: only for what is known to be as it was sent
 * @throws Refused, by one reason whatever was wrong: who sends changed texts learns nothing of what is in them.
 */
export function decrypted(element: Element, keys: readonly KeyObject[], malleable: boolean): string {
  const data = child(element, 'encryption', 'EncryptedData');
  if (data === undefined || (attribute(data, 'Type') ?? ELEMENT) !== ELEMENT) throw undecipherable();
  const algorithm = methodOf(data);
  const cipher = AUTHENTICATED.get(algorithm) ?? (malleable ? MALLEABLE.get(algorithm) : undefined);
  if (cipher === undefined) throw undecipherable();
  const info = child(data, 'signature', 'KeyInfo');
  const wrapped = [element, ...(info === undefined ? [] : [info])].flatMap((place) =>
    children(place, 'encryption', 'EncryptedKey'),
  );
  if (wrapped.length > MOST_KEYS) throw undecipherable();
  const content = valueOf(data);
  for (const one of wrapped)
    for (const key of keys) {
      const text = opened(content, cipher, contentKey(one, key, cipher.key));
      if (text !== undefined) return text;
    }
  throw undecipherable();
}

/** What nobody could read, or what was no such text. */
export function undecipherable(): Refused {
  return new Refused('encryption', 'What is encrypted cannot be read, or is not of the one who must have signed it');
}

/** One that opens nothing where it is not for us: what follows takes as long. */
function contentKey(wrapped: Element, key: KeyObject, length: number): Buffer {
  const hash = hashOf(wrapped);
  try {
    const found = privateDecrypt({ key, ...oaep(hash) }, valueOf(wrapped));
    if (found.length === length) return found;
  } catch (error) {
    if (error instanceof Refused) throw error;
  }
  return randomBytes(length);
}

/** Digest and mask of OAEP; two of different hashes are not taken. */
function hashOf(wrapped: Element): string {
  const method = child(wrapped, 'encryption', 'EncryptionMethod');
  if (method === undefined) throw undecipherable();
  const algorithm = attribute(method, 'Algorithm');
  if (algorithm !== OAEP && algorithm !== OAEP_MGF1P) throw undecipherable();
  const digest = parameter(method, 'signature', 'DigestMethod') ?? SHA1;
  const mask = (algorithm === OAEP ? parameter(method, 'encryption11', 'MGF') : undefined) ?? MGF1_SHA1;
  if (elementsIn(method).some((one) => isNamed(one, 'encryption', 'OAEPparams'))) throw undecipherable();
  if (digest === SHA1 && mask === MGF1_SHA1) return 'sha1';
  if (digest === SHA256 && mask === MGF1_SHA256) return 'sha256';
  throw undecipherable();
}

function parameter(method: Element, namespace: 'signature' | 'encryption11', name: string): string | undefined {
  const element = child(method, namespace, name);
  return element === undefined ? undefined : attribute(element, 'Algorithm');
}

function opened(content: Buffer, { name, iv, tag }: ContentCipher, key: Buffer): string | undefined {
  const body = content.subarray(iv, content.length - tag);
  try {
    if (name === 'aes-128-gcm' || name === 'aes-256-gcm') {
      const decipher = createDecipheriv(name, key, content.subarray(0, iv), { authTagLength: tag });
      decipher.setAuthTag(content.subarray(content.length - tag));
      return utf8(Buffer.concat([decipher.update(body), decipher.final()]));
    }
    const decipher = createDecipheriv(name, key, content.subarray(0, iv)).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(body), decipher.final()]);
    // The last octet says how many are padding, whatever the others are (XML Encryption 1.1, 5.2.2).
    const padding = padded.at(-1) ?? 0;
    return padding < 1 || padding > iv ? undefined : utf8(padded.subarray(0, padded.length - padding));
  } catch {
    return undefined;
  } finally {
    key.fill(0);
  }
}

function utf8(octets: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
}

function methodOf(element: Element): string {
  const method = child(element, 'encryption', 'EncryptionMethod');
  return (method === undefined ? undefined : attribute(method, 'Algorithm')) ?? '';
}

function valueOf(element: Element): Buffer {
  const data = child(element, 'encryption', 'CipherData');
  const value = data === undefined ? undefined : child(data, 'encryption', 'CipherValue');
  const base64 = value === undefined ? '' : textOf(value).replaceAll(/\s+/g, '');
  if (!BASE64.test(base64)) throw undecipherable();
  return Buffer.from(base64, 'base64');
}
