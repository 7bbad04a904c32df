import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { readPost } from '#src/bindings/post.js';
import { readResponse } from '#src/response/read.js';
import type { ResponseChecks } from '#src/response/read.js';
import { parseXml } from '#src/xml/parse.js';
import { Refused } from '#src/xml/refused.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { AnswerParts } from './support/identity-provider.js';
import { keyAt } from './support/service-provider.js';

const AUDIENCE = 'https://id.example/saml';
const CONSUMER = 'https://id.example/saml/acs';
const MINUTE = 60_000;
const idp = new IdentityProvider(AUDIENCE, CONSUMER);
const now = Date.now();

/** What is read: `ok`, or the reason for which nothing is. */
function read(text: string, more: Partial<ResponseChecks> = {}): string {
  const checks = {
    issuer: idp.entityId,
    certificates: [idp.key.certificate],
    audience: AUDIENCE,
    consumer: CONSUMER,
    now,
    skew: MINUTE,
    contexts: [],
    ...more,
  };
  try {
    readResponse(text, checks);
    return 'ok';
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

const answer = (parts: AnswerParts = {}): string => idp.answer({ now, inResponseTo: '_asked', ...parts });

describe('what an identity provider may answer', function () {
  this.timeout(60_000);

  for (const signs of ['response', 'assertion', 'both'] as const)
    describe(`where it signs ${signs}`, () => {
      const reading = (parts: AnswerParts, more?: Partial<ResponseChecks>): string =>
        read(answer({ signs, ...parts }), more);

      it('an answer to what was asked, for us, of now, is read', () => {
        expect(reading({})).to.equal('ok');
      });

      it('wrong audience, or none', () => {
        expect(reading({ audience: 'https://other.example' })).to.equal('audience');
        expect(reading({ audience: null })).to.equal('audience');
        const second =
          '<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>';
        expect(reading({ conditions: second })).to.equal('audience');
      });

      it('wrong recipient, or none', () => {
        expect(reading({ recipient: 'https://other.example/acs' })).to.equal('recipient');
        expect(reading({ recipient: null })).to.equal('recipient');
      });

      it('wrong destination, or none where it is signed', () => {
        expect(reading({ destination: 'https://other.example/acs' })).to.equal('destination');
        expect(reading({ destination: null })).to.equal(signs === 'assertion' ? 'ok' : 'destination');
      });

      it('wrong issuer, of the response and of the assertion', () => {
        expect(reading({ issuer: 'https://other.example', responseIssuer: idp.entityId })).to.equal('issuer');
        expect(reading({ responseIssuer: 'https://other.example' })).to.equal('issuer');
        expect(reading({ responseIssuer: null })).to.equal('ok');
      });

      it('two requests answered at once', () => {
        expect(reading({ responseInResponseTo: '_other' })).to.equal('in-response-to');
        expect(reading({ inResponseTo: null, responseInResponseTo: '_asked' })).to.equal('in-response-to');
      });

      it('expired, with a skew that is ours to say', () => {
        for (const parts of [
          { notOnOrAfter: now - 2 * MINUTE },
          { confirmedUntil: now - 2 * MINUTE },
          { sessionEnds: now - 2 * MINUTE },
        ]) {
          expect(reading(parts)).to.equal('expired');
          expect(reading(parts, { skew: 3 * MINUTE })).to.equal('ok');
        }
        expect(reading({ confirmedUntil: null })).to.equal('confirmation');
      });

      it('of the future, with a skew that is ours to say', () => {
        for (const parts of [{ notBefore: now + 2 * MINUTE }, { authenticatedAt: now + 2 * MINUTE }]) {
          expect(reading(parts)).to.equal('future');
          expect(reading(parts, { skew: 3 * MINUTE })).to.equal('ok');
        }
        expect(reading({ now: now + 2 * MINUTE, notBefore: now, authenticatedAt: now })).to.equal('future');
      });

      it('a confirmation that begins, or is no bearer’s', () => {
        expect(reading({ confirmedFrom: now - MINUTE })).to.equal('confirmation');
        expect(reading({ method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' })).to.equal('confirmation');
      });

      it('a condition that is not understood', () => {
        expect(reading({ conditions: '<saml:OneTimeUse/>' })).to.equal('ok');
        expect(reading({ conditions: '<saml:Condition/>' })).to.equal('conditions');
      });

      it('a sign-in of too long ago, or in a way that is not enough', () => {
        expect(reading({ authenticatedAt: now - 10 * MINUTE }, { maxAge: 5 * MINUTE })).to.equal('stale');
        expect(reading({ authenticatedAt: now - 5.5 * MINUTE }, { maxAge: 5 * MINUTE })).to.equal('ok');
        expect(reading({ context: 'urn:x:guest' }, { contexts: ['urn:x:staff'] })).to.equal('context');
        expect(reading({ context: 'urn:x:staff' }, { contexts: ['urn:x:staff'] })).to.equal('ok');
      });

      it('a key that is in no metadata, whatever certificate travels along', () => {
        const key = keyAt(now, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
        expect(reading({ key })).to.equal('signature');
      });

      it('algorithm confusion: SHA-1, a shared key, or none', () => {
        for (const method of [
          'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
          'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
          'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
          'none',
          '',
        ]) {
          const text = answer({ signs }).replaceAll('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', method);
          expect(read(text), method).to.equal('signature');
        }
        const digest = answer({ signs }).replaceAll(
          'http://www.w3.org/2001/04/xmlenc#sha256',
          'http://www.w3.org/2000/09/xmldsig#sha1',
        );
        expect(read(digest)).to.equal('signature');
      });

      it('a signature that is right, but weak: SHA-1 in the signature or in the digest', () => {
        const sha1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
        expect(reading({ methods: { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' } })).to.equal('signature');
        expect(reading({ methods: { digest: sha1 } })).to.equal('signature');
        expect(reading({ methods: {} })).to.equal('ok');
      });

      it('a signature that is right, with transforms of another profile', () => {
        const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
        for (const transforms of [
          [enveloped],
          [enveloped, 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments'],
          [enveloped, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
        ])
          expect(reading({ methods: { transforms } })).to.equal('signature');
      });

      it('a signature that is right, with something in it that nobody signed', () => {
        const text = answer({ signs });
        for (const [end, more] of [
          ['</ds:Signature>', '<ds:Object>x</ds:Object>'],
          ['</ds:KeyInfo>', '<ds:SignatureValue>x</ds:SignatureValue>'],
          ['</ds:KeyInfo>', '<ds:SignedInfo>x</ds:SignedInfo>'],
          ['</ds:KeyInfo>', '<ds:SignatureMethod Algorithm="none"/>'],
          ['</ds:KeyInfo>', '<ds:CanonicalizationMethod Algorithm="none"/>'],
          ['</ds:KeyInfo>', '<ds:Reference URI=""/>'],
        ] as const)
          expect(read(text.replace(end, `${more}${end}`)), more).to.equal('signature');
      });

      it('transforms that hide something from the digest', () => {
        const xpath = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
        const text = answer({ signs }).replace(
          '<ds:Transforms>',
          `<ds:Transforms><ds:Transform Algorithm="${xpath}"/>`,
        );
        expect(read(text)).to.equal('signature');
      });

      it('a letter that was changed', () => {
        expect(read(answer({ signs }).replace('>ada<', '>eve<'))).to.equal('signature');
      });

      it('a comment in a name, at which others cut it short', () => {
        const text = answer({ signs, nameId: 'admin@id.example.evil.example' });
        expect(read(text.replace('id.example.evil', 'id.example<!---->.evil'))).to.equal('markup');
      });

      it('a DOCTYPE, with or without a bomb in it', () => {
        const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "${'&a;'.repeat(50)}">]>`;
        for (const head of ['<!DOCTYPE x>', bomb]) expect(read(head + answer({ signs }))).to.equal('doctype');
      });
    });

  it('two elements of one ID', () => {
    expect(read(answer({ signs: 'nothing' }).replace('<samlp:Status>', '<samlp:Status ID="_x" id="_x">'))).to.equal(
      'id',
    );
    expect(() => parseXml('<a ID="x"><b Id="x"/></a>')).to.throw(Refused);
    expect(parseXml('<a ID="x"><b ID="y"/></a>').localName).to.equal('a');
  });

  it('nothing signed at all', () => {
    expect(read(answer({ signs: 'nothing' }))).to.equal('unsigned');
  });

  it('a signed response whose assertion somebody else signed', () => {
    const key = keyAt(now, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    const foreign = idp.assertion({ now, key, signs: 'assertion', inResponseTo: '_asked' });
    const bare = answer({ signs: 'nothing' });
    expect(bare.replace(/<saml:Assertion [\s\S]*<\/saml:Assertion>/, foreign)).to.contain('ds:Signature');
    expect(read(bare.replace(/<saml:Assertion [\s\S]*<\/saml:Assertion>/, foreign))).to.equal('signature');
  });

  it('two assertions, or none, or one that is encrypted', () => {
    const one = idp.assertion({ now, signs: 'assertion' });
    const text = answer({ signs: 'assertion' });
    expect(read(text.replace('</samlp:Response>', `${one}</samlp:Response>`))).to.equal('assertion');
    expect(read(text.replace(/<saml:Assertion [\s\S]*<\/saml:Assertion>/, ''))).to.equal('assertion');
  });

  it('that nobody signed in', () => {
    expect(read(answer({ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }))).to.equal('status');
  });

  it('what is no answer', () => {
    expect(read('<a/>')).to.equal('message');
    expect(read(answer().replaceAll('samlp:Response', 'samlp:ArtifactResponse'))).to.equal('message');
    expect(() => readPost({ SAMLResponse: 'A'.repeat(400_000) }, 'SAMLResponse')).to.throw(Refused);
  });
});
