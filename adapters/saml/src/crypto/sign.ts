import { createHash, createSign } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { NS } from '../xml/names.ts';
import { Xml, xml } from '../xml/write.ts';
import { ENVELOPED, EXCLUSIVE, RSA_SHA256, SHA256 } from './algorithms.ts';

/** A key with its certificate. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly certificate: X509Certificate;
}

const AFTER_ISSUER = '</saml:Issuer>';
/** A value may hold `>`, and no `"`. */
const START_TAG = /^<[^\s>]+(?:\s+[\w:]+="[^"]*")*>/;

/**
 * Signs a whole document of ours, RSA with SHA-256 over exclusive canonical XML (SAML 2.0 Core, 5.4).
 *
 * The document must be in that canonical form already, which is how the templates here are written: attributes in their
 * order, each namespace where it is first used, no element without its end tag, and {@link xml} escapes as canonical XML
 * does. So nothing is parsed to be signed; a test holds every document against the canonical form that xml-crypto makes.
 * @param id the `ID` of its root
 * @returns the document with the signature after its issuer, or first where it has none
 */
export function signXml({ text }: Xml, id: string, { privateKey, certificate }: SigningKey): Xml {
  const digest = createHash('sha256').update(text).digest('base64');
  const inside = signedInfo(id, digest);
  const canonical = `<ds:SignedInfo xmlns:ds="${NS.signature}">${inside.text}</ds:SignedInfo>`;
  const value = createSign('sha256').update(canonical).sign(privateKey, 'base64');
  const signature = xml`<ds:Signature xmlns:ds="${NS.signature}"><ds:SignedInfo>${inside}</ds:SignedInfo>
    <ds:SignatureValue>${value}</ds:SignatureValue>
    <ds:KeyInfo>
      <ds:X509Data><ds:X509Certificate>${certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data>
    </ds:KeyInfo></ds:Signature>`;
  const issuer = text.indexOf(AFTER_ISSUER);
  const at = issuer === -1 ? (START_TAG.exec(text)?.[0].length ?? 0) : issuer + AFTER_ISSUER.length;
  return new Xml(text.slice(0, at) + signature.text + text.slice(at));
}

function signedInfo(id: string, digest: string): Xml {
  return xml`<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod>
    <ds:SignatureMethod Algorithm="${RSA_SHA256}"></ds:SignatureMethod>
    <ds:Reference URI="#${id}">
      <ds:Transforms>
        <ds:Transform Algorithm="${ENVELOPED}"></ds:Transform>
        <ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform>
      </ds:Transforms>
      <ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod>
      <ds:DigestValue>${digest}</ds:DigestValue>
    </ds:Reference>`;
}
