import { SignedXml } from 'xml-crypto';
import { DOMParser } from '@xmldom/xmldom';
import { expect } from 'chai';
import { isSigned, signedElement } from '#src/crypto/verify.js';
import { readResponse } from '#src/response/read.js';
import type { ResponseChecks } from '#src/response/read.js';
import { parseXml } from '#src/xml/parse.js';
import { child } from '#src/xml/read.js';
import { Refused } from '#src/xml/refused.js';
import { IdentityProvider } from './support/identity-provider.js';
import { keyAt } from './support/service-provider.js';
import { ON_ASSERTION, ON_RESPONSE, pieces } from './support/wrapping.js';

const AUDIENCE = 'https://id.example/saml';
const CONSUMER = 'https://id.example/saml/acs';
const idp = new IdentityProvider(AUDIENCE, CONSUMER, keyAt(Date.now()));

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
      expect(read(pieces(idp, signs).whole)).to.equal('ada');
    });

    for (const [name, wrap] of Object.entries(matrix))
      it(`${name} on a signed ${signs}: nobody is signed in`, () => {
        const parts = pieces(idp, signs);
        const text = wrap(parts);
        expect(text).to.contain('>eve<').and.not.equal(parts.whole);
        expect(read(text)).to.be.oneOf(['signature', 'unsigned', 'assertion', 'id', 'xml']);
      });
  }

  it('what is read was parsed of the octets that were digested: nothing that stands in the signature is in it', () => {
    const text = pieces(idp, 'assertion').whole.replace('<ds:KeyInfo>', '<ds:KeyInfo><ds:KeyName>eve</ds:KeyName>');
    const assertion = child(parseXml(text), 'assertion', 'Assertion');
    if (assertion === undefined) throw new Error('There is no assertion');
    expect(assertion.textContent).to.contain('eve');
    const { element } = signedElement(text, assertion, [idp.key.certificate]);
    expect(element.textContent).to.contain('ada').and.not.contain('eve');
    expect(isSigned(element)).to.equal(false);
  });

  it('careless readers would be fooled: the matrix is of real attacks', () => {
    const fooled = (signs: 'response' | 'assertion', matrix: typeof ON_RESPONSE): readonly string[] =>
      Object.entries(matrix).flatMap(([name, wrap]) =>
        careless(wrap(pieces(idp, signs))).includes('eve') ? [name] : [],
      );
    expect(fooled('response', ON_RESPONSE)).to.deep.equal(Object.keys(ON_RESPONSE));
    expect(fooled('assertion', ON_ASSERTION)).to.deep.equal(Object.keys(ON_ASSERTION));
  });
});
