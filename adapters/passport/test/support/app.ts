import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AsignioStrategy, rememberedProof, requireAssurance } from '@asignio/passport';
import type { AsignioStrategyOptions } from '@asignio/passport';
import express from 'express';
import type { ErrorRequestHandler, Express, Request } from 'express';
import session from 'express-session';
import { Passport } from 'passport';
import { FakeCeremonies } from './fake-ceremonies.js';

export const ORIGIN = 'http://app.example';
export const ID = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
export const COOKIE = 'asignio_q83vEjRW';

/** What the host's session holds beside Passport's part. */
interface HostSession {
  basket?: string;
}

export interface Reply {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  readonly cookies: readonly string[];
  json(): Record<string, unknown>;
}

/** A browser: keeps cookies and posts forms as a page of the host would. */
export class Browser {
  private readonly base: string;
  private readonly jar = new Map<string, string>();

  constructor(port: number) {
    this.base = `http://127.0.0.1:${port}`;
  }

  setCookie(name: string, value: string): void {
    this.jar.set(name, value);
  }

  cookie(name: string): string | undefined {
    return this.jar.get(name);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', path, headers);
  }

  post(path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('POST', path, { origin: ORIGIN, ...headers }, new URLSearchParams(form));
  }

  private async send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: URLSearchParams,
  ): Promise<Reply> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.base}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const cookies = response.headers.getSetCookie();
    for (const line of cookies) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/; Max-Age=0(?:;|$)/.test(line)) this.jar.delete(pair.slice(0, at));
      else this.jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    return {
      status: response.status,
      location: response.headers.get('location'),
      text,
      cookies,
      json: () => JSON.parse(text) as Record<string, unknown>,
    };
  }
}

export interface Host {
  readonly ceremonies: FakeCeremonies;
  readonly clock: { now: number };
  browser(): Browser;
  close(): Promise<void>;
}

/** A host with sessions, another way to sign in (`/password`), and the routes that the tests visit. */
export async function startHost(
  options: Partial<AsignioStrategyOptions> = {},
  more: (app: Express, passport: InstanceType<typeof Passport>) => void = () => undefined,
): Promise<Host> {
  const ceremonies = new FakeCeremonies();
  const clock = { now: ceremonies.at };
  const passport = new Passport();
  passport.use(new AsignioStrategy({ core: ceremonies.core, origins: [ORIGIN], ...options }));
  passport.serializeUser((user, done) => done(null, (user as { id: string }).id));
  passport.deserializeUser((id: string, done) => done(null, { id }));

  const app = express();
  app.use(express.urlencoded({ extended: true }));
  app.use(session({ secret: 'test', resave: false, saveUninitialized: true, cookie: { secure: false } }));
  app.use(passport.session());
  app.post('/password', (req, res, next) => {
    const { id, keep } = req.body as { id: string; keep?: string };
    req.logIn({ id }, { session: true, keepSessionInfo: keep !== undefined }, (error) => {
      if (error == null) res.json({ id });
      else next(error);
    });
  });
  app.post('/basket', (req, res) => {
    (req.session as HostSession).basket = 'a book';
    res.json({});
  });
  app.post('/logout', (req, res, next) => {
    const { keep } = (req.body ?? {}) as { keep?: string };
    req.logOut({ keepSessionInfo: keep !== undefined }, (error) => {
      if (error == null) res.json({});
      else next(error);
    });
  });
  app.all('/sign-in', passport.authenticate('asignio', { failureRedirect: '/failed' }), (req, res) =>
    res.json(state(req)),
  );
  app.post('/confirm', passport.authenticate('asignio', { stepUp: true }), (req, res) => res.json(state(req)));
  app.post(
    '/api/sign-in',
    passport.authenticate('asignio', { session: false }),
    requireAssurance('signature', { now: () => clock.now }),
    (req, res) => res.json(state(req)),
  );
  app.get('/me', (req, res) => res.json(state(req)));
  app.get('/secret', requireAssurance('signature', { now: () => clock.now }), (_req, res) =>
    res.json({ secret: true }),
  );
  app.get(
    '/strict',
    requireAssurance('signature-strict', { redirectTo: (req) => `/confirm?to=${req.path}` }),
    (_req, res) => res.json({ secret: true }),
  );
  app.get('/recent', requireAssurance('signature', { maxAgeMs: 60_000, now: () => clock.now }), (_req, res) =>
    res.json({ secret: true }),
  );
  more(app, passport);
  app.use(((error: Error & { code?: string; status?: number }, _req, res, _next) => {
    res.status(error.status ?? 500).json({ error: error.message, code: error.code });
  }) satisfies ErrorRequestHandler);

  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ceremonies,
    clock,
    browser: () => new Browser(port),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function state(req: Request): object {
  return {
    user: req.user ?? null,
    info: req.authInfo ?? null,
    proof: rememberedProof(req) ?? null,
    basket: (req.session as HostSession).basket ?? null,
    stored: (req.session as { asignio?: unknown }).asignio ?? null,
  };
}
