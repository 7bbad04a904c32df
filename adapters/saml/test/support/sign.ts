import { SignedXml } from 'xml-crypto';
import type { SigningKey } from '#src/crypto/sign.js';
import { ENVELOPED, EXCLUSIVE, RSA_SHA256, SHA256 } from '#src/crypto/algorithms.js';

/** Where the signature goes: after the issuer (SAML 2.0 Core, 3.2.2), or first (Metadata, 2.3.2). */
export type SignaturePlace = 'after-issuer' | 'first';

/**
 * Signs any document with xml-crypto: what others sign is not in the form that our own signer needs.
 */
export function signXml(
  document: { readonly text: string },
  key: SigningKey,
  place: SignaturePlace = 'after-issuer',
): string {
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
