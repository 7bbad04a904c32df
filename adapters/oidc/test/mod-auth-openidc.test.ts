import { expect } from 'chai';
import { freePort, needsModAuthOpenidc, startApache } from './support/mod-auth-openidc.js';
import type { Apache } from './support/mod-auth-openidc.js';
import { ADA, CLIENT, makeWorld, SECRET } from './support/world.js';
import type { World } from './support/world.js';

describe('mod_auth_openidc as a relying party', function () {
  this.timeout(60_000);
  let world: World | undefined;
  let apache: Apache | undefined;
  before(async function () {
    needsModAuthOpenidc(this);
    const port = await freePort();
    world = await makeWorld({
      clients: [{ ...CLIENT, redirectUris: [`http://127.0.0.1:${port}/protected/callback`] }],
    });
    apache = await startApache(port, { issuer: world.issuer, id: 'shop', secret: SECRET });
  });
  after(async () => {
    await apache?.close();
    await world?.close();
  });

  it('signs a person in with PKCE, and learns sub, acr, amr and what they ticked', async () => {
    const ada = world?.person();
    ada?.friends.add(apache?.url ?? '');
    const page = await ada?.through(`${apache?.url}/protected/`, ['email']);
    expect(page?.text).to.include('Inside');
    expect(page?.status).to.equal(200);
    const told = (name: string): string | null | undefined => page?.headers.get(`x-told-${name}`);
    expect(told('iss')).to.equal(world?.issuer);
    expect(told('acr')).to.equal('urn:asignio:acr:signature');
    expect(told('amr')).to.include('signature');
    expect(told('email')).to.equal(ADA.email);
    expect(told('sub')).to.be.a('string').and.not.include('ada');
  });

  it('keeps somebody out who said no', async () => {
    const bob = world?.person('bob');
    bob?.friends.add(apache?.url ?? '');
    const page = await bob?.follow(`${apache?.url}/protected/`);
    const refused = await bob?.follow(`${page?.url}/abort`);
    expect(refused?.text).to.not.include('Inside');
    expect((await bob?.follow(`${apache?.url}/protected/`))?.text).to.not.include('Inside');
  });
});
