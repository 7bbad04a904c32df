import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { redirectUrl } from '#src/bindings/write-redirect.js';
import { signXml } from './support/sign.js';
import { logoutRequest, logoutResponse } from '#src/logout/messages.js';
import { NAME_ID } from '#src/xml/names.js';
import { messageOf } from './support/message.js';
import type { Message } from './support/message.js';
import { answerOf, refused } from './support/person.js';
import type { Page, Person } from './support/person.js';
import { keyAt, newId, ServiceProvider, withLogout } from './support/service-provider.js';
import { makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const MINUTE = 60_000;
const BANK = new ServiceProvider('https://bank.example/saml');
/** Takes no messages about sign-outs. */
const MUTE = new ServiceProvider('https://mute.example/saml');

interface SignedIn {
  readonly nameId: { readonly format: string; readonly value: string; readonly qualified: boolean };
  readonly sessionIndex: string;
}

describe('single logout', function () {
  this.timeout(60_000);
  let world: World;
  let slo: string;

  beforeEach(async () => {
    world = await makeWorld({
      serviceProviders: [
        { ...SHOP_OPTIONS, metadata: withLogout(SHOP) },
        { ...SHOP_OPTIONS, metadata: withLogout(BANK), name: 'The Bank' },
        { ...SHOP_OPTIONS, metadata: MUTE.metadata(), name: 'The Mute' },
      ],
    });
    slo = `${world.entityId}/slo`;
  });

  afterEach(() => world.close());

  async function signIn(person: Person, sp: ServiceProvider): Promise<SignedIn> {
    const { response } = await person.signIn(await person.follow(sp.redirect(world.sso, sp.request(world.sso))), []);
    const value = /<saml:NameID[^>]*>([^<]*)</.exec(response)?.[1] ?? '';
    const sessionIndex = /SessionIndex="([^"]*)"/.exec(response)?.[1] ?? '';
    return { nameId: { format: NAME_ID.persistent, value, qualified: true }, sessionIndex };
  }

  interface Asks {
    readonly id?: string;
    readonly at?: number;
    readonly ends?: number;
    readonly destination?: string;
    readonly issuer?: string;
  }

  const request = (sp: ServiceProvider, about: SignedIn, { id = newId(), ...more }: Asks = {}) => {
    const { at = Date.now(), ends = at + MINUTE, destination = slo, issuer = sp.entityId } = more;
    const { nameId, sessionIndex } = about;
    const name = { value: nameId.value, format: nameId.format };
    return logoutRequest({ id, issuer, destination, now: at }, { name, sessionIndexes: [sessionIndex], ends });
  };

  const ask = (sp: ServiceProvider, about: SignedIn, more: Asks = {}, key = sp.key): string =>
    redirectUrl(slo, 'SAMLRequest', request(sp, about, more), key, 'bye');

  /** The message that a page leads away with, verified. */
  const message = async (page: Page, name: 'SAMLRequest' | 'SAMLResponse'): Promise<Message> =>
    messageOf(page, name, await world.bridge.metadata());

  const stillIn = async (person: Person): Promise<boolean> =>
    (await person.follow(SHOP.redirect(world.sso, SHOP.request(world.sso)))).text.includes('SAMLResponse');

  it('one service provider asks, the others are told one after another, and it is answered in the end', async () => {
    const ada = world.person();
    const shop = await signIn(ada, SHOP);
    const bank = await signIn(ada, BANK);
    expect(await stillIn(ada)).to.equal(true);
    const first = await ada.go(ask(SHOP, shop, { id: '_bye' }));
    const told = await message(first, 'SAMLRequest');
    expect(told.to).to.equal(`${BANK.consumer}/slo`);
    expect(told.xml).to.contain(bank.nameId.value).and.contain(bank.sessionIndex).and.not.contain(shop.nameId.value);
    // Signed out before anybody was told.
    expect(await stillIn(ada)).to.equal(false);
    const envelope = { id: newId(), issuer: BANK.entityId, destination: slo, now: Date.now() };
    const reply = redirectUrl(slo, 'SAMLResponse', logoutResponse(envelope, told.id, false), BANK.key);
    const last = await ada.go(reply);
    const answered = await message(last, 'SAMLResponse');
    expect(answered.to).to.equal(`${SHOP.consumer}/slo`);
    expect(answered.xml).to.contain('InResponseTo="_bye"').and.contain('status:Success').and.not.contain('Partial');
    expect(new URL(last.to ?? '').searchParams.get('RelayState')).to.equal('bye');
    await refused(ada.go(reply), 'in-response-to');
  });

  it('says so where somebody could not be told', async () => {
    const ada = world.person();
    const shop = await signIn(ada, SHOP);
    await signIn(ada, MUTE);
    const { xml } = await message(await ada.go(ask(SHOP, shop)), 'SAMLResponse');
    expect(xml).to.contain('PartialLogout');
  });

  it('works by POST and at another process: the session is found by its index', async () => {
    const ada = world.person();
    const shop = await signIn(ada, SHOP);
    const text = signXml(request(SHOP, shop), SHOP.key);
    const form = { SAMLRequest: Buffer.from(text).toString('base64') };
    const page = await world.person().go(`${world.otherUrl}/saml/slo`, form, { origin: 'https://shop.example' });
    expect((await message(page, 'SAMLResponse')).xml).to.contain('status:Success');
    expect(await stillIn(ada)).to.equal(false);
  });

  it('the person signs out here, and whoever took their sign-in is told', async () => {
    const ada = world.person();
    await signIn(ada, SHOP);
    expect((await ada.go(`${world.entityId}/logout`)).text).to.contain('Sign out?');
    const foreign = await ada.go(`${world.entityId}/logout`, {}, { origin: 'https://evil.example' });
    expect(foreign.status).to.equal(403);
    const told = await message(await ada.go(`${world.entityId}/logout`, {}), 'SAMLRequest');
    expect(told.to).to.equal(`${SHOP.consumer}/slo`);
    const envelope = { id: newId(), issuer: SHOP.entityId, destination: slo, now: Date.now() };
    const page = await ada.go(redirectUrl(slo, 'SAMLResponse', logoutResponse(envelope, told.id, false), SHOP.key));
    expect(page.text).to.contain('You are signed out');
    expect(await stillIn(ada)).to.equal(false);
  });

  it('nobody is signed out by a message that is not signed, or by another, or was changed', async () => {
    const ada = world.person();
    const shop = await signIn(ada, SHOP);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await refused(ada.go(ask(SHOP, shop).replace(/&SigAlg=.*/, '')), 'unsigned');
    await refused(ada.go(ask(SHOP, shop, {}, keyAt(Date.now(), privateKey))), 'signature');
    await refused(ada.go(ask(SHOP, shop).replace('RelayState=bye', 'RelayState=hi')), 'signature');
    await refused(ada.go(ask(SHOP, shop, { issuer: 'https://evil.example' })), 'issuer');
    await refused(ada.go(ask(SHOP, shop, { destination: 'https://other.example/slo' })), 'destination');
    await refused(ada.go(ask(SHOP, shop, { at: Date.now() - 10 * MINUTE, ends: Date.now() + MINUTE })), 'expired');
    await refused(ada.go(ask(SHOP, shop, { ends: Date.now() - 2 * MINUTE })), 'expired');
    await refused(ada.go(ask(SHOP, shop, { at: Date.now() + 2 * MINUTE })), 'future');
    expect(await stillIn(ada)).to.equal(true);
  });

  it('nobody is signed out by a service provider that does not know them, or by another name', async () => {
    const ada = world.person();
    const shop = await signIn(ada, SHOP);
    await ada.go(ask(BANK, shop));
    await ada.go(ask(SHOP, { ...shop, nameId: { ...shop.nameId, value: 'another' } }));
    expect(await stillIn(ada)).to.equal(true);
  });

  it('a request is used once, and an answer is of whom it was asked', async () => {
    const ada = world.person();
    const shop = await signIn(ada, SHOP);
    await signIn(ada, BANK);
    const url = ask(SHOP, shop);
    const told = await message(await ada.go(url), 'SAMLRequest');
    await refused(ada.go(url), 'replay');
    const envelope = { id: newId(), issuer: SHOP.entityId, destination: slo, now: Date.now() };
    const forged = redirectUrl(slo, 'SAMLResponse', logoutResponse(envelope, told.id, false), SHOP.key);
    await refused(ada.go(forged), 'in-response-to');
  });

  const forced = (sp: ServiceProvider): string =>
    sp.redirect(world.sso, sp.request(world.sso, { attributes: 'ForceAuthn="true"' }));

  async function renew(person: Person, sp: ServiceProvider): Promise<SignedIn> {
    const { response } = await person.signIn(await person.follow(forced(sp)), []);
    const value = /<saml:NameID[^>]*>([^<]*)</.exec(response)?.[1] ?? '';
    const sessionIndex = /SessionIndex="([^"]*)"/.exec(response)?.[1] ?? '';
    return { nameId: { format: NAME_ID.persistent, value, qualified: true }, sessionIndex };
  }

  it('after a new drawing (ForceAuthn) those who took the sign-in before are told too', async () => {
    const ada = world.person();
    await signIn(ada, SHOP);
    const bank = await signIn(ada, BANK);
    const shop = await renew(ada, SHOP);
    const told = await message(await ada.go(ask(SHOP, shop)), 'SAMLRequest');
    expect(told.to).to.equal(`${BANK.consumer}/slo`);
    expect(told.xml).to.contain(bank.sessionIndex);
    expect(await stillIn(ada)).to.equal(false);
  });

  it('after a new drawing a service provider ends the session by the index that it had before', async () => {
    const ada = world.person();
    const bank = await signIn(ada, BANK);
    await renew(ada, SHOP);
    await message(await world.person().go(ask(BANK, bank)), 'SAMLRequest');
    expect(await stillIn(ada)).to.equal(false);
  });

  it('a sign-in of somebody else in the same browser takes nobody over', async () => {
    const ada = world.person();
    const bank = await signIn(ada, BANK);
    const page = await ada.follow(forced(SHOP));
    const asks = page.text.includes('name="who"') ? await ada.follow(`${page.url}?who=bob`) : page;
    const bob = await ada.draw(asks, { as: 'bob', by: 'bob' });
    const { response } = answerOf(await ada.agree(bob, []));
    const value = /<saml:NameID[^>]*>([^<]*)</.exec(response)?.[1] ?? '';
    const sessionIndex = /SessionIndex="([^"]*)"/.exec(response)?.[1] ?? '';
    await message(await world.person().go(ask(BANK, bank)), 'SAMLResponse');
    expect(await stillIn(ada)).to.equal(true);
    const shop = { nameId: { format: NAME_ID.persistent, value, qualified: true }, sessionIndex };
    expect((await message(await ada.go(ask(SHOP, shop)), 'SAMLResponse')).xml).to.not.contain('Partial');
  });

  it('a new sign-in of the same browser is another session', async () => {
    const ada = world.person();
    await signIn(ada, SHOP);
    expect(answerOf({ ...(await ada.follow(SHOP.redirect(world.sso, SHOP.request(world.sso)))) }).response).to.contain(
      'Success',
    );
    await renew(ada, SHOP);
    expect(await stillIn(ada)).to.equal(true);
  });
});
