import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { selfSigned } from '@asignio/bridge';
import { signXml } from './sign.js';
import type { SigningKey } from '#src/crypto/sign.js';
import { BINDING, NS } from '#src/xml/names.js';
import { instant, optional, Xml, xml } from '#src/xml/write.js';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Makes a key with a certificate that is in force for a day either side of a moment. */
export function keyAt(now: number, key: KeyObject = privateKey, days = 1): SigningKey {
  const day = 86_400_000;
  return { privateKey: key, certificate: selfSigned(key, 'sp.example', { from: now - day, to: now + days * day }) };
}

export interface RequestParts {
  readonly id?: string;
  readonly issuer?: string;
  readonly destination?: string | undefined;
  readonly at?: number;
  /** Attributes of the root, as XML. */
  readonly attributes?: string;
  /** What comes after the issuer, as XML. */
  readonly content?: string;
}

/** A service provider that asks by hand, so that it can ask for anything. */
export class ServiceProvider {
  readonly entityId: string;
  readonly consumer: string;
  readonly key: SigningKey;

  constructor(entityId = 'https://shop.example/saml', key = keyAt(Date.now())) {
    this.entityId = entityId;
    this.consumer = `${new URL(entityId).origin}/acs`;
    this.key = key;
  }

  get certificate(): X509Certificate {
    return this.key.certificate;
  }

  metadata(more: { readonly attributes?: string; readonly role?: string; readonly content?: string } = {}): string {
    return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="${NS.metadata}" entityID="${this.entityId}" ${more.attributes ?? ''}>
  <md:SPSSODescriptor protocolSupportEnumeration="${NS.protocol}" ${more.role ?? ''}>
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data><ds:X509Certificate>
      ${this.certificate.raw.toString('base64')}
    </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    ${more.content ?? ''}
    <md:AssertionConsumerService Binding="${BINDING.post}" Location="${this.consumer}" index="0" isDefault="true"/>
    <md:AssertionConsumerService Binding="${BINDING.post}" Location="${this.consumer}/other" index="7"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>`;
  }

  /** A key to encrypt for, as metadata have it. */
  encryptionKey(certificate = this.certificate, methods: readonly string[] = []): string {
    return `<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data><ds:X509Certificate>${certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${methods.map((one) => `<md:EncryptionMethod Algorithm="${one}"/>`).join('')}</md:KeyDescriptor>`;
  }

  /** An AuthnRequest. */
  request(to: string, parts: RequestParts = {}): Xml {
    const { id = newId(), at = Date.now(), attributes = '', content = '', issuer = this.entityId } = parts;
    const destination = 'destination' in parts ? parts.destination : to;
    return xml`<samlp:AuthnRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${id}" Version="2.0" IssueInstant="${instant(at)}"${optional('Destination', destination)} ${new Xml(attributes)}><saml:Issuer>${issuer}</saml:Issuer>${new Xml(content)}</samlp:AuthnRequest>`;
  }

  /** The address to send a browser to. */
  redirect(
    to: string,
    request: { readonly text: string },
    more: {
      readonly relayState?: string;
      readonly sign?: boolean;
      readonly method?: string;
      readonly key?: SigningKey;
    } = {},
  ): string {
    const packed = deflateRawSync(request.text).toString('base64');
    const query = [`SAMLRequest=${encodeURIComponent(packed)}`];
    if (more.relayState !== undefined) query.push(`RelayState=${encodeURIComponent(more.relayState)}`);
    if (more.sign === true) {
      query.push(`SigAlg=${encodeURIComponent(more.method ?? RSA_SHA256)}`);
      // Right for what it says, so that only the check of the method can refuse it.
      const signature = createSign(more.method?.endsWith('sha1') === true ? 'sha1' : 'sha256')
        .update(query.join('&'))
        .sign((more.key ?? this.key).privateKey, 'base64');
      query.push(`Signature=${encodeURIComponent(signature)}`);
    }
    return `${to}?${query.join('&')}`;
  }

  /** The form that a browser posts. */
  form(request: Xml, more: { readonly relayState?: string; readonly sign?: boolean } = {}): Record<string, string> {
    const text = more.sign === true ? signXml(request, this.key) : request.text;
    return {
      SAMLRequest: Buffer.from(text).toString('base64'),
      ...(more.relayState === undefined ? {} : { RelayState: more.relayState }),
    };
  }
}

export function newId(): string {
  return `_${randomBytes(16).toString('hex')}`;
}

/** Metadata of somebody who takes messages about sign-outs. */
export function withLogout(sp: ServiceProvider): string {
  return sp.metadata({
    content: `<md:SingleLogoutService Binding="${BINDING.redirect}" Location="${sp.consumer}/slo"/>`,
  });
}
