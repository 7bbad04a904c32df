import { subjectId } from '@asignio/contracts';
import { expect } from 'chai';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import sinon from 'sinon';
import { listen } from './support/listener.js';
import type { Listener } from './support/listener.js';
import { attribute } from './support/person.js';
import type { Page, Person } from './support/person.js';
import { relyingParty } from './support/relying-party.js';
import type { RelyingParty } from './support/relying-party.js';
import { CLIENT, makeWorld, TENANT } from './support/world.js';
import type { World } from './support/world.js';

const OTHER_SECRET = 'kR8sJ2nQ6vX0bL5yT3wZ9mF1cH7dP4gUaEiOxYqB';

describe('signing out, and signing in anew', function () {
  this.timeout(20_000);
  let world: World;
  let told: Listener;
  let elsewhere: Listener;
  let forwarding: Listener;
  let shop: RelyingParty;
  let bank: RelyingParty;
  before(async () => {
    told = await listen();
    elsewhere = await listen();
    forwarding = await listen({ status: 302, headers: { location: `${elsewhere.url}/inside` } });
    world = await makeWorld({
      clients: [
        { ...CLIENT, backchannelLogoutUri: `${told.url}/out` },
        {
          ...CLIENT,
          id: 'bank',
          secret: OTHER_SECRET,
          redirectUris: ['https://bank.example/callback'],
          backchannelLogoutUri: `${forwarding.url}/out`,
        },
      ],
    });
    shop = await relyingParty(world);
    bank = await relyingParty(world, {
      id: 'bank',
      secret: OTHER_SECRET,
      redirectUri: 'https://bank.example/callback',
    });
  });
  after(async () => {
    await world.close();
    for (const one of [told, elsewhere, forwarding]) await one.close();
  });

  const signIn = async (person: Person, party: RelyingParty) => {
    const { url, state } = await party.begin();
    return party.finish(await person.signIn(url), state);
  };
  const signOut = async (person: Person, query = ''): Promise<Page> => {
    const page = await person.follow(`${world.issuer}/session/end${query}`);
    const xsrf = attribute(page.text.slice(page.text.indexOf('name="xsrf"')), 'value');
    return person.go('/oidc/session/end/confirm', { xsrf, logout: 'yes' });
  };
  const errorOf = (page: Page): string | null => new URL(page.to ?? '').searchParams.get('error');

  it('back-channel logout tells every relying party of the session, in a token that is one, and nobody else', async () => {
    const ada = world.person();
    const tokens = await signIn(ada, shop);
    await signIn(ada, bank);
    const out = await signOut(ada);
    expect(out.status).to.equal(303);
    for (let tries = 0; told.received.length === 0 && tries < 100; tries++) await new Promise(setImmediate);
    expect(told.received.map(({ path }) => path)).to.deep.equal(['/out']);
    const token = new URLSearchParams(told.received[0]?.body).get('logout_token') ?? '';
    const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(`${world.issuer}/jwks`)), {
      issuer: world.issuer,
      audience: 'shop',
    });
    expect(protectedHeader.typ).to.equal('logout+jwt');
    expect(payload).to.include.keys('iat', 'exp', 'jti', 'sid', 'sub').and.not.have.property('nonce');
    expect(payload.sub).to.equal(tokens.claims()?.sub);
    expect(payload['events']).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    // The bank's server answered with a redirect: a way to make this machine knock elsewhere.
    expect(forwarding.received).to.have.length(1);
    expect(elsewhere.received).to.deep.equal([]);
    expect(errorOf(await ada.follow((await shop.begin({ prompt: 'none' })).url))).to.equal('login_required');
  });

  it('nobody is signed out by a link, nor by a form of another site', async () => {
    const ada = world.person();
    await signIn(ada, shop);
    expect((await ada.follow(`${world.issuer}/session/end`)).text).to.include('op.logoutForm');
    const forged = await ada.go('/oidc/session/end/confirm', { xsrf: 'guess', logout: 'yes' });
    expect(forged.status).to.equal(400);
    const silent = await shop.begin({ prompt: 'none' });
    expect((await ada.follow(silent.url)).to).to.include('code=');
  });

  it('nobody is sent to an address after signing out that is not configured', async () => {
    const ada = world.person();
    const { id_token: hint = '' } = await signIn(ada, shop);
    for (const to of ['https://evil.example/', 'https://shop.example/callback', 'https://shop.example.evil.example/']) {
      const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: to });
      const page = await ada.follow(`${world.issuer}/session/end?${query.toString()}`);
      expect(page.to, to).to.equal(null);
      expect(page.status, to).to.equal(400);
    }
  });

  it('session fixation: what a stranger knew of the cookies before somebody signed in is worth nothing after', async () => {
    const victim = world.person();
    const stranger = world.person('mallory');
    await victim.follow((await shop.begin()).url);
    victim.share(stranger, () => true);
    const before = victim.cookies;
    await signIn(victim, shop);
    expect(victim.cookies.filter((cookie) => cookie.startsWith('asignio_oidc='))).to.not.deep.equal(
      before.filter((cookie) => cookie.startsWith('asignio_oidc=')),
    );
    const silent = await stranger.follow((await shop.begin({ prompt: 'none' })).url);
    expect(errorOf(silent)).to.equal('login_required');
  });

  it('session fixation: a session that a stranger began and put into somebody’s browser is not the one they sign in to', async () => {
    const stranger = world.person('mallory');
    // A page that needs a session although nobody is signed in.
    await stranger.follow(`${world.issuer}/session/end`);
    const planted = stranger.cookies.filter((cookie) => cookie.startsWith('asignio_oidc='));
    expect(planted).to.have.length(1);
    const victim = world.person();
    stranger.share(victim, (name) => /^asignio_oidc(?:\.sig)? /.test(name));
    await signIn(victim, shop);
    expect(victim.cookies).to.not.include(planted[0]);
    const silent = await stranger.follow((await shop.begin({ prompt: 'none' })).url);
    expect(errorOf(silent)).to.equal('login_required');
  });

  it('a request that a stranger began gives whoever finishes it no code in the stranger’s hands', async () => {
    // The stranger's interaction, in a browser that has its cookies, and the person's own: it is two interactions.
    const stranger = world.person('mallory');
    const theirs = await stranger.follow((await shop.begin()).url);
    const victim = world.person();
    const page = await victim.go(theirs.url);
    expect(page.status).to.equal(400);
    expect(page.text).to.not.include('<asignio-ceremony');
  });

  it('max_age: somebody who signed in longer ago draws again, and auth_time says so', async () => {
    const time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const ada = world.person();
      const first = (await signIn(ada, shop)).claims()?.['auth_time'] as number;
      time.tick(59_000);
      const young = await shop.begin({ max_age: '60', prompt: 'none' });
      expect((await ada.follow(young.url)).to).to.include('code=');
      time.tick(2_000);
      expect(errorOf(await ada.follow((await shop.begin({ max_age: '60', prompt: 'none' })).url))).to.equal(
        'login_required',
      );
      const { url, state } = await shop.begin({ max_age: '60' });
      const tokens = await shop.finish(await ada.signIn(url), state, { maxAge: 60 });
      expect(tokens.claims()?.['auth_time']).to.equal(first + 61);
      const now = await shop.begin({ max_age: '0', prompt: 'none' });
      expect(errorOf(await ada.follow(now.url))).to.equal('login_required');
    } finally {
      time.restore();
    }
  });

  it('a sign-in is over when its time is', async () => {
    const time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const ada = world.person();
      await signIn(ada, shop);
      time.tick(8 * 3_600_000 + 1000);
      expect(errorOf(await ada.follow((await shop.begin({ prompt: 'none' })).url))).to.equal('login_required');
    } finally {
      time.restore();
    }
  });

  it('prompt that means nothing, or two things at once, is an error', async () => {
    for (const prompt of ['none login', 'select_account', 'create', 'x'.repeat(50)])
      expect(errorOf(await world.person().follow((await shop.begin({ prompt })).url)), prompt).to.equal(
        'invalid_request',
      );
  });

  it('each relying party knows somebody by another identifier', async () => {
    const ada = world.person();
    const one = await signIn(ada, shop);
    const two = await signIn(ada, bank);
    expect(one.claims()?.sub).to.be.a('string').and.not.equal(two.claims()?.sub);
    expect(decodeJwt(one.id_token ?? '').aud).to.equal('shop');
  });

  it('R14: one relying party is not signed in by what was agreed for another', async () => {
    const ada = world.person();
    await signIn(ada, shop);
    await world.core.governance.releases.withdraw(TENANT, subjectId('ada'), 'bank');
    const silent = await ada.follow((await bank.begin({ prompt: 'none' })).url);
    expect(errorOf(silent)).to.equal('consent_required');
  });
});
