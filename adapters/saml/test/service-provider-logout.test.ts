import { generateKeyPairSync } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { createSamlServiceProvider } from '@asignio/saml';
import type { SamlOwnServiceProvider, SamlOwnServiceProviderOptions } from '@asignio/saml';
import { expect } from 'chai';
import express from 'express';
import { readRedirect } from '#src/bindings/redirect.js';
import { redirectUrl } from '#src/bindings/write-redirect.js';
import { logoutRequest, logoutResponse } from '#src/logout/messages.js';
import { readServiceProvider } from '#src/metadata/service-provider.js';
import { BINDING } from '#src/xml/names.js';
import { hostOf } from './support/host.js';
import type { Host } from './support/host.js';
import { IdentityProvider } from './support/identity-provider.js';
import { Person } from './support/person.js';
import type { Page } from './support/person.js';
import { keyAt, newId } from './support/service-provider.js';
import { signXml } from './support/sign.js';
import { makeWorld, TENANT } from './support/world.js';
import type { World } from './support/world.js';

const MINUTE = 60_000;
const THERE = 'https://idp.example/slo';
const unbound = new IdentityProvider('', '');
const METADATA = unbound.metadata(
  '',
  unbound.key.certificate,
  `<md:SingleLogoutService Binding="${BINDING.redirect}" Location="${THERE}"/>`,
);

describe('signing out of an app of one’s own, together with the company’s identity provider', function () {
  this.timeout(60_000);
  let world: World;
  let host: Host;
  let url: string;
  let company: SamlOwnServiceProvider;
  let idp: IdentityProvider;
  /** Who was signed out, with what of the host's the browser brought. */
  let left: string[];

  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());
  beforeEach(() => start());
  afterEach(() => host.close());

  async function start(more: Partial<SamlOwnServiceProviderOptions> = {}): Promise<void> {
    const app = express();
    host = await hostOf(app);
    ({ url } = host);
    left = [];
    const entityId = `${url}/saml`;
    idp = new IdentityProvider(entityId, `${entityId}/acs`, unbound.key);
    company = await createSamlServiceProvider(world.core, {
      entityId,
      tenant: TENANT,
      firstFactor: { metadata: METADATA },
      signedIn: (req, subject) => void req.res?.cookie('host', subject),
      signedOut: (req, subject, { sessionIndex }) => {
        left.push(`${subject} ${sessionIndex} ${/host=\w+/.exec(req.headers.cookie ?? '')?.[0]}`);
        req.res?.clearCookie('host');
      },
      ...more,
    });
    app.use('/saml', company.router());
    app.get('/', (_req, res) => void res.send('home'));
  }

  async function signIn(person: Person, sessionIndex = '_there', now = Date.now()): Promise<Page> {
    const to = new URL((await person.go('/saml/login')).to ?? '');
    const xml = inflateRawSync(Buffer.from(to.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
    const inResponseTo = / ID="([^"]*)"/.exec(xml)?.[1] ?? '';
    const text = idp.answer({ inResponseTo, sessionIndex, now, authenticatedAt: Date.now() });
    const form = { SAMLResponse: Buffer.from(text).toString('base64') };
    return person.follow(`${url}/saml/acs`, form, { origin: 'https://idp.example' });
  }

  const request = (more: { id?: string; name?: string; sessionIndexes?: readonly string[] } = {}) => {
    const { id = newId(), name = 'ada', sessionIndexes = ['_there'] } = more;
    const now = Date.now();
    const envelope = { id, issuer: idp.entityId, destination: `${url}/saml/acs/slo`, now };
    return logoutRequest(envelope, { name: { value: name }, sessionIndexes, ends: now + MINUTE });
  };

  const ask = (more?: Parameters<typeof request>[0], key = idp.key): string =>
    redirectUrl(`${url}/saml/acs/slo`, 'SAMLRequest', request(more), key, 'bye');

  async function message({ to }: Page, name: 'SAMLRequest' | 'SAMLResponse') {
    const there = new URL(to ?? '');
    const { certificates } = readServiceProvider(await company.metadata());
    readRedirect(there.search.slice(1), name).verify?.(certificates);
    const xml = inflateRawSync(Buffer.from(there.searchParams.get(name) ?? '', 'base64')).toString();
    return { to: there.origin + there.pathname, xml, id: / ID="([^"]*)"/.exec(xml)?.[1] ?? '' };
  }

  /** As far as it leads at the host. */
  async function follow(person: Person, first: Page): Promise<Page> {
    let page = first;
    while (page.to !== null && new URL(page.to, page.url).origin === url)
      page = await person.go(new URL(page.to, page.url).href);
    return page;
  }

  it('the person signs out at the host, and the identity provider is told by name and index', async () => {
    const ada = new Person(url, 'ada');
    await signIn(ada);
    expect((await ada.go('/saml/logout')).text).to.contain('Sign out?');
    expect((await ada.go('/saml/logout', {}, { origin: 'https://evil.example' })).status).to.equal(403);
    const told = await message(await ada.go('/saml/logout', {}), 'SAMLRequest');
    expect(left).to.deep.equal(['ada _there host=ada']);
    expect(told.to).to.equal(THERE);
    expect(told.xml).to.contain('>ada<').and.contain('>_there<');
    const envelope = { id: newId(), issuer: idp.entityId, destination: `${url}/saml/acs/slo`, now: Date.now() };
    const reply = redirectUrl(envelope.destination, 'SAMLResponse', logoutResponse(envelope, told.id, false), idp.key);
    expect((await ada.go(reply)).text).to.contain('You are signed out');
    expect((await ada.go(reply)).text).to.contain('<code>in-response-to<');
    expect((await ada.go('/saml/logout', {})).text).to.contain('You are signed out');
    expect(left).to.have.length(1);
  });

  it('the identity provider signs them out: the host’s session ends in their browser, and it is answered', async () => {
    const ada = new Person(url, 'ada');
    await signIn(ada);
    const { to, xml } = await message(await follow(ada, await ada.go(ask({ id: '_asked' }))), 'SAMLResponse');
    expect(left).to.deep.equal(['ada _there host=ada']);
    expect(to).to.equal(THERE);
    expect(xml).to.contain('InResponseTo="_asked"').and.contain('status:Success');
  });

  it('by POST the browser comes again, with the cookies that a form of another site does not bring', async () => {
    const ada = new Person(url, 'ada');
    await signIn(ada);
    const form = { SAMLRequest: Buffer.from(signXml(request(), idp.key)).toString('base64') };
    const landing = await new Person(url, 'ada').go('/saml/acs/slo', form, { origin: 'https://idp.example' });
    expect(left).to.deep.equal([]);
    expect(landing.to).to.match(/^\/saml\/leave\//);
    await message(await ada.go(landing.to ?? ''), 'SAMLResponse');
    expect(left).to.deep.equal(['ada _there host=ada']);
    expect((await ada.go(landing.to ?? '')).status).to.equal(400);
  });

  it('the identity provider is told by POST where its metadata name nothing else, in a form that sends itself', async () => {
    await host.close();
    await start({
      firstFactor: {
        metadata: METADATA.replace(`${BINDING.redirect}" Location="${THERE}`, `${BINDING.post}" Location="${THERE}`),
      },
    });
    const ada = new Person(url, 'ada');
    await signIn(ada);
    const { text } = await ada.go('/saml/logout', {});
    expect(text).to.contain(`action="${THERE}"`).and.contain('name="SAMLRequest"');
    const [, script = ''] = /<script type="module" src="([^"]*)"/.exec(text) ?? [];
    expect((await ada.go(script)).text).to.contain('submit()');
  });

  it('without an index it is the session of this browser, and of nobody else', async () => {
    const [ada, other] = [new Person(url, 'ada'), new Person(url, 'ada')];
    await signIn(ada);
    await signIn(other, '_other');
    await follow(ada, await ada.go(ask({ sessionIndexes: [] })));
    expect(left).to.deep.equal(['ada _there host=ada']);
  });

  it('nobody is signed out by another name or index, by who is not the identity provider, or twice', async () => {
    const ada = new Person(url, 'ada');
    await signIn(ada);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const refusal = async (to: string): Promise<string | undefined> =>
      /<code>([\w-]+)</.exec((await ada.go(to)).text)?.[1];
    await follow(ada, await ada.go(ask({ name: 'eve' })));
    await follow(ada, await ada.go(ask({ name: 'eve', sessionIndexes: [] })));
    await follow(ada, await ada.go(ask({ sessionIndexes: ['_other'] })));
    expect(await refusal(ask({}, keyAt(Date.now(), privateKey)))).to.equal('signature');
    expect(await refusal(ask().replace(/&SigAlg=.*/, ''))).to.equal('unsigned');
    expect(left).to.deep.equal([]);
    const asked = ask();
    await follow(ada, await ada.go(asked));
    expect(await refusal(asked)).to.equal('replay');
    expect(left).to.have.length(1);
  });

  it('an answer that was on its way when they signed out there begins no session', async () => {
    const ada = new Person(url, 'ada');
    await follow(ada, await ada.go(ask()));
    expect((await signIn(ada, '_there', Date.now() - 2000)).text).to.contain('<code>nobody<');
    expect((await signIn(ada, '_there', Date.now() + 2000)).text).to.equal('home');
  });

  it('who gives no `signedOut` has none of it', async () => {
    await host.close();
    await start({ signedOut: undefined as never });
    expect(await company.metadata()).to.not.contain('SingleLogoutService');
    const ada = new Person(url, 'ada');
    expect((await ada.go('/saml/logout')).status).to.equal(404);
    expect((await ada.go(ask())).status).to.equal(404);
  });
});
