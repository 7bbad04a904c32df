import { expect } from 'chai';
import fc from 'fast-check';
import { ExclusiveCanonicalization } from 'xml-crypto';
import { DOMParser } from '@xmldom/xmldom';
import { signXml } from '#src/crypto/sign.js';
import { signedElement } from '#src/crypto/verify.js';
import { logoutRequest, logoutResponse } from '#src/logout/messages.js';
import { identityProviderMetadata } from '#src/metadata/identity-provider.js';
import { assertionResponse, refusalResponse } from '#src/provider/response.js';
import { METADATA_LIMITS, parseXml } from '#src/xml/parse.js';
import { xml } from '#src/xml/write.js';
import { keyAt } from './support/service-provider.js';

const key = keyAt(Date.now());
const certificates = [key.certificate];

/** The canonical form, as xml-crypto makes it; a signature declares its namespace twice there, and once here. */
function canonical(text: string): string {
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement;
  return new ExclusiveCanonicalization().process(root, {});
}

/** Whatever a name or an address may hold. */
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('<', '>', '&', '"', "'", '\t', '\n', '\r', ']', 'é', '𝄞', ' '),
      fc.string({ maxLength: 3 }),
    ),
  })
  .map((value) => `x${value}x`);

describe('documents of ours are in canonical form when they are signed', function () {
  this.timeout(120_000);

  it('responses and their assertions, whatever stands in them', () => {
    const parts = fc.record({
      a: text,
      b: text,
      c: text,
      id: fc.option(fc.constant('_asked'), { nil: undefined }),
      authority: fc.option(text, { nil: undefined }),
    });
    fc.assert(
      fc.property(parts, ({ a, b, c, id, authority }) => {
        const to = { issuer: a, destination: b, audience: c, inResponseTo: id, now: Date.now() };
        const statement = {
          nameId: { format: 'urn:x', value: a, qualified: id !== undefined },
          contextClass: b,
          authority,
          authenticatedAt: 0,
          sessionIndex: c,
          sessionEnds: 0,
          ends: 0,
          attributes: id === undefined ? [] : [{ name: a, friendly: b, value: c }],
        };
        const sealed = assertionResponse(to, statement, key, {
          publicKey: key.certificate.publicKey,
          transport: id === undefined ? 'rsa-oaep' : 'rsa-oaep-mgf1p',
        });
        expect(canonical(sealed)).to.equal(sealed);
        const whole = assertionResponse(to, statement, key, undefined);
        expect(canonical(whole)).to.equal(whole);
        const { element, text: signed } = signedElement(whole, parseXml(whole), certificates);
        const assertion = element.lastChild as Element;
        expect(signedElement(signed, assertion, certificates).text).to.contain('saml:Assertion');
        const refusal = refusalResponse(to, 'noPassive', key);
        expect(canonical(refusal)).to.equal(refusal);
        signedElement(refusal, parseXml(refusal), certificates);
      }),
      { numRuns: 100 },
    );
  });

  it('metadata, with the service provider role and without', () => {
    const keys = { signing: key, published: certificates, version: '' };
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), fc.boolean(), (entityId, location, cbc) => {
        const consumer =
          location === undefined
            ? undefined
            : { location, logout: location, encryption: { certificate: key.certificate, cbc } };
        const of = {
          entityId,
          signOn: entityId,
          logout: entityId,
          encryption: key.certificate,
          wantsSignedRequests: true,
          consumer,
        };
        const whole = identityProviderMetadata(of, keys);
        expect(canonical(whole)).to.equal(whole);
        signedElement(whole, parseXml(whole, METADATA_LIMITS), certificates, METADATA_LIMITS);
      }),
      { numRuns: 50 },
    );
  });

  it('messages about a sign-out, the name encrypted and not', () => {
    const encryptTo = { publicKey: key.certificate.publicKey, transport: 'rsa-oaep' as const };
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), fc.boolean(), (value, other, encrypted) => {
        const envelope = { id: '_id', issuer: value, destination: value, now: 0 };
        const name = { value, format: other, nameQualifier: value, spNameQualifier: other };
        const about = { name, sessionIndexes: [value, 'x'], ends: 0, encryptTo: encrypted ? encryptTo : undefined };
        for (const message of [logoutRequest(envelope, about), logoutResponse(envelope, value, encrypted)]) {
          const whole = signXml(message, '_id', key).text;
          expect(canonical(whole)).to.equal(whole);
          signedElement(whole, parseXml(whole), certificates);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('what is put into a template stays what it is', () => {
    fc.assert(
      fc.property(text, (value) => {
        const root = parseXml(xml`<a b="${value}">${value}</a>`.text);
        expect(root.getAttribute('b')).to.equal(value);
        expect(root.textContent).to.equal(value);
      }),
    );
  });
});
