import { signXml } from './sign.js';
import type { Methods } from './sign.js';
import type { SigningKey } from '#src/crypto/sign.js';
import { BINDING, NS, SUCCESS } from '#src/xml/names.js';
import { instant } from '#src/xml/write.js';
import { keyAt, newId } from './service-provider.js';

export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

/** What is signed. */
export type Signs = 'response' | 'assertion' | 'both' | 'nothing';

/** Everything that an answer says; what is `null` is left out. */
export interface AnswerParts {
  readonly signs?: Signs;
  readonly key?: SigningKey;
  readonly now?: number;
  readonly issuer?: string;
  readonly responseIssuer?: string | null;
  readonly destination?: string | null;
  readonly recipient?: string | null;
  readonly audience?: string | null;
  readonly inResponseTo?: string | null;
  readonly responseInResponseTo?: string | null;
  readonly notBefore?: number | null;
  readonly notOnOrAfter?: number | null;
  readonly confirmedUntil?: number | null;
  readonly confirmedFrom?: number;
  readonly method?: string;
  readonly authenticatedAt?: number;
  readonly sessionEnds?: number;
  readonly sessionIndex?: string;
  readonly nameIdAttributes?: string;
  readonly context?: string;
  readonly nameId?: string;
  readonly assertionId?: string;
  readonly conditions?: string;
  readonly status?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** What becomes of the assertion on its way into the response. */
  readonly encrypt?: (assertion: string) => string;
  /** How it is signed, where that is not right. */
  readonly methods?: Methods;
}

/** An identity provider that answers by hand, so that it can answer anything. */
export class IdentityProvider {
  readonly entityId = 'https://idp.example/saml';
  readonly signOn = 'https://idp.example/sso';
  readonly key: SigningKey;
  readonly audience: string;
  readonly consumer: string;

  constructor(audience: string, consumer: string, key = keyAt(Date.now())) {
    this.audience = audience;
    this.consumer = consumer;
    this.key = key;
  }

  /** @param content of its role, beside what it must have */
  metadata(attributes = '', certificate = this.key.certificate, content = ''): string {
    return `<md:EntityDescriptor xmlns:md="${NS.metadata}" entityID="${this.entityId}" ${attributes}>
  <md:IDPSSODescriptor protocolSupportEnumeration="${NS.protocol}">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${NS.signature}"><ds:X509Data><ds:X509Certificate>
      ${certificate.raw.toString('base64')}
    </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    ${content}
    <md:SingleSignOnService Binding="${BINDING.redirect}" Location="${this.signOn}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;
  }

  /** The assertion alone, signed where that is asked for. */
  assertion(parts: AnswerParts = {}): string {
    const { now = Date.now(), signs = 'both', key = this.key, nameId = 'ada' } = parts;
    const { issuer = this.entityId, context = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password' } = parts;
    const or = <T>(value: T | null | undefined, otherwise: T): T | null => (value === undefined ? otherwise : value);
    const at = (name: string, value: number | null): string => (value === null ? '' : `${name}="${instant(value)}"`);
    const text = (name: string, value: string | null): string => (value === null ? '' : `${name}="${value}"`);
    const audience = or(parts.audience, this.audience);
    const confirmation = [
      at('NotOnOrAfter', or(parts.confirmedUntil, now + 60_000)),
      at('NotBefore', parts.confirmedFrom ?? null),
      text('Recipient', or(parts.recipient, this.consumer)),
      text('InResponseTo', parts.inResponseTo ?? null),
    ].join(' ');
    const attributes = Object.entries(parts.attributes ?? {}).map(
      ([name, value]) =>
        `<saml:Attribute Name="${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
    );
    const assertion = `<saml:Assertion xmlns:saml="${NS.assertion}" ID="${parts.assertionId ?? newId()}" Version="2.0" IssueInstant="${instant(now)}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID${parts.nameIdAttributes ?? ''}>${nameId}</saml:NameID><saml:SubjectConfirmation Method="${parts.method ?? BEARER}"><saml:SubjectConfirmationData ${confirmation}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions ${at('NotBefore', or(parts.notBefore, now - 1000))} ${at('NotOnOrAfter', or(parts.notOnOrAfter, now + 60_000))}>${audience === null ? '' : `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`}${parts.conditions ?? ''}</saml:Conditions><saml:AuthnStatement AuthnInstant="${instant(parts.authenticatedAt ?? now)}" ${at('SessionNotOnOrAfter', parts.sessionEnds ?? null)} ${text('SessionIndex', parts.sessionIndex ?? null)}><saml:AuthnContext><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${attributes.length === 0 ? '' : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`}</saml:Assertion>`;
    return signs === 'assertion' || signs === 'both'
      ? signXml({ text: assertion }, key, 'after-issuer', parts.methods)
      : assertion;
  }

  /** A whole answer. */
  answer(parts: AnswerParts = {}): string {
    const { now = Date.now(), signs = 'both', key = this.key, inResponseTo = null } = parts;
    const { destination = this.consumer, responseIssuer = parts.issuer ?? this.entityId } = parts;
    const { responseInResponseTo = inResponseTo } = parts;
    const response = `<samlp:Response xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${newId()}" Version="2.0" IssueInstant="${instant(now)}"${destination === null ? '' : ` Destination="${destination}"`}${responseInResponseTo === null ? '' : ` InResponseTo="${responseInResponseTo}"`}>${responseIssuer === null ? '' : `<saml:Issuer>${responseIssuer}</saml:Issuer>`}<samlp:Status><samlp:StatusCode Value="${parts.status ?? SUCCESS}"/></samlp:Status>${parts.status === undefined ? (parts.encrypt ?? String)(this.assertion(parts)) : ''}</samlp:Response>`;
    if (signs !== 'response' && signs !== 'both') return response;
    return signXml({ text: response }, key, responseIssuer === null ? 'first' : 'after-issuer', parts.methods);
  }
}
