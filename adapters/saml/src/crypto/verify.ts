import type { X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { parseXml } from '../xml/parse.ts';
import type { XmlLimits } from '../xml/parse.ts';
import { attribute, child, children, elementsIn, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';
import { DIGESTS, ENVELOPED, EXCLUSIVE, SIGNATURE_METHODS } from './algorithms.ts';

/** What was signed. */
export interface Signed {
  readonly element: Element;
  /** The canonical XML that was digested, of which the element was parsed. */
  readonly text: string;
}

/** Whether an element carries a signature of its own. */
export function isSigned(element: Element): boolean {
  return children(element, 'signature', 'Signature').length > 0;
}

/**
 * Verifies the signature of an element over itself, and gives back what was signed: parsed anew from the very octets that
 * were digested. Whoever reads on in that, and nowhere else, cannot be shown something that was moved in beside it
 * (signature wrapping, XSW1 to XSW8).
 *
 * The profile of SAML 2.0 Core, 5.4, and nothing beside it: one reference, to the element's own ID; the enveloped transform
 * and exclusive canonical XML; RSA with SHA-2; a key that was configured, whatever `ds:KeyInfo` says.
 * @param document the text that the element was parsed of
 * @throws Refused
 */
export function signedElement(
  document: string,
  element: Element,
  certificates: readonly X509Certificate[],
  limits?: XmlLimits,
): Signed {
  const signature = child(element, 'signature', 'Signature');
  if (signature === undefined) throw new Refused('unsigned', 'It is not signed');
  checkProfile(signature, attribute(element, 'ID'));
  for (const certificate of certificates) {
    const text = verified(document, signature, certificate);
    if (text !== undefined) return { element: parseXml(text, limits), text };
  }
  throw new Refused('signature', 'The signature is not of a key that was configured');
}

function verified(document: string, signature: Element, certificate: X509Certificate): string | undefined {
  try {
    const signed = new SignedXml({
      publicCert: certificate.publicKey.export({ type: 'spki', format: 'pem' }),
      getCertFromKeyInfo: () => null,
    });
    signed.loadSignature(signature);
    if (!signed.checkSignature(document)) return undefined;
    const [text, ...more] = signed.getSignedReferences();
    return more.length === 0 ? text : undefined;
  } catch {
    return undefined;
  }
}

function checkProfile(signature: Element, id: string | undefined): void {
  const info = child(signature, 'signature', 'SignedInfo');
  const values = children(signature, 'signature', 'SignatureValue');
  must(values.length === 1 && elementsIn(signature).every(({ localName }) => PARTS.has(localName)));
  if (info === undefined) throw new Refused('signature', 'The signature signs nothing');
  must(algorithmOf(info, 'CanonicalizationMethod') === EXCLUSIVE);
  must(SIGNATURE_METHODS.has(algorithmOf(info, 'SignatureMethod') ?? ''));
  // Names count too: xml-crypto finds the parts of a signature by their local names, at any depth.
  for (const [name, parent] of [
    ['CanonicalizationMethod', info],
    ['SignatureMethod', info],
    ['SignedInfo', signature],
    ['SignatureValue', signature],
  ] as const)
    must(countOf(signature, name) === 1 && child(parent, 'signature', name) !== undefined);
  const reference = child(info, 'signature', 'Reference');
  if (reference === undefined || id === undefined) throw new Refused('signature', 'The signature refers to nothing');
  must(attribute(reference, 'URI') === `#${id}` && countOf(signature, 'Reference') === 1);
  must(DIGESTS.has(algorithmOf(reference, 'DigestMethod') ?? ''));
  const digest = child(reference, 'signature', 'DigestValue');
  must(digest !== undefined && textOf(digest) !== '');
  const transforms = child(reference, 'signature', 'Transforms');
  const used = (transforms === undefined ? [] : elementsIn(transforms)).map((one) => attribute(one, 'Algorithm'));
  must(used.length === 2 && used[0] === ENVELOPED && used[1] === EXCLUSIVE);
}

function must(right: boolean): void {
  if (!right) throw new Refused('signature', 'The signature is not of the profile of SAML');
}

const PARTS = new Set(['SignedInfo', 'SignatureValue', 'KeyInfo']);

function algorithmOf(parent: Element, name: string): string | undefined {
  const element = child(parent, 'signature', name);
  return element === undefined ? undefined : attribute(element, 'Algorithm');
}

function countOf(element: Element, name: string): number {
  let count = 0;
  const waiting = [element];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.localName === name) count++;
    waiting.push(...elementsIn(next));
  }
  return count;
}
