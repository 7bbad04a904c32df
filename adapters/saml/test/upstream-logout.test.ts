import { generateKeyPairSync } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import type { SamlBridgeOptions } from '@asignio/saml';
import { redirectUrl } from '#src/bindings/write-redirect.js';
import { decrypted } from '#src/crypto/decrypt.js';
import { signedElement } from '#src/crypto/verify.js';
import { logoutRequest, logoutResponse } from '#src/logout/messages.js';
import type { LogoutName } from '#src/logout/name.js';
import { encryptionKeys, readServiceProvider } from '#src/metadata/service-provider.js';
import { BINDING, NAME_ID, NS } from '#src/xml/names.js';
import { METADATA_LIMITS, parseXml } from '#src/xml/parse.js';
import { child } from '#src/xml/read.js';
import { encryptFor } from './support/encrypt.js';
import type { Encrypting } from './support/encrypt.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { AnswerParts } from './support/identity-provider.js';
import { messageOf } from './support/message.js';
import type { Message } from './support/message.js';
import { answerOf, refused } from './support/person.js';
import type { Page, Person } from './support/person.js';
import { keyAt, newId, ServiceProvider, withLogout } from './support/service-provider.js';
import { signXml } from './support/sign.js';
import { makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const MINUTE = 60_000;
const BANK = new ServiceProvider('https://bank.example/saml');
/** With a key of its own: service providers here have one together. */
const unbound = new IdentityProvider(
  '',
  '',
  keyAt(Date.now(), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
);
const THERE = 'https://idp.example/slo';
const NAME: LogoutName = { value: 'x17', format: NAME_ID.persistent, nameQualifier: 'https://idp.example/saml' };
const NAME_ATTRIBUTES = ` Format="${NAME_ID.persistent}" NameQualifier="https://idp.example/saml"`;

const idpMetadata = (binding: 'redirect' | 'post' = 'redirect', more = ''): string =>
  unbound.metadata(
    '',
    unbound.key.certificate,
    `${more}<md:SingleLogoutService Binding="${BINDING[binding]}" Location="${THERE}" ResponseLocation="${THERE}/done"/>`,
  );

interface SignedIn {
  readonly name: string;
  readonly sessionIndex: string;
}

interface Asks {
  readonly id?: string;
  readonly at?: number;
  readonly ends?: number;
  readonly destination?: string;
  readonly issuer?: string;
  readonly name?: LogoutName;
  readonly sessionIndexes?: readonly string[];
}

describe('signing out together with the identity provider of the first factor', function () {
  this.timeout(60_000);
  let world: World;
  let idp: IdentityProvider;
  /** Where it sends messages about a sign-out. */
  let here: string;

  beforeEach(() => start());
  afterEach(() => world.close());

  async function start(
    firstFactor: Partial<NonNullable<SamlBridgeOptions['firstFactor']>> = {},
    shop: object = {},
  ): Promise<void> {
    world = await makeWorld({
      serviceProviders: [
        { ...SHOP_OPTIONS, metadata: withLogout(SHOP), ...shop },
        { ...SHOP_OPTIONS, metadata: withLogout(BANK), name: 'The Bank' },
      ],
      bridge: {
        firstFactor: { metadata: idpMetadata(), subject: ({ attributes }) => attributes['uid']?.[0], ...firstFactor },
      },
    });
    idp = new IdentityProvider(world.entityId, `${world.entityId}/acs`, unbound.key);
    here = `${world.entityId}/acs/slo`;
  }

  async function restart(...more: Parameters<typeof start>): Promise<void> {
    await world.close();
    await start(...more);
  }

  /** As far as the page to draw at. */
  async function arrive(person: Person, sp = SHOP, parts: AnswerParts = {}): Promise<Page> {
    const visit = await person.go(sp.redirect(world.sso, sp.request(world.sso)));
    const { to } = await person.go(new URL(visit.to ?? '', world.sso).href);
    const query = new URL(to ?? '').searchParams.get('SAMLRequest') ?? '';
    const xml = inflateRawSync(Buffer.from(query, 'base64')).toString();
    return bring(person, / ID="([^"]*)"/.exec(xml)?.[1] ?? '', parts);
  }

  const bring = (person: Person, inResponseTo: string, parts: AnswerParts): Promise<Page> => {
    const answer = idp.answer({
      inResponseTo,
      nameId: NAME.value,
      nameIdAttributes: NAME_ATTRIBUTES,
      sessionIndex: '_there',
      attributes: { uid: 'ada' },
      ...parts,
    });
    const form = { SAMLResponse: Buffer.from(answer).toString('base64') };
    return person.follow(`${world.entityId}/acs`, form, { origin: 'https://idp.example' });
  };

  const told = (response: string): SignedIn => ({
    name: /<saml:NameID[^>]*>([^<]*)</.exec(response)?.[1] ?? '',
    sessionIndex: /SessionIndex="([^"]*)"/.exec(response)?.[1] ?? '',
  });

  async function signIn(person: Person, sp = SHOP, parts: AnswerParts = {}): Promise<SignedIn> {
    return told((await person.signIn(await arrive(person, sp, parts), [])).response);
  }

  /** At another, by the session that there is. */
  async function joins(person: Person, sp: ServiceProvider): Promise<SignedIn> {
    return told((await person.signIn(await person.follow(sp.redirect(world.sso, sp.request(world.sso))), [])).response);
  }

  const request = ({ id = newId(), at = Date.now(), ...more }: Asks = {}) => {
    const { issuer = idp.entityId, destination = here, ends = at + MINUTE } = more;
    const { name = NAME, sessionIndexes = ['_there'] } = more;
    return logoutRequest({ id, issuer, destination, now: at }, { name, sessionIndexes, ends });
  };

  const ask = (more: Asks = {}, key = idp.key): string =>
    redirectUrl(here, 'SAMLRequest', request(more), key, 'from-idp');

  const shopAsks = (person: Person, { name, sessionIndex }: SignedIn): Promise<Page> => {
    const to = `${world.entityId}/slo`;
    const envelope = { id: '_bye', issuer: SHOP.entityId, destination: to, now: Date.now() };
    const about = { name: { value: name }, sessionIndexes: [sessionIndex], ends: Date.now() + MINUTE };
    return person.go(redirectUrl(to, 'SAMLRequest', logoutRequest(envelope, about), SHOP.key, 'bye'));
  };

  const reply = (
    from: { entityId: string; key: typeof idp.key },
    to: string,
    inResponseTo: string,
    partial = false,
  ) => {
    const envelope = { id: newId(), issuer: from.entityId, destination: to, now: Date.now() };
    return redirectUrl(to, 'SAMLResponse', logoutResponse(envelope, inResponseTo, partial), from.key);
  };

  /** The message that a page leads away with, verified against our metadata of that role. */
  const message = async (
    page: Page,
    name: 'SAMLRequest' | 'SAMLResponse',
    role: 'IDPSSODescriptor' | 'SPSSODescriptor',
  ): Promise<Message> => messageOf(page, name, await world.bridge.metadata(), role);

  const stillIn = async (person: Person): Promise<boolean> =>
    (await person.go(SHOP.redirect(world.sso, SHOP.request(world.sso)))).text.includes('SAMLResponse');

  it('metadata say where it tells us, by either binding', async () => {
    const { logout } = readServiceProvider(await world.bridge.metadata());
    expect(logout).to.deep.equal({ binding: 'redirect', request: here, response: here });
  });

  it('a service provider asks: the others are told, then the identity provider by the name and the session that it gave, then the answer goes back', async () => {
    const ada = world.person();
    const shop = await signIn(ada);
    await joins(ada, BANK);
    const toBank = await message(await shopAsks(ada, shop), 'SAMLRequest', 'IDPSSODescriptor');
    expect(await stillIn(ada)).to.equal(false);
    const next = await ada.go(reply(BANK, `${world.entityId}/slo`, toBank.id));
    const toIdp = await message(next, 'SAMLRequest', 'SPSSODescriptor');
    expect(toIdp.to).to.equal(THERE);
    expect(toIdp.xml)
      .to.contain(`Destination="${THERE}"`)
      .and.contain(`Format="${NAME_ID.persistent}" NameQualifier="${NAME.nameQualifier}">x17<`)
      .and.contain('<samlp:SessionIndex>_there<');
    const last = await message(await ada.go(reply(idp, here, toIdp.id)), 'SAMLResponse', 'IDPSSODescriptor');
    expect(last.to).to.equal(`${SHOP.consumer}/slo`);
    expect(last.xml).to.contain('InResponseTo="_bye"').and.contain('status:Success').and.not.contain('Partial');
    expect(last.relayState).to.equal('bye');
  });

  it('says so to the service provider where it could not sign the person out there', async () => {
    const ada = world.person();
    const toIdp = await message(await shopAsks(ada, await signIn(ada)), 'SAMLRequest', 'SPSSODescriptor');
    const denied = logoutResponse(
      { id: newId(), issuer: idp.entityId, destination: here, now: Date.now() },
      toIdp.id,
      false,
    ).text.replace('status:Success', 'status:Responder');
    const answered = await ada.go(redirectUrl(here, 'SAMLResponse', { text: denied }, idp.key));
    expect((await message(answered, 'SAMLResponse', 'IDPSSODescriptor')).xml).to.contain('PartialLogout');
  });

  it('the person signs out here: the service provider is told, then the identity provider', async () => {
    const ada = world.person();
    await signIn(ada);
    expect((await ada.go(`${world.entityId}/logout`)).text).to.contain('and where you signed in first');
    const toShop = await message(await ada.go(`${world.entityId}/logout`, {}), 'SAMLRequest', 'IDPSSODescriptor');
    const next = await ada.go(reply(SHOP, `${world.entityId}/slo`, toShop.id));
    const toIdp = await message(next, 'SAMLRequest', 'SPSSODescriptor');
    expect(toIdp.to).to.equal(THERE);
    expect((await ada.go(reply(idp, here, toIdp.id))).text).to.contain('You are signed out');
  });

  it('is not told where that is not wanted, or where its metadata do not say how', async () => {
    for (const firstFactor of [{ logout: { passOn: false } }, { metadata: unbound.metadata() }]) {
      await restart(firstFactor);
      const ada = world.person();
      const { to, xml } = await message(await shopAsks(ada, await signIn(ada)), 'SAMLResponse', 'IDPSSODescriptor');
      expect([to, xml.includes('Partial')]).to.deep.equal([`${SHOP.consumer}/slo`, false]);
    }
  });

  it('it asks: the session here ends at once, all who took it are told, and it is answered', async () => {
    const ada = world.person();
    const shop = await signIn(ada);
    await joins(ada, BANK);
    const toShop = await message(await ada.go(ask({ id: '_upstream' })), 'SAMLRequest', 'IDPSSODescriptor');
    expect(await stillIn(ada)).to.equal(false);
    expect(toShop.to).to.equal(`${SHOP.consumer}/slo`);
    expect(toShop.xml).to.contain(shop.name).and.contain(shop.sessionIndex).and.not.contain('x17');
    const next = await ada.go(reply(SHOP, `${world.entityId}/slo`, toShop.id));
    const toBank = await message(next, 'SAMLRequest', 'IDPSSODescriptor');
    const last = await message(
      await ada.go(reply(BANK, `${world.entityId}/slo`, toBank.id)),
      'SAMLResponse',
      'SPSSODescriptor',
    );
    expect(last.to).to.equal(`${THERE}/done`);
    expect(last.xml).to.contain('InResponseTo="_upstream"').and.contain('Success').and.not.contain('Partial');
    expect(last.relayState).to.equal('from-idp');
  });

  it('it asks by POST, at another process, in another browser: the session is found by its index', async () => {
    const ada = world.person();
    await signIn(ada);
    const text = signXml(request(), idp.key);
    const form = { SAMLRequest: Buffer.from(text).toString('base64') };
    const page = await world.person().go(`${world.otherUrl}/saml/acs/slo`, form, { origin: 'https://idp.example' });
    expect((await message(page, 'SAMLRequest', 'IDPSSODescriptor')).to).to.equal(`${SHOP.consumer}/slo`);
    expect(await stillIn(ada)).to.equal(false);
  });

  it('it asks without an index: every session of that person ends, in whichever browser', async () => {
    const [ada, alsoAda, bob] = [world.person(), world.person(), world.person('bob')];
    await signIn(ada);
    await signIn(alsoAda, SHOP, { sessionIndex: '_elsewhere' });
    await signIn(bob, SHOP, { nameId: 'x18', attributes: { uid: 'bob' } });
    await message(await ada.go(ask({ sessionIndexes: [] })), 'SAMLRequest', 'IDPSSODescriptor');
    expect([await stillIn(ada), await stillIn(alsoAda), await stillIn(bob)]).to.deep.equal([false, false, true]);
  });

  it('after a new sign-in there the session is known by each index that it had', async () => {
    for (const index of ['_there', '_again']) {
      const ada = world.person();
      await signIn(ada);
      const forced = SHOP.redirect(world.sso, SHOP.request(world.sso, { attributes: 'ForceAuthn="true"' }));
      const visit = await ada.go(forced);
      const { to } = await ada.go(new URL(visit.to ?? '', world.sso).href);
      const query = new URL(to ?? '').searchParams.get('SAMLRequest') ?? '';
      const xml = inflateRawSync(Buffer.from(query, 'base64')).toString();
      const page = await bring(ada, / ID="([^"]*)"/.exec(xml)?.[1] ?? '', { sessionIndex: '_again' });
      await ada.signIn(page, []);
      await world.person().go(ask({ sessionIndexes: [index] }));
      expect(await stillIn(ada), index).to.equal(false);
    }
  });

  it('nobody is signed out by a message that is not signed, or by another, or was changed, or is not of now', async () => {
    const ada = world.person();
    await signIn(ada);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await refused(ada.go(ask().replace(/&SigAlg=.*/, '')), 'unsigned');
    await refused(ada.go(ask({}, keyAt(Date.now(), privateKey))), 'signature');
    await refused(ada.go(ask().replace('RelayState=from-idp', 'RelayState=hi')), 'signature');
    await refused(ada.go(ask({ issuer: 'https://evil.example' })), 'issuer');
    await refused(ada.go(ask({ destination: `${world.entityId}/slo` })), 'destination');
    await refused(ada.go(ask({ at: Date.now() - 10 * MINUTE, ends: Date.now() + MINUTE })), 'expired');
    await refused(ada.go(ask({ ends: Date.now() - 2 * MINUTE })), 'expired');
    await refused(ada.go(ask({ at: Date.now() + 2 * MINUTE })), 'future');
    const unsigned = Buffer.from(request().text).toString('base64');
    await refused(ada.go(here, { SAMLRequest: unsigned }, { origin: 'https://idp.example' }), 'unsigned');
    expect(await stillIn(ada)).to.equal(true);
  });

  it('a service provider cannot speak as the identity provider, nor the other way round', async () => {
    const ada = world.person();
    const shop = await signIn(ada);
    await refused(ada.go(ask({}, SHOP.key)), 'signature');
    await refused(ada.go(ask({ issuer: SHOP.entityId }, SHOP.key)), 'signature');
    const to = `${world.entityId}/slo`;
    await refused(ada.go(redirectUrl(to, 'SAMLRequest', request({ destination: to }), idp.key)), 'issuer');
    const toIdp = await message(await shopAsks(ada, shop), 'SAMLRequest', 'SPSSODescriptor');
    await refused(ada.go(reply(SHOP, to, toIdp.id)), 'in-response-to');
  });

  it('one that is a service provider of ours too answers in the role in which it was asked, and in no other', async () => {
    const both = new ServiceProvider(unbound.entityId, unbound.key);
    await world.close();
    world = await makeWorld({
      serviceProviders: [
        { ...SHOP_OPTIONS, metadata: withLogout(SHOP) },
        { ...SHOP_OPTIONS, metadata: withLogout(both), name: 'Both' },
      ],
      bridge: { firstFactor: { metadata: idpMetadata(), subject: ({ attributes }) => attributes['uid']?.[0] } },
    });
    idp = new IdentityProvider(world.entityId, `${world.entityId}/acs`, unbound.key);
    here = `${world.entityId}/acs/slo`;
    const ada = world.person();
    const shop = await signIn(ada);
    await joins(ada, both);
    const toBoth = await message(await shopAsks(ada, shop), 'SAMLRequest', 'IDPSSODescriptor');
    expect(toBoth.to).to.equal(`${both.consumer}/slo`);
    await refused(ada.go(reply(idp, here, toBoth.id)), 'in-response-to');
  });

  it('nobody is signed out by another name, another index, or another kind of name', async () => {
    const ada = world.person();
    await signIn(ada);
    for (const asks of [
      { name: { ...NAME, value: 'x18' } },
      { name: { ...NAME, value: 'x18' }, sessionIndexes: [] },
      { sessionIndexes: ['_other'] },
      { name: { ...NAME, format: NAME_ID.email } },
    ]) {
      const { xml } = await message(await ada.go(ask(asks)), 'SAMLResponse', 'SPSSODescriptor');
      expect(xml).to.contain('status:Success');
      expect(await stillIn(ada)).to.equal(true);
    }
  });

  it('a request is used once, and an answer too', async () => {
    const ada = world.person();
    await signIn(ada);
    const url = ask();
    await ada.go(url);
    await refused(ada.go(url), 'replay');
    const later = { now: Date.now() + 2000, authenticatedAt: Date.now() };
    const shop = await signIn(ada, SHOP, later);
    const toIdp = await message(await shopAsks(ada, shop), 'SAMLRequest', 'SPSSODescriptor');
    const answer = reply(idp, here, toIdp.id);
    await ada.go(answer);
    await refused(ada.go(answer), 'in-response-to');
  });

  it('a drawing that is not finished when they sign out there signs nobody in', async () => {
    const ada = world.person();
    const page = await arrive(ada);
    await message(await ada.go(ask()), 'SAMLResponse', 'SPSSODescriptor');
    expect(answerOf(await ada.draw(page, { as: 'ada', by: 'ada' })).response).to.contain('AuthnFailed');
  });

  it('a question about what may be told is no way in after they signed out, there or here', async () => {
    const ada = world.person();
    for (const signsOut of [
      async () => void (await ada.go(ask())),
      async () => void (await ada.go(`${world.entityId}/logout`, {})),
    ]) {
      const now = Date.now();
      const drawn = await ada.draw(await arrive(ada, SHOP, { now: now + 2000, authenticatedAt: now }), {
        as: 'ada',
        by: 'ada',
      });
      const question = await ada.go(new URL(drawn.to ?? '', drawn.url).href);
      expect(question.text).to.contain('/consent"');
      await signsOut();
      const page = await ada.go(`${new URL(drawn.to ?? '', drawn.url).pathname}/consent`, {});
      expect(page.text).to.not.contain('SAMLResponse');
    }
  });

  it('an assertion that comes after they signed out there signs nobody in; one of a later sign-in does', async () => {
    const ada = world.person();
    await ada.go(ask());
    expect(answerOf(await arrive(ada, SHOP, { now: Date.now() - 2000 })).response).to.contain('AuthnFailed');
    expect((await arrive(ada, SHOP, { now: Date.now() + 2000, authenticatedAt: Date.now() })).text).to.contain(
      'subject="ada"',
    );
  });

  it('goes by POST where its metadata name nothing else: a signed form', async () => {
    await restart({ metadata: idpMetadata('post') });
    const ada = world.person();
    const page = await shopAsks(ada, await signIn(ada));
    expect(page.text).to.contain(`action="${THERE}"`);
    const encoded = /name="SAMLRequest" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const text = Buffer.from(encoded, 'base64').toString();
    const { certificates } = readServiceProvider(await world.bridge.metadata());
    expect(signedElement(text, parseXml(text), certificates).text).to.contain('x17');
  });

  describe('with names that are encrypted', () => {
    const there = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const theirs = keyAt(Date.now(), there.privateKey);
    const keyDescriptor = new ServiceProvider().encryptionKey(theirs.certificate);

    /** The encryption key of a role of ours. */
    const keyOf = async (role: 'IDPSSODescriptor' | 'SPSSODescriptor') => {
      const own = child(parseXml(await world.bridge.metadata(), METADATA_LIMITS), 'metadata', role);
      const [key] = own === undefined ? [] : encryptionKeys(own);
      if (key === undefined) throw new Error('No key to encrypt for');
      return key.certificate.publicKey;
    };

    /** A request that names somebody in an `EncryptedID`. */
    const encryptedRequest = async (
      role: 'IDPSSODescriptor' | 'SPSSODescriptor',
      plain: string,
      how: Encrypting = {},
    ): Promise<string> => {
      const name = `<saml:NameID xmlns:saml="${NS.assertion}" Format="${NAME_ID.persistent}">`;
      const element = `${name}${/<saml:NameID[^>]*>([^<]*)</.exec(plain)?.[1] ?? ''}</saml:NameID>`;
      const made = encryptFor(await keyOf(role), how)(element).replaceAll('EncryptedAssertion', 'EncryptedID');
      return plain.replace(/<saml:NameID[\s\S]*<\/saml:NameID>/, made);
    };

    const opened = (xml: string): string => {
      const element = child(parseXml(xml), 'assertion', 'EncryptedID');
      return element === undefined ? '' : decrypted(element, [there.privateKey], false);
    };

    it('the identity provider is told by one that it alone can read, where its metadata have a key for that', async () => {
      await restart({ metadata: idpMetadata('redirect', keyDescriptor) });
      const ada = world.person();
      const { xml } = await message(await shopAsks(ada, await signIn(ada)), 'SAMLRequest', 'SPSSODescriptor');
      expect(xml).to.contain('EncryptedID').and.not.contain('x17');
      expect(opened(xml)).to.contain('>x17<').and.contain(NAME.nameQualifier);
    });

    it('it is told in plain where that is chosen, or where its key is for anything', async () => {
      const anything = keyDescriptor.replace(' use="encryption"', '');
      for (const [metadata, encryptNames] of [
        [idpMetadata('redirect', keyDescriptor), false],
        [idpMetadata('redirect', anything), undefined],
      ] as const) {
        await restart({ metadata, ...(encryptNames === undefined ? {} : { logout: { encryptNames } }) });
        const ada = world.person();
        const { xml } = await message(await shopAsks(ada, await signIn(ada)), 'SAMLRequest', 'SPSSODescriptor');
        expect(xml).to.contain('>x17<');
      }
    });

    it('a service provider is told by one that it alone can read, where its assertions are encrypted', async () => {
      const metadata = withLogout(SHOP).replace('<md:SingleLogoutService', `${keyDescriptor}<md:SingleLogoutService`);
      await restart({}, { metadata, encryptAssertions: true });
      const ada = world.person();
      await ada.signIn(await arrive(ada), []).catch(() => undefined);
      const { to, xml } = await message(await ada.go(ask()), 'SAMLRequest', 'IDPSSODescriptor');
      expect(to).to.equal(`${SHOP.consumer}/slo`);
      expect(xml).to.contain('EncryptedID').and.not.contain('<saml:NameID');
      expect(opened(xml)).to.contain('saml:NameID');
    });

    it('the identity provider names somebody so that we alone can read it', async () => {
      const ada = world.person();
      await signIn(ada);
      const text = await encryptedRequest('SPSSODescriptor', request().text);
      expect(text).to.not.contain('x17');
      await message(
        await ada.go(redirectUrl(here, 'SAMLRequest', { text }, idp.key)),
        'SAMLRequest',
        'IDPSSODescriptor',
      );
      expect(await stillIn(ada)).to.equal(false);
    });

    it('a service provider names somebody so that we alone can read it', async () => {
      const ada = world.person();
      const { name, sessionIndex } = await signIn(ada);
      const to = `${world.entityId}/slo`;
      const plain = request({
        issuer: SHOP.entityId,
        destination: to,
        name: { value: name },
        sessionIndexes: [sessionIndex],
      });
      const text = await encryptedRequest('IDPSSODescriptor', plain.text);
      await message(await ada.go(redirectUrl(to, 'SAMLRequest', { text }, SHOP.key)), 'SAMLRequest', 'SPSSODescriptor');
      expect(await stillIn(ada)).to.equal(false);
    });

    it('one that cannot be read, or is encrypted with AES-CBC or RSA 1.5, or comes beside a plain one, is refused', async () => {
      const ada = world.person();
      await signIn(ada);
      const send = (text: string): Promise<Page> => ada.go(redirectUrl(here, 'SAMLRequest', { text }, idp.key));
      for (const how of [
        { content: 'aes256-cbc' },
        { transport: 'rsa-1_5' },
        { spoil: () => Buffer.alloc(60) },
      ] as const)
        await refused(send(await encryptedRequest('SPSSODescriptor', request().text, how)), 'encryption');
      const both = (await encryptedRequest('SPSSODescriptor', request().text)).replace(
        '</saml:EncryptedID>',
        '</saml:EncryptedID><saml:NameID xmlns:saml="' + NS.assertion + '">x17</saml:NameID>',
      );
      await refused(send(both), 'subject');
      await refused(send(request().text.replace(/<saml:NameID[\s\S]*<\/saml:NameID>/, '')), 'subject');
      expect(await stillIn(ada)).to.equal(true);
    });

    it('nothing encrypted is read where a library takes the answers', async () => {
      const ada = world.person();
      const text = await encryptedRequest('SPSSODescriptor', request().text);
      await restart({ library: 'node-saml' });
      const moved = text.replace(/Destination="[^"]*"/, `Destination="${here}"`);
      await refused(ada.go(redirectUrl(here, 'SAMLRequest', { text: moved }, idp.key)), 'encryption');
    });
  });
});
