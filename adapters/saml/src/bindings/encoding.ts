import type { X509Certificate } from 'node:crypto';
import { Refused } from '../xml/refused.ts';

/** The parameter that a message travels in. */
export type MessageName = 'SAMLRequest' | 'SAMLResponse';

/** A message as it came, decoded and nothing more. */
export interface Incoming {
  /** XML, not parsed yet. */
  readonly text: string;
  readonly relayState?: string;
  /**
   * There where the transport carried a signature (the redirect binding).
   * @throws Refused where none of the certificates' keys made it.
   */
  readonly verify?: (certificates: readonly X509Certificate[]) => void;
}

/**
 * UTF-8 bytes. The specification says 80 (SAML 2.0 Bindings, 3.4.3); service providers send whole addresses, so this many
 * are taken.
 */
const RELAY_STATE_BYTES = 1024;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** @throws Refused where it is too long, or holds what no address or token does. */
export function checkRelayState(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (Buffer.byteLength(value) > RELAY_STATE_BYTES || CONTROL.test(value))
    throw new Refused('relay-state', `RelayState has more than ${RELAY_STATE_BYTES} bytes, or control characters`);
  return value;
}

/**
 * Base64 with line ends, nothing else around it.
 * @throws Refused
 */
export function decodeBase64(text: string, mostBytes: number): Buffer {
  // Before white space is taken out, so that it costs nothing either.
  if (text.length > mostBytes * 2) throw new Refused('size', 'The message is too large');
  const packed = text.replaceAll(/[\r\n\t ]/g, '');
  if (!BASE64.test(packed) || packed.length % 4 !== 0) throw new Refused('encoding', 'It is not base64');
  return Buffer.from(packed, 'base64');
}

/** @throws Refused for what is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused('encoding', 'The message is not UTF-8');
  }
}
