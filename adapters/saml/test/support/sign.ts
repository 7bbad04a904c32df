import { SignedXml } from 'xml-crypto';
import type { SigningKey } from '#src/crypto/sign.js';
import { ENVELOPED, EXCLUSIVE, RSA_SHA256, SHA256 } from '#src/crypto/algorithms.js';

/** Where the signature goes: after the issuer (SAML 2.0 Core, 3.2.2), or first (Metadata, 2.3.2). */
export type SignaturePlace = 'after-issuer' | 'first';

/** What a signature is made with, where it is not what is right. */
export interface Methods {
  readonly signature?: string;
  readonly digest?: string;
  readonly transforms?: readonly string[];
}

/**
 * Signs any document with xml-crypto: what others sign is not in the form that our own signer needs.
 */
export function signXml(
  document: { readonly text: string },
  key: SigningKey,
  place: SignaturePlace = 'after-issuer',
  { signature = RSA_SHA256, digest = SHA256, transforms = [ENVELOPED, EXCLUSIVE] }: Methods = {},
): string {
  const signed = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate.toString(),
    signatureAlgorithm: signature,
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  signed.addReference({ xpath: '/*', transforms, digestAlgorithm: digest });
  signed.computeSignature(document.text, {
    prefix: 'ds',
    location:
      place === 'first'
        ? { reference: '/*', action: 'prepend' }
        : { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  });
  return signed.getSignedXml();
}
