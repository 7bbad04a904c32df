import { createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { NS } from '../xml/names.ts';
import { Xml, xml } from '../xml/write.ts';
import { SHA256 } from './algorithms.ts';
import { AES256_GCM, MGF1_SHA256, oaep, OAEP, OAEP_MGF1P, SHA1 } from './ciphers.ts';
import type { KeyTransport } from './ciphers.ts';

/** Whom something is encrypted for. */
export interface Recipient {
  /** RSA. */
  readonly publicKey: KeyObject;
  readonly transport: KeyTransport;
}

/**
 * An element that its recipient alone can read (XML Encryption 1.1; SAML 2.0 Core, 2.2.4 and 2.3.4): AES-256-GCM under a key
 * of its own, which is encrypted with RSA-OAEP. What is encrypted must stand by itself: every namespace declared in it.
 * @returns an element of SAML in canonical form, so that a signature around it can be made
 */
export function encryptedElement(
  as: 'EncryptedAssertion' | 'EncryptedID',
  { text }: Xml,
  { publicKey, transport }: Recipient,
): Xml {
  const name = new Xml(`saml:${as}`);
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const content = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const wrapped = publicEncrypt({ key: publicKey, ...oaep(transport === 'rsa-oaep' ? 'sha256' : 'sha1') }, key);
  key.fill(0);
  return xml`<${name} xmlns:saml="${NS.assertion}">
      <xenc:EncryptedData xmlns:xenc="${NS.encryption}" Type="${NS.encryption}Element">
        <xenc:EncryptionMethod Algorithm="${AES256_GCM}"></xenc:EncryptionMethod>
        <ds:KeyInfo xmlns:ds="${NS.signature}">
          <xenc:EncryptedKey>
            ${methodOf(transport)}
            <xenc:CipherData><xenc:CipherValue>${wrapped.toString('base64')}</xenc:CipherValue></xenc:CipherData>
          </xenc:EncryptedKey>
        </ds:KeyInfo>
        <xenc:CipherData><xenc:CipherValue>${content.toString('base64')}</xenc:CipherValue></xenc:CipherData>
      </xenc:EncryptedData>
    </${name}>`;
}

function methodOf(transport: KeyTransport): Xml {
  if (transport === 'rsa-oaep-mgf1p')
    return xml`<xenc:EncryptionMethod Algorithm="${OAEP_MGF1P}"><ds:DigestMethod Algorithm="${SHA1}"></ds:DigestMethod></xenc:EncryptionMethod>`;
  return xml`<xenc:EncryptionMethod Algorithm="${OAEP}"><ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod><xenc11:MGF xmlns:xenc11="${NS.encryption11}" Algorithm="${MGF1_SHA256}"></xenc11:MGF></xenc:EncryptionMethod>`;
}
