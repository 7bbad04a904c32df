import { randomBytes } from 'node:crypto';
import express, { type Express } from 'express';
import session from 'express-session';
import * as oidc from 'openid-client';
import { escape, page } from './html.ts';

declare module 'express-session' {
  interface SessionData {
    /** Of the sign-in that is under way. */
    pending: { readonly state: string; readonly nonce: string; readonly verifier: string };
    /** What the shop was told, and of which sign-in. */
    told: Readonly<Record<string, unknown>>;
    idToken: string;
  }
}

/** How the shop finds the provider, and proves that it is the shop. */
export interface ShopOptions {
  readonly issuer: string;
  readonly redirectUri: string;
  readonly secret: string;
}

const LOOKS = { style: '/shop.css' };

/** A shop. It knows the provider's address, and that is all that it knows of Asignio. */
export async function createShop({ issuer, redirectUri, secret }: ShopOptions): Promise<Express> {
  const config = await oidc.discovery(new URL(issuer), 'shop', undefined, oidc.ClientSecretBasic(secret), {
    // The example is on this machine alone. A shop elsewhere speaks https and has no such line.
    execute: [oidc.allowInsecureRequests],
  });
  const app = express();
  app.use(express.static(new URL('../public/', import.meta.url).pathname));
  app.use(
    session({
      // The company is on the same host, and cookies know no ports.
      name: 'shop',
      secret: randomBytes(32).toString('hex'),
      resave: false,
      saveUninitialized: false,
      // `lax`: the way back from the provider is a link from elsewhere.
      cookie: { httpOnly: true, sameSite: 'lax' },
    }),
  );

  app.get('/', (req, res) => {
    const { told } = req.session;
    res.send(page('The shop', told === undefined ? STRANGER : customer(told), LOOKS));
  });

  app.get('/sign-in', async (req, res) => {
    const pending = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    req.session.pending = pending;
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid profile email phone',
      acr_values: 'urn:asignio:acr:signature',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    res.redirect(303, url.href);
  });

  app.get('/callback', async (req, res) => {
    const { pending } = req.session;
    if (pending === undefined) {
      res.redirect(303, '/');
      return;
    }
    if (typeof req.query['error'] === 'string') {
      res.status(403).send(page('The shop', refused(req.query['error']), LOOKS));
      return;
    }
    const tokens = await oidc.authorizationCodeGrant(config, new URL(req.originalUrl, redirectUri), {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    const more = await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    await new Promise<void>((done, failed) =>
      req.session.regenerate((error: unknown) => (error == null ? done() : failed(error))),
    );
    req.session.told = { ...claims, ...more };
    req.session.idToken = tokens.id_token ?? '';
    res.redirect(303, '/');
  });

  app.get('/sign-out', (req, res, next) => {
    const { idToken } = req.session;
    req.session.destroy((error: unknown) => {
      if (error != null) return next(error);
      const url = oidc.buildEndSessionUrl(config, {
        post_logout_redirect_uri: new URL('/', redirectUri).href,
        ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      });
      res.redirect(303, url.href);
    });
  });
  return app;
}

const STRANGER = `<h1>The shop</h1>
  <p>We do not know you yet.</p>
  <p><a class="button" href="/sign-in">Sign in by drawing</a></p>`;

const SHOWN: Readonly<Record<string, string>> = {
  name: 'Name',
  email: 'E-mail',
  phone_number: 'Phone',
  sub: 'Identifier for this shop',
  acr: 'How surely (acr)',
  amr: 'How (amr)',
};

function customer(told: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(SHOWN).map(([claim, label]) => {
    const value = told[claim];
    const text = value === undefined ? 'not told' : Array.isArray(value) ? value.join(', ') : (value as string);
    return `<div><dt>${label}</dt><dd>${escape(text)}</dd></div>`;
  });
  return `<h1>Welcome to the shop</h1>
    <dl>${rows.join('')}</dl>
    <p><a class="button" href="/sign-out">Sign out</a></p>`;
}

function refused(error: string): string {
  return `<h1>You are not signed in</h1>
    <p>The provider said: <code>${escape(error)}</code></p>
    <p><a class="button" href="/">Back to the shop</a></p>`;
}
