import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAsignio, DEFAULT_PROFILES, nist63b4 } from 'asignio';
import { createOidcBridge } from 'asignio/oidc';
import type { EntraOptions, OidcClientOptions } from 'asignio/oidc';
import * as oidc from 'openid-client';
import { createSigner } from '@asignio/testkit';
import { ROOT, dataFolder } from '../support/demo.js';
import { follow } from '../support/redirects.js';
import { SESSION_SIGN_IN, withProgram } from '../support/program.js';
import { firstProgram } from '../support/readme.js';
import { Visitor } from '../support/visitor.js';

const PORT = 3900 + (process.pid % 800);
const SECRET = 'wUq7vY2mZ0pL4kT9sX1eR6nB8cH3dJ5fGaQiOzMy';

describe('docs/oidc.md', () => {
  let guide: string;
  before(async () => {
    guide = await readFile(join(ROOT, 'docs/oidc.md'), 'utf8');
  });

  it('shows a first program that openid-client signs a person in at, as it stands', async () => {
    const files = { 'app.mjs': firstProgram(guide, PORT, SESSION_SIGN_IN) };
    await withProgram('oidc-guide', { port: PORT, files, env: { SHOP_SECRET: SECRET } }, async (base) => {
      const signer = createSigner({ seed: 'oidc-guide' });
      const enrolling = new Visitor(base);
      await enrolling.form('/existing-sign-in', { id: 'ada' });
      expect((await enrolling.consent()).status).to.equal(201);
      expect((await enrolling.enrol(() => signer.sign())).status).to.equal(200);

      const config = await oidc.discovery(new URL(`${base}/oidc`), 'shop', undefined, oidc.ClientSecretBasic(SECRET), {
        execute: [oidc.allowInsecureRequests],
      });
      const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: 'http://localhost:4000/callback',
        scope: 'openid email',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const ada = new Visitor(base);
      let page = await follow(ada, url.href);
      for (let tries = 0; tries < 4 && !page.answer.text.includes('name="attribute"'); tries++) {
        const { ceremony } = await ada.verify('ada', signer.sign());
        page = await follow(ada, `${page.path}/login`, { ceremony });
        page = { ...page, path: page.path.replace(/\/login$/, '') };
      }
      const { to } = await follow(ada, `${page.path}/consent`, { attribute: 'email' });
      const tokens = await oidc.authorizationCodeGrant(config, new URL(to ?? ''), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
      });
      const sub = tokens.claims()?.sub ?? '';
      expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).to.deep.equal({
        sub,
        email: 'ada@company.example',
      });
    });
  }).timeout(60_000);

  it('has clients for each identity stack that the bridge takes as they stand', async () => {
    const shown = (kind: string): unknown[] =>
      [...guide.matchAll(new RegExp('```js ' + kind + '\\n([\\s\\S]*?)```', 'g'))].map(([, text = '']): unknown =>
        // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call -- the page's own examples
        new Function('process', `return (${text});`)({ env: new Proxy({}, { get: () => SECRET }) }),
      );
    const clients = shown('client') as OidcClientOptions[];
    const [entra] = shown('entra') as EntraOptions[];
    expect(clients.map(({ id }) => id)).to.include.members(['auth0', 'okta', 'keycloak']);
    const data = await dataFolder();
    const asignio = await createAsignio({
      origins: ['https://id.example'],
      data,
      workers: 1,
      assurance: [...DEFAULT_PROFILES, nist63b4()],
      alternatives: ['A passphrase'],
      logger: { warn: () => undefined, error: () => undefined },
    });
    try {
      await createOidcBridge(asignio.core, { issuer: 'https://id.example/oidc', clients, ...(entra && { entra }) });
      expect(entra?.clientId).to.equal('entra');
    } finally {
      await asignio.close();
      await rm(data, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
