import { createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { RSA_SHA256 } from '../crypto/algorithms.ts';
import type { SigningKey } from '../crypto/sign.ts';
import type { Xml } from '../xml/write.ts';
import type { MessageName } from './encoding.ts';

/** The address that takes a message to its receiver, signed (SAML 2.0 Bindings, 3.4.4.1). */
export function redirectUrl(to: string, name: MessageName, message: Xml, key: SigningKey, relayState?: string): string {
  const query = [
    `${name}=${encodeURIComponent(deflateRawSync(message.text).toString('base64'))}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
    `SigAlg=${encodeURIComponent(RSA_SHA256)}`,
  ].join('&');
  const signature = createSign('sha256').update(query).sign(key.privateKey, 'base64');
  return `${to}${to.includes('?') ? '&' : '?'}${query}&Signature=${encodeURIComponent(signature)}`;
}
