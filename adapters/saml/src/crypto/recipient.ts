import { isCurrent } from './certificate.ts';
import { OAEP } from './ciphers.ts';
import type { KeyTransport } from './ciphers.ts';
import type { Recipient } from './encrypt.ts';
import type { EncryptionKey } from '../metadata/service-provider.ts';

/**
 * The first of the keys that is in force.
 * @param now ms since the epoch
 * @param transport how the content key goes to it; by default what its metadata name with the key
 */
export function recipientOf(
  keys: readonly Pick<EncryptionKey, 'certificate' | 'methods'>[],
  now: number,
  transport?: KeyTransport,
): Recipient | undefined {
  const key = keys.find(({ certificate }) => isCurrent(certificate, now));
  if (key === undefined) return undefined;
  return {
    publicKey: key.certificate.publicKey,
    transport: transport ?? (key.methods.includes(OAEP) ? 'rsa-oaep' : 'rsa-oaep-mgf1p'),
  };
}
