import { randomBytes } from 'node:crypto';
import { encryptedElement } from '../crypto/encrypt.ts';
import type { Recipient } from '../crypto/encrypt.ts';
import { signXml } from '../crypto/sign.ts';
import type { SigningKey } from '../crypto/sign.ts';
import { NS, statusCodes, SUCCESS } from '../xml/names.ts';
import type { Refusal } from '../xml/names.ts';
import { instant, optional, xml } from '../xml/write.ts';
import type { Xml } from '../xml/write.ts';

/** Where an answer goes, and what it answers. */
export interface Addressee {
  readonly issuer: string;
  /** The consumer service of the service provider. */
  readonly destination: string;
  /** The service provider. */
  readonly audience: string;
  /** Id of the request; `undefined` for an answer that nobody asked for. */
  readonly inResponseTo: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

/** What an assertion says; times in ms since the epoch. */
export interface Statement {
  readonly nameId: { readonly format: string; readonly value: string; readonly qualified: boolean };
  readonly contextClass: string;
  /** entityID of another identity provider that took part. */
  readonly authority: string | undefined;
  readonly authenticatedAt: number;
  readonly sessionIndex: string;
  readonly sessionEnds: number;
  /** Not to be taken any more from then on. */
  readonly ends: number;
  readonly attributes: readonly { readonly name: string; readonly friendly: string; readonly value: string }[];
}

/** How far back an assertion begins, ms: clocks of service providers run behind ours. */
const BACKDATED_MS = 60_000;
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const URI_NAMES = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri';
const BASIC_NAMES = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';

/**
 * A response with one assertion; both are signed.
 * @param recipient who alone can read the assertion, which is signed and then encrypted; `undefined`: it goes as it is
 */
export function assertionResponse(
  to: Addressee,
  statement: Statement,
  key: SigningKey,
  recipient: Recipient | undefined,
): string {
  const id = newMessageId();
  const assertion = signXml(assertionOf(to, statement, id), id, key);
  return responseOf(to, xml`<samlp:StatusCode Value="${SUCCESS}"></samlp:StatusCode>`, key, [
    recipient === undefined ? assertion : encryptedElement('EncryptedAssertion', assertion, recipient),
  ]);
}

/** A response that says why there is no assertion; signed too. */
export function refusalResponse(to: Addressee, refusal: Refusal, key: SigningKey): string {
  const [top, under] = statusCodes(refusal);
  const status = xml`<samlp:StatusCode Value="${top}">
      <samlp:StatusCode Value="${under}"></samlp:StatusCode>
    </samlp:StatusCode>`;
  return responseOf(to, status, key);
}

/** An id that nobody can guess (SAML 2.0 Core, 1.3.4: at least 128 bits). */
export function newMessageId(): string {
  return `_${randomBytes(20).toString('hex')}`;
}

/** In canonical form, as {@link signXml} needs it; the rest of this file too. */
function responseOf(to: Addressee, status: Xml, key: SigningKey, assertions: readonly Xml[] = []): string {
  const id = newMessageId();
  const response = xml`<samlp:Response
      xmlns:samlp="${NS.protocol}"
      Destination="${to.destination}"
      ID="${id}"${optional('InResponseTo', to.inResponseTo)}
      IssueInstant="${instant(to.now)}"
      Version="2.0">
      <saml:Issuer xmlns:saml="${NS.assertion}">${to.issuer}</saml:Issuer>
      <samlp:Status>${status}</samlp:Status>
      ${assertions}
    </samlp:Response>`;
  return signXml(response, id, key).text;
}

function assertionOf(to: Addressee, statement: Statement, id: string): Xml {
  const { nameId, ends } = statement;
  return xml`<saml:Assertion
      xmlns:saml="${NS.assertion}"
      ID="${id}"
      IssueInstant="${instant(to.now)}"
      Version="2.0">
      <saml:Issuer>${to.issuer}</saml:Issuer>
      <saml:Subject>
        <saml:NameID
          Format="${nameId.format}"${optional('NameQualifier', nameId.qualified ? to.issuer : undefined)}${optional(
            'SPNameQualifier',
            nameId.qualified ? to.audience : undefined,
          )}>${nameId.value}</saml:NameID>
        <saml:SubjectConfirmation Method="${BEARER}">
          <saml:SubjectConfirmationData${optional('InResponseTo', to.inResponseTo)}
            NotOnOrAfter="${instant(ends)}"
            Recipient="${to.destination}"></saml:SubjectConfirmationData>
        </saml:SubjectConfirmation>
      </saml:Subject>
      <saml:Conditions NotBefore="${instant(to.now - BACKDATED_MS)}" NotOnOrAfter="${instant(ends)}">
        <saml:AudienceRestriction><saml:Audience>${to.audience}</saml:Audience></saml:AudienceRestriction>
      </saml:Conditions>
      <saml:AuthnStatement
        AuthnInstant="${instant(statement.authenticatedAt)}"
        SessionIndex="${statement.sessionIndex}"
        SessionNotOnOrAfter="${instant(statement.sessionEnds)}">
        <saml:AuthnContext>
          <saml:AuthnContextClassRef>${statement.contextClass}</saml:AuthnContextClassRef>
          ${
            statement.authority !== undefined &&
            xml`<saml:AuthenticatingAuthority>${statement.authority}</saml:AuthenticatingAuthority>`
          }
        </saml:AuthnContext>
      </saml:AuthnStatement>
      ${statement.attributes.length > 0 && attributesOf(statement)}
    </saml:Assertion>`;
}

function attributesOf({ attributes }: Statement): Xml {
  return xml`<saml:AttributeStatement>
      ${attributes.map(
        ({ name, friendly, value }) => xml`<saml:Attribute
          FriendlyName="${friendly}"
          Name="${name}"
          NameFormat="${name.startsWith('urn:') ? URI_NAMES : BASIC_NAMES}">
          <saml:AttributeValue>${value}</saml:AttributeValue>
        </saml:Attribute>`,
      )}
    </saml:AttributeStatement>`;
}
