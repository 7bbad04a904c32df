import { expect } from 'chai';
import * as client from 'openid-client';
import { relyingParty } from './support/relying-party.js';
import type { RelyingParty } from './support/relying-party.js';
import { ADA, makeWorld } from './support/world.js';
import type { World } from './support/world.js';

describe('openid-client as a relying party', function () {
  this.timeout(20_000);
  let world: World;
  let shop: RelyingParty;
  before(async () => {
    world = await makeWorld();
    shop = await relyingParty(world);
  });
  after(() => world.close());

  it('signs somebody in: code, PKCE, iss, acr, amr, auth_time, and an identifier of its own', async () => {
    const { url, state } = await shop.begin();
    const answer = await world.person().signIn(url);
    expect(answer.searchParams.get('iss')).to.equal(world.issuer);
    const tokens = await shop.finish(answer, state);
    const claims = tokens.claims();
    expect(claims?.['acr']).to.equal('urn:asignio:acr:signature');
    expect(claims?.['amr']).to.deep.equal(['signature']);
    expect(claims?.['auth_time']).to.be.a('number');
    expect(claims?.sub).to.be.a('string').and.not.include('ada');
    expect(await client.fetchUserInfo(shop.config, tokens.access_token, claims?.sub ?? '')).to.deep.equal({
      sub: claims?.sub,
    });
  });

  it('R14: is told what the person ticked, by name, and nothing else', async () => {
    const { url, state } = await shop.begin({ scope: 'openid profile email phone' });
    const person = world.person();
    let page = await person.follow(url);
    page = await person.draw(await person.follow(`${page.url}?who=ada`));
    expect(page.text).to.include(ADA.email).and.include(ADA.name).and.not.include('checked');
    const told = await person.agree(page, ['email']);
    const tokens = await shop.finish(new URL(told.to ?? ''), state);
    const sub = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(shop.config, tokens.access_token, sub)).to.deep.equal({ sub, email: ADA.email });
    expect(tokens.claims()).to.not.have.any.keys('name', 'email', 'phone_number');
    const names = (await world.events()).map(({ event }) => event);
    expect(names).to.include.members(['release.granted', 'assertion.issued', 'disclosure.recorded']);
  });
});
