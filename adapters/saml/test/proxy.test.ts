import { inflateRawSync } from 'node:zlib';
import { generateKeyPairSync } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { readServiceProvider } from '#src/metadata/service-provider.js';
import { readRedirect } from '#src/bindings/redirect.js';
import { encryptFor } from './support/encrypt.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { AnswerParts } from './support/identity-provider.js';
import { answerOf } from './support/person.js';
import type { Page, Person } from './support/person.js';
import { keyAt } from './support/service-provider.js';
import { makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
/** Its metadata do not hang on who asks. */
const unbound = new IdentityProvider('', '');

describe('a proxy: the first factor at the company’s own identity provider, then a drawing here', function () {
  this.timeout(60_000);
  let world: World;
  let idp: IdentityProvider;

  beforeEach(async () => {
    world = await makeWorld({
      bridge: {
        firstFactor: {
          metadata: unbound.metadata(),
          contexts: [PASSWORD],
          subject: ({ attributes, nameId }) => attributes['uid']?.[0] ?? nameId,
        },
      },
    });
    idp = new IdentityProvider(world.entityId, `${world.entityId}/acs`, unbound.key);
  });

  afterEach(() => world.close());

  const ask = (attributes = ''): string => SHOP.redirect(world.sso, SHOP.request(world.sso, { attributes }));

  /** Begins at the shop; the request that goes to the identity provider. */
  async function begin(
    person: Person,
    url = ask(),
  ): Promise<{ readonly to: URL; readonly id: string; readonly xml: string }> {
    const visit = await person.go(url);
    const { to } = await person.go(new URL(visit.to ?? '', world.sso).href);
    const there = new URL(to ?? '');
    const xml = inflateRawSync(Buffer.from(there.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
    return { to: there, id: / ID="([^"]*)"/.exec(xml)?.[1] ?? '', xml };
  }

  const back = (
    person: Person,
    inResponseTo: string | null,
    parts: AnswerParts = {},
    at = world.entityId,
  ): Promise<Page> =>
    person.follow(
      `${at}/acs`,
      { SAMLResponse: Buffer.from(idp.answer({ context: PASSWORD, inResponseTo, ...parts })).toString('base64') },
      { origin: 'https://idp.example', 'sec-fetch-site': 'cross-site' },
    );

  it('asks it with a signed request, has the one whom it names draw, and makes one assertion of both', async () => {
    const ada = world.person();
    const { to, id, xml } = await begin(ada);
    expect(to.origin + to.pathname).to.equal(idp.signOn);
    expect(xml).to.contain(PASSWORD).and.contain(`${world.entityId}/acs`).and.not.contain('ForceAuthn');
    const { certificates, consumers } = readServiceProvider(await world.bridge.metadata());
    expect(consumers.map(({ location }) => location)).to.deep.equal([`${world.entityId}/acs`]);
    readRedirect(to.search.slice(1), 'SAMLRequest').verify?.(certificates);

    const page = await back(ada, id, { nameId: 'x17', attributes: { uid: 'ada' } });
    expect(page.text).to.contain('subject="ada"');
    const answer = await ada.signIn(page, []);
    expect(answer.response)
      .to.contain('<saml:AuthnContextClassRef>urn:asignio:acr:signature<')
      .and.contain(`<saml:AuthenticatingAuthority>${idp.entityId}<`);
  });

  it('passes ForceAuthn on, and asks nobody where IsPassive is set', async () => {
    expect((await begin(world.person(), ask('ForceAuthn="true"'))).xml).to.contain('ForceAuthn="true"');
    expect(answerOf(await world.person().follow(ask('IsPassive="true"'))).response).to.contain('NoPassive');
  });

  it('does not let anybody draw for another than whom it named', async () => {
    const ada = world.person();
    const { id } = await begin(ada);
    const page = await back(ada, id, { nameId: 'ada' });
    const failed = await ada.draw(page, { as: 'bob', by: 'bob' });
    expect(failed.status).to.equal(422);
    expect((await ada.follow(`${page.url}?who=bob`)).text).to.contain('subject="ada"');
  });

  it('does not let anybody draw who was not named at all', async () => {
    const ada = world.person();
    const visit = await ada.go(ask());
    const path = new URL(visit.to ?? '', world.sso).pathname;
    const ceremony = await ada.verify({ as: 'ada', assurance: 'signature' });
    const page = await ada.go(`${path}/login`, { ceremony });
    expect(page.status).to.equal(422);
    expect(page.text).to.not.contain('SAMLResponse');
  });

  it('tells the service provider that nobody signed in where the identity provider says so', async () => {
    const ada = world.person();
    const { id } = await begin(ada);
    const page = await back(ada, id, { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' });
    expect(answerOf(page).response).to.contain('AuthnFailed');
  });

  it('what it did not ask for is refused, and what it asked for counts once, at whichever process', async () => {
    const ada = world.person();
    const { id } = await begin(ada);
    expect((await back(ada, null)).text).to.contain('<code>unsolicited<');
    expect((await back(ada, '_other')).text).to.contain('<code>in-response-to<');
    const parts = { nameId: 'ada', assertionId: '_one' };
    const other = `${world.otherUrl}/saml`;
    const both = await Promise.all([back(ada, id, parts), back(ada, id, parts, other)]);
    expect(both.filter(({ text }) => text.includes('<code>'))).to.have.length(1);
    expect((await back(ada, id, parts)).text).to.contain('<code>in-response-to<');
  });

  it('the assertion of one sign-in is no answer to another', async () => {
    const ada = world.person();
    const { id: first } = await begin(ada);
    const { id: second } = await begin(ada);
    await back(ada, first, { nameId: 'ada', assertionId: '_same' });
    expect((await back(ada, second, { nameId: 'ada', assertionId: '_same' })).text).to.contain('<code>replay<');
  });

  it('an assertion that was encrypted for the key in our metadata is taken, once, at whichever process', async () => {
    const { encryption } = readServiceProvider(await world.bridge.metadata());
    const [key] = encryption;
    expect(key?.methods.join(' ')).to.contain('aes256-gcm').and.not.contain('cbc').and.not.contain('rsa-1_5');
    const encrypt = encryptFor((key?.certificate ?? idp.key.certificate).publicKey);
    const ada = world.person();
    const { id: first } = await begin(ada);
    const { id: second } = await begin(ada);
    const parts = { attributes: { uid: 'ada' }, assertionId: '_same', encrypt };
    const page = await back(ada, first, parts, `${world.otherUrl}/saml`);
    expect(page.text).to.contain('subject="ada"');
    // Encrypted anew it looks like another; it is not.
    expect((await back(ada, second, parts)).text).to.contain('<code>replay<');
  });

  it('after a change of keys the old one reads on, and does not where it got out', async () => {
    const keyOf = async (): Promise<X509Certificate> => {
      const [key] = readServiceProvider(await world.bridge.metadata()).encryption;
      return key?.certificate ?? idp.key.certificate;
    };
    const before = await keyOf();
    const ada = world.person();
    const bring = async ({ publicKey }: X509Certificate): Promise<string> => {
      const { id } = await begin(ada);
      return (await back(ada, id, { attributes: { uid: 'ada' }, encrypt: encryptFor(publicKey) })).text;
    };
    await world.bridge.rotateKeys();
    const during = await keyOf();
    expect(during.fingerprint256).to.not.equal(before.fingerprint256);
    for (const key of [before, during]) expect(await bring(key)).to.contain('subject="ada"');
    await world.bridge.rotateKeys({ revoke: true });
    for (const key of [before, during]) expect(await bring(key)).to.contain('<code>encryption<');
    expect(await bring(await keyOf())).to.contain('subject="ada"');
  });

  it('login CSRF: whoever brings an answer goes on only with a visit of their own', async () => {
    const eve = world.person('bob');
    const { id } = await begin(eve);
    const page = await back(world.person(), id, { nameId: 'bob' });
    expect(page.status).to.equal(400);
    expect(page.text).to.contain('That took a while');
  });

  it('a weaker sign-in there than what is asked for is not enough', async () => {
    const ada = world.person();
    const { id } = await begin(ada);
    expect((await back(ada, id, { context: 'urn:x:guest' })).text).to.contain('<code>context<');
  });

  it('metadata of the identity provider are fetched again, and a new key of it counts then', async () => {
    let now = Date.now();
    let served = unbound.metadata();
    const fresh = await makeWorld({
      bridge: {
        clock: { now: () => now },
        firstFactor: { metadata: () => served, contexts: [PASSWORD], subject: ({ nameId }) => nameId },
      },
    });
    try {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const renewed = new IdentityProvider(fresh.entityId, `${fresh.entityId}/acs`, keyAt(now, privateKey));
      const bring = async (): Promise<string> => {
        const ada = fresh.person();
        const visit = await ada.go(SHOP.redirect(fresh.sso, SHOP.request(fresh.sso, { at: now })));
        const { to } = await ada.go(new URL(visit.to ?? '', fresh.sso).href);
        const packed = new URL(to ?? '').searchParams.get('SAMLRequest') ?? '';
        const id = / ID="([^"]*)"/.exec(inflateRawSync(Buffer.from(packed, 'base64')).toString())?.[1] ?? '';
        const answer = renewed.answer({ now, context: PASSWORD, inResponseTo: id });
        const form = { SAMLResponse: Buffer.from(answer).toString('base64') };
        return (await ada.follow(`${fresh.entityId}/acs`, form, { origin: 'https://idp.example' })).text;
      };
      served = renewed.metadata();
      expect(await bring()).to.contain('<code>signature<');
      now += 3_600_000;
      // Whoever comes first is not kept waiting for it.
      await bring();
      expect(await bring()).to.contain('subject="ada"');
      served = served.replace(renewed.entityId, 'https://evil.example');
      now += 3_600_000;
      await bring();
      expect(await bring()).to.contain('subject="ada"');
      expect(fresh.warnings).to.deep.include({
        identityProvider: renewed.entityId,
        reason: 'They are of another entityID',
      });
    } finally {
      await fresh.close();
    }
  });

  it('takes no answers where nobody is asked', async () => {
    const alone = await makeWorld({ serviceProviders: [SHOP_OPTIONS] });
    try {
      const page = await alone.person().follow(`${alone.entityId}/acs`, { SAMLResponse: 'AAAA' });
      expect([page.status, page.text.includes('<code>unsolicited<')]).to.deep.equal([400, true]);
    } finally {
      await alone.close();
    }
  });
});
