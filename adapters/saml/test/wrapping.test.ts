import { SignedXml } from 'xml-crypto';
import { DOMParser } from '@xmldom/xmldom';
import { expect } from 'chai';
import { readResponse } from '#src/response/read.js';
import type { ResponseChecks } from '#src/response/read.js';
import { Refused } from '#src/xml/refused.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { Signs } from './support/identity-provider.js';
import { keyAt } from './support/service-provider.js';

const AUDIENCE = 'https://id.example/saml';
const CONSUMER = 'https://id.example/saml/acs';
const idp = new IdentityProvider(AUDIENCE, CONSUMER, keyAt(Date.now()));

const SIGNATURE = /<ds:Signature [\s\S]*?<\/ds:Signature>/;
const ASSERTION = /<saml:Assertion [\s\S]*<\/saml:Assertion>/;

/** A document in pieces. */
interface Pieces {
  /** The answer as it was signed. */
  readonly whole: string;
  readonly signature: string;
  readonly assertion: string;
  /** The signed element without its signature. */
  readonly original: string;
}

/** An evil copy: another name, another ID. */
const evil = (text: string): string => text.replaceAll('>ada<', '>eve<').replaceAll(/ID="_/g, 'ID="_e');
const unsigned = (text: string): string => text.replace(SIGNATURE, '');
/** Puts something in front of the end of an element. */
const before = (end: string, what: string, text: string): string => {
  const at = text.lastIndexOf(end);
  return text.slice(0, at) + what + text.slice(at);
};
const withObject = (signature: string, what: string): string =>
  signature.replace('</ds:Signature>', `<ds:Object>${what}</ds:Object></ds:Signature>`);

/**
 * XSW1 to XSW8, of Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be" (2012), as SAML Raider numbers them: a
 * copy that says something else stands where a careless reader looks, the signed original where only the signature does.
 */
const ON_RESPONSE: Readonly<Record<string, (pieces: Pieces) => string>> = {
  XSW1: ({ whole, signature, original }) => evil(whole).replace(SIGNATURE, withObject(signature, original)),
  XSW2: ({ whole, signature, original }) => evil(whole).replace(SIGNATURE, `${original}${signature}`),
  XSW3: ({ whole }) => evil(unsigned(whole)).replace('<saml:Issuer>', `${whole}<saml:Issuer>`),
  XSW4: ({ whole }) => before('</samlp:Response>', whole, evil(unsigned(whole))),
  XSW5: ({ whole, signature, original }) =>
    before('</samlp:Response>', original, evil(whole).replace(SIGNATURE, signature)),
  XSW6: ({ whole, signature, original }) =>
    evil(whole).replace(SIGNATURE, signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${original}`)),
  XSW7: ({ whole }) =>
    evil(unsigned(whole)).replace('<samlp:Status>', `<samlp:Extensions>${whole}</samlp:Extensions><samlp:Status>`),
  XSW8: ({ whole, signature, original }) =>
    before('</samlp:Response>', withObject(signature, original), evil(unsigned(whole))),
};

const ON_ASSERTION: Readonly<Record<string, (pieces: Pieces) => string>> = {
  XSW1: ({ whole, signature, original }) =>
    evil(unsigned(whole)).replace(/<samlp:Status>/, `${signature}${original}<samlp:Status>`),
  XSW2: ({ whole, signature, original }) =>
    evil(unsigned(whole)).replace(/<samlp:Status>/, `${original}${signature}<samlp:Status>`),
  XSW3: ({ whole, assertion }) => whole.replace(ASSERTION, `${evil(unsigned(assertion))}${assertion}`),
  XSW4: ({ whole, assertion }) =>
    whole.replace(ASSERTION, before('</saml:Assertion>', assertion, evil(unsigned(assertion)))),
  XSW5: ({ whole, assertion, original }) =>
    before('</samlp:Response>', original, whole.replace(ASSERTION, evil(assertion))),
  XSW6: ({ whole, assertion, signature, original }) =>
    whole.replace(ASSERTION, evil(assertion).replace(SIGNATURE, withObject(signature, original))),
  XSW7: ({ whole, assertion }) =>
    whole.replace(ASSERTION, `<samlp:Extensions>${evil(unsigned(assertion))}</samlp:Extensions>${assertion}`),
  XSW8: ({ whole, assertion, signature, original }) =>
    whole.replace(ASSERTION, evil(assertion).replace(SIGNATURE, withObject(signature, original))),
};

function pieces(signs: Signs): Pieces {
  const whole = idp.answer({ signs, inResponseTo: '_asked' });
  const signature = SIGNATURE.exec(whole)?.[0] ?? '';
  const assertion = ASSERTION.exec(whole)?.[0] ?? '';
  return { whole, signature, assertion, original: unsigned(signs === 'response' ? whole : assertion) };
}

function checks(): ResponseChecks {
  return {
    issuer: idp.entityId,
    certificates: [idp.key.certificate],
    audience: AUDIENCE,
    consumer: CONSUMER,
    now: Date.now(),
    skew: 60_000,
    contexts: [],
  };
}

/** What is read: a name, or the reason for which nothing is. */
function read(text: string): string {
  try {
    return readResponse(text, checks()).signIn.nameId;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

/**
 * Careless readers: some signature verifies somewhere (no thought is given to IDs that are there twice, nor to where), and
 * some name of the document is believed.
 * @returns the names that one of them believes
 */
function careless(text: string): readonly string[] {
  const document = new DOMParser({ errorHandler: () => undefined }).parseFromString(text, 'text/xml');
  const all = (name: string): Element[] =>
    Array.from(document.getElementsByTagName(name) as unknown as ArrayLike<Element>);
  const verifies = (signature: Element): boolean => {
    const signed = new SignedXml({ publicCert: idp.key.certificate.toString(), getCertFromKeyInfo: () => null });
    try {
      signed.loadSignature(signature);
      return signed.checkSignature(text);
    } catch {
      return false;
    }
  };
  return all('ds:Signature').some(verifies) ? all('saml:NameID').map(({ textContent }) => textContent ?? '') : [];
}

describe('signature wrapping', function () {
  this.timeout(60_000);

  for (const [signs, matrix] of [
    ['response', ON_RESPONSE],
    ['assertion', ON_ASSERTION],
  ] as const) {
    it(`an answer with a signed ${signs} is read where nothing was moved`, () => {
      expect(read(pieces(signs).whole)).to.equal('ada');
    });

    for (const [name, wrap] of Object.entries(matrix))
      it(`${name} on a signed ${signs}: nobody is signed in`, () => {
        const parts = pieces(signs);
        const text = wrap(parts);
        expect(text).to.contain('>eve<').and.not.equal(parts.whole);
        expect(read(text)).to.be.oneOf(['signature', 'unsigned', 'assertion', 'id', 'xml']);
      });
  }

  it('careless readers would be fooled: the matrix is of real attacks', () => {
    const fooled = (signs: 'response' | 'assertion', matrix: typeof ON_RESPONSE): readonly string[] =>
      Object.entries(matrix).flatMap(([name, wrap]) => (careless(wrap(pieces(signs))).includes('eve') ? [name] : []));
    expect(fooled('response', ON_RESPONSE)).to.deep.equal(Object.keys(ON_RESPONSE));
    expect(fooled('assertion', ON_ASSERTION)).to.deep.equal(Object.keys(ON_ASSERTION));
  });
});
