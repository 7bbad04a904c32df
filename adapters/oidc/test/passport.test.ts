import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import session from 'express-session';
import * as client from 'openid-client';
import { Strategy as OpenidClientStrategy } from 'openid-client/passport';
import passport from 'passport';
import type { Strategy } from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';
import type { Page } from './support/person.js';
import { ADA, CLIENT, makeWorld, SECRET } from './support/world.js';
import type { World } from './support/world.js';

const OLD_SECRET = 'kR8sJ2nQ6vX0bL5yT3wZ9mF1cH7dP4gUaEiOxYqB';

/** An app with Passport, sessions, and one strategy. */
interface App {
  readonly url: string;
  use(strategy: Strategy): void;
  close(): Promise<void>;
}

async function app(): Promise<App> {
  const instance = new passport.Passport();
  instance.serializeUser((user, done) => done(null, user));
  instance.deserializeUser((user: Express.User, done) => done(null, user));
  const made = express();
  made.use(session({ name: 'app', secret: 'app', resave: false, saveUninitialized: false }));
  made.use(instance.session());
  made.get('/callback', (req, res, next) => {
    instance.authenticate('peer', { successRedirect: '/', failureRedirect: '/failed' })(req, res, next);
  });
  made.get('/sign-in', (req, res, next) => {
    instance.authenticate('peer')(req, res, next);
  });
  made.get('/failed', (_req, res) => res.status(401).send('failed'));
  made.get('/', (req, res) => res.json(req.user ?? null));
  const server: Server = made.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: (strategy) => instance.use('peer', strategy),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

describe('Passport as a relying party', function () {
  this.timeout(20_000);
  let world: World;
  let modern: App;
  let old: App;
  before(async () => {
    modern = await app();
    old = await app();
    world = await makeWorld({
      clients: [
        { ...CLIENT, redirectUris: [`${modern.url}/callback`] },
        { ...CLIENT, id: 'old', secret: OLD_SECRET, redirectUris: [`${old.url}/callback`], pkce: false },
      ],
    });
  });
  after(async () => {
    await world.close();
    await modern.close();
    await old.close();
  });

  const signIn = async (place: App): Promise<Page> => {
    const ada = world.person();
    ada.friends.add(place.url);
    return ada.through(`${place.url}/sign-in`, ['email']);
  };

  it('the strategy of openid-client signs a person in, with what they ticked', async () => {
    const config = await client.discovery(new URL(world.issuer), 'shop', undefined, client.ClientSecretBasic(SECRET), {
      execute: [client.allowInsecureRequests],
    });
    modern.use(
      new OpenidClientStrategy(
        { config, callbackURL: `${modern.url}/callback`, scope: 'openid email' },
        (tokens, done) => {
          void (async () => {
            const told = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
            done(null, { ...tokens.claims(), ...told });
          })();
        },
      ) as unknown as Strategy,
    );
    const user = JSON.parse((await signIn(modern)).text) as Record<string, unknown>;
    expect(user).to.include({ iss: world.issuer, acr: 'urn:asignio:acr:signature', email: ADA.email });
    expect(user['amr']).to.deep.equal(['signature']);
  });

  it('passport-openidconnect, which knows no PKCE, signs a person in with a nonce', async () => {
    old.use(
      new OpenIDConnectStrategy(
        {
          issuer: world.issuer,
          authorizationURL: `${world.issuer}/auth`,
          tokenURL: `${world.issuer}/token`,
          userInfoURL: `${world.issuer}/me`,
          clientID: 'old',
          clientSecret: OLD_SECRET,
          callbackURL: `${old.url}/callback`,
          scope: ['email'],
          nonce: 'yes',
          skipUserProfile: false,
        },
        (issuer: string, profile: { id: string; emails?: unknown }, done: (error: null, user: object) => void) =>
          done(null, { issuer, id: profile.id, emails: profile.emails }),
      ),
    );
    const user = JSON.parse((await signIn(old)).text) as Record<string, unknown>;
    expect(user['issuer']).to.equal(world.issuer);
    expect(user['id']).to.be.a('string').and.not.include('ada');
    expect(user['emails']).to.deep.equal([{ value: ADA.email }]);
  });
});
