import { spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { expect } from 'chai';
import saml2 from 'saml2-js';
import type { IdentityProvider, Told } from 'saml2-js';
import { freePort, mellonMetadata, startMellon } from './support/mellon.js';
import type { Mellon } from './support/mellon.js';
import { needs, PeerFiles, PYTHON, python } from './support/peers.js';
import { Person } from './support/person.js';
import type { Answer, Page } from './support/person.js';
import { ServiceProvider } from './support/service-provider.js';
import { ADA, makeWorld, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const RSA_OAEP = 'http://www.w3.org/2009/xmlenc11#rsa-oaep';
const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const signed = { role: 'AuthnRequestsSigned="true"' };

/** Nothing of Ada can be read on the way. */
function expectSealed({ response }: Answer): void {
  expect(response).to.contain('EncryptedAssertion').and.not.contain('<saml:Assertion').and.not.contain(ADA.email);
}

/** Signs Ada in at a service provider that asks with a request by hand. */
async function signIn(world: World, shop: ServiceProvider, attributes: readonly string[]): Promise<Answer> {
  const ada = world.person();
  const url = shop.redirect(world.sso, shop.request(world.sso), { sign: true });
  const answer = await ada.signIn(await ada.follow(url), attributes);
  expectSealed(answer);
  return answer;
}

describe('service providers that alone can read their assertions', function () {
  this.timeout(120_000);
  let files: PeerFiles;
  let world: World | undefined;
  let mellon: Mellon | undefined;

  beforeEach(() => {
    files = new PeerFiles();
  });

  afterEach(async () => {
    await mellon?.stop();
    await world?.close();
    files.remove();
    mellon = world = undefined;
  });

  const worldFor = (metadata: string): Promise<World> =>
    makeWorld({ serviceProviders: [{ ...SHOP_OPTIONS, metadata, encryptAssertions: true }] });

  it('pysaml2 decrypts our assertion, reads it, and refuses one whose key was exchanged', async function () {
    needs(this, 'pysaml2 with xmlsec1', PYTHON, ['-c', 'import saml2, shutil; assert shutil.which("xmlsec1")']);
    const shop = new ServiceProvider('https://pysaml2.example/saml');
    const pair = files.writeKey(shop.key);
    const peer = { entityId: shop.entityId, consumer: shop.consumer, ...pair };
    const encryption = { key_file: pair.key, cert_file: pair.certificate };
    const ask = (command: object) => python('pysaml2-sp.py', { ...peer, encryption, ...command });
    world = await worldFor(String((await ask({ do: 'metadata' }))['metadata']));
    const idpMetadata = await world.bridge.metadata();
    const { id, url } = (await ask({ do: 'begin', binding: 'redirect', idpMetadata })) as { id: string; url: string };
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(url), ['name', 'email']);
    expectSealed(answer);
    const finish = (response: string) => ask({ do: 'finish', response, outstanding: [id], idpMetadata });
    expect((await finish(answer.encoded))['attributes']).to.deep.equal({ displayName: [ADA.name], mail: [ADA.email] });
    const other = await signIn(world, shop, ['email']);
    const key = /<xenc:EncryptedKey>[\s\S]*<\/xenc:EncryptedKey>/;
    const swapped = answer.response.replace(key, key.exec(other.response)?.[0] ?? '');
    expect(await finish(Buffer.from(swapped).toString('base64'))).to.have.property('error');
  });

  it('xmlsec1 decrypts our assertion, and verifies the signature in what comes out', async function () {
    needs(this, 'xmlsec1', 'xmlsec1', ['--version']);
    const shop = new ServiceProvider();
    world = await worldFor(shop.metadata({ content: shop.encryptionKey(), ...signed }));
    const { response } = await signIn(world, shop, ['email']);
    const [, certificate = ''] = /<ds:X509Certificate>([^<]*)</.exec(await world.bridge.metadata()) ?? [];
    const pem = files.write('idp.crt', `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`);
    const { key } = files.writeKey(shop.key);
    const opened = spawnSync('xmlsec1', ['--decrypt', '--privkey-pem', key, files.write('response.xml', response)], {
      encoding: 'utf8',
    });
    expect(opened.status, opened.stderr).to.equal(0);
    expect(opened.stdout).to.contain(`>${ADA.email}<`);
    const ID = ['--id-attr:ID', 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion'];
    const node = ['--node-xpath', "//*[local-name(.)='Assertion']/*[local-name(.)='Signature']"];
    const verify = (xml: string): number | null =>
      spawnSync('xmlsec1', ['--verify', '--pubkey-cert-pem', pem, ...ID, ...node, files.write('opened.xml', xml)])
        .status;
    expect(verify(opened.stdout)).to.equal(0);
    expect(verify(opened.stdout.replace(ADA.email, 'eve@lovelace.example'))).to.not.equal(0);
  });

  it('mod_auth_mellon decrypts our assertion, and lets the person in', async function () {
    needs(this, 'mod_auth_mellon', 'test', ['-e', '/usr/lib/apache2/modules/mod_auth_mellon.so']);
    const service = new ServiceProvider('https://mellon.example/saml');
    const port = await freePort();
    world = await worldFor(mellonMetadata(`http://127.0.0.1:${port}`, service, service.encryptionKey()));
    mellon = await startMellon(files, port, service, await world.bridge.metadata(), 'urn:asignio:acr:signature');
    const apache = mellon.url;
    const browser = new Person(apache, 'ada');
    const at = async (first: Page): Promise<Page> => {
      let page = first;
      for (let hops = 0; page.to !== null && hops < 10; hops++) {
        const next = new URL(page.to, page.url);
        if (next.origin !== apache) return page;
        page = await browser.go(next.href);
      }
      return page;
    };
    const away = await at(await browser.go('/'));
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(away.to ?? ''), ['email']);
    expectSealed(answer);
    const form = { SAMLResponse: answer.encoded, RelayState: answer.relayState ?? '' };
    const inside = await at(await browser.go(answer.action, form, { origin: 'null' }));
    expect([inside.status, inside.text]).to.deep.equal([200, 'inside']);
    expect(inside.headers.get('x-told-mail')).to.equal(ADA.email);
  });

  it('saml2-js decrypts our assertion', async () => {
    const shop = new ServiceProvider('https://saml2-js.example/saml');
    world = await worldFor(shop.metadata({ content: shop.encryptionKey(), ...signed }));
    const service = new saml2.ServiceProvider({
      entity_id: shop.entityId,
      private_key: shop.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: shop.certificate.toString(),
      assert_endpoint: shop.consumer,
      audience: shop.entityId,
    });
    const [, certificate = ''] = /<ds:X509Certificate>([^<]*)</.exec(await world.bridge.metadata()) ?? [];
    const provider = new saml2.IdentityProvider({ sso_login_url: world.sso, certificates: [certificate] });
    const { encoded } = await signIn(world, shop, ['email']);
    const assert = promisify<IdentityProvider, object, Told>((idp, options, done) =>
      service.post_assert(idp, options, done),
    );
    const told = await assert(provider, { request_body: { SAMLResponse: encoded } });
    expect(told.user.attributes[MAIL] ?? told.user.attributes['email']).to.deep.equal([ADA.email]);
  });

  it('node-saml decrypts our assertion, and checks both signatures', async () => {
    const shop = new ServiceProvider('https://node-saml.example/saml');
    world = await worldFor(shop.metadata({ content: shop.encryptionKey(), ...signed }));
    const [, certificate = ''] = /<ds:X509Certificate>([^<]*)</.exec(await world.bridge.metadata()) ?? [];
    const saml = new SAML({
      issuer: shop.entityId,
      audience: shop.entityId,
      callbackUrl: shop.consumer,
      entryPoint: world.sso,
      idpIssuer: world.entityId,
      idpCert: certificate,
      decryptionPvk: shop.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: true,
      validateInResponseTo: ValidateInResponseTo.never,
    });
    const { encoded } = await signIn(world, shop, ['email']);
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: encoded });
    expect(profile?.[MAIL]).to.equal(ADA.email);
  });

  it('OpenSSL through Python’s cryptography opens one whose key went by RSA-OAEP with SHA-256', async function () {
    needs(this, 'cryptography for Python', PYTHON, ['-c', 'import cryptography']);
    const shop = new ServiceProvider();
    world = await worldFor(shop.metadata({ content: shop.encryptionKey(shop.certificate, [RSA_OAEP]), ...signed }));
    const { response } = await signIn(world, shop, ['email']);
    expect(response).to.contain(`<xenc:EncryptionMethod Algorithm="${RSA_OAEP}">`);
    const [wrapped, content] = [...response.matchAll(/<xenc:CipherValue>([^<]*)</g)].map(([, value]) => value);
    const { key } = files.writeKey(shop.key);
    const { text } = await python('open-oaep.py', { key, wrapped, content });
    expect(text)
      .to.match(/^<saml:Assertion .*<\/saml:Assertion>$/)
      .and.contain(ADA.email);
  });
});
