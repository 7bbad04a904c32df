import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAsignio, DEFAULT_PROFILES, nist63b4 } from 'asignio';
import { createOidcBridge } from 'asignio/oidc';
import type { EntraOptions, OidcClientOptions } from 'asignio/oidc';
import * as oidc from 'openid-client';
import { createSigner } from '@asignio/testkit';
import { ROOT, dataFolder } from '../support/demo.js';
import { follow } from '../support/redirects.js';
import { firstProgram } from '../support/readme.js';
import { Visitor } from '../support/visitor.js';

const PORT = 3900 + (process.pid % 800);
const SECRET = 'wUq7vY2mZ0pL4kT9sX1eR6nB8cH3dJ5fGaQiOzMy';
const SIGN_IN = `
app.post('/existing-sign-in', express.urlencoded({ extended: false }), (req, res) => {
  req.session.user = req.body.id;
  res.end('signed in');
});
`;

describe('docs/oidc.md', () => {
  let guide: string;
  before(async () => {
    guide = await readFile(join(ROOT, 'docs/oidc.md'), 'utf8');
  });

  it('shows a first program that openid-client signs a person in at, as it stands', async () => {
    const folder = join(ROOT, 'test-results', `oidc-guide-${process.pid}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'app.mjs'), firstProgram(guide, PORT, SIGN_IN));
    const child = spawn(process.execPath, ['app.mjs'], {
      cwd: folder,
      env: { ...process.env, SESSION_SECRET: 'test', SHOP_SECRET: SECRET },
      stdio: 'pipe',
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    try {
      const base = `http://localhost:${PORT}`;
      await ready(`${base}/asignio/readyz`, () => output);
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
    } finally {
      child.kill();
      await rm(folder, { recursive: true, force: true });
    }
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

async function ready(url: string, output: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(url).catch(() => undefined))?.ok === true) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`It did not start: ${output()}`);
}
