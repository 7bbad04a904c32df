import { inflateRawSync } from 'node:zlib';
import type { Cabinet, CabinetKey, Json } from '@asignio/core';
import { AsignioError } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import { expect } from 'chai';
import { loadLibrary, SAML_LIBRARIES } from '#src/consumer/libraries/library.js';
import type { LibraryReader, LibraryReading, SamlLibrary } from '#src/consumer/libraries/library.js';
import { identityProviderOf } from '#src/consumer/options.js';
import { Upstream } from '#src/consumer/upstream.js';
import { settingsOf } from '#src/options.js';
import { Refused } from '#src/xml/refused.js';
import { encryptFor } from './support/encrypt.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { AnswerParts } from './support/identity-provider.js';
import { keyAt, newId } from './support/service-provider.js';
import { SHOP_OPTIONS } from './support/world.js';
import { ON_ASSERTION, ON_RESPONSE, pieces } from './support/wrapping.js';

const AUDIENCE = 'https://id.example/saml';
const CONSUMER = 'https://id.example/saml/acs';
const MINUTE = 60_000;
const TENANT = 'acme' as TenantId;
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password';
const idp = new IdentityProvider(AUDIENCE, CONSUMER, keyAt(Date.now()));
const foreign = 'https://other.example/saml';

/** What of a cabinet the service provider role needs. */
function drawers(): Cabinet {
  const there = new Map<string, Json>();
  const name = ({ drawer, id }: CabinetKey): string => `${drawer} ${id}`;
  return {
    get: async (key: CabinetKey) => there.get(name(key)),
    put: async (key: CabinetKey, value: Json) => void there.set(name(key), value),
    add: async (key: CabinetKey, value: Json) => !there.has(name(key)) && there.set(name(key), value) === there,
    take: async (key: CabinetKey) => {
      const value = there.get(name(key));
      there.delete(name(key));
      return value;
    },
  } as unknown as Cabinet;
}

/** Our own checks, with one library behind them. */
async function upstreamWith(library: SamlLibrary | undefined, cabinet = drawers()): Promise<Upstream> {
  const tools = { clock: { now: () => Date.now() }, logger: console, every: 3_600_000 } as never;
  const options = {
    metadata: idp.metadata(),
    contexts: [PASSWORD],
    maxAge: 3600,
    ...(library === undefined ? {} : { library }),
  };
  return new Upstream({
    cabinet,
    tenant: TENANT,
    firstFactor: await identityProviderOf(options, tools, (_, read) => read()),
    entityId: AUDIENCE,
    consumer: CONSUMER,
    logout: `${CONSUMER}/slo`,
    skew: MINUTE,
    lifetime: 15 * MINUTE,
    freshness: 5 * MINUTE,
    longestSession: 60 * MINUTE,
    decryption: async () => undefined,
    now: () => Date.now(),
  });
}

const begin = async (upstream: Upstream): Promise<string> => {
  const { key } = idp;
  const to = new URL(await upstream.begin('errand', key, { forceAuthn: false }));
  const xml = inflateRawSync(Buffer.from(to.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  return / ID="([^"]*)"/.exec(xml)?.[1] ?? '';
};

const post = (text: string): object => ({ SAMLResponse: Buffer.from(text).toString('base64') });

/** What is made of a message: a name, or the reason for which nothing is. */
async function told(upstream: Upstream, text: string): Promise<string> {
  try {
    return (await upstream.take(post(text))).signIn?.nameId ?? 'nobody';
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

const terms = {
  certificates: [idp.key.certificate],
  audience: AUDIENCE,
  consumer: CONSUMER,
  signOn: idp.signOn,
  skew: MINUTE,
};

/** Whether a library by itself signs somebody in with it. */
async function alone(read: LibraryReader, text: string): Promise<boolean> {
  try {
    return typeof (await read(Buffer.from(text).toString('base64'), terms)).nameId === 'string';
  } catch {
    return false;
  }
}

/** Every attack of which ours is one check, beside the wrapping: how it is made, and in what word it is refused. */
const ATTACKS: Readonly<Record<string, readonly [(id: string) => AnswerParts, string]>> = {
  'a wrong Recipient': [() => ({ recipient: `${foreign}/acs` }), 'recipient'],
  'a wrong Destination': [() => ({ destination: `${foreign}/acs` }), 'destination'],
  'a wrong audience': [() => ({ audience: foreign }), 'audience'],
  'no audience': [() => ({ audience: null }), 'audience'],
  'another issuer of the assertion': [() => ({ issuer: foreign, responseIssuer: idp.entityId }), 'issuer'],
  'another issuer of the response': [() => ({ responseIssuer: foreign }), 'issuer'],
  'an InResponseTo of nobody': [() => ({ inResponseTo: newId() }), 'in-response-to'],
  'no InResponseTo': [() => ({ inResponseTo: null, responseInResponseTo: null }), 'unsolicited'],
  'two requests answered at once': [() => ({ responseInResponseTo: newId() }), 'in-response-to'],
  'an assertion that expired': [() => ({ notOnOrAfter: Date.now() - 2 * MINUTE }), 'expired'],
  'a confirmation that expired': [() => ({ confirmedUntil: Date.now() - 2 * MINUTE }), 'expired'],
  'a session that ended': [() => ({ sessionEnds: Date.now() - 2 * MINUTE }), 'expired'],
  'an assertion of the future': [() => ({ notBefore: Date.now() + 2 * MINUTE }), 'future'],
  'a confirmation without an end': [() => ({ confirmedUntil: null }), 'confirmation'],
  'a confirmation of another kind': [
    () => ({ method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' }),
    'confirmation',
  ],
  'a condition that is not understood': [() => ({ conditions: '<saml:Condition/>' }), 'conditions'],
  'a context that is not enough': [() => ({ context: 'urn:x:guest' }), 'context'],
  'a sign-in of long ago': [() => ({ authenticatedAt: Date.now() - 120 * MINUTE }), 'stale'],
  'SHA-1 in the signature': [
    () => ({ methods: { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' } }),
    'signature',
  ],
  'SHA-1 in the digest': [() => ({ methods: { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' } }), 'signature'],
};

/** Attacks that the library behind our checks notices too: all others it lets through. */
const NOTICED: Readonly<Record<SamlLibrary, readonly string[]>> = {
  'node-saml': [
    'a wrong audience',
    'no audience',
    'an assertion that expired',
    'an assertion of the future',
    'a confirmation without an end',
  ],
  'saml2-js': ['a wrong audience'],
};

describe('libraries behind our own checks', function () {
  this.timeout(60_000);

  for (const library of SAML_LIBRARIES)
    describe(`${library} for the first factor`, () => {
      for (const signs of ['response', 'assertion', 'both'] as const)
        it(`takes an answer to what was asked, and reads it as ours (signed ${signs})`, async () => {
          const upstream = await upstreamWith(library);
          const inResponseTo = await begin(upstream);
          const attributes = { uid: 'ada', 'urn:oid:2.5.4.10': 'Lovelace &amp; Babbage', empty: '' };
          const { errand, signIn } = await upstream.take(post(idp.answer({ signs, inResponseTo, attributes })));
          expect(errand).to.equal('errand');
          expect(signIn).to.deep.include({ nameId: 'ada', issuer: idp.entityId, contextClass: PASSWORD });
          expect(signIn?.attributes['urn:oid:2.5.4.10']).to.deep.equal(['Lovelace & Babbage']);
        });

      for (const [signs, matrix] of [
        ['response', ON_RESPONSE],
        ['assertion', ON_ASSERTION],
      ] as const)
        for (const [name, wrap] of Object.entries(matrix))
          it(`${name} on a signed ${signs}: nobody is signed in`, async () => {
            const upstream = await upstreamWith(library);
            const text = wrap(pieces(idp, signs, await begin(upstream)));
            expect(text).to.contain('>eve<');
            expect(await told(upstream, text)).to.be.oneOf(['signature', 'unsigned', 'assertion', 'id', 'xml']);
          });

      it('a comment in a name, a DOCTYPE, CDATA: refused before the library sees them', async () => {
        const upstream = await upstreamWith(library);
        const inResponseTo = await begin(upstream);
        const text = idp.answer({ inResponseTo, nameId: 'admin@id.example.evil.example' });
        const cut = text.replace('id.example.evil', 'id.example<!---->.evil');
        expect(await told(upstream, cut)).to.equal('markup');
        expect(await told(upstream, text.replace('id.example.evil', '<![CDATA[id]]>.evil'))).to.equal('markup');
        expect(await told(upstream, `<!DOCTYPE x [<!ENTITY a "b">]>${text}`)).to.equal('doctype');
      });

      for (const [name, [parts, reason]] of Object.entries(ATTACKS))
        it(`${name}: refused`, async () => {
          for (const signs of ['response', 'assertion', 'both'] as const) {
            const upstream = await upstreamWith(library);
            const inResponseTo = await begin(upstream);
            const asked = await begin(upstream);
            expect(await told(upstream, idp.answer({ signs, inResponseTo, ...parts(asked) })), signs).to.equal(reason);
          }
        });

      it('algorithm confusion: HMAC with the public key, and none', async () => {
        const upstream = await upstreamWith(library);
        const inResponseTo = await begin(upstream);
        for (const method of ['http://www.w3.org/2000/09/xmldsig#hmac-sha1', 'none']) {
          const text = idp.answer({ inResponseTo });
          const wrong = text.replaceAll('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', method);
          expect(await told(upstream, wrong)).to.equal('signature');
        }
      });

      it('replay: an answer counts once, an assertion too, at any number of processes', async () => {
        const cabinet = drawers();
        const [here, there] = [await upstreamWith(library, cabinet), await upstreamWith(library, cabinet)];
        const text = idp.answer({ inResponseTo: await begin(here), assertionId: '_one' });
        expect(await told(here, text)).to.equal('ada');
        expect(await told(there, text)).to.equal('in-response-to');
        expect(await told(there, idp.answer({ inResponseTo: await begin(there), assertionId: '_one' }))).to.equal(
          'replay',
        );
      });

      it('is not shown what is encrypted: it is refused before', async () => {
        const upstream = await upstreamWith(library);
        const encrypt = encryptFor(idp.key.certificate.publicKey);
        expect(await told(upstream, idp.answer({ inResponseTo: await begin(upstream), encrypt }))).to.equal(
          'encryption',
        );
      });

      it('by itself it would let through what our own checks are for', async () => {
        const read = loadLibrary(library);
        expect(await alone(read, idp.answer({ inResponseTo: '_asked' }))).to.equal(true);
        const noticed: string[] = [];
        for (const [name, [parts]] of Object.entries(ATTACKS))
          if (!(await alone(read, idp.answer({ signs: 'assertion', inResponseTo: '_asked', ...parts('_other') }))))
            noticed.push(name);
        expect(noticed).to.deep.equal(NOTICED[library]);
      });

      it('that is not installed, or of another version, stops the start in a sentence', async () => {
        const missing = (): never => {
          throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
        };
        expect(() => loadLibrary(library, missing)).to.throw(Refused, /is not installed: npm install .*@\^\d/);
        for (const version of ['3.0.1', '4.0.3', '5.0.9', '6.0.0', 'next', undefined])
          expect(() => loadLibrary(library, () => ({ version })), version).to.throw(Refused, /another version/);
      });

      it('with `encryption` stops the start: what decrypts in it reads too much', async () => {
        const options = {
          entityId: AUDIENCE,
          serviceProviders: [SHOP_OPTIONS],
          firstFactor: { metadata: idp.metadata(), library, encryption: { required: true } },
        };
        const core = { assurance: { profiles: [{ name: 'signature', acr: 'urn:x' }], obstacles: () => [] } } as never;
        const error: unknown = await settingsOf(core, options).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(AsignioError);
        expect((error as AsignioError).message).to.match(/`firstFactor\.library`.*`encryption`/);
      });
    });

  it('a library that reads another thing than we do signs nobody in', async () => {
    const right: LibraryReading = { nameId: 'ada', sessionIndex: undefined, inResponseTo: undefined, attributes: {} };
    for (const [more, expected] of [
      [{}, 'ada'],
      [{ nameId: 'eve' }, 'library'],
      [{ nameId: undefined }, 'library'],
      [{ nameIdFormat: 'urn:x' }, 'library'],
      [{ sessionIndex: '_s' }, 'library'],
      [{ inResponseTo: '_other' }, 'library'],
      [{ attributes: { uid: 'eve' } }, 'library'],
    ] as const) {
      const upstream = await upstreamWith(undefined);
      const { firstFactor } = (upstream as unknown as { tools: { firstFactor: object } }).tools;
      Object.defineProperty(firstFactor, 'library', { value: async () => ({ ...right, ...more }) });
      expect(await told(upstream, idp.answer({ inResponseTo: await begin(upstream) }))).to.equal(expected);
    }
  });
});
