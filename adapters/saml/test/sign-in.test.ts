import { expect } from 'chai';
import { signedElement } from '#src/crypto/verify.js';
import { readServiceProvider, signingCertificates } from '#src/metadata/service-provider.js';
import { METADATA_LIMITS, parseXml } from '#src/xml/parse.js';
import { child } from '#src/xml/read.js';
import { answerOf } from './support/person.js';
import type { Answer } from './support/person.js';
import { newId, ServiceProvider } from './support/service-provider.js';
import { ADA, makeWorld, SHOP, SHOP_OPTIONS, TENANT } from './support/world.js';
import type { World } from './support/world.js';

describe('a service provider asks for a sign-in', function () {
  this.timeout(60_000);
  let world: World;

  beforeEach(async () => {
    world = await makeWorld({
      serviceProviders: [
        SHOP_OPTIONS,
        { ...SHOP_OPTIONS, metadata: BANK.metadata(), name: 'The Bank', attributes: [] },
      ],
    });
  });

  afterEach(() => world.close());

  const ask = (content = '', attributes = '', id = newId()): string =>
    SHOP.redirect(world.sso, SHOP.request(world.sso, { content, attributes, id }), { relayState: 'basket 7' });

  it('R14: one redirect, one drawing, one choice, and it is told what the person chose and nothing else', async () => {
    const id = newId();
    const ada = world.person();
    const page = await ada.follow(ask('', '', id));
    expect(page.text).to.contain('The Shop asks who you are');
    const answer = await ada.signIn(page, ['name']);
    expect(answer.action).to.equal(SHOP.consumer);
    expect(answer.relayState).to.equal('basket 7');
    const assertion = await verified(world, answer);
    expect(assertion.inResponseTo).to.equal(id);
    expect(assertion.text).to.contain('Ada Lovelace').and.not.contain(ADA.email).and.not.contain(ADA.phone);
    expect(assertion.text).to.not.match(/score|template|>ada</);
    expect(assertion.context).to.equal('urn:asignio:acr:signature');
    const events = (await world.events()).filter(({ event }) => event === 'assertion.issued');
    expect(events.map(({ data }) => [data['party'], data['attributes']])).to.deep.equal([[SHOP.entityId, 'name']]);
    const disclosed = (await world.events()).filter(({ event }) => event === 'disclosure.recorded');
    expect(disclosed).to.have.length(1);
  });

  it('R14: values are on the page before they go, and nothing is ticked', async () => {
    const ada = world.person();
    const page = await ada.draw(await ada.follow(`${(await ada.follow(ask())).url}?who=ada`));
    expect(page.text).to.contain(`<b>${ADA.email}</b>`).and.contain('Germany').and.not.contain('checked');
    expect((await world.events()).some(({ event }) => event === 'disclosure.recorded')).to.equal(false);
  });

  it('names a person to each service provider in a way of its own, and always the same', async () => {
    const nameAt = async (sp: ServiceProvider, name = 'ada'): Promise<string> => {
      const person = world.person(name);
      const page = await person.follow(sp.redirect(world.sso, sp.request(world.sso)));
      return (await verified(world, await person.signIn(page))).nameId;
    };
    const shop = await nameAt(SHOP);
    expect(await nameAt(SHOP)).to.equal(shop);
    expect(await nameAt(BANK)).to.not.equal(shop);
    expect(await nameAt(SHOP, 'bob')).to.not.equal(shop);
    expect(shop).to.not.contain('ada');
  });

  it('does not ask for another drawing while the person is signed in, unless ForceAuthn is set', async () => {
    const ada = world.person();
    await ada.signIn(await ada.follow(ask()), ['email']);
    const again = await ada.follow(ask());
    expect((await verified(world, answerOf(again))).text).to.contain(ADA.email);
    const forced = await ada.follow(ask('', 'ForceAuthn="true"'));
    expect(forced.text).to.contain('asks who you are');
  });

  it('does not use the session of one person while the host has another signed in', async () => {
    let host: string | undefined;
    const own = await makeWorld({ bridge: { subject: () => host } });
    try {
      const ada = own.person();
      const asking = (attributes = ''): string => SHOP.redirect(own.sso, SHOP.request(own.sso, { attributes }));
      await ada.signIn(await ada.follow(asking()), []);
      const said: boolean[] = [];
      for (const there of [undefined, 'bob', 'ada']) {
        host = there;
        said.push(answerOf(await ada.follow(asking('IsPassive="true"'))).response.includes('NoPassive'));
      }
      expect(said).to.deep.equal([false, true, false]);
    } finally {
      await own.close();
    }
  });

  it('shows nothing where IsPassive is set: NoPassive until the person is signed in and agreed, then an assertion', async () => {
    const ada = world.person();
    expect(status(answerOf(await ada.follow(ask('', 'IsPassive="true"'))))).to.deep.equal(['Responder', 'NoPassive']);
    await ada.signIn(await ada.follow(ask()), []);
    const passive = answerOf(await ada.follow(ask('', 'IsPassive="true"')));
    expect(status(passive)).to.deep.equal(['Success']);
    expect(status(answerOf(await ada.follow(ask('', 'IsPassive="1" ForceAuthn="1"'))))).to.include('NoPassive');
  });

  it('takes a request by POST, and answers as it does one by redirect', async () => {
    const ada = world.person();
    const form = SHOP.form(SHOP.request(world.sso), { relayState: 'basket 8', sign: true });
    const page = await ada.follow(world.sso, form, { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' });
    const answer = await ada.signIn(page, ['phone']);
    expect(answer.relayState).to.equal('basket 8');
    expect((await verified(world, answer)).text).to.contain(ADA.phone);
  });

  it('tells a service provider that the person would not, and why it cannot name them as it likes', async () => {
    const ada = world.person();
    const page = await ada.follow(ask());
    expect(status(answerOf(await ada.go(`${page.url}/abort`)))).to.deep.equal(['Responder', 'AuthnFailed']);
    const kerberos = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"/>';
    expect(status(answerOf(await ada.follow(ask(kerberos))))).to.deep.equal(['Requester', 'InvalidNameIDPolicy']);
    const others = '<samlp:NameIDPolicy SPNameQualifier="https://other.example"/>';
    expect(status(answerOf(await ada.follow(ask(others))))).to.deep.equal(['Requester', 'InvalidNameIDPolicy']);
    const conditions = '<saml:Conditions NotOnOrAfter="2040-01-01T00:00:00Z"/>';
    expect(status(answerOf(await ada.follow(ask(conditions))))).to.deep.equal(['Requester', 'RequestUnsupported']);
  });

  it('names a person by e-mail only where they released it', async () => {
    const email = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/>';
    const ada = world.person();
    expect((await verified(world, await ada.signIn(await ada.follow(ask(email)), ['email']))).nameId).to.equal(
      ADA.email,
    );
    await world.core.governance.releases.withdraw(TENANT, 'ada' as never, SHOP.entityId);
    expect(status(await ada.signIn(await ada.follow(ask(email)), []))).to.include('InvalidNameIDPolicy');
  });

  it('gives a transient name that is another each time', async () => {
    const transient = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>';
    const ada = world.person();
    const one = await verified(world, await ada.signIn(await ada.follow(ask(transient)), []));
    const two = await verified(world, answerOf(await ada.follow(ask(transient))));
    expect(one.nameId).to.not.equal(two.nameId);
  });

  it('answers only about the person whom the request names', async () => {
    const ada = world.person();
    const { nameId } = await verified(world, await ada.signIn(await ada.follow(ask()), []));
    const subject = `<saml:Subject><saml:NameID>${nameId}</saml:NameID></saml:Subject>`;
    expect(status(answerOf(await ada.follow(ask(subject))))).to.deep.equal(['Success']);
    const bob = world.person('bob');
    expect(status(await bob.signIn(await bob.follow(ask(subject)), []))).to.deep.equal(['Responder', 'AuthnFailed']);
  });

  it('R4, R14: what was taken back is asked for again', async () => {
    const ada = world.person();
    await ada.signIn(await ada.follow(ask()), ['email']);
    await world.core.governance.releases.withdraw(TENANT, 'ada' as never, SHOP.entityId);
    const page = await ada.follow(ask());
    expect(page.text).to.contain('What may The Shop know?');
  });

  it('goes on at another process where the first one left off', async () => {
    const ada = world.person();
    const page = await ada.follow(ask());
    const there = await ada.follow(page.url.replace(new URL(world.sso).origin, world.otherUrl));
    expect(there.text).to.contain('asks who you are');
  });

  it('starts by a link of ours only at service providers that take what they did not ask for', async () => {
    const start = `${world.entityId}/start?sp=${encodeURIComponent(SHOP.entityId)}`;
    const refused = await world.person().follow(start);
    expect(refused.status).to.equal(400);
    expect(refused.text).to.contain('unsolicited');
    const relayStates = ['https://shop.example/basket'];
    const other = await makeWorld({ serviceProviders: [{ ...SHOP_OPTIONS, idpInitiated: { relayStates } }] });
    try {
      const there = `${other.entityId}/start?sp=${encodeURIComponent(SHOP.entityId)}`;
      const ada = other.person();
      const answer = await ada.signIn(await ada.follow(`${there}&RelayState=https://shop.example/basket`), []);
      expect(answer.relayState).to.equal('https://shop.example/basket');
      expect((await verified(other, answer)).inResponseTo).to.equal(undefined);
      const elsewhere = await ada.follow(`${there}&RelayState=https://evil.example/`);
      expect(elsewhere.status).to.equal(400);
    } finally {
      await other.close();
    }
  });

  it('speaks the language of the browser', async () => {
    const spanish = await world
      .person()
      .go((await redirected(world, ask())).url, undefined, { 'accept-language': 'es' });
    expect(spanish.text).to.contain('Ha pasado demasiado tiempo');
    const ada = world.person();
    const page = await ada.follow(ask());
    const arabic = await ada.go(page.url, undefined, { 'accept-language': 'ar-EG,en' });
    expect(arabic.text).to.contain('dir="rtl"').and.contain('أي حساب؟');
  });
});

const BANK = new ServiceProvider('https://bank.example/saml');

async function redirected(world: World, url: string): Promise<{ readonly url: string }> {
  const { to } = await world.person().go(url);
  return { url: new URL(to ?? '', world.sso).href };
}

interface Told {
  readonly text: string;
  readonly nameId: string;
  readonly context: string;
  readonly inResponseTo: string | undefined;
}

/** Verifies the response and then the assertion in it with what the identity provider's metadata say. */
async function verified(world: World, { response }: Answer): Promise<Told> {
  const metadata = parseXml(await world.bridge.metadata(), METADATA_LIMITS);
  const role = child(metadata, 'metadata', 'IDPSSODescriptor');
  if (role === undefined) throw new Error('No IDPSSODescriptor');
  const certificates = signingCertificates(role);
  const outer = signedElement(response, parseXml(response), certificates);
  const inner = child(outer.element, 'assertion', 'Assertion');
  if (inner === undefined) throw new Error(`No assertion: ${response}`);
  const { text } = signedElement(outer.text, inner, certificates);
  return {
    text,
    nameId: /<saml:NameID[^>]*>([^<]*)</.exec(text)?.[1] ?? '',
    context: /<saml:AuthnContextClassRef>([^<]*)</.exec(text)?.[1] ?? '',
    inResponseTo: /InResponseTo="([^"]*)"/.exec(text)?.[1],
  };
}

function status({ response }: Answer): readonly string[] {
  return [...response.matchAll(/StatusCode Value="urn:oasis:names:tc:SAML:2\.0:status:(\w+)"/g)].map(
    ([, name = '']) => name,
  );
}

describe('the metadata of a service provider', function () {
  this.timeout(60_000);
  it('are read as they are written', () => {
    const read = readServiceProvider(SHOP.metadata({ role: 'AuthnRequestsSigned="true"' }));
    expect(read.entityId).to.equal(SHOP.entityId);
    expect(read.signsRequests).to.equal(true);
    expect(read.consumers.map(({ location }) => location)).to.deep.equal([SHOP.consumer, `${SHOP.consumer}/other`]);
  });
});
