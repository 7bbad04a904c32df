import { generateKeyPairSync } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { signXml } from './support/sign.js';
import { NS } from '#src/xml/names.js';
import { Xml } from '#src/xml/write.js';
import { answerOf, refused as refusedPage } from './support/person.js';
import type { Page } from './support/person.js';
import { keyAt, newId, ServiceProvider } from './support/service-provider.js';
import { makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const MINUTE = 60_000;
/** Signs its requests, as its metadata say. */
const BANK = new ServiceProvider('https://bank.example/saml');

describe('what somebody may ask of the identity provider', function () {
  this.timeout(60_000);
  let world: World;

  before(async () => {
    const bank = BANK.metadata({ role: 'AuthnRequestsSigned="true"' });
    world = await makeWorld({
      serviceProviders: [SHOP_OPTIONS, { ...SHOP_OPTIONS, metadata: bank, name: 'The Bank' }],
    });
  });

  after(() => world.close());

  const go = (url: string): Promise<Page> => world.person().follow(url);
  const post = (text: string): Promise<Page> =>
    world.person().follow(world.sso, { SAMLRequest: Buffer.from(text).toString('base64') });
  const query = (text: string | Uint8Array): string =>
    `${world.sso}?SAMLRequest=${encodeURIComponent(deflateRawSync(text).toString('base64'))}`;

  /** Nothing goes anywhere: a page for the person, a reason for the operator. */
  async function refused(page: Page | Promise<Page>, reason: string): Promise<void> {
    await refusedPage(page, reason);
    expect((await page).text).to.not.contain('SAMLResponse');
    expect(world.warnings.at(-1)).to.deep.equal({ reason });
  }

  it('R14: nobody but the service providers that are configured is answered', async () => {
    const stranger = new ServiceProvider('https://evil.example/saml');
    await refused(go(stranger.redirect(world.sso, stranger.request(world.sso))), 'issuer');
    await refused(post(SHOP.request(world.sso).text.replace(/<saml:Issuer>.*<\/saml:Issuer>/, '')), 'issuer');
    const twice = '<saml:Issuer>https://evil.example/saml</saml:Issuer>';
    await refused(post(SHOP.request(world.sso, { content: twice }).text), 'xml');
  });

  it('answers go only where the metadata say, compared character by character', async () => {
    for (const url of [
      'https://evil.example/acs',
      `${SHOP.consumer}?x=1`,
      `${SHOP.consumer}/`,
      SHOP.consumer.toUpperCase(),
      'javascript:alert(1)',
    ]) {
      const attributes = `AssertionConsumerServiceURL="${url}"`;
      await refused(go(SHOP.redirect(world.sso, SHOP.request(world.sso, { attributes }))), 'consumer');
    }
    for (const attributes of [
      'AssertionConsumerServiceIndex="3"',
      `AssertionConsumerServiceIndex="0" AssertionConsumerServiceURL="${SHOP.consumer}"`,
      'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"',
    ])
      await refused(go(SHOP.redirect(world.sso, SHOP.request(world.sso, { attributes }))), 'consumer');
    const ada = world.person();
    const attributes = 'AssertionConsumerServiceIndex="7"';
    const page = await ada.follow(SHOP.redirect(world.sso, SHOP.request(world.sso, { attributes })));
    expect(answerOf(await ada.go(`${page.url}/abort`)).action).to.equal(`${SHOP.consumer}/other`);
  });

  it('a request that should be signed is, by the key of its service provider, or is refused', async () => {
    const request = BANK.request(world.sso);
    await refused(go(BANK.redirect(world.sso, request)), 'unsigned');
    await refused(post(request.text), 'unsigned');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = keyAt(Date.now(), privateKey);
    await refused(go(BANK.redirect(world.sso, request, { sign: true, key })), 'signature');
    // Its certificate travels along, and is not looked at.
    await refused(post(signXml(request, key)), 'signature');
    expect((await go(BANK.redirect(world.sso, request, { sign: true }))).text).to.contain('The Bank asks');
    expect((await post(signXml(BANK.request(world.sso), BANK.key))).text).to.contain('The Bank asks');
  });

  it('what was changed after it was signed is refused, the RelayState too', async () => {
    const url = BANK.redirect(world.sso, BANK.request(world.sso), { sign: true, relayState: 'mine' });
    await refused(go(url.replace('RelayState=mine', 'RelayState=thine')), 'signature');
    await refused(go(url.replace('RelayState=mine&', '')), 'signature');
    const signed = signXml(BANK.request(world.sso), BANK.key);
    await refused(post(signed.replace('Version="2.0"', 'Version="2.0" ForceAuthn="false"')), 'signature');
  });

  it('a signature in the query and another in the message are not mixed up', async () => {
    const signed = signXml(BANK.request(world.sso), BANK.key);
    await refused(go(BANK.redirect(world.sso, { text: signed }, { sign: true })), 'signature');
  });

  it('algorithms that are too weak, or none at all, are refused', async () => {
    for (const method of [
      'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
      'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
      'none',
      '',
    ])
      await refused(go(BANK.redirect(world.sso, BANK.request(world.sso), { sign: true, method })), 'algorithm');
    const url = BANK.redirect(world.sso, BANK.request(world.sso), { sign: true });
    await refused(go(url.replace(/&SigAlg=[^&]*/, '')), 'signature');
    await refused(go(url.replace(/&Signature=[^&]*/, '')), 'signature');
    const signed = signXml(BANK.request(world.sso), BANK.key);
    await refused(post(signed.replace('xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256')), 'signature');
  });

  it('signature wrapping: a signed request inside another is not the one that is read', async () => {
    const good = signXml(BANK.request(world.sso, { id: '_good' }), BANK.key);
    const signature = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(good)?.[0] ?? '';
    const evil = (content: string, id: string): string =>
      BANK.request(world.sso, { id, attributes: 'ForceAuthn="false" IsPassive="true"', content }).text;
    const bare = good.replace(signature, '');
    for (const text of [
      evil(`<samlp:Extensions>${good}</samlp:Extensions>`, '_evil'),
      evil(signature.replace('</ds:Signature>', `<ds:Object>${bare}</ds:Object></ds:Signature>`), '_evil'),
      evil(`${signature}<samlp:Extensions>${bare}</samlp:Extensions>`, '_evil'),
      evil(`${signature}<samlp:Extensions>${bare}</samlp:Extensions>`, '_good'),
    ]) {
      const { status, text: page } = await post(text);
      expect(status).to.equal(400);
      expect(page).to.match(/<code>(?:signature|unsigned|id)<\/code>/);
    }
  });

  it('a request is for this address: another Destination is refused, and a signed one must have one', async () => {
    for (const destination of ['https://other.example/sso', `${world.sso}/`, `${world.sso}?x`, ''])
      await refused(go(SHOP.redirect(world.sso, SHOP.request(world.sso, { destination }))), 'destination');
    const without = BANK.request(world.sso, { destination: undefined });
    await refused(go(BANK.redirect(world.sso, without, { sign: true })), 'destination');
    await refused(post(signXml(without, BANK.key)), 'destination');
  });

  it('a request is of now, give or take what clocks may be apart', async () => {
    const at = (ms: number): string => SHOP.redirect(world.sso, SHOP.request(world.sso, { at: Date.now() + ms }));
    await refused(go(at(-7 * MINUTE)), 'expired');
    await refused(go(at(2 * MINUTE)), 'future');
    expect((await go(at(-5.5 * MINUTE))).status).to.equal(200);
    expect((await go(at(0.5 * MINUTE))).status).to.equal(200);
    const local = SHOP.request(world.sso).text.replace(/IssueInstant="[^"]*"/, 'IssueInstant="2026-01-01T00:00:00"');
    await refused(post(local), 'xml');
  });

  it('the ID of a request is used once, whichever process it reaches', async () => {
    const url = SHOP.redirect(world.sso, SHOP.request(world.sso));
    const there = url.replace(world.sso, world.otherSso);
    const both = await Promise.all([world.person().go(url), world.person().go(there)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([303, 400]);
    await refused(go(url), 'replay');
    const bank = BANK.request(world.sso, { id: '_one' });
    expect((await go(BANK.redirect(world.sso, bank, { sign: true }))).status).to.equal(200);
    // Another service provider's request of the same ID is another request.
    expect((await go(SHOP.redirect(world.sso, SHOP.request(world.sso, { id: '_one' })))).status).to.equal(200);
  });

  it('a DOCTYPE never reaches the parser, and so no entity does', async () => {
    const { text } = SHOP.request(world.sso);
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(100)}"><!ENTITY b "${'&a;'.repeat(100)}">]>`;
    for (const head of [
      '<!DOCTYPE x>',
      '<!doctype x>',
      bomb,
      '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ])
      await refused(post(head + text), 'doctype');
    await refused(post(text.replace(SHOP.entityId, '&undefined;')), 'xml');
  });

  it('comments, CDATA and instructions are refused: others cut a text short there', async () => {
    const { text } = SHOP.request(world.sso);
    const [head, tail] = [SHOP.entityId.slice(0, 10), SHOP.entityId.slice(10)];
    for (const split of [`${head}<!-- -->${tail}`, `<![CDATA[${SHOP.entityId}]]>`, `${head}<?x?>${tail}`])
      await refused(post(text.replace(SHOP.entityId, split)), 'markup');
  });

  it('a message that swells is cut off, a large one is not read, a deep one neither', async () => {
    await refused(go(query(Buffer.alloc(10_000_000, ' '))), 'deflate');
    await refused(post(' '.repeat(140_000)), 'size');
    const deep = '<saml:x>'.repeat(60) + '</saml:x>'.repeat(60);
    const extensions = `<samlp:Extensions>${deep}</samlp:Extensions>`;
    await refused(post(SHOP.request(world.sso, { content: extensions }).text), 'size');
    const wide = `<samlp:Extensions>${'<saml:x/>'.repeat(3000)}</samlp:Extensions>`;
    await refused(post(SHOP.request(world.sso, { content: wide }).text), 'size');
    const form = { SAMLRequest: 'A'.repeat(400_000) };
    expect((await world.person().follow(world.sso, form)).status).to.equal(400);
  });

  it('what is no request is refused', async () => {
    await refused(go(world.sso), 'missing');
    await refused(go(`${world.sso}?SAMLRequest=%`), 'encoding');
    await refused(go(`${world.sso}?SAMLRequest=!!!!`), 'encoding');
    await refused(go(`${world.sso}?SAMLRequest=AAAA`), 'deflate');
    await refused(post('<a><b></a>'), 'xml');
    await refused(post('<a/><b/>'), 'xml');
    await refused(post('\u0000'), 'characters');
    await refused(go(query(Uint8Array.of(0xc3, 0x28))), 'encoding');
    const { text } = SHOP.request(world.sso);
    await refused(post(text.replaceAll('AuthnRequest', 'LogoutRequest')), 'message');
    await refused(post(text.replaceAll(NS.protocol, 'urn:other')), 'message');
    await refused(post(text.replace('Version="2.0"', 'Version="1.1"')), 'version');
    await refused(post(text.replace(/ID="[^"]*"/, 'ID="1 x"')), 'id');
    await refused(post(text.replace(/ID="[^"]*"/, `ID="_${'x'.repeat(300)}"`)), 'id');
  });

  it('a parameter that is there twice, or written in another way, is refused', async () => {
    const url = SHOP.redirect(world.sso, SHOP.request(world.sso));
    const [, query_ = ''] = url.split('?');
    await refused(go(`${url}&${query_}`), 'parameters');
    await refused(go(`${url}&SAMLReques%74=AAAA`), 'parameters');
    const { SAMLRequest } = SHOP.form(SHOP.request(world.sso));
    const body = new URLSearchParams([
      ['SAMLRequest', SAMLRequest ?? ''],
      ['SAMLRequest', SAMLRequest ?? ''],
    ]);
    await refused(world.person().go(world.sso, body), 'parameters');
  });

  it('RelayState is carried back as it came, up to its limit, and never becomes markup', async () => {
    const relayState = `"><script>alert(1)</script>&amp;'`;
    const ada = world.person();
    const page = await ada.follow(SHOP.redirect(world.sso, SHOP.request(world.sso), { relayState }));
    const aborted = await ada.go(`${page.url}/abort`);
    expect(answerOf(aborted).relayState).to.equal(relayState);
    expect(aborted.text).to.not.contain('<script>alert');
    const long = SHOP.redirect(world.sso, SHOP.request(world.sso), { relayState: 'x'.repeat(1025) });
    await refused(go(long), 'relay-state');
    const control = SHOP.redirect(world.sso, SHOP.request(world.sso), { relayState: 'a\nb' });
    await refused(go(control), 'relay-state');
  });

  it('text of a request never becomes XML of its answer', async () => {
    const id = newId();
    const request = new Xml(SHOP.request(world.sso, { id }).text.replace(id, `${id}&quot;`));
    await refused(go(SHOP.redirect(world.sso, request)), 'id');
  });
});

describe('whose browser goes on with a sign-in', function () {
  this.timeout(60_000);
  let world: World;

  beforeEach(async () => {
    world = await makeWorld();
  });

  afterEach(() => world.close());

  const ask = (): string => SHOP.redirect(world.sso, SHOP.request(world.sso));

  it('that of the one who began it, and no other', async () => {
    const ada = world.person();
    const page = await ada.follow(ask());
    const eve = world.person('bob');
    expect((await eve.go(page.url)).status).to.equal(400);
    const guessed = `asignio_saml_visit=${'x'.repeat(32)}`;
    expect((await eve.go(page.url, undefined, { cookie: guessed })).status).to.equal(400);
    expect((await eve.go(`${page.url}/abort`)).status).to.equal(400);
    expect((await eve.go(`${page.url}/consent`, { attribute: 'email' })).status).to.equal(400);
    const mine = await eve.follow(ask());
    eve.share(ada, (name) => name === 'asignio_saml_visit');
    expect((await ada.go(page.url.replace(/[^/]*$/, 'x'.repeat(32)))).status).to.equal(400);
    expect((await eve.go(mine.url)).status).to.equal(200);
  });

  it('another drawing than the person’s own does not let anybody in, nor a ceremony of before', async () => {
    const ada = world.person();
    const page = await ada.follow(`${(await ada.follow(ask())).url}?who=ada`);
    const failed = await ada.draw(page, { by: 'bob' });
    expect(failed.status).to.equal(422);
    expect(failed.text).to.contain('That did not work');
    expect((await ada.go(`${page.url.split('?')[0]}/login`, { ceremony: 'made-up' })).status).to.equal(422);
  });

  it('a ceremony to a lower assurance than what was asked for is not enough, whatever the page said', async () => {
    const strict =
      '<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:asignio:acr:signature-strict</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>';
    const ada = world.person();
    const url = SHOP.redirect(world.sso, SHOP.request(world.sso, { content: strict }));
    const page = await ada.follow(`${(await ada.follow(url)).url}?who=ada`);
    expect(page.text).to.contain('assurance="signature-strict"');
    const lower = await ada.draw(page, { assurance: 'signature', score: 2 });
    expect(lower.status).to.equal(422);
    const enough = await ada.draw(page);
    expect(answerOf(await ada.agree(enough, [])).response).to.contain('urn:asignio:acr:signature-strict<');
  });

  it('a form of another site changes nothing', async () => {
    const ada = world.person();
    const page = await ada.follow(ask());
    const foreign = await ada.go(`${page.url}/consent`, { attribute: 'email' }, { origin: 'https://evil.example' });
    expect(foreign.status).to.equal(403);
  });

  it('session fixation: whoever signs in gets a session of a new name, and the old one ends', async () => {
    const ada = world.person();
    await ada.signIn(await ada.follow(ask()), []);
    const eve = world.person('bob');
    ada.share(eve, (name) => name === 'asignio_saml_session');
    const forced = await ada.follow(
      SHOP.redirect(world.sso, SHOP.request(world.sso, { attributes: 'ForceAuthn="true"' })),
    );
    await ada.signIn(forced, []);
    expect((await eve.follow(ask())).text).to.contain('asks who you are');
    expect(answerOf(await ada.follow(ask())).response).to.contain('status:Success');
  });

  it('one answer a request, however often the page is sent', async () => {
    const ada = world.person();
    const page = await ada.draw(await ada.follow(`${(await ada.follow(ask())).url}?who=ada`));
    const answers = await Promise.all([ada.agree(page, []), ada.agree(page, []), ada.agree(page, [])]);
    expect(answers.filter(({ text }) => text.includes('SAMLResponse'))).to.have.length(1);
  });
});
