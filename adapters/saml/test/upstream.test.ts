import { expect } from 'chai';
import { SAML_LIBRARIES } from '#src/consumer/libraries/library.js';
import { readServiceProvider } from '#src/metadata/service-provider.js';
import type { SamlFirstFactorOptions } from '@asignio/saml';
import { needs, PeerFiles, PYTHON, python } from './support/peers.js';
import { ServiceProvider } from './support/service-provider.js';
import type { Page, Person } from './support/person.js';
import { makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const firstFactorOf = (metadata: string): { readonly firstFactor: SamlFirstFactorOptions } => ({
  firstFactor: { metadata, subject: ({ attributes }) => attributes['urn:oid:0.9.2342.19200300.100.1.1']?.[0] },
});

describe('pysaml2 as the identity provider of the first factor', function () {
  this.timeout(120_000);
  const holder = new ServiceProvider('https://idp.example/saml');
  let files: PeerFiles;
  let world: World;

  before(async function () {
    needs(this, 'pysaml2 with xmlsec1', PYTHON, ['-c', 'import saml2, shutil; assert shutil.which("xmlsec1")']);
    files = new PeerFiles();
    const metadata = String((await ask({ do: 'metadata' }))['metadata']);
    world = await makeWorld({ serviceProviders: [SHOP_OPTIONS], bridge: firstFactorOf(metadata) });
  });

  after(async () => {
    await world?.close();
    files?.remove();
  });

  function ask(command: object): Promise<Readonly<Record<string, unknown>>> {
    return python('pysaml2-idp.py', {
      entityId: holder.entityId,
      signOn: 'https://idp.example/sso',
      ...files.writeKey(holder.key),
      ...command,
    });
  }

  for (const sign of ['response', 'assertion', 'both'])
    it(`pysaml2 verifies our request, and whom it names draws here (it signs ${sign})`, async () => {
      const ada = world.person();
      const visit = await ada.go(SHOP.redirect(world.sso, SHOP.request(world.sso)));
      const away = await ada.go(new URL(visit.to ?? '', world.sso).href);
      const query = Object.fromEntries(new URL(away.to ?? '').searchParams);
      const said = await ask({
        do: 'answer',
        query,
        sign,
        nameId: 'p-4711',
        attributes: { uid: ['ada'] },
        spMetadata: await world.bridge.metadata(),
      });
      expect(said, JSON.stringify(said)).to.deep.include({ destination: `${world.entityId}/acs` });
      const page = await ada.follow(`${world.entityId}/acs`, { SAMLResponse: String(said['response']) });
      expect(page.text).to.contain('subject="ada"');
      const { response } = await ada.signIn(page, []);
      expect(response).to.contain('status:Success').and.contain(`AuthenticatingAuthority>${holder.entityId}<`);
    });

  /** Asks it, and brings back what it answers. */
  async function bring(
    ada: Person,
    more: object,
    at: World = world,
  ): Promise<{ readonly page: Page; readonly response: string }> {
    const visit = await ada.go(SHOP.redirect(at.sso, SHOP.request(at.sso)));
    const away = await ada.go(new URL(visit.to ?? '', at.sso).href);
    const said = await ask({
      do: 'answer',
      query: Object.fromEntries(new URL(away.to ?? '').searchParams),
      nameId: 'p-4711',
      attributes: { uid: ['ada'] },
      spMetadata: await at.bridge.metadata(),
      ...more,
    });
    expect(said, JSON.stringify(said)).to.have.property('response');
    const encoded = String(said['response']);
    const page = await ada.follow(`${at.entityId}/acs`, { SAMLResponse: encoded });
    return { page, response: Buffer.from(encoded, 'base64').toString() };
  }

  for (const sign of ['response', 'assertion', 'both'])
    it(`pysaml2 encrypts for the key in our metadata, with AES-GCM, and whom it names draws here (it signs ${sign})`, async () => {
      const ada = world.person();
      const { page, response } = await bring(ada, { sign, encrypt: 'aes256-gcm' });
      expect(response).to.contain('EncryptedAssertion').and.not.contain('p-4711');
      expect(page.text).to.contain('subject="ada"');
      expect((await ada.signIn(page, [])).response).to.contain('status:Success');
    });

  it('pysaml2 with its own Triple-DES, or with AES-CBC, is refused as long as nobody allowed it', async () => {
    for (const encrypt of ['default', 'aes256-cbc']) {
      const { page } = await bring(world.person(), { sign: 'both', encrypt });
      expect(page.text, encrypt).to.contain('<code>encryption<');
    }
  });

  for (const library of SAML_LIBRARIES)
    it(`pysaml2’s answers are taken by ${library} behind our checks, whatever it signs, and none is encrypted`, async () => {
      const { firstFactor } = firstFactorOf(String((await ask({ do: 'metadata' }))['metadata']));
      const own = await makeWorld({
        serviceProviders: [SHOP_OPTIONS],
        bridge: { firstFactor: { ...firstFactor, library } },
      });
      try {
        expect(readServiceProvider(await own.bridge.metadata()).encryption).to.deep.equal([]);
        for (const sign of ['response', 'assertion', 'both']) {
          const ada = own.person();
          const { page } = await bring(ada, { sign }, own);
          expect(page.text, sign).to.contain('subject="ada"');
          expect((await ada.signIn(page, [])).response).to.contain('status:Success');
        }
      } finally {
        await own.close();
      }
    });

  it('pysaml2 refuses a request of ours that was changed', async () => {
    const ada = world.person();
    const visit = await ada.go(SHOP.redirect(world.sso, SHOP.request(world.sso)));
    const away = await ada.go(new URL(visit.to ?? '', world.sso).href);
    const query = { ...Object.fromEntries(new URL(away.to ?? '').searchParams), RelayState: 'another' };
    const more = { sign: 'both', nameId: 'x', attributes: {}, spMetadata: await world.bridge.metadata() };
    expect(await ask({ do: 'answer', query, ...more })).to.have.property('error', 'IncorrectlySigned');
  });
});
