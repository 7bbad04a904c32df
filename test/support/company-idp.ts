import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { selfSigned } from '@asignio/bridge';

const DAY = 86_400_000;
const SAML = 'urn:oasis:names:tc:SAML:2.0';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';

/** A company's SAML identity provider, as small as can be: it says of anybody what it is told to. */
export class CompanyIdp {
  readonly entityId: string;
  private readonly base: string;
  private readonly key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  /** @param base where it is */
  constructor(base = 'https://idp.company.example') {
    this.base = base;
    this.entityId = `${base}/saml`;
  }

  metadata(): string {
    const certificate = selfSigned(this.key, 'idp.company.example', { from: Date.now() - DAY, to: Date.now() + DAY });
    return `<md:EntityDescriptor xmlns:md="${SAML}:metadata" entityID="${this.entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="${SAML}:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${SIGNATURE}"><ds:X509Data><ds:X509Certificate>${certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleLogoutService Binding="${SAML}:bindings:HTTP-Redirect" Location="${this.base}/slo"/><md:SingleSignOnService Binding="${SAML}:bindings:HTTP-Redirect" Location="${this.base}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
  }

  /** The answer to the request in an address, for a form. */
  answer(address: string, subject: string): string {
    const request = inflateRawSync(
      Buffer.from(new URL(address).searchParams.get('SAMLRequest') ?? '', 'base64'),
    ).toString();
    const of = (pattern: RegExp): string => pattern.exec(request)?.[1] ?? '';
    const consumer = of(/AssertionConsumerServiceURL="([^"]*)"/);
    const asked = of(/ ID="([^"]*)"/);
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
    const id = `_${randomBytes(16).toString('hex')}`;
    // In exclusive canonical form, so that what is digested is what stands here.
    const start = `<saml:Assertion xmlns:saml="${SAML}:assertion" ID="${id}" IssueInstant="${at(0)}" Version="2.0"><saml:Issuer>${this.entityId}</saml:Issuer>`;
    const rest = `<saml:Subject><saml:NameID>${subject}</saml:NameID><saml:SubjectConfirmation Method="${SAML}:cm:bearer"><saml:SubjectConfirmationData InResponseTo="${asked}" NotOnOrAfter="${at(60_000)}" Recipient="${consumer}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter="${at(60_000)}"><saml:AudienceRestriction><saml:Audience>${of(/Issuer>([^<]*)</)}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>${SAML}:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>`;
    const assertion = `${start}${this.signature(start + rest, id)}${rest}`;
    const response = `<samlp:Response xmlns:samlp="${SAML}:protocol" ID="_${randomBytes(16).toString('hex')}" InResponseTo="${asked}" IssueInstant="${at(0)}" Version="2.0"><samlp:Status><samlp:StatusCode Value="${SAML}:status:Success"/></samlp:Status>${assertion}</samlp:Response>`;
    return Buffer.from(response).toString('base64');
  }

  /** Where it sends a browser that came to sign out: back, with its answer. @param to where its answers go */
  signedOut(address: string, to: string): string {
    const request = inflateRawSync(
      Buffer.from(new URL(address).searchParams.get('SAMLRequest') ?? '', 'base64'),
    ).toString();
    const asked = / ID="([^"]*)"/.exec(request)?.[1] ?? '';
    const response = `<samlp:LogoutResponse xmlns:samlp="${SAML}:protocol" ID="_${randomBytes(16).toString('hex')}" Destination="${to}" InResponseTo="${asked}" IssueInstant="${new Date().toISOString()}" Version="2.0"><saml:Issuer xmlns:saml="${SAML}:assertion">${this.entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${SAML}:status:Success"/></samlp:Status></samlp:LogoutResponse>`;
    const query = new URLSearchParams({
      SAMLResponse: deflateRawSync(response).toString('base64'),
      SigAlg: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    }).toString();
    const signature = sign('sha256', Buffer.from(query), this.key).toString('base64');
    return `${to}?${query}&Signature=${encodeURIComponent(signature)}`;
  }

  private signature(text: string, id: string): string {
    const digest = createHash('sha256').update(text).digest('base64');
    const inside = `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${ENVELOPED}"></ds:Transform><ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`;
    const info = `<ds:SignedInfo xmlns:ds="${SIGNATURE}">${inside}</ds:SignedInfo>`;
    const value = sign('sha256', Buffer.from(info), this.key).toString('base64');
    return `<ds:Signature xmlns:ds="${SIGNATURE}"><ds:SignedInfo>${inside}</ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
  }
}
