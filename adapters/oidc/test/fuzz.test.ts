import { languageOf } from '@asignio/bridge';
import { expect } from 'chai';
import fc from 'fast-check';
import { wantedAssurance } from '#src/assurance/acr.js';
import { relyingParty } from './support/relying-party.js';
import type { RelyingParty } from './support/relying-party.js';
import { makeWorld, SECRET } from './support/world.js';
import type { World } from './support/world.js';

/** Texts that parsers stumble over, and any other. */
const TEXT = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '__proto__',
    '{}',
    '{"id_token":null}',
    '{"id_token":{"acr":null}}',
    '[]',
    'null',
    '%',
    '%00',
  ),
  fc.constantFrom(
    'a.b.c',
    '..',
    'eyJhbGciOiJub25lIn0.e30.',
    'urn:ietf:params:oauth:request_uri:x',
    '\uD800',
    '1e400',
    '-1',
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.json({ maxDepth: 3 }),
);
const NAMES = [
  'acr_values',
  'claims',
  'client_id',
  'code',
  'code_challenge',
  'code_verifier',
  'grant_type',
  'id_token_hint',
  'login_hint',
  'max_age',
  'nonce',
  'prompt',
  'redirect_uri',
  'refresh_token',
  'request',
  'request_uri',
  'response_mode',
  'response_type',
  'scope',
  'state',
  'token',
  'ui_locales',
  'ceremony',
  'attribute',
  'xsrf',
  'post_logout_redirect_uri',
  'logout_hint',
];
const FORM = fc.dictionary(fc.constantFrom(...NAMES), TEXT, { maxKeys: 6 });

describe('fuzz: whatever comes from outside is answered, and nothing breaks inside', function () {
  this.timeout(60_000);
  let world: World;
  let shop: RelyingParty;
  before(async () => {
    world = await makeWorld();
    shop = await relyingParty(world);
  });
  after(() => world.close());

  it('authorization requests, with a person signed in and without', async () => {
    const ada = world.person();
    await ada.signIn((await shop.begin()).url);
    await fc.assert(
      fc.asyncProperty(FORM, fc.boolean(), async (form, signedIn) => {
        const { url } = await shop.begin(form);
        const page = await (signedIn ? ada : world.person()).go(url);
        expect(page.status).to.be.oneOf([200, 303, 400]);
        if (page.to !== null)
          expect(new URL(page.to, world.issuer).host).to.be.oneOf([new URL(world.issuer).host, 'shop.example']);
      }),
      { numRuns: 150 },
    );
    expect(world.warnings).to.deep.equal([]);
  });

  it('what clients post', async () => {
    const authorization = `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}`;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/token', '/token/revocation', '/request', '/me', '/session/end/confirm', '/backchannel'),
        fc.oneof(
          FORM.map((form) => new URLSearchParams(form).toString()),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        fc.boolean(),
        async (path, body, known) => {
          const answer = await fetch(`${world.issuer}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...(known ? { authorization } : {}) },
            body,
          });
          expect(answer.status, path).to.be.lessThan(500);
          expect(await answer.text(), path)
            .to.not.include('"access_token"')
            .and.not.include(SECRET);
        },
      ),
      { numRuns: 150 },
    );
    expect(world.warnings).to.deep.equal([]);
  });

  it('what is posted to the pages, with cookies of anybody’s making', async () => {
    const ada = world.person();
    const { url } = await ada.follow((await shop.begin()).url);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/login', '/consent', '', '/abort', '/other'),
        FORM,
        fc.dictionary(
          fc.constantFrom('asignio_oidc', 'asignio_oidc_interaction', 'asignio_oidc.sig'),
          fc.base64String(),
        ),
        async (path, form, cookies) => {
          const stranger = await fetch(`${url}${path}`, {
            method: 'POST',
            redirect: 'manual',
            headers: {
              origin: world.person().base,
              cookie: Object.entries(cookies)
                .map(([name, value]) => `${name}=${value}`)
                .join('; '),
            },
            body: new URLSearchParams(form),
          });
          expect(stranger.status).to.be.oneOf([400, 404]);
          if (path === '/abort') return;
          const page = await ada.go(`${new URL(url).pathname}${path}`, new URLSearchParams(form));
          expect(page.status).to.be.oneOf([400, 404, 422]);
        },
      ),
      { numRuns: 100 },
    );
    expect(world.warnings).to.deep.equal([]);
  });

  it('claims requests and languages', () => {
    const levels = world.core.assurance;
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.string(), { nil: undefined }), (claims, acrValues) => {
        const wanted = wantedAssurance(levels, { claims, acrValues }, undefined);
        if (!('unmet' in wanted)) expect(levels.profiles).to.include(wanted.profile);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.string(), { nil: undefined }), (asked, preferred) => {
        expect(languageOf(preferred, asked)).to.be.oneOf(['en', 'es', 'ar']);
      }),
      { numRuns: 500 },
    );
  });
});
