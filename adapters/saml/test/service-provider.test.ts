import { inflateRawSync } from 'node:zlib';
import { AsignioError } from '@asignio/contracts';
import { createSamlServiceProvider } from '@asignio/saml';
import type { SamlOwnServiceProvider, SamlOwnServiceProviderOptions } from '@asignio/saml';
import { expect } from 'chai';
import express from 'express';
import { readRedirect } from '#src/bindings/redirect.js';
import { readServiceProvider } from '#src/metadata/service-provider.js';
import { isOwnPath } from '#src/service-provider/options.js';
import { encryptFor } from './support/encrypt.js';
import { hostOf } from './support/host.js';
import type { Host } from './support/host.js';
import { IdentityProvider } from './support/identity-provider.js';
import type { AnswerParts } from './support/identity-provider.js';
import { needs, PeerFiles, PYTHON, python } from './support/peers.js';
import { Person } from './support/person.js';
import type { Page } from './support/person.js';
import { ServiceProvider } from './support/service-provider.js';
import { makeWorld, TENANT } from './support/world.js';
import type { World } from './support/world.js';

const unbound = new IdentityProvider('', '');

describe('a service provider of its own, in front of the company’s identity provider', function () {
  this.timeout(60_000);
  let world: World;
  let host: Host;
  let url: string;
  let company: SamlOwnServiceProvider;
  let idp: IdentityProvider;
  let began: string[];

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
    began = [];
    const entityId = `${url}/saml`;
    idp = new IdentityProvider(entityId, `${entityId}/acs`, unbound.key);
    company = await createSamlServiceProvider(world.core, {
      entityId,
      tenant: TENANT,
      firstFactor: { metadata: unbound.metadata(), subject: ({ attributes }) => attributes['uid']?.[0] },
      signedIn: (req, subject) => {
        began.push(subject);
        req.res?.cookie('host', subject);
      },
      ...more,
    });
    app.use('/saml', company.router());
    app.get('/inbox', (req, res) => void res.send(`inbox ${req.headers.cookie ?? 'of nobody'}`));
    app.get('/', (_req, res) => void res.send('home'));
  }

  const asked = (page: Page): { readonly to: URL; readonly id: string; readonly xml: string } => {
    const to = new URL(page.to ?? '');
    const xml = inflateRawSync(Buffer.from(to.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
    return { to, id: / ID="([^"]*)"/.exec(xml)?.[1] ?? '', xml };
  };

  const bring = (person: Person, inResponseTo: string | null, parts: AnswerParts = {}): Promise<Page> => {
    const answer = idp.answer({ inResponseTo, attributes: { uid: 'ada' }, ...parts });
    const SAMLResponse = Buffer.from(answer).toString('base64');
    return person.follow(`${url}/saml/acs`, { SAMLResponse }, { origin: 'https://idp.example' });
  };

  it('asks with a signed request, begins the session of whom it names, and goes on to the page that was wanted', async () => {
    const ada = new Person(url, 'ada');
    const { to, id, xml } = asked(await ada.go('/saml/login?to=/inbox?box=1'));
    expect(to.origin + to.pathname).to.equal(idp.signOn);
    expect(xml).to.contain(`${url}/saml/acs`);
    const metadata = await company.metadata();
    expect(metadata).to.not.contain('IDPSSODescriptor');
    expect((await ada.go('/saml/metadata')).text).to.contain(`entityID="${company.entityId}"`);
    const { certificates, encryption, consumers } = readServiceProvider(metadata);
    expect(consumers[0]?.location).to.equal(`${url}/saml/acs`);
    readRedirect(to.search.slice(1), 'SAMLRequest').verify?.(certificates);
    const [key] = encryption;
    if (key === undefined) throw new Error('No key to encrypt for');
    const page = await bring(ada, id, { encrypt: encryptFor(key.certificate.publicKey) });
    expect([page.url, page.text.includes('host=ada')]).to.deep.equal([`${url}/inbox?box=1`, true]);
    expect(began).to.deep.equal(['ada']);
  });

  it('login CSRF: an answer begins a session in the browser alone that asked for it', async () => {
    const eve = new Person(url, 'eve');
    const { id } = asked(await eve.go('/saml/login'));
    const page = await bring(new Person(url, 'ada'), id, { attributes: { uid: 'eve' } });
    expect([page.status, page.text.includes('That took a while')]).to.deep.equal([400, true]);
    expect(began).to.deep.equal([]);
  });

  it('an answer counts once, an end too, and what nobody asked for not at all', async () => {
    const ada = new Person(url, 'ada');
    const { id } = asked(await ada.go('/saml/login'));
    expect((await bring(ada, null)).text).to.contain('<code>unsolicited<');
    expect((await bring(ada, '_other')).text).to.contain('<code>in-response-to<');
    const again = new Person(url, 'ada');
    const landing = await ada.go(
      `${url}/saml/acs`,
      { SAMLResponse: Buffer.from(idp.answer({ inResponseTo: id, attributes: { uid: 'ada' } })).toString('base64') },
      { origin: 'https://idp.example' },
    );
    ada.share(again, () => true);
    const ends = await Promise.all([ada, again].map((one) => one.go(new URL(landing.to ?? '', url).href)));
    expect(ends.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([303, 400]);
    expect(began).to.deep.equal(['ada']);
    expect((await bring(ada, id)).text).to.contain('<code>in-response-to<');
  });

  it('begins no session where the identity provider, or the host, names nobody', async () => {
    for (const parts of [{ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, { attributes: {} }]) {
      const ada = new Person(url, 'ada');
      const { id } = asked(await ada.go('/saml/login'));
      const page = await bring(ada, id, parts);
      expect([page.status, page.text.includes('<code>nobody<')]).to.deep.equal([400, true]);
    }
    expect(began).to.deep.equal([]);
  });

  it('leads nowhere but to pages of this host', async () => {
    const out = [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'inbox',
      'javascript:a',
    ];
    for (const to of [...out, `/${'a'.repeat(2000)}`]) {
      expect(isOwnPath(to), to).to.equal(false);
      const page = await new Person(url, 'ada').go(`/saml/login?to=${encodeURIComponent(to)}`);
      expect([page.status, page.to], to).to.deep.equal([400, null]);
    }
    expect((await new Person(url, 'ada').go('/saml/login?to=/a&to=/b')).status).to.equal(400);
    for (const to of ['/', '/inbox?a=b&c=%20#d']) expect(isOwnPath(to), to).to.equal(true);
  });

  it('options that cannot be are named', async () => {
    const complaint = async (more: object): Promise<string> =>
      createSamlServiceProvider(world.core, {
        entityId: 'https://app.example/saml',
        firstFactor: { metadata: unbound.metadata() },
        signedIn: () => undefined,
        ...more,
      }).then(
        () => '',
        (error: unknown) => (error instanceof AsignioError ? error.message : String(error)),
      );
    expect(await complaint({ tenant: TENANT })).to.equal('');
    expect(await complaint({ entityId: 'http://app.example/saml' })).to.contain('`entityId`');
    expect(await complaint({ home: '//evil.example' })).to.contain('`home`');
    expect(await complaint({ signedIn: undefined })).to.contain('`signedIn`');
    expect(await complaint({ firstFactor: { metadata: '<a/>' } })).to.contain('`firstFactor.metadata`');
    expect(await complaint({ serviceProviders: [] })).to.contain('`serviceProviders`');
  });

  it('pysaml2 as the identity provider reads our metadata, and whom it names is signed in at the host', async function () {
    needs(this, 'pysaml2 with xmlsec1', PYTHON, ['-c', 'import saml2, shutil; assert shutil.which("xmlsec1")']);
    const files = new PeerFiles();
    try {
      const holder = new ServiceProvider('https://idp.example/saml');
      const peer = { entityId: holder.entityId, signOn: 'https://idp.example/sso', ...files.writeKey(holder.key) };
      const { metadata } = await python('pysaml2-idp.py', { ...peer, do: 'metadata' });
      await host.close();
      await start({ firstFactor: { metadata: String(metadata) } });
      const ada = new Person(url, 'ada');
      const { to } = asked(await ada.go('/saml/login?to=/inbox'));
      const said = await python('pysaml2-idp.py', {
        ...peer,
        do: 'answer',
        query: Object.fromEntries(to.searchParams),
        sign: 'both',
        encrypt: 'aes256-gcm',
        nameId: 'p-4711',
        attributes: {},
        spMetadata: await company.metadata(),
      });
      const page = await ada.follow(`${url}/saml/acs`, { SAMLResponse: String(said['response']) });
      expect(page.text, JSON.stringify(said)).to.contain('host=p-4711');
    } finally {
      files.remove();
    }
  });
});
