import { generateKeyPairSync, X509Certificate, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { DEFAULT_PROFILES } from '@asignio/core';
import type { AssuranceProfile } from '@asignio/core';
import { createOidcBridge } from '@asignio/oidc';
import type { EntraOptions } from '@asignio/oidc';
import { answerOf } from '#src/entra/claims.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { createLocalJWKSet, exportJWK, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import sinon from 'sinon';
import { attribute } from './support/person.js';
import type { Page } from './support/person.js';
import { makeWorld } from './support/world.js';
import type { World } from './support/world.js';

const AUTHORITY = 'https://login.microsoftonline.com';
const BACK = `${AUTHORITY}/common/federation/externalauthprovider`;
const TENANT = '9122040d-6c67-4c5b-b112-36a304b66dad';
const APPLICATION = '600b719b-3766-4dc5-95a6-3c4a8dc31885';
const OID = '951ddb04-b16d-45f3-bbf7-b0fa18fa7aee';
const SUB = 'mBfcvuhSHkDWVgV72x2ruIYdSsPSvcj2R0qfc6mGEAA';
/** As Microsoft's reference has it. */
const CLAIMS = JSON.stringify({
  id_token: {
    acr: { essential: true, values: ['possessionorinherence'] },
    amr: {
      essential: true,
      values: ['face', 'fido', 'fpt', 'hwk', 'iris', 'otp', 'pop', 'retina', 'sc', 'sms', 'swk', 'tel', 'vbm'],
    },
  },
});
/** A signature, and a passkey beside it. */
const BOTH: AssuranceProfile = {
  name: 'signature-and-passkey',
  acr: 'urn:example:acr:signature-and-passkey',
  factors: ['signature'],
  fmr: 0.02,
  source: 'this test',
  conditions: {
    falseMatchRate: { value: 0.02, source: 'this test' },
    authenticator: { value: ['passkey', 'device'], source: 'this test' },
    alternative: { value: true, source: 'this test' },
    refused: { value: [], source: 'this test' },
    pad: { value: { modalities: [], iapar: 0.5 }, source: 'this test' },
    attempts: {
      value: {
        withPad: { free: 5, delay: 30_000, disableAt: 50 },
        withoutPad: { free: 5, delay: 30_000, disableAt: 50 },
      },
      source: 'this test',
    },
  },
};
const EVIDENCE = {
  modality: 'signature',
  model: 'fake@1.0.0',
  falseMatch: { threshold: 0, fmr: 0.01, comparisons: 10_000, source: 'this test' },
} as const;
const ENTRA: EntraOptions = {
  clientId: 'entra-at-acme',
  application: APPLICATION,
  tenants: [TENANT],
  region: 'US',
  subject: ({ oid }) => (oid === OID ? { subject: 'ada' } : undefined),
};
const entraKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('Microsoft Entra’s external authentication method', function () {
  this.timeout(20_000);
  let world: World;
  let proved: 'passkey' | 'device' | undefined;
  let elsewhere: string | undefined;
  before(async () => {
    const real = globalThis.fetch;
    sinon.stub(globalThis, 'fetch').callsFake(async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      if (url === `${AUTHORITY}/common/v2.0/.well-known/openid-configuration`)
        return Response.json({ jwks_uri: elsewhere ?? `${AUTHORITY}/common/discovery/v2.0/keys` });
      if (url === `${AUTHORITY}/common/discovery/v2.0/keys`)
        return Response.json({ keys: [{ ...(await exportJWK(entraKeys.publicKey)), kid: 'entra', use: 'sig' }] });
      if (!url.startsWith('http://127.0.0.1')) throw new Error(`Nobody calls ${url}`);
      return real(input, init);
    });
    world = await makeWorld({
      core: { assurance: [...DEFAULT_PROFILES, BOTH], evidence: [EVIDENCE] },
      bridge: {
        entra: ENTRA,
        authenticator: () => (proved === undefined ? undefined : proofOf(proved)),
      },
    });
  });
  after(async () => {
    sinon.restore();
    await world.close();
  });
  beforeEach(() => (proved = 'passkey'));

  const proofOf = (factor: 'passkey' | 'device') => ({ factor, at: Date.now() });
  const now = (): number => Math.floor(Date.now() / 1000);
  const hintOf = (
    change: JWTPayload = {},
    {
      alg = 'RS256',
      key = entraKeys.privateKey,
      kid = 'entra',
    }: { alg?: string; key?: KeyObject | Uint8Array; kid?: string } = {},
  ): Promise<string> =>
    new SignJWT({
      ver: '2.0',
      iss: `${AUTHORITY}/${TENANT}/v2.0`,
      sub: SUB,
      aud: APPLICATION,
      // Expired when it is issued: good for nothing but a hint.
      exp: now() - 1,
      iat: now(),
      nbf: now(),
      name: 'Ada',
      preferred_username: 'ada@acme.example',
      oid: OID,
      tid: TENANT,
      ...change,
    })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .sign(key);
  const request = async (more: Record<string, string> = {}): Promise<Record<string, string>> => ({
    scope: 'openid',
    response_type: 'id_token',
    response_mode: 'form_post',
    client_id: 'entra-at-acme',
    redirect_uri: BACK,
    nonce: 'nonce-of-entra',
    state: 'state-of-entra',
    id_token_hint: await hintOf(),
    claims: CLAIMS,
    'client-request-id': '72826bb4-abb7-4221-b253-100f530b4b0a',
    ...more,
  });
  /** Entra posts from its own pages. */
  const post = async (form: Record<string, string>, person = world.person()) => {
    const first = await person.go('/oidc/entra/auth', form, { origin: AUTHORITY });
    const page = first.to === null ? first : await person.follow(new URL(first.to, first.url).href);
    return { person, page };
  };
  const answered = (page: Page): Record<string, string> => {
    expect(attribute(page.text, 'action')).to.equal(BACK);
    return Object.fromEntries(
      [...page.text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
  };
  const signIn = async (form: Record<string, string>): Promise<Record<string, string>> => {
    const { person, page } = await post(form);
    let next = await person.draw(page);
    if (next.text.includes('/consent"')) next = await person.agree(next, []);
    return answered(next);
  };
  const keysOfOurs = async (): Promise<{ keys: JWK[] }> =>
    (await (await fetch(`${world.issuer}/entra/jwks`)).json()) as { keys: JWK[] };

  it('finds metadata and keys as Microsoft asks for them: RS256, x5c, id_token', async () => {
    const answer = await fetch(`${world.issuer}/entra/.well-known/openid-configuration`);
    expect(answer.headers.get('content-length')).to.match(/^\d+$/);
    const metadata = (await answer.json()) as Record<string, unknown>;
    expect(metadata['issuer']).to.equal(`${world.issuer}/entra`);
    expect(metadata['response_types_supported']).to.deep.equal(['id_token']);
    expect(metadata['scopes_supported']).to.include('openid');
    expect(metadata['id_token_signing_alg_values_supported']).to.deep.equal(['RS256']);
    const { keys } = await keysOfOurs();
    expect(keys.length).to.be.greaterThan(0);
    for (const key of keys) {
      const certificate = new X509Certificate(Buffer.from(key.x5c?.[0] ?? '', 'base64'));
      expect(certificate.verify(certificate.publicKey)).to.equal(true);
      expect(certificate.publicKey.equals(createPublicKey({ key: { ...key }, format: 'jwk' }))).to.equal(true);
      expect(key).to.not.have.property('d');
    }
    const main = (await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json()) as typeof metadata;
    expect(main['response_types_supported']).to.deep.equal(['code']);
  });

  it('draws, and is posted an id_token with its own sub, one acr and one amr of those that it asked for', async () => {
    const { person, page } = await post(await request());
    expect(page.text).to.include('subject="ada"').and.include('assurance="signature-and-passkey"');
    expect(page.text).to.not.include('?other');
    const consent = await person.draw(page);
    expect(consent.text).to.include('Microsoft Entra');
    const last = await person.agree(consent, []);
    expect(last.headers.get('content-security-policy')).to.match(
      /form-action [^;]*https:\/\/login\.microsoftonline\.com/,
    );
    const { id_token: token = '', state, ...rest } = answered(last);
    expect(state).to.equal('state-of-entra');
    expect(rest).to.not.have.any.keys('code', 'access_token');
    const { payload } = await jwtVerify(token, createLocalJWKSet(await keysOfOurs()), {
      issuer: `${world.issuer}/entra`,
      audience: 'entra-at-acme',
    });
    expect(payload).to.include({ sub: SUB, nonce: 'nonce-of-entra', acr: 'possessionorinherence' });
    expect(payload['amr']).to.deep.equal(['fido']);
  });

  it('asks for a drawing each time, whoever is signed in', async () => {
    await signIn(await request());
    const { person, page } = await post(await request());
    expect((await person.draw(page)).text).to.include('id_token');
    const again = await post(await request(), person);
    expect(again.page.text).to.include('<asignio-ceremony');
  });

  it('somebody else’s drawing is an error to Entra, and no token', async () => {
    const { person, page } = await post(await request());
    const answer = answered(await person.draw(page, { as: 'bob' }));
    expect(answer['error']).to.equal('login_required');
    expect(answer).to.not.have.property('id_token');
  });

  it('a signature alone is nothing that Entra has a word for', async () => {
    proved = undefined;
    const { person, page } = await post(await request());
    expect((await person.draw(page)).status).to.equal(422);
    for (const claims of [
      JSON.stringify({ id_token: { acr: { essential: true, values: ['inherence'] } } }),
      JSON.stringify({ id_token: { acr: { essential: true, values: ['knowledge'] } } }),
      JSON.stringify({ id_token: { acr: { values: ['possession'] }, amr: { values: ['sms'] } } }),
    ]) {
      const refused = answered((await post(await request({ claims }))).page);
      expect(refused['error'], claims).to.equal('unmet_authentication_requirements');
    }
  });

  it('a hint that is not Entra’s, not of now, not for us or of nobody is refused, and logged without its text', async () => {
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const spki = Buffer.from(entraKeys.publicKey.export({ type: 'spki', format: 'pem' }));
    const wrong: Record<string, string> = {
      none: '',
      'of another key': await hintOf({}, { key: stranger }),
      'by the public key as a secret': await hintOf({}, { alg: 'HS256', key: spki }),
      unsigned: new UnsecuredJWT({ iss: `${AUTHORITY}/${TENANT}/v2.0`, sub: SUB, aud: APPLICATION, oid: OID }).encode(),
      'of another directory': await hintOf({ iss: `${AUTHORITY}/00000000-0000-4000-8000-000000000000/v2.0` }),
      'of another issuer': await hintOf({ iss: `https://evil.example/${TENANT}/v2.0` }),
      'for another application': await hintOf({ aud: '00000000-0000-4000-8000-000000000000' }),
      'for many': await hintOf({ aud: [APPLICATION, 'x'] as never }),
      old: await hintOf({ iat: now() - 700, nbf: now() - 700 }),
      'of the future': await hintOf({ iat: now() + 120, nbf: now() + 120 }),
      'without a time': await hintOf({ iat: undefined, nbf: undefined } as never),
      'without a sub': await hintOf({ sub: '' }),
      'without an account': await hintOf({ oid: 'x' }),
      'of nobody here': await hintOf({ oid: '00000000-0000-4000-8000-000000000000' }),
      'our own': 'x'.repeat(20_000),
    };
    for (const [what, hint] of Object.entries(wrong)) {
      const before = world.warnings.length;
      const { page } = await post(await request({ id_token_hint: hint, login_hint: 'ada' }));
      expect(answered(page)['error'], what).to.equal('invalid_request');
      expect(world.warnings.length, what).to.equal(before + 1);
      if (hint !== '') expect(JSON.stringify(world.warnings.at(-1)), what).to.not.include(hint);
    }
  });

  it('a ticket that was made up, or is of another request, is none', async () => {
    const made = await world.person().go('/oidc/entra/auth?client_id=entra-at-acme&login_hint=ada');
    expect(made.text).to.not.include('<asignio-ceremony');
    for (const path of ['/oidc/entra/auth/', '/oidc/entra//auth', '/oidc/entra/request', '/oidc/entra/token']) {
      const form = { ...(await request()), login_hint: 'x'.repeat(43), id_token_hint: '' };
      const page = await world.person().go(path, form);
      expect(page.text, path).to.not.include('<asignio-ceremony').and.not.include('id_token"');
      expect(page.to ?? '', path).to.not.include('/interaction/');
    }
  });

  it('nobody but Entra is answered, and only where Entra is', async () => {
    for (const more of [
      { redirect_uri: 'https://evil.example/' },
      { redirect_uri: `${BACK}/` },
      { client_id: 'shop' },
      { response_mode: 'fragment', redirect_uri: 'https://evil.example/' },
    ]) {
      const { page } = await post(await request(more));
      expect(page.status, JSON.stringify(more)).to.equal(400);
      expect(page.text).to.not.include('evil.example').and.not.include('<asignio-ceremony');
    }
    for (const response_type of ['token', 'code', 'id_token token'])
      expect((await post(await request({ response_type }))).page.text, response_type).to.not.include(
        '<asignio-ceremony',
      );
  });

  it('fuzz: whatever is posted, nobody is asked to draw and nothing goes wrong inside', async () => {
    const names = fc.constantFrom(
      'claims',
      'id_token_hint',
      'scope',
      'state',
      'nonce',
      'redirect_uri',
      'response_mode',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.string({ unit: 'binary', maxLength: 200 })), async (form) => {
        const { page } = await post({ ...(await request()), id_token_hint: 'a.b.c', ...form });
        expect(page.status).to.be.oneOf([200, 303, 400]);
        expect(page.text).to.not.include('<asignio-ceremony').and.not.include('name="id_token"');
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.json(), (claims) => {
        const answer = answerOf(claims, ['signature', 'passkey', 'face']);
        expect(answer === undefined || typeof answer.acr === 'string').to.equal(true);
      }),
    );
  });

  it('keys that the metadata name elsewhere are not fetched', async () => {
    elsewhere = 'https://evil.example/keys';
    try {
      const fresh = await makeWorld({ core: { assurance: [BOTH], evidence: [EVIDENCE] }, bridge: { entra: ENTRA } });
      try {
        const page = await fresh.person().go('/oidc/entra/auth', await request(), { origin: AUTHORITY });
        expect(page.text).to.include('invalid_request');
        expect(JSON.stringify(fresh.warnings)).to.include('elsewhere').and.not.include('Nobody calls');
      } finally {
        await fresh.close();
      }
    } finally {
      elsewhere = undefined;
    }
  });

  for (const [option, change, more] of [
    ['`entra.assurance`', { assurance: 'signature' }, {}],
    ['`entra.assurance`', { assurance: 'no such profile' }, {}],
    ['`entra.application`', { application: 'my app' }, {}],
    ['`entra.tenants[0]`', { tenants: ['acme.onmicrosoft.com'] }, {}],
    ['`entra.tenants`', { tenants: [] }, {}],
    ['`entra.authority`', { authority: 'http://login.microsoftonline.com' }, {}],
    ['`entra.authority`', { authority: `${AUTHORITY}/common` }, {}],
    ['`entra.subject`', { subject: undefined }, {}],
    ['`entra.region`', { region: 'America' }, {}],
    ['`keys.rotateEvery`', {}, { keys: { rotateEvery: 86_400, publishBefore: 60 } }],
  ] as const)
    it(`names ${option} when it is wrong: ${JSON.stringify({ ...change, ...more })}`, async () => {
      let said = '';
      await createOidcBridge(world.core, {
        issuer: 'https://id.example/oidc',
        clients: [],
        entra: { ...ENTRA, ...change } as EntraOptions,
        ...more,
      }).catch((error: Error) => (said = error.message));
      expect(said)
        .to.match(/^createOidcBridge: /)
        .and.include(option);
    });
});
