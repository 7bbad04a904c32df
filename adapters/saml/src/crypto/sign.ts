import type { KeyObject, X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { Xml } from '../xml/write.ts';
import { ENVELOPED, EXCLUSIVE, RSA_SHA256, SHA256 } from './algorithms.ts';

/** A key with its certificate. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly certificate: X509Certificate;
}

/** Where the signature goes: after the issuer (SAML 2.0 Core, 3.2.2), or first (Metadata, 2.3.2). */
export type SignaturePlace = 'after-issuer' | 'first';

/**
 * Signs a whole document, RSA with SHA-256 over exclusive canonical XML (SAML 2.0 Core, 5.4). Its root has an `ID`.
 * @returns the document with the signature in it
 */
export function signXml(document: Xml, key: SigningKey, place: SignaturePlace = 'after-issuer'): string {
  const signed = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate.toString(),
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  signed.addReference({ xpath: '/*', transforms: [ENVELOPED, EXCLUSIVE], digestAlgorithm: SHA256 });
  signed.computeSignature(document.text, {
    prefix: 'ds',
    location:
      place === 'first'
        ? { reference: '/*', action: 'prepend' }
        : { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  });
  return signed.getSignedXml();
}
