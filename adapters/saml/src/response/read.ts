import type { KeyObject, X509Certificate } from 'node:crypto';
import { decrypted, undecipherable } from '../crypto/decrypt.ts';
import { isSigned, signedElement } from '../crypto/verify.ts';
import { issuerOf } from '../request/authn-request.ts';
import { SUCCESS } from '../xml/names.ts';
import { parseXml } from '../xml/parse.ts';
import { attribute, child, children, elementsIn, instantOf, isNamed, textOf } from '../xml/read.ts';
import { Refused } from '../xml/refused.ts';

/** What an answer is held against; times in ms. */
export interface ResponseChecks {
  /** entityID of the identity provider, and the keys in its metadata. */
  readonly issuer: string;
  readonly certificates: readonly X509Certificate[];
  /** Our own entityID. */
  readonly audience: string;
  /** Our own address, which the answer must be for. */
  readonly consumer: string;
  readonly now: number;
  readonly skew: number;
  /** How long ago the person may have signed in; `undefined` for any time. */
  readonly maxAge?: number | undefined;
  /** Contexts that are enough; empty for any. */
  readonly contexts: readonly string[];
  /** `undefined`: nothing encrypted is taken. */
  readonly decryption?: Decryption | undefined;
}

/** How encrypted assertions are read. */
export interface Decryption {
  /** Ours, the newest first. */
  readonly keys: readonly KeyObject[];
  /** Nothing is taken that was not encrypted. */
  readonly required: boolean;
  /** AES-CBC is read too, in a response that is signed: elsewhere it could be changed. */
  readonly cbc: boolean;
}

/** What an identity provider told of a person, every word of it signed. */
export interface SamlSignIn {
  /** entityID of the identity provider. */
  readonly issuer: string;
  readonly nameId: string;
  readonly nameIdFormat: string | undefined;
  readonly nameQualifier: string | undefined;
  readonly spNameQualifier: string | undefined;
  readonly contextClass: string;
  /** ms since the epoch. */
  readonly authenticatedAt: number;
  readonly sessionIndex: string | undefined;
  /** By name; all values in their order. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** What else of an answer counts: for the store, which knows what was asked and what was seen. */
export interface ReadResponse {
  readonly signIn: SamlSignIn;
  readonly assertionId: string;
  /** By the clock of the identity provider, ms since the epoch. */
  readonly issuedAt: number;
  /** From then on the assertion is nothing any more, ms since the epoch. */
  readonly ends: number;
  /** Id of the request that is answered; `undefined` for what nobody asked for. */
  readonly inResponseTo: string | undefined;
}

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const CONDITIONS = new Set(['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']);
const LONGEST = 1024;

/**
 * Reads an answer of an identity provider (SAML 2.0 Profiles, 4.1.4.3), and only what it signed: the response, or the
 * assertion where the response is not. Everything that says for whom, where, when and in answer to what the assertion holds
 * is checked, and everything is required.
 * @throws Refused
 */
export function readResponse(text: string, checks: ResponseChecks): ReadResponse {
  const root = parseXml(text);
  if (!isNamed(root, 'protocol', 'Response')) throw new Refused('message', 'It is no Response');
  if (attribute(root, 'Version') !== '2.0') throw new Refused('version', 'It is not of SAML 2.0');
  const signed = isSigned(root) ? signedElement(text, root, checks.certificates) : undefined;
  const response = signed?.element ?? root;
  checkEnvelope(response, checks, signed !== undefined);
  const [found, ...more] = elementsIn(response).filter(isAssertion);
  if (found === undefined || more.length > 0 || countOf(response) > 1)
    throw new Refused('assertion', 'There is not exactly one assertion');
  const assertion =
    found.localName === 'EncryptedAssertion'
      ? opened(found, checks, signed !== undefined)
      : bare(found, signed?.text ?? text, checks, signed !== undefined);
  return readAssertion(assertion, checks, attribute(response, 'InResponseTo'));
}

/** Signed by itself, it is verified by itself; what holds it may be anybody's. */
function bare(assertion: Element, text: string, checks: ResponseChecks, inSigned: boolean): Element {
  if (checks.decryption?.required === true) throw new Refused('encryption', 'The assertion is not encrypted');
  return isSigned(assertion) || !inSigned ? signedElement(text, assertion, checks.certificates).element : assertion;
}

/**
 * What was encrypted, verified. Up to there everything is refused in one way: what changed texts do (there or not, XML or
 * not, signed or not) would tell what is in the one that they were made of.
 */
function opened(element: Element, { decryption, certificates }: ResponseChecks, inSigned: boolean): Element {
  if (decryption === undefined) throw undecipherable();
  try {
    const text = decrypted(element, decryption.keys, decryption.cbc && inSigned);
    const assertion = parseXml(text);
    if (!isNamed(assertion, 'assertion', 'Assertion') || countOf(assertion) > 0) throw undecipherable();
    return isSigned(assertion) || !inSigned ? signedElement(text, assertion, certificates).element : assertion;
  } catch (error) {
    throw error instanceof Refused ? undecipherable() : error;
  }
}

/** The id of the request that an answer names; nothing is known of who says so. */
export function claimedRequest(text: string): string | undefined {
  return attribute(parseXml(text), 'InResponseTo');
}

function checkEnvelope(response: Element, checks: ResponseChecks, signed: boolean): void {
  const destination = attribute(response, 'Destination');
  if (destination === undefined ? signed : destination !== checks.consumer)
    throw new Refused('destination', 'The Destination is not this address');
  if (child(response, 'assertion', 'Issuer') !== undefined && issuerOf(response) !== checks.issuer)
    throw new Refused('issuer', 'The Issuer is another identity provider');
  checkTime(instantOf(attribute(response, 'IssueInstant')), undefined, checks);
  const status = child(response, 'protocol', 'Status');
  const code = status === undefined ? undefined : child(status, 'protocol', 'StatusCode');
  if (code === undefined || attribute(code, 'Value') !== SUCCESS)
    throw new Refused('status', 'The identity provider says that nobody signed in');
}

function readAssertion(assertion: Element, checks: ResponseChecks, answered: string | undefined): ReadResponse {
  const assertionId = attribute(assertion, 'ID') ?? '';
  if (assertionId === '' || assertionId.length > LONGEST) throw new Refused('id', 'The assertion has no ID');
  if (attribute(assertion, 'Version') !== '2.0') throw new Refused('version', 'It is not of SAML 2.0');
  if (issuerOf(assertion) !== checks.issuer) throw new Refused('issuer', 'The Issuer is another identity provider');
  const issuedAt = instantOf(attribute(assertion, 'IssueInstant'));
  if (issuedAt === undefined) throw new Refused('xml', 'IssueInstant is missing');
  checkTime(issuedAt, undefined, checks);
  checkConditions(assertion, checks);
  const subject = only(assertion, 'Subject');
  const nameId = only(subject, 'NameID');
  const name = textOf(nameId);
  if (name === '' || name.length > LONGEST) throw new Refused('subject', 'The NameID is empty, or too long');
  const { ends, inResponseTo } = confirmationOf(subject, checks);
  if (answered !== undefined && answered !== inResponseTo)
    throw new Refused('in-response-to', 'Response and assertion answer two requests');
  return {
    signIn: {
      issuer: checks.issuer,
      nameId: name,
      nameIdFormat: attribute(nameId, 'Format'),
      nameQualifier: attribute(nameId, 'NameQualifier'),
      spNameQualifier: attribute(nameId, 'SPNameQualifier'),
      ...statementOf(assertion, checks),
      attributes: attributesOf(assertion),
    },
    assertionId,
    issuedAt,
    ends,
    inResponseTo,
  };
}

function checkConditions(assertion: Element, checks: ResponseChecks): void {
  const conditions = only(assertion, 'Conditions');
  const until = instantOf(attribute(conditions, 'NotOnOrAfter'));
  checkTime(instantOf(attribute(conditions, 'NotBefore')), until, checks);
  // One that is not understood cannot be kept (SAML 2.0 Core, 2.5.1.1).
  if (elementsIn(conditions).some((one) => !CONDITIONS.has(one.localName) || !isNamed(one, 'assertion', one.localName)))
    throw new Refused('conditions', 'A condition is not understood');
  const restrictions = children(conditions, 'assertion', 'AudienceRestriction');
  const meant = restrictions.every((one) =>
    children(one, 'assertion', 'Audience').map(textOf).includes(checks.audience),
  );
  if (restrictions.length === 0 || !meant) throw new Refused('audience', 'It is meant for somebody else');
}

/** The bearer confirmation that holds here and now (SAML 2.0 Profiles, 4.1.4.2). */
function confirmationOf(
  subject: Element,
  checks: ResponseChecks,
): { readonly ends: number; readonly inResponseTo: string | undefined } {
  const bearers = children(subject, 'assertion', 'SubjectConfirmation').filter(
    (one) => attribute(one, 'Method') === BEARER,
  );
  let refused = new Refused('confirmation', 'The Subject is confirmed in no way that holds here');
  for (const bearer of bearers) {
    try {
      const data = only(bearer, 'SubjectConfirmationData');
      const ends = instantOf(attribute(data, 'NotOnOrAfter'));
      if (attribute(data, 'Recipient') !== checks.consumer)
        throw new Refused('recipient', 'The Recipient is not this address');
      if (ends === undefined || attribute(data, 'NotBefore') !== undefined)
        throw new Refused('confirmation', 'The confirmation has no end, or a beginning');
      checkTime(undefined, ends, checks);
      return { ends: ends + checks.skew, inResponseTo: attribute(data, 'InResponseTo') };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused = error;
    }
  }
  throw refused;
}

function statementOf(
  assertion: Element,
  checks: ResponseChecks,
): Pick<SamlSignIn, 'contextClass' | 'authenticatedAt' | 'sessionIndex'> {
  const statement = only(assertion, 'AuthnStatement');
  const authenticatedAt = instantOf(attribute(statement, 'AuthnInstant'));
  if (authenticatedAt === undefined) throw new Refused('xml', 'AuthnInstant is missing');
  checkTime(authenticatedAt, instantOf(attribute(statement, 'SessionNotOnOrAfter')), checks);
  if (checks.maxAge !== undefined && authenticatedAt < checks.now - checks.maxAge - checks.skew)
    throw new Refused('stale', 'The person signed in too long ago');
  const contextClass = textOf(only(only(statement, 'AuthnContext'), 'AuthnContextClassRef'));
  if (checks.contexts.length > 0 && !checks.contexts.includes(contextClass))
    throw new Refused('context', 'The person signed in in a way that is not enough');
  return { contextClass, authenticatedAt, sessionIndex: attribute(statement, 'SessionIndex') };
}

function attributesOf(assertion: Element): SamlSignIn['attributes'] {
  const found = new Map<string, readonly string[]>();
  for (const statement of children(assertion, 'assertion', 'AttributeStatement'))
    for (const one of children(statement, 'assertion', 'Attribute')) {
      const name = attribute(one, 'Name') ?? '';
      if (name === '' || found.has(name))
        throw new Refused('attributes', 'An attribute has no name, or is there twice');
      // Values of another type than text are not read.
      const texts = children(one, 'assertion', 'AttributeValue').filter((value) => elementsIn(value).length === 0);
      found.set(name, texts.map(textOf));
    }
  return Object.fromEntries(found);
}

/** @throws Refused for what is not yet, or not any more. */
function checkTime(from: number | undefined, until: number | undefined, { now, skew }: ResponseChecks): void {
  if (from !== undefined && from > now + skew) throw new Refused('future', 'It is of the future');
  if (until !== undefined && until <= now - skew) throw new Refused('expired', 'It expired');
}

function only(parent: Element, name: string): Element {
  const element = child(parent, 'assertion', name);
  if (element === undefined) throw new Refused('xml', `${name} is missing`);
  return element;
}

/** How many assertions there are in it, at any depth, by whatever namespace. */
function countOf(element: Element): number {
  return elementsIn(element).reduce((count, one) => count + Number(ASSERTIONS.has(one.localName)) + countOf(one), 0);
}

const ASSERTIONS = new Set(['Assertion', 'EncryptedAssertion']);

function isAssertion(element: Element): boolean {
  return ASSERTIONS.has(element.localName) && isNamed(element, 'assertion', element.localName);
}
