import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose';
import type { CryptoKey, KeyObject } from 'jose';
import sinon from 'sinon';
import { listen } from './support/listener.js';
import type { Page } from './support/person.js';
import { relyingParty } from './support/relying-party.js';
import type { RelyingParty } from './support/relying-party.js';
import { CLIENT, makeWorld, SECRET, SHOP } from './support/world.js';
import type { World } from './support/world.js';

const BANK_SECRET = 'kR8sJ2nQ6vX0bL5yT3wZ9mF1cH7dP4gUaEiOxYqB';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe('tokens that come from outside', function () {
  this.timeout(20_000);
  let world: World;
  let shop: RelyingParty;
  let bank: RelyingParty;
  before(async () => {
    const { secret: _none, ...rest } = CLIENT;
    world = await makeWorld({
      clients: [
        CLIENT,
        { ...CLIENT, id: 'bank', secret: BANK_SECRET, redirectUris: ['https://bank.example/callback'] },
        {
          ...rest,
          id: 'vault',
          jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] },
        },
      ],
    });
    shop = await relyingParty(world);
    bank = await relyingParty(world, {
      id: 'bank',
      secret: BANK_SECRET,
      redirectUri: 'https://bank.example/callback',
    });
  });
  after(() => world.close());

  const errorOf = (page: Page): string | null => new URL(page.to ?? '').searchParams.get('error');
  const idTokenOf = async (party: RelyingParty): Promise<string> => {
    const { url, state } = await party.begin();
    return (await party.finish(await world.person().signIn(url), state)).id_token ?? '';
  };
  const hinted = async (hint: string): Promise<Page> =>
    world.person().follow((await shop.begin({ id_token_hint: hint })).url);

  describe('an id_token_hint', () => {
    it('that expired still says whom it is about; one that is older than the option is not listened to', async () => {
      const time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
      try {
        const hint = await idTokenOf(shop);
        time.tick(29 * 86_400_000);
        expect((await hinted(hint)).status).to.equal(200);
        time.tick(2 * 86_400_000);
        expect(errorOf(await hinted(hint))).to.equal('invalid_request');
      } finally {
        time.restore();
      }
    });

    it('of another client, of another issuer’s key, unsigned, or changed is refused', async () => {
      const hint = await idTokenOf(shop);
      const [header = '', payload = '', signature = ''] = hint.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const sign = (alg: string, key: KeyObject | CryptoKey | Uint8Array): Promise<string> =>
        new SignJWT(claims).setProtectedHeader({ alg, kid: kidOf(header) }).sign(key);
      const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'bob' })).toString('base64url');
      const wrong = {
        'of the bank': await idTokenOf(bank),
        'of another key': await sign('RS256', privateKey),
        'by the client’s own secret': await sign('HS256', Buffer.from(SECRET)),
        'by the public key as a secret': await sign('HS256', await publicKeyAsSecret()),
        unsigned: new UnsecuredJWT(claims).encode(),
        'none with a signature': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.${signature}`,
        changed: `${header}.${changed}.${signature}`,
        'no token': 'x',
        'no payload': `${header}..${signature}`,
      };
      for (const [what, token] of Object.entries(wrong))
        expect(errorOf(await hinted(token)), what).to.equal('invalid_request');
    });
  });

  const publicKeyAsSecret = async (): Promise<Uint8Array> =>
    Buffer.from(await (await fetch(`${world.issuer}/jwks`)).text());

  describe('a client’s assertion', () => {
    const claims = (more: object = {}) => ({
      iss: 'vault',
      sub: 'vault',
      aud: world.issuer,
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 60,
      ...more,
    });
    const push = async (assertion: string): Promise<number> => {
      const { status } = await fetch(`${world.issuer}/request`, {
        method: 'POST',
        body: new URLSearchParams({
          client_assertion: assertion,
          client_assertion_type: ASSERTION,
          client_id: 'vault',
          response_type: 'code',
          redirect_uri: SHOP,
          scope: 'openid',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
        }),
      });
      return status;
    };
    const signed = (body: object, alg = 'ES256', key: unknown = pair.privateKey): Promise<string> =>
      new SignJWT({ ...body }).setProtectedHeader({ alg, kid: 'k' }).sign(key as KeyObject);

    it('is taken once', async () => {
      const assertion = await signed(claims());
      expect(await push(assertion)).to.equal(201);
      expect(await push(assertion)).to.equal(401);
    });

    it('redeemed in two processes in the same moment is taken at most once', async () => {
      const assertion = await signed(claims());
      const body = (): URLSearchParams =>
        new URLSearchParams({ client_assertion: assertion, client_assertion_type: ASSERTION, token: 'x' });
      const answers = await Promise.all(
        [world.issuer, `${world.otherUrl}/oidc`, world.issuer, `${world.otherUrl}/oidc`].map((place) =>
          fetch(`${place}/token/revocation`, { method: 'POST', body: body() }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200).length).to.be.at.most(1);
    });

    it('for somebody else, too old, by another key or another algorithm is refused', async () => {
      const now = Math.floor(Date.now() / 1000);
      const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      const pem = Buffer.from(pair.publicKey.export({ type: 'spki', format: 'pem' }));
      const wrong = {
        'another audience': await signed(claims({ aud: 'https://elsewhere.example' })),
        'another subject': await signed(claims({ sub: 'shop' })),
        expired: await signed(claims({ exp: now - 60, iat: now - 120 })),
        'without an end': await signed(claims({ exp: undefined })),
        'without an id': await signed(claims({ jti: undefined })),
        'another key': await signed(claims(), 'ES256', stranger),
        'the public key as a secret': await signed(claims(), 'HS256', pem),
        unsigned: new UnsecuredJWT(claims()).encode(),
      };
      for (const [what, assertion] of Object.entries(wrong))
        expect(await push(assertion), what).to.be.oneOf([400, 401]);
    });
  });

  it('a code of one client is worth nothing to another (mix-up)', async () => {
    const { url, state } = await shop.begin();
    const answer = await world.person().signIn(url);
    const response = await fetch(`${world.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`bank:${BANK_SECRET}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: answer.searchParams.get('code') ?? '',
        redirect_uri: SHOP,
        code_verifier: shop.verifierOf(state),
      }),
    });
    expect(response.status).to.equal(400);
  });

  it('an answer that names another issuer, or none, is refused by openid-client, for ours name themselves (mix-up)', async () => {
    for (const iss of ['https://evil.example', undefined]) {
      const { url, state } = await shop.begin();
      const answer = await world.person().signIn(url);
      if (iss === undefined) answer.searchParams.delete('iss');
      else answer.searchParams.set('iss', iss);
      let refused: unknown;
      await shop.finish(answer, state).catch((error: Error) => (refused = error.cause));
      expect(refused).to.be.instanceOf(Error).with.property('message').that.matches(/"iss"/);
    }
    const metadata = (await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json()) as object;
    expect(metadata).to.have.property('authorization_response_iss_parameter_supported', true);
  });

  it('errors name their issuer too, and carry the state', async () => {
    const { url, state } = await shop.begin({ prompt: 'none' });
    const answer = new URL((await world.person().follow(url)).to ?? '');
    expect(answer.searchParams.get('iss')).to.equal(world.issuer);
    expect(answer.searchParams.get('state')).to.equal(state);
  });

  it('a request_uri or a request object is never fetched or read', async () => {
    const inside = await listen();
    try {
      for (const more of [
        { request_uri: `${inside.url}/metadata` },
        { request_uri: 'http://169.254.169.254/latest/meta-data' },
        { request_uri: 'file:///etc/passwd' },
        { request_uri: 'urn:ietf:params:oauth:request_uri:guess' },
        { request: new UnsecuredJWT({ client_id: 'shop', redirect_uri: 'https://evil.example/' }).encode() },
      ]) {
        const page = await world.person().follow((await shop.begin(more)).url);
        const error = page.to === null ? /<code>(.*?)<\/code>/.exec(page.text)?.[1] : errorOf(page);
        const wanted = 'request' in more ? /^request_not_supported$/ : /^request_uri_not_supported$|^invalid_request/;
        expect(error, JSON.stringify(more)).to.match(wanted);
      }
      expect(inside.received).to.deep.equal([]);
      // Of a client that has a key for it, and signs right.
      const request = await new SignJWT({
        client_id: 'vault',
        response_type: 'code',
        redirect_uri: SHOP,
        scope: 'openid',
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('vault')
        .setAudience(world.issuer)
        .setExpirationTime('1m')
        .sign(pair.privateKey);
      const query = new URLSearchParams({
        client_id: 'vault',
        response_type: 'code',
        redirect_uri: SHOP,
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        request,
      });
      const page = await world.person().follow(`${world.issuer}/auth?${query.toString()}`);
      expect(errorOf(page)).to.equal('request_not_supported');
    } finally {
      await inside.close();
    }
  });

  it('algorithms are those that were chosen, and none of them is `none`', async () => {
    const found = (await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json()) as object;
    expect(found).to.deep.include({
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      token_endpoint_auth_signing_alg_values_supported: ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'],
      code_challenge_methods_supported: ['S256'],
    });
  });

  it('response types and modes that put tokens into addresses are not there', async () => {
    for (const response_type of ['token', 'id_token', 'code id_token', 'none', 'id_token token']) {
      const page = await world.person().follow((await shop.begin({ response_type })).url);
      const text = page.to ?? page.text;
      expect(text, response_type).to.match(/unsupported_response_type|unauthorized_client/);
      expect(text).to.not.include('access_token');
    }
  });

  it('who has not exactly one of each parameter is refused', async () => {
    const { url } = await shop.begin();
    for (const twice of ['client_id=bank', 'redirect_uri=https://evil.example/', 'state=other', 'scope=openid']) {
      const page = await world.person().follow(`${url}&${twice}`);
      expect(page.to?.includes('code=') ?? false, twice).to.equal(false);
      expect(page.to?.startsWith('https://evil.example') ?? false, twice).to.equal(false);
      expect(page.text, twice).to.not.include('<asignio-ceremony').and.not.include('name="who"');
    }
  });
});

function kidOf(header: string): string {
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
