import { createVerify } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SIGNATURE_METHODS } from '../crypto/algorithms.ts';
import { MESSAGE_LIMITS } from '../xml/parse.ts';
import { Refused } from '../xml/refused.ts';
import { checkRelayState, decodeBase64, decodeUtf8 } from './encoding.ts';
import type { Incoming, MessageName } from './encoding.ts';

const PARAMETERS = new Set(['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding']);
const DEFLATE = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';

/**
 * Reads a message out of a query (SAML 2.0 Bindings, 3.4), as it stands in the URL: the signature is over those octets, not
 * over what they decode to.
 * @throws Refused
 */
export function readRedirect(query: string, name: MessageName): Incoming {
  const raw = rawParameters(query);
  const encoding = decoded(raw.get('SAMLEncoding'));
  if (encoding !== undefined && encoding !== DEFLATE) throw new Refused('encoding', 'Only DEFLATE is understood');
  const message = decoded(raw.get(name));
  if (message === undefined) throw new Refused('missing', `There is no ${name}`);
  const relayState = checkRelayState(decoded(raw.get('RelayState')));
  const text = inflate(decodeBase64(message, MESSAGE_LIMITS.characters));
  const signature = raw.get('Signature');
  const method = raw.get('SigAlg');
  if ((signature === undefined) !== (method === undefined))
    throw new Refused('signature', 'SigAlg and Signature come together');
  return {
    text,
    ...(relayState === undefined ? {} : { relayState }),
    ...(signature === undefined ? {} : { verify: (certificates) => verify(raw, name, certificates) }),
  };
}

/** @throws Refused where none of the keys made the signature. */
function verify(raw: ReadonlyMap<string, string>, name: MessageName, certificates: readonly X509Certificate[]): void {
  const method = SIGNATURE_METHODS.get(decoded(raw.get('SigAlg')) ?? '');
  if (method === undefined) throw new Refused('algorithm', 'The signature method is not taken here');
  const signature = decodeBase64(decoded(raw.get('Signature')) ?? '', 4096);
  const signed = [name, 'RelayState', 'SigAlg'].flatMap((one) => {
    const value = raw.get(one);
    return value === undefined ? [] : [`${one}=${value}`];
  });
  const right = certificates.some(
    ({ publicKey }) =>
      publicKey.asymmetricKeyType === method.key &&
      createVerify(method.hash).update(signed.join('&')).verify(publicKey, signature),
  );
  if (!right) throw new Refused('signature', 'The signature is not of a key that was configured');
}

/** @throws Refused for a parameter of the binding that is there twice. */
function rawParameters(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const key = at === -1 ? pair : pair.slice(0, at);
    if (!PARAMETERS.has(decoded(key) ?? '')) continue;
    // Written in any other way it would be one parameter to one reader and another to the next.
    if (!PARAMETERS.has(key) || found.has(key)) throw new Refused('parameters', 'A parameter is there twice');
    found.set(key, at === -1 ? '' : pair.slice(at + 1));
  }
  return found;
}

function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    throw new Refused('encoding', 'A parameter is not URL-encoded');
  }
}

/** Never makes more than the limit of it, however well it was packed. */
function inflate(packed: Buffer): string {
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: MESSAGE_LIMITS.characters });
  } catch {
    throw new Refused('deflate', 'The message cannot be inflated, or is too large');
  }
  return decodeUtf8(bytes);
}
