import { expect } from 'chai';
import { encryptionKeys, readServiceProvider } from '#src/metadata/service-provider.js';
import { METADATA_LIMITS, parseXml } from '#src/xml/parse.js';
import { child } from '#src/xml/read.js';
import { freePort, mellonMetadata, startMellon } from './support/mellon.js';
import type { Mellon } from './support/mellon.js';
import { needs, PeerFiles, PYTHON, python } from './support/peers.js';
import { Person } from './support/person.js';
import type { Answer, Page } from './support/person.js';
import { ServiceProvider } from './support/service-provider.js';
import { makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const UID = 'urn:oid:0.9.2342.19200300.100.1.1';

describe('pysaml2 as the identity provider of the first factor, signing out', function () {
  this.timeout(180_000);
  const holder = new ServiceProvider('https://idp.example/saml');
  let files: PeerFiles;
  let world: World;
  let mellon: Mellon | undefined;
  let encrypts: boolean;
  /** Its metadata, with a key to encrypt for and without. */
  const described = new Map<boolean, string>();

  before(function () {
    needs(this, 'pysaml2 with xmlsec1', PYTHON, ['-c', 'import saml2, shutil; assert shutil.which("xmlsec1")']);
  });

  beforeEach(() => {
    files = new PeerFiles();
    mellon = undefined;
    encrypts = false;
  });

  afterEach(async () => {
    await mellon?.stop();
    await world.close();
    files.remove();
  });

  async function ask(command: object): Promise<Readonly<Record<string, unknown>>> {
    const pair = files.writeKey(holder.key);
    const said = await python('pysaml2-idp.py', {
      entityId: holder.entityId,
      signOn: 'https://idp.example/sso',
      logout: 'https://idp.example/slo',
      ...pair,
      ...(encrypts ? { encryption: { key_file: pair.key, cert_file: pair.certificate } } : {}),
      ...command,
    });
    expect(said, JSON.stringify(said)).to.not.have.property('error');
    return said;
  }

  /** With what pysaml2 knows of us. */
  const askAbout = async (command: object) =>
    ask({ spMetadata: await world.bridge.metadata(), sp: world.entityId, ...command });

  async function start(serviceProviders = [SHOP_OPTIONS]): Promise<void> {
    const metadata = described.get(encrypts) ?? String((await ask({ do: 'metadata' }))['metadata']);
    described.set(encrypts, metadata);
    world = await makeWorld({
      serviceProviders,
      bridge: { firstFactor: { metadata, subject: ({ attributes }) => attributes[UID]?.[0] } },
    });
  }

  const queryOf = ({ to }: Page) => Object.fromEntries(new URL(to ?? '').searchParams);

  /** Signs in there and here, for who asks. */
  async function signIn(ada: Person, visit: Page): Promise<Answer & { readonly there: string }> {
    const away = await ada.go(new URL(visit.to ?? '', world.sso).href);
    const said = await askAbout({
      do: 'answer',
      query: queryOf(away),
      sign: 'both',
      nameId: 'p-4711',
      attributes: { uid: ['ada'] },
    });
    const encoded = String(said['response']);
    const there = /SessionIndex="([^"]*)"/.exec(Buffer.from(encoded, 'base64').toString())?.[1] ?? '';
    const page = await ada.follow(`${world.entityId}/acs`, { SAMLResponse: encoded });
    return { ...(await ada.signIn(page, [])), there };
  }

  const shopVisit = (ada: Person): Promise<Page> => ada.go(SHOP.redirect(world.sso, SHOP.request(world.sso)));

  async function encryptionKey(): Promise<string> {
    const role = child(parseXml(await world.bridge.metadata(), METADATA_LIMITS), 'metadata', 'SPSSODescriptor');
    const [key] = role === undefined ? [] : encryptionKeys(role);
    return files.write('ours.crt', String(key?.certificate));
  }

  for (const encrypted of [false, true]) {
    const named = encrypted ? 'by an encrypted name' : 'by name and session';

    it(`pysaml2 takes our word that somebody signed out here, ${named}, and its answer ends it`, async () => {
      encrypts = encrypted;
      await start();
      const ada = world.person();
      const { there } = await signIn(ada, await shopVisit(ada));
      // The shop takes no messages about sign-outs.
      const away = await ada.go(`${world.entityId}/logout`, {});
      expect(away.to).to.match(/^https:\/\/idp\.example\/slo\?SAMLRequest=/);
      const said = await askAbout({ do: 'signed-out', query: queryOf(away), answerTo: `${world.entityId}/acs/slo` });
      expect(said).to.deep.include({ nameId: 'p-4711', encrypted, sessionIndexes: [there] });
      expect((await ada.go(String(said['location']))).text).to.contain('You are signed out');
    });

    it(`pysaml2 tells us that somebody signed out there, ${named}, and takes our answer`, async () => {
      await start();
      const ada = world.person();
      const { there } = await signIn(ada, await shopVisit(ada));
      const { logout } = readServiceProvider(await world.bridge.metadata());
      const { location } = await askAbout({
        do: 'sign-out',
        destination: logout?.request,
        nameId: 'p-4711',
        sessionIndexes: [there],
        ...(encrypted ? { encryptFor: await encryptionKey() } : {}),
      });
      const back = await ada.go(String(location));
      const query = queryOf(back);
      expect(query['RelayState']).to.equal('of-pysaml2');
      const { status } = await askAbout({ do: 'answered', query });
      expect(status).to.equal('urn:oasis:names:tc:SAML:2.0:status:Success');
      expect((await shopVisit(ada)).text).to.not.contain('SAMLResponse');
    });

    it(`pysaml2 upstream, mod_auth_mellon downstream: a sign-out there ends the session at Apache, told ${encrypted ? 'by an encrypted name' : 'in plain'}`, async function () {
      needs(this, 'mod_auth_mellon', 'test', ['-e', '/usr/lib/apache2/modules/mod_auth_mellon.so']);
      const service = new ServiceProvider('https://mellon.example/saml');
      const port = await freePort();
      const metadata = mellonMetadata(`http://127.0.0.1:${port}`, service, encrypted ? service.encryptionKey() : '');
      await start([{ ...SHOP_OPTIONS, metadata, ...(encrypted ? { encryptAssertions: true } : {}) }]);
      const apache = await startMellon(
        files,
        port,
        service,
        await world.bridge.metadata(),
        'urn:asignio:acr:signature',
      );
      mellon = apache;
      const browser = new Person(apache.url, 'ada');
      const at = async (first: Page): Promise<Page> => {
        let page = first;
        while (page.to !== null && new URL(page.to, page.url).origin === apache.url)
          page = await browser.go(new URL(page.to, page.url).href);
        return page;
      };
      const away = await at(await browser.go('/'));
      const ada = world.person();
      const answer = await signIn(ada, await ada.go(away.to ?? ''));
      const form = { SAMLResponse: answer.encoded, RelayState: answer.relayState ?? '' };
      expect((await at(await browser.go(answer.action, form, { origin: 'null' }))).text).to.equal('inside');

      const { location } = await askAbout({
        do: 'sign-out',
        destination: `${world.entityId}/acs/slo`,
        nameId: 'p-4711',
        sessionIndexes: [answer.there],
      });
      const toApache = await ada.go(String(location));
      expect(toApache.to).to.contain(`${apache.url}/mellon/logout?SAMLRequest=`);
      const fromApache = await browser.go(toApache.to ?? '');
      expect(fromApache.to, fromApache.text).to.contain(`${world.entityId}/slo?SAMLResponse=`);
      const back = await ada.go(fromApache.to ?? '');
      const { status } = await askAbout({ do: 'answered', query: queryOf(back) });
      expect(status).to.equal('urn:oasis:names:tc:SAML:2.0:status:Success');
      expect(new URL((await at(await browser.go('/'))).to ?? '').pathname).to.equal('/saml/sso');
    });
  }
});
