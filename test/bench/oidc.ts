import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bindingCookieName, ceremonyId, tenantId } from '@asignio/contracts';
import { createAsignio } from 'asignio';
import { createOidcBridge } from 'asignio/oidc';
import express from 'express';
import type { Express } from 'express';
import { Provider } from 'oidc-provider';
import type { ClientMetadata } from 'oidc-provider';
import * as oidc from 'openid-client';
import { createSigner } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { dataFolder } from '../support/demo.ts';
import { follow } from '../support/redirects.ts';
import { Visitor } from '../support/visitor.ts';
import { cpuOf, WAYS } from './cpu.ts';
import type { Way } from './cpu.ts';

export const name = 'oidc: a sign-in by the bridge against one by a bare oidc-provider';

/** ms of one core that a sign-in may cost beyond the biometric part. */
const GOAL_MS = 5;
/** Most of the first rounds are spent on code that runs for the first times. */
const ROUNDS = 12;
const SIGN_INS = 12;
const SETTLE_MS = 50;
/** Who take turns: refused drawings would lock out one who did all of it. */
const PEOPLE = Array.from({ length: 16 }, (_, n) => `person${n}`);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (how: { readonly type: 'minor' }) => void;
const SECRET = 'wUq7vY2mZ0pL4kT9sX1eR6nB8cH3dJ5fGaQiOzMy';
const BACK = 'https://shop.example/callback';

/** One of the two, with what a person's browser does on its page. */
interface Side {
  readonly base: string;
  /** The biometric part's own end, which any way to sign in has: exchanging a decision for its proof, once. */
  readonly redeem?: (ready: Ready) => Promise<void>;
  readonly config: oidc.Configuration;
  /** What is made ready before the clock runs: a drawing that was accepted, with its browser. */
  prepare(): Promise<Ready>;
}

interface Ready {
  readonly person: string;
  readonly visitor: Visitor;
  readonly form: Record<string, string>;
}

/**
 * Whole sign-ins, from the request to the checked ID token: pages, cookies, store, signature, and what the relying party
 * does. The drawings were compared before, as a bare provider has none. Both take turns in one process; the best round of
 * each counts. The bridge's store is on disk, the bare provider's in memory.
 */
export async function run(): Promise<void> {
  const closing: (() => Promise<void>)[] = [];
  try {
    const asked = await bridge(closing);
    const plain = await bare(closing);
    for (const way of WAYS) {
      const measured = [
        { side: plain, what: cost, best: Number.POSITIVE_INFINITY },
        { side: asked, what: cost, best: Number.POSITIVE_INFINITY },
        { side: asked, what: redemption, best: Number.POSITIVE_INFINITY },
      ];
      for (let round = 0; round < ROUNDS; round++)
        for (const one of measured) one.best = Math.min(one.best, await one.what(one.side, way));
      const [bareMs = 0, ours = 0, redeeming = 0] = measured.map(({ best }) => best);
      const show = (what: string, ms: number, more = ''): unknown =>
        process.stdout.write(`  ${what.padEnd(21)}${ms.toFixed(2).padStart(6)} ms${more}\n`);
      process.stdout.write(`  ${SIGN_INS} people ${way}, ms of one core for each\n`);
      show('oidc-provider, bare', bareMs);
      show('the bridge', ours);
      show("a ceremony's proof", redeeming, ' of them');
      show('beyond both', ours - bareMs - redeeming, ` (goal ${GOAL_MS})`);
    }
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

/** ms of CPU time that exchanging one decision takes. */
async function redemption(side: Side, way: Way): Promise<number> {
  return cpuOf(await settled(side), way, async (ready) => side.redeem?.(ready));
}

/** ms of CPU time that one sign-in takes. */
async function cost(side: Side, way: Way): Promise<number> {
  return cpuOf(await settled(side), way, async (ready) => signIn(side, ready));
}

async function settled(side: Side): Promise<readonly Ready[]> {
  const all: Ready[] = [];
  for (let n = 0; n < SIGN_INS; n++) all.push(await side.prepare());
  await settle();
  return all;
}

/** What the drawings left behind, garbage and what is done after an answer, is not the sign-in's. */
async function settle(): Promise<void> {
  await setTimeout(SETTLE_MS);
  collect({ type: 'minor' });
}

async function signIn({ config }: Side, { person, visitor, form }: Ready): Promise<void> {
  const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: 'openid',
    login_hint: person,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const page = await follow(visitor, url.href);
  let { to, answer, path } = await follow(visitor, `${page.path}/login`, form);
  if (to === undefined && answer.text.includes('/consent"'))
    ({ to, answer, path } = await follow(visitor, `${path}/consent`, {}));
  if (to === undefined) throw new Error(`Stuck at ${path}: ${answer.text}`);
  await oidc.authorizationCodeGrant(config, new URL(to), {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
}

async function bridge(closing: (() => Promise<void>)[]): Promise<Side> {
  const { app, base } = await listening(closing);
  const data = await dataFolder();
  closing.push(() => rm(data, { recursive: true, force: true }));
  const asignio = await createAsignio({
    origins: [base],
    data,
    workers: 1,
    // One address does all of it.
    rateLimit: false,
    subject: (req) => req.headers['x-signed-in'] as string | undefined,
    regions: { deployment: 'DE', policy: { home: 'DE', allowed: [] } },
  });
  closing.push(() => asignio.close());
  const client = { id: 'shop', name: 'The Shop', region: 'DE', secret: SECRET, redirectUris: [BACK] };
  const made = await createOidcBridge(asignio.core, { issuer: `${base}/oidc`, clients: [client] });
  app.use('/asignio', asignio.router());
  app.use('/oidc', made.router());
  const people: { readonly person: string; readonly signer: Signer }[] = [];
  for (const person of PEOPLE) {
    const signer = createSigner({ seed: `oidc bench ${person}` });
    const enrolling = new Visitor(base, new Map(), { 'x-signed-in': person });
    await enrolling.consent();
    const { status } = await enrolling.enrol(() => signer.sign());
    if (status === 200) people.push({ person, signer });
  }
  let turn = 0;
  return {
    base,
    config: await discovered(`${base}/oidc`),
    async redeem({ visitor, form }) {
      const id = ceremonyId(form['ceremony'] ?? '');
      const binding = visitor.cookie(bindingCookieName(id, false)) ?? '';
      await asignio.core.ceremonies.redeem({ tenant: tenantId('default'), id, binding, origin: base });
    },
    async prepare() {
      for (let tries = 0; tries < 2 * people.length; tries++) {
        const { person, signer } = people[turn++ % people.length]!;
        const visitor = new Visitor(base);
        const { status, ceremony } = await visitor.verify(person, signer.sign());
        if (status === 200) return { person, visitor, form: { ceremony } };
      }
      throw new Error('Nobody was accepted');
    },
  };
}

/** What its documentation begins with: the same client, PKCE, and a page that believes everybody. */
async function bare(closing: (() => Promise<void>)[]): Promise<Side> {
  const { app, base } = await listening(closing);
  const client = { client_id: 'shop', client_secret: SECRET, redirect_uris: [BACK] } as unknown as ClientMetadata;
  const provider = new Provider(`${base}/oidc`, {
    clients: [client],
    cookies: { keys: [SECRET] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant(ctx) {
      const { session, client: asking } = ctx.oidc;
      const grant = new provider.Grant({
        ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
        ...(asking === undefined ? {} : { clientId: asking.clientId }),
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  });
  app.get('/interaction/:uid', async (req, res) => {
    await provider.interactionDetails(req, res);
    res.send('<form method="post">Sign in</form>');
  });
  app.post('/interaction/:uid/login', express.urlencoded({ extended: false }), async (req, res) => {
    const form = req.body as { readonly name: string };
    await provider.interactionFinished(req, res, { login: { accountId: form.name, acr: 'plain', amr: ['pwd'] } });
  });
  app.use('/oidc', provider.callback());
  return {
    base,
    config: await discovered(`${base}/oidc`),
    prepare: () => Promise.resolve({ person: 'ada', visitor: new Visitor(base), form: { name: 'ada' } }),
  };
}

function discovered(issuer: string): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(issuer), 'shop', undefined, oidc.ClientSecretBasic(SECRET), {
    execute: [oidc.allowInsecureRequests],
  });
}

async function listening(closing: (() => Promise<void>)[]): Promise<{ readonly app: Express; readonly base: string }> {
  const app = express();
  const server: Server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return { app, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
