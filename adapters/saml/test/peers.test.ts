import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { signingCertificates } from '#src/metadata/service-provider.js';
import { METADATA_LIMITS, parseXml } from '#src/xml/parse.js';
import { child } from '#src/xml/read.js';
import { needs, PeerFiles, PYTHON, python } from './support/peers.js';
import { answerOf } from './support/person.js';
import type { Answer } from './support/person.js';
import { ServiceProvider } from './support/service-provider.js';
import { ADA, makeWorld, SHOP, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

describe('pysaml2 as a service provider', function () {
  this.timeout(120_000);
  const shop = new ServiceProvider('https://pysaml2.example/saml');
  let files: PeerFiles;
  let world: World;

  before(async function () {
    needs(this, 'pysaml2 with xmlsec1', PYTHON, ['-c', 'import saml2, shutil; assert shutil.which("xmlsec1")']);
    files = new PeerFiles();
    const metadata = String((await ask({ do: 'metadata' }))['metadata']);
    world = await makeWorld({ serviceProviders: [{ ...SHOP_OPTIONS, metadata, name: 'A Python shop' }] });
  });

  after(async () => {
    await world?.close();
    files?.remove();
  });

  function ask(command: object): Promise<Readonly<Record<string, unknown>>> {
    return python('pysaml2-sp.py', {
      entityId: shop.entityId,
      consumer: shop.consumer,
      ...files.writeKey(shop.key),
      ...command,
    });
  }

  const begin = async (more: object = {}): Promise<{ id: string; url: string; page: string }> =>
    ask({ do: 'begin', binding: 'redirect', idpMetadata: await world.bridge.metadata(), ...more }) as never;

  const finish = async ({ encoded }: Answer, id: string): Promise<Readonly<Record<string, unknown>>> =>
    ask({ do: 'finish', response: encoded, outstanding: [id], idpMetadata: await world.bridge.metadata() });

  it('pysaml2 takes the answer to its signed request by redirect, and reads what the person released', async () => {
    const { id, url } = await begin({ relayState: 'basket 7' });
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(url), ['name', 'email']);
    expect(answer.relayState).to.equal('basket 7');
    const told = await finish(answer, id);
    expect(told).to.deep.include({
      attributes: { displayName: [ADA.name], mail: [ADA.email] },
      context: 'urn:asignio:acr:signature',
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      inResponseTo: id,
    });
  });

  it('pysaml2 takes the answer to its signed request by POST', async () => {
    const { id, page } = await begin({ binding: 'post' });
    const request = /name="SAMLRequest" value="([^"]*)"/.exec(page)?.[1] ?? '';
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(world.sso, { SAMLRequest: request }), []);
    expect(await finish(answer, id))
      .to.have.property('nameId')
      .that.is.a('string');
  });

  it('pysaml2 refuses an answer that was changed on its way, and one that it did not ask for', async () => {
    const { id, url } = await begin();
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(url), ['email']);
    const changed = answer.response.replace(ADA.email, 'eve@lovelace.example');
    const encoded = Buffer.from(changed).toString('base64');
    expect(await finish({ ...answer, encoded }, id)).to.have.property('error');
    expect(await finish(answer, 'another')).to.have.property('error', 'UnsolicitedResponse');
  });

  it('pysaml2 is told NoAuthnContext where nobody can reach what it asks for', async () => {
    const { id, url } = await begin({ context: 'urn:example:retina', comparison: 'exact' });
    const told = await finish(answerOf(await world.person().follow(url)), id);
    expect(told).to.have.property('error', 'StatusNoAuthnContext');
  });

  it('pysaml2 goes on after a change of keys, with metadata that it read before it', async () => {
    const before = await world.bridge.metadata();
    await world.bridge.rotateKeys();
    const during = await world.bridge.metadata();
    expect(during.length).to.be.above(before.length);
    const { id, url } = await begin();
    const ada = world.person();
    const { encoded } = await ada.signIn(await ada.follow(url), []);
    for (const idpMetadata of [before, during])
      expect(await ask({ do: 'finish', response: encoded, outstanding: [id], idpMetadata })).to.have.property('nameId');
  });
});

describe('xmlsec1 as the one who verifies', function () {
  this.timeout(60_000);
  let files: PeerFiles;
  let world: World;
  let answer: Answer;

  before(async function () {
    needs(this, 'xmlsec1', 'xmlsec1', ['--version']);
    files = new PeerFiles();
    world = await makeWorld();
    const ada = world.person();
    answer = await ada.signIn(await ada.follow(SHOP.redirect(world.sso, SHOP.request(world.sso))), ['name']);
    const role = child(parseXml(await world.bridge.metadata(), METADATA_LIMITS), 'metadata', 'IDPSSODescriptor');
    files.write('idp.crt', (role === undefined ? [] : signingCertificates(role))[0]?.toString() ?? '');
  });

  after(async () => {
    await world?.close();
    files?.remove();
  });

  function verify(xml: string, element: string, node: string): number | null {
    const file = files.write('document.xml', xml);
    const args = [
      '--verify',
      '--pubkey-cert-pem',
      `${files.path}/idp.crt`,
      '--id-attr:ID',
      element,
      '--node-xpath',
      node,
    ];
    return spawnSync('xmlsec1', [...args, file]).status;
  }

  const RESPONSE = 'urn:oasis:names:tc:SAML:2.0:protocol:Response';
  const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion:Assertion';
  const outer = "/*/*[local-name(.)='Signature']";
  const inner = "/*/*[local-name(.)='Assertion']/*[local-name(.)='Signature']";

  it('xmlsec1 verifies the response and the assertion in it, and neither when a letter is changed', () => {
    expect(verify(answer.response, RESPONSE, outer)).to.equal(0);
    expect(verify(answer.response, ASSERTION, inner)).to.equal(0);
    const changed = answer.response.replace('Ada Lovelace', 'Eve Lovelace');
    expect(verify(changed, RESPONSE, outer)).to.not.equal(0);
    expect(verify(changed, ASSERTION, inner)).to.not.equal(0);
  });

  it('xmlsec1 verifies the metadata', async () => {
    const entity = 'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor';
    expect(verify(await world.bridge.metadata(), entity, outer)).to.equal(0);
  });
});
