import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { encryptedElement } from '#src/crypto/encrypt.js';
import { readResponse } from '#src/response/read.js';
import type { Decryption, ResponseChecks } from '#src/response/read.js';
import { Refused } from '#src/xml/refused.js';
import { Xml } from '#src/xml/write.js';
import { encryptFor } from './support/encrypt.js';
import type { Encrypting } from './support/encrypt.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { AnswerParts } from './support/identity-provider.js';
import { keyAt } from './support/service-provider.js';

const AUDIENCE = 'https://id.example/saml';
const CONSUMER = 'https://id.example/saml/acs';
const idp = new IdentityProvider(AUDIENCE, CONSUMER);
const now = Date.now();
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const another = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEYS: Decryption = { keys: [ours.privateKey], required: false, cbc: false };

/** What is read: a name, or the reason for which nothing is. */
function read(text: string, decryption: Decryption | undefined = KEYS, more: Partial<ResponseChecks> = {}): string {
  const checks = {
    issuer: idp.entityId,
    certificates: [idp.key.certificate],
    audience: AUDIENCE,
    consumer: CONSUMER,
    now,
    skew: 60_000,
    contexts: [],
    decryption,
    ...more,
  };
  try {
    return readResponse(text, checks).signIn.nameId;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

const answer = (parts: AnswerParts = {}, how: Encrypting = {}): string =>
  idp.answer({ now, inResponseTo: '_asked', encrypt: encryptFor(ours.publicKey, how), ...parts });
const plain = idp.answer({ now, inResponseTo: '_asked', signs: 'assertion' });
const ASSERTION = /<saml:Assertion [\s\S]*<\/saml:Assertion>/;
const ENCRYPTED = /<saml:EncryptedAssertion [\s\S]*<\/saml:EncryptedAssertion>/;

describe('encrypted assertions', function () {
  this.timeout(60_000);

  for (const signs of ['response', 'assertion', 'both'] as const)
    describe(`where the identity provider signs ${signs}`, () => {
      it('are read, with AES-GCM and RSA-OAEP, wherever the key stands', () => {
        for (const content of ['aes256-gcm', 'aes128-gcm'] as const)
          for (const transport of ['oaep-sha1', 'oaep-sha256'] as const)
            for (const beside of [true, false])
              expect(read(answer({ signs }, { content, transport, beside })), content + transport).to.equal('ada');
      });

      it('are held against everything that others are held against', () => {
        expect(read(answer({ signs, audience: 'https://other.example' }))).to.equal('audience');
        expect(read(answer({ signs, recipient: 'https://other.example/acs' }))).to.equal('recipient');
        expect(read(answer({ signs, notOnOrAfter: now - 120_000 }))).to.equal('expired');
        expect(read(answer({ signs, issuer: 'https://other.example', responseIssuer: idp.entityId }))).to.equal(
          'issuer',
        );
        expect(read(answer({ signs, inResponseTo: '_a', responseInResponseTo: '_b' }))).to.equal('in-response-to');
      });

      it('RSA PKCS #1 1.5 and Triple-DES are refused, and AES-CBC where no option allows it', () => {
        expect(read(answer({ signs }, { transport: 'rsa-1_5' }))).to.equal('encryption');
        for (const cbc of [true, false])
          expect(read(answer({ signs }, { content: 'tripledes-cbc' }), { ...KEYS, cbc })).to.equal('encryption');
        expect(read(answer({ signs }, { content: 'aes256-cbc' }))).to.equal('encryption');
      });

      it('AES-CBC is read where the option allows it, of a response that is signed, so that nobody could change it', () => {
        for (const content of ['aes256-cbc', 'aes128-cbc'] as const)
          expect(read(answer({ signs }, { content }), { ...KEYS, cbc: true })).to.equal(
            signs === 'assertion' ? 'encryption' : 'ada',
          );
      });

      it('two of them, one beside a plain one, and one inside another place', () => {
        const text = answer({ signs: 'assertion' });
        const [one = ''] = ENCRYPTED.exec(text) ?? [];
        const [bare = ''] = ASSERTION.exec(plain) ?? [];
        const status = '<samlp:Status>';
        for (const more of [`${one}${one}`, `${one}${bare}`, `${bare}${one}`])
          expect(read(text.replace(ENCRYPTED, more))).to.equal('assertion');
        for (const hidden of [one, bare])
          expect(read(text.replace(status, `<samlp:Extensions>${hidden}</samlp:Extensions>${status}`))).to.equal(
            'assertion',
          );
      });
    });

  it('are refused where there is no key for them, and others where they are required', () => {
    expect(read(answer(), { ...KEYS, keys: [] })).to.equal('encryption');
    expect(read(answer({ encrypt: String }), { ...KEYS, required: true })).to.equal('encryption');
    expect(read(answer(), { ...KEYS, required: true })).to.equal('ada');
    expect(read(idp.answer({ now, inResponseTo: '_asked' }))).to.equal('ada');
  });

  it('are read with a key of before, and with ours among keys for others, of which few are tried', () => {
    const keys = [another.privateKey, ours.privateKey];
    expect(read(answer(), { ...KEYS, keys })).to.equal('ada');
    const other = another.publicKey;
    expect(read(answer({}, { others: [other, other] }))).to.equal('ada');
    expect(read(answer({}, { others: [other, other, other, other] }))).to.equal('encryption');
  });

  it('whoever changes one learns nothing of it: every change is refused in the same way', () => {
    const base = { now, inResponseTo: '_asked', signs: 'assertion' } as const;
    const reading = (text: string): string =>
      read(idp.answer({ ...base, encrypt: () => encryptFor(ours.publicKey)(text) }));
    const [whole = ''] = ASSERTION.exec(plain) ?? [];
    const unsigned = idp.assertion({ ...base, signs: 'nothing' });
    for (const text of [
      '',
      'no xml',
      '<a/>',
      unsigned,
      whole.replace('>ada<', '>eve<'),
      whole.replace('>ada<', '>ada<!---->eve<'),
      `<!DOCTYPE x>${whole}`,
      `${whole}${whole}`,
      `<saml:Advice xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${whole}</saml:Advice>`,
      whole.replace('</saml:Assertion>', `<saml:Advice>${unsigned}</saml:Advice></saml:Assertion>`),
      '<a>'.repeat(20_000),
    ])
      expect(reading(text), text.slice(0, 60)).to.equal('encryption');
    expect(reading(whole)).to.equal('ada');
    for (const spoil of [
      (octets: Buffer) => octets.fill(octets[20] === 0 ? 1 : 0, 20, 21),
      (octets: Buffer) => octets.subarray(0, octets.length - 1),
      (octets: Buffer) => octets.subarray(0, 5),
      (octets: Buffer) => Buffer.concat([octets, Buffer.of(0)]),
      // Without its tag, and with one that is short.
      (octets: Buffer) => octets.subarray(0, octets.length - 16),
      (octets: Buffer) => octets.subarray(0, octets.length - 12),
    ])
      expect(read(answer({ signs: 'assertion' }, { spoil }))).to.equal('encryption');
  });

  it('a key that is swapped, spoiled, or for somebody else', () => {
    const text = answer({ signs: 'assertion' });
    const key = /<x:EncryptedKey>[\s\S]*<\/x:EncryptedKey>/;
    const [foreign = ''] = key.exec(answer({ signs: 'assertion' })) ?? [];
    expect(read(text.replace(key, foreign))).to.equal('encryption');
    expect(read(text.replace(key, ''))).to.equal('encryption');
    const forAnother = encryptFor(another.publicKey);
    expect(read(answer({ signs: 'assertion', encrypt: forAnother }))).to.equal('encryption');
  });

  it('what is fetched from elsewhere, is content and no element, or has parameters that are not known', () => {
    const text = answer({ signs: 'assertion' });
    const reference = '<x:CipherReference URI="http://127.0.0.1/secret"/>';
    expect(read(text.replace(/<x:CipherValue>[^<]*<\/x:CipherValue>/, reference))).to.equal('encryption');
    expect(read(answer({ signs: 'assertion' }, { type: 'http://www.w3.org/2001/04/xmlenc#Content' }))).to.equal(
      'encryption',
    );
    const parameters = '<x:OAEPparams>AAAA</x:OAEPparams></x:EncryptionMethod><x:CipherData>';
    const changed = text.replace('</x:EncryptionMethod><x:CipherData>', parameters);
    expect(changed).to.not.equal(text);
    expect(read(changed)).to.equal('encryption');
  });

  it('XSW inside: an evil assertion around the signed one, in every place', () => {
    const [whole = ''] = ASSERTION.exec(plain) ?? [];
    const [signature = ''] = /<ds:Signature [\s\S]*?<\/ds:Signature>/.exec(whole) ?? [];
    const original = whole.replace(signature, '');
    const evil = original.replace('>ada<', '>eve<').replace(/ID="_/, 'ID="_e');
    const withIn = (what: string): string => evil.replace('</saml:Issuer>', `</saml:Issuer>${what}`);
    const object = signature.replace('</ds:Signature>', `<ds:Object>${original}</ds:Object></ds:Signature>`);
    for (const text of [
      withIn(signature),
      withIn(object),
      withIn(whole),
      withIn(`${signature}<saml:Advice>${original}</saml:Advice>`),
      evil.replace('</saml:Assertion>', `<saml:Advice>${whole}</saml:Advice></saml:Assertion>`),
      withIn(signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${original}`)),
    ]) {
      expect(text).to.contain('>eve<');
      const encrypt = (): string => encryptFor(ours.publicKey)(text);
      expect(read(idp.answer({ now, inResponseTo: '_asked', signs: 'nothing', encrypt }))).to.equal('encryption');
    }
  });

  it('an assertion that somebody else signed, in a response that is signed', () => {
    const key = keyAt(now, another.privateKey);
    const foreign = idp.assertion({ now, key, signs: 'assertion', inResponseTo: '_asked' });
    expect(read(answer({ signs: 'response', encrypt: () => encryptFor(ours.publicKey)(foreign) }))).to.equal(
      'encryption',
    );
  });

  it('of ours are read by ours, whichever way the key goes', () => {
    const [whole = ''] = ASSERTION.exec(plain) ?? [];
    for (const transport of ['rsa-oaep', 'rsa-oaep-mgf1p'] as const) {
      const encrypt = (): string =>
        encryptedElement('EncryptedAssertion', new Xml(whole), { publicKey: ours.publicKey, transport }).text;
      const text = idp.answer({ now, inResponseTo: '_asked', signs: 'response', encrypt });
      expect(read(text)).to.equal('ada');
      expect(text).to.not.contain('>ada<').and.not.contain('rsa-1_5').and.not.contain('-cbc');
    }
  });

  it('any change anywhere in it is refused, or changes nothing', () => {
    const text = answer({ signs: 'assertion' });
    const start = text.indexOf('<saml:EncryptedAssertion');
    const change = fc.tuple(
      fc.integer({ min: start, max: text.length }),
      fc.nat(20),
      fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('<', '=', 'A', 'cbc', '<x:EncryptedKey/>', '<x:EncryptedData/>', '<x:CipherValue/>'),
      ),
    );
    fc.assert(
      fc.property(change, ([at, length, by]) => {
        const said = read(text.slice(0, at) + by + text.slice(at + length));
        expect(said).to.be.oneOf(['ada', 'encryption', 'assertion', 'xml', 'id', 'doctype', 'markup', 'characters']);
      }),
      { numRuns: 500 },
    );
  });
});
