import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { readRedirect } from '#src/bindings/redirect.js';
import { readPost } from '#src/bindings/post.js';
import { signedElement } from '#src/crypto/verify.js';
import { signXml } from './support/sign.js';
import { encryptedElement } from '#src/crypto/encrypt.js';
import { agree, loadLibrary, SAML_LIBRARIES } from '#src/consumer/libraries/library.js';
import { logoutRequest, logoutResponse, readLogoutRequest, readLogoutResponse } from '#src/logout/messages.js';
import { readIdentityProvider } from '#src/metadata/read-identity-provider.js';
import { readServiceProvider } from '#src/metadata/service-provider.js';
import { readAuthnRequest } from '#src/request/authn-request.js';
import { readResponse } from '#src/response/read.js';
import type { ReadResponse } from '#src/response/read.js';
import { parseXml } from '#src/xml/parse.js';
import { Refused } from '#src/xml/refused.js';
import { Xml } from '#src/xml/write.js';
import { expect } from 'chai';
import { IdentityProvider } from './support/identity-provider.js';
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

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const recipient = { publicKey, transport: 'rsa-oaep-mgf1p' as const };
  const idp = new IdentityProvider('https://id.example/saml', 'https://id.example/saml/acs');
  const now = Date.now();
  const checks = {
    issuer: idp.entityId,
    certificates: [idp.key.certificate],
    audience: idp.audience,
    consumer: idp.consumer,
    now,
    skew: 60_000,
    contexts: [],
    decryption: { keys: [privateKey], required: false, cbc: true },
  };
  const read = (text: string): ReadResponse | undefined => {
    try {
      return readResponse(text, checks);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return undefined;
    }
  };

  it('read any answer of an identity provider, or refuse it, and nobody else out of it', () => {
    for (const signs of ['response', 'assertion', 'both'] as const)
      for (const encrypt of [
        undefined,
        (text: string) => encryptedElement('EncryptedAssertion', new Xml(text), recipient).text,
      ]) {
        const text = idp.answer({ now, signs, ...(encrypt === undefined ? {} : { encrypt }) });
        expect(read(text)?.signIn.nameId).to.equal('ada');
        const property = fc.property(mangled(text), (changed) => {
          expect(read(changed)?.signIn.nameId ?? 'ada').to.equal('ada');
        });
        fc.assert(property, { numRuns: 100 });
      }
  });

  it('read any message about a sign-out, the name encrypted and not, or refuse it', () => {
    const envelope = { id: '_x', issuer: idp.entityId, destination: TO, now };
    for (const encryptTo of [undefined, recipient]) {
      const { text } = logoutRequest(envelope, {
        name: { value: 'ada' },
        sessionIndexes: ['_s'],
        ends: now,
        encryptTo,
      });
      const reading = (changed: string): void =>
        tolerates(() => readLogoutRequest(parseXml(changed), checks.decryption));
      reading(text);
      fc.assert(fc.property(mangled(text), reading), { numRuns: 300 });
    }
    const { text } = logoutResponse(envelope, '_y', true);
    fc.assert(
      fc.property(mangled(text), (changed) => tolerates(() => readLogoutResponse(parseXml(changed)))),
      { numRuns: 300 },
    );
  });

  it('read the metadata of any identity provider, or refuse them', () => {
    fc.assert(
      fc.property(mangled(idp.metadata()), (text) => tolerates(() => readIdentityProvider(text, now))),
      { numRuns: 300 },
    );
  });

  for (const library of SAML_LIBRARIES)
    it(`${library} is handed nothing that breaks it, and reads nobody else`, async () => {
      const reader = loadLibrary(library);
      const terms = { ...checks, signOn: idp.signOn };
      const text = idp.answer({ now, signs: 'assertion' });
      const property = fc.asyncProperty(mangled(text), async (changed) => {
        const ours = read(changed);
        if (ours === undefined) return;
        await agree(reader, changed, ours, terms).catch((error: unknown) => {
          if (!(error instanceof Refused)) throw error;
        });
      });
      await fc.assert(property, { numRuns: 300 });
    });
});
