import { expect } from 'chai';
import * as client from 'openid-client';
import { relyingParty } from './support/relying-party.js';
import type { RelyingParty } from './support/relying-party.js';
import { CLIENT, makeWorld, SECRET, SHOP } from './support/world.js';
import type { World } from './support/world.js';

describe('attacks on the bridge', function () {
  this.timeout(20_000);
  let world: World;
  let shop: RelyingParty;
  before(async () => {
    world = await makeWorld();
    shop = await relyingParty(world);
  });
  after(() => world.close());

  const redeem = async (base: string, code: string, verifier: string, more: Record<string, string> = {}) => {
    const response = await fetch(`${base}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: SHOP,
        code_verifier: verifier,
        ...more,
      }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const codeOf = async () => {
    const { url, state } = await shop.begin();
    const answer = await world.person().signIn(url);
    return { code: answer.searchParams.get('code') ?? '', verifier: shop.verifierOf(state) };
  };

  it('a code redeemed in two processes in the same moment gives tokens at most once, and they end with it', async () => {
    const { code, verifier } = await codeOf();
    const places = [world.issuer, `${world.otherUrl}/oidc`];
    const answers = await Promise.all([...places, ...places].map((place) => redeem(place, code, verifier)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).to.be.at.most(1);
    for (const { body } of won) {
      const authorization = `Bearer ${body['access_token']}`;
      expect((await fetch(`${world.issuer}/me`, { headers: { authorization } })).status).to.equal(401);
    }
    expect((await redeem(world.issuer, code, verifier)).status).to.equal(400);
  });

  it('a code without its verifier, or with another, gives nothing', async () => {
    const { code } = await codeOf();
    expect((await redeem(world.issuer, code, client.randomPKCECodeVerifier())).status).to.equal(400);
    expect((await redeem(world.issuer, code, '')).status).to.equal(400);
  });

  it('a request without PKCE, or with the plain method, is refused', async () => {
    for (const wrong of [{ code_challenge_method: 'plain' }, { code_challenge: '', code_challenge_method: '' }]) {
      const { url } = await shop.begin(wrong);
      const page = await world.person().follow(url);
      expect(new URL(page.to ?? '').searchParams.get('error')).to.equal('invalid_request');
    }
  });

  it('a client that may do without PKCE must send a nonce in its place, and no other client may', async () => {
    const old = await makeWorld({ clients: [{ ...CLIENT, pkce: false }] });
    try {
      const party = await relyingParty(old);
      const none = { code_challenge: '', code_challenge_method: '' };
      for (const nonce of ['', 'short']) {
        const page = await old.person().follow((await party.begin({ ...none, nonce })).url);
        expect(new URL(page.to ?? '').searchParams.get('error'), nonce).to.equal('invalid_request');
      }
      const { url } = await party.begin(none);
      expect((await old.person().follow(url)).text).to.include('name="who"');
    } finally {
      await old.close();
    }
  });

  it('nobody is sent to an address that is not configured, character by character', async () => {
    const variants = [
      `${SHOP}/`,
      `${SHOP}?x`,
      'https://shop.example/%63allback',
      'https://shop.example.evil.example/callback',
    ];
    for (const uri of [
      ...variants,
      'https://shop.example@evil.example/callback',
      `${SHOP}/../evil`,
      '//evil.example',
    ]) {
      const { url } = await shop.begin({ redirect_uri: uri });
      const page = await world.person().follow(url);
      expect(page.to, uri).to.equal(null);
      expect(page.status, uri).to.equal(400);
    }
  });

  it('a host that a stranger names is in no address that is given out', async () => {
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`, { headers });
    expect(await answer.text()).to.not.include('evil.example');
  });

  it('an interaction that another browser began is not there, and a form of another site is refused', async () => {
    const { url } = await shop.begin();
    const ada = world.person();
    const page = await ada.follow(url);
    expect((await world.person('bob').follow(page.url)).status).to.equal(400);
    const forged = await ada.go(`${new URL(page.url).pathname}/login`, {}, { origin: 'https://evil.example' });
    expect(forged.status).to.equal(403);
  });

  it('where there is nothing, nothing is said, and headers are as everywhere', async () => {
    for (const path of ['/nothing', '/auth/x/y', '/interaction/', '/.well-known/other']) {
      const answer = await fetch(`${world.issuer}${path}`);
      expect(answer.status, path).to.be.oneOf([400, 404]);
      expect(answer.headers.get('content-security-policy') ?? '', path).to.match(/default-src 'none'/);
      expect(await answer.text()).to.not.match(/Error:|at \w+ \(/);
    }
    expect(world.warnings).to.deep.equal([]);
  });

  it("a form that is too long, of too many fields or not of its encoding is the sender's fault", async () => {
    for (const [body, encoding] of [
      [`ceremony=${'x'.repeat(9000)}`, 'identity'],
      ['a=1&'.repeat(30), 'identity'],
      ['ceremony=x', 'gzip'],
    ] as const) {
      const answer = await fetch(`${world.issuer}/interaction/x/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': encoding },
        body,
      });
      expect(answer.status, body.slice(0, 20)).to.equal(400);
      expect(await answer.json()).to.have.property('code', 'ASIGNIO_REQUEST_INVALID');
    }
    expect(world.warnings).to.deep.equal([]);
  });

  it('a ceremony of a lower assurance than was asked for signs nobody in', async () => {
    const { url } = await shop.begin({ acr_values: 'urn:asignio:acr:signature-strict' });
    const ada = world.person();
    const page = await ada.follow(`${(await ada.follow(url)).url}?who=ada`);
    expect(page.text).to.include('assurance="signature-strict"');
    expect((await ada.draw(page, { assurance: 'signature', score: 2 })).status).to.equal(422);
  });

  it('an essential acr that nobody can reach is an error, also where acr_values asks for less beside it', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:elsewhere'] } } });
    for (const more of [{}, { acr_values: 'urn:asignio:acr:signature' }]) {
      const { url } = await shop.begin({ claims, ...more });
      const page = await world.person().follow(url);
      expect(new URL(page.to ?? '').searchParams.get('error')).to.equal('unmet_authentication_requirements');
    }
  });
});
