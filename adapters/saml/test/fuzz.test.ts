import fc from 'fast-check';
import { readRedirect } from '#src/bindings/redirect.js';
import { readPost } from '#src/bindings/post.js';
import { signedElement } from '#src/crypto/verify.js';
import { signXml } from './support/sign.js';
import { readServiceProvider } from '#src/metadata/service-provider.js';
import { readAuthnRequest } from '#src/request/authn-request.js';
import { parseXml } from '#src/xml/parse.js';
import { Refused } from '#src/xml/refused.js';
import { expect } from 'chai';
import { SHOP } from './support/world.js';

const TO = 'https://id.example/saml/sso';

/** What comes from outside is read, or refused with a reason: never another error. */
function tolerates(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** A text with some places changed. */
function mangled(text: string): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(text.length), fc.nat(12), fc.oneof(fc.string({ maxLength: 8, unit: 'binary' }), BITS));
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((was, [at, length, by]) => was.slice(0, at) + by + was.slice(at + length), text));
}

const BITS = fc.constantFrom(
  '<',
  '>',
  '"',
  '&',
  '<!--',
  ']]>',
  '<![CDATA[',
  '&#0;',
  '<a>',
  '</a>',
  ' xmlns="x"',
  ' ID="_1"',
);

describe('parsers of what comes from outside', function () {
  this.timeout(120_000);
  const request = SHOP.request(TO);
  const signed = signXml(request, SHOP.key);
  const certificates = [SHOP.certificate];

  it('read any XML, or refuse it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => tolerates(() => parseXml(text))));
    fc.assert(
      fc.property(mangled(request.text), (text) => tolerates(() => readAuthnRequest(parseXml(text)))),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(mangled(SHOP.metadata()), (text) => tolerates(() => readServiceProvider(text))),
      { numRuns: 300 },
    );
  });

  it('read any query and form, or refuse them', () => {
    const [, query = ''] = SHOP.redirect(TO, request, { sign: true, relayState: 'x' }).split('?');
    const read = (text: string): void => tolerates(() => readRedirect(text, 'SAMLRequest').verify?.(certificates));
    fc.assert(fc.property(fc.string(), read));
    fc.assert(fc.property(mangled(query), read), { numRuns: 500 });
    fc.assert(fc.property(fc.anything(), (form) => tolerates(() => readPost(form, 'SAMLRequest'))));
    const forms = fc.record({ SAMLRequest: fc.anything(), RelayState: fc.anything() });
    fc.assert(fc.property(forms, (form) => tolerates(() => readPost(form, 'SAMLRequest'))));
  });

  it('never call something signed that is not what was signed', () => {
    const good = signedElement(signed, parseXml(signed), certificates).text;
    const property = fc.property(mangled(signed), (text) =>
      tolerates(() => {
        expect(signedElement(text, parseXml(text), certificates).text).to.equal(good);
      }),
    );
    fc.assert(property, { numRuns: 500 });
  });
});
