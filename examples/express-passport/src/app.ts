import { fileURLToPath } from 'node:url';
import { callbackify } from 'node:util';
import {
  AsignioError,
  createAsignio,
  rememberedProof,
  subjectId,
  toProblem,
  type Asignio,
  type AsignioOptions,
} from 'asignio';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import passport from 'passport';
import { Accounts, accountKey, type Account } from './accounts.ts';
import type { Html } from './html.ts';
import { DEMO } from './keeping.ts';
import * as pages from './pages.ts';
import { LONGEST, SHORTEST, fits } from './passphrase.ts';
import { SESSION_MS, SharedSessions, sessionSecret } from './sessions.ts';
import { Throttle } from './throttle.ts';

declare global {
  namespace Express {
    interface User {
      readonly id: string;
      readonly name: string;
    }
  }
}
declare module 'express-session' {
  interface SessionData {
    /** When the passphrase was typed again, ms since the epoch: what exporting and erasing ask for. */
    confirmedAt: number;
  }
}

/** The demo, ready to serve. */
export interface Demo {
  readonly app: Express;
  close(): Promise<void>;
}

const PUBLIC = fileURLToPath(new URL('../public/', import.meta.url));
const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]{1,64}$/u;

/** What the demo is told. */
export interface DemoOptions {
  /** Folder for everything that is kept, but what is in `storage`. */
  readonly data: string;
  /** Where its pages are served from. */
  readonly origins: readonly string[];
  /** `mongodb://...`: the store that several processes on several machines share. */
  readonly storage?: string;
  /** A proxy on this machine is in front, and says whom it speaks for. */
  readonly proxied?: boolean;
  /** Whether people may sign in with their face too. @default false */
  readonly face?: boolean;
}

/**
 * Puts the demo together: an Express app with sessions, Passport, a passphrase of its own, and Asignio. Whatever two
 * processes must agree on is in the store, accounts and sessions too, so that any number of them behave as one.
 */
export async function createDemo({
  data,
  origins,
  storage,
  proxied = false,
  face = false,
}: DemoOptions): Promise<Demo> {
  const asignio = await createAsignio({
    origins,
    data,
    ...(face ? { modalities: ['signature', 'face'] } : {}),
    ...(storage === undefined ? {} : await mongodb(storage)),
    controller: { name: 'The Asignio demo', contact: 'whoever started it on this machine' },
    subject: (req) => req.user?.id,
    resolveSubject: (_req, typed) => accounts.idOf(typed),
    user: (proof) => accounts.byId(proof.subject),
    requester: (req) =>
      req.user === undefined || req.session.confirmedAt === undefined
        ? undefined
        : { subject: subjectId(req.user.id), factors: ['password'], at: req.session.confirmedAt },
  });
  const { cabinet } = asignio.core;
  const accounts = new Accounts(cabinet);
  passport.use(asignio);
  passport.serializeUser((user, done) => done(null, user.id));
  passport.deserializeUser((id: string, done) => callbackify(async () => (await accounts.byId(id)) ?? false)(done));

  const app = express();
  if (proxied) app.set('trust proxy', 'loopback');
  app.use(securityHeaders());
  app.use(express.static(PUBLIC, { maxAge: '5m' }));
  app.use(
    session({
      secret: await sessionSecret(cabinet),
      store: new SharedSessions(cabinet),
      name: 'demo',
      resave: false,
      saveUninitialized: false,
      rolling: true,
      cookie: { httpOnly: true, sameSite: 'lax', maxAge: SESSION_MS },
    }),
  );
  app.use(passport.session());
  app.use('/asignio', asignio.router());

  app.use(fromOwnPages(origins), express.urlencoded({ extended: false, limit: '4kb' }));
  const check = passphraseCheck(accounts, new Throttle(cabinet));
  accountRoutes(app, accounts);
  signInRoutes(app, check);

  app.get('/', (req, res) => {
    const note = { out: 'You are signed out.', closed: 'Your account is closed, and nothing is held about you.' };
    const key = Object.keys(note).find((name) => name in req.query) as keyof typeof note | undefined;
    show(res, pages.landing(visitor(req), { note: key && note[key], face }));
  });
  app.get('/release', signedIn, (req, res) => show(res, pages.release(visitor(req))));
  app.get('/enrol', signedIn, (req, res) => show(res, pages.enrol(visitor(req))));
  app.get('/my-data', signedIn, (req, res) => show(res, pages.myData(visitor(req))));
  app.get('/my-rights', signedIn, (req, res) => show(res, pages.myRights(visitor(req))));
  app.get('/my-decisions', signedIn, (req, res) => show(res, pages.myDecisions(visitor(req))));
  app.get('/my-requests', signedIn, (req, res) => show(res, pages.myRequests(visitor(req))));
  app.get('/confirm', signedIn, (req, res) => show(res, pages.confirm(visitor(req))));
  app.get('/inside', signedIn, asignio.requireAssurance('signature', { redirectTo: '/confirm' }), (req, res) =>
    show(res, pages.inside(visitor(req), provedBy(req))),
  );
  if (face) faceRoutes(app, asignio);
  identityRoutes(app, check);
  app.get('/account/close', signedIn, (req, res) => show(res, pages.close(visitor(req))));
  app.post('/account/close', signedIn, async (req, res) => {
    const { name = '', id = '' } = req.user ?? {};
    const { error, status } = await check(name, field(req, 'passphrase'));
    if (error !== undefined) {
      show(res.status(status), pages.close(visitor(req), { error, wrong: 'passphrase' }));
      return;
    }
    const subject = subjectId(id);
    const proof = { subject, factors: ['password'], at: Date.now() } as const;
    await asignio.core.rights.erase({ tenant: DEMO, subject, proof }).catch(nothingHeld);
    await accounts.remove(id);
    await signOut(req);
    res.redirect(303, '/?closed');
  });

  app.use((req, res) => {
    show(res.status(404), pages.message('There is nothing here', 'Check the address.', visitor(req)));
  });
  app.use(explain());
  return { app, close: () => asignio.close() };
}

/** The store on MongoDB, loaded where it is asked for. */
async function mongodb(uri: string): Promise<Pick<AsignioOptions, 'storage'>> {
  const { storageMongodb } = await import('@asignio/storage-mongodb');
  return { storage: storageMongodb({ uri }) };
}

/** Who never signed a release has nothing to be erased. */
function nothingHeld(error: unknown): void {
  if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_NOT_FOUND') throw error;
}

function accountRoutes(app: Express, accounts: Accounts): void {
  app.get('/account', (_req, res) => show(res, pages.newAccount({})));
  app.post('/account', async (req, res) => {
    const name = field(req, 'name').trim();
    const passphrase = field(req, 'passphrase');
    const wrong = wrongWith(name, passphrase);
    const account = wrong === undefined ? await accounts.create(name, passphrase) : undefined;
    if (account === undefined) {
      const taken = { wrong: 'name', error: 'That name is taken. Choose another one.' } as const;
      show(res.status(422), pages.newAccount({ name, ...(wrong ?? taken) }));
      return;
    }
    await signInAs(req, account);
    await sendOn(req, res, '/release');
  });
}

function wrongWith(name: string, passphrase: string): { wrong: 'name' | 'passphrase'; error: string } | undefined {
  if (!NAME.test(name)) return { wrong: 'name', error: 'Choose an account name of 1 to 64 characters.' };
  if (passphrase.length >= SHORTEST && passphrase.length <= LONGEST) return undefined;
  return { wrong: 'passphrase', error: `Choose a passphrase of ${SHORTEST} to ${LONGEST} characters.` };
}

/** Whether a name and a passphrase go together, and if not, what to say. */
type PassphraseCheck = (
  name: string,
  passphrase: string,
) => Promise<{ readonly account?: Account; readonly error?: string; readonly status: number }>;

/** One count of failures for every place that asks for a passphrase. */
function passphraseCheck(accounts: Accounts, throttle: Throttle): PassphraseCheck {
  return async (name, passphrase) => {
    const key = accountKey(name);
    if (!(await throttle.reserve(key, Date.now())))
      return { error: 'Too many attempts. Try again in half a minute.', status: 429 };
    const account = await accounts.byName(name);
    if (!(await fits(passphrase, account?.passphrase)) || account === undefined)
      return { error: 'Account name and passphrase do not go together.', status: 401 };
    await throttle.succeeded(key);
    return { account, status: 200 };
  };
}

/** Asks for the passphrase once more, before data are given out or destroyed. A session that was stolen has none. */
function identityRoutes(app: Express, check: PassphraseCheck): void {
  app.get('/identity', signedIn, (req, res) => show(res, pages.identity(visitor(req), nextOf(req.query['next']))));
  app.post('/identity', signedIn, async (req, res) => {
    const next = nextOf(field(req, 'next'));
    const { account, error, status } = await check(req.user?.name ?? '', field(req, 'passphrase'));
    if (account === undefined) {
      const wrong = { error: error ?? '', wrong: 'passphrase' } as const;
      show(res.status(status), pages.identity(visitor(req), next, wrong));
      return;
    }
    // A new session: whoever has a copy of the old cookie confirmed nothing.
    await signInAs(req, account);
    req.session.confirmedAt = Date.now();
    await sendOn(req, res, next);
  });
}

function signInRoutes(app: Express, check: PassphraseCheck): void {
  const failed = { failureRedirect: '/sign-in?failed' };

  app.get('/sign-in', (req, res) => {
    const error = 'failed' in req.query ? 'We could not sign you in. Try again, or use your passphrase.' : undefined;
    show(res, pages.signIn(error === undefined ? {} : { error }));
  });
  app.post('/sign-in', passport.authenticate('asignio', failed), toInside);
  app.post('/confirm', signedIn, passport.authenticate('asignio', { ...failed, stepUp: true }), toInside);

  app.get('/sign-in/passphrase', (_req, res) => show(res, pages.passphrase({})));
  app.post('/sign-in/passphrase', async (req, res) => {
    const name = field(req, 'name').trim().slice(0, 64);
    const { account, error, status } = await check(name, field(req, 'passphrase'));
    if (account === undefined) {
      if (status === 429) res.set('Retry-After', '30');
      show(res.status(status), pages.passphrase({ name, ...(error === undefined ? {} : { error }) }));
      return;
    }
    await signInAs(req, account);
    await sendOn(req, res, '/');
  });

  app.post('/sign-out', async (req, res) => {
    await signOut(req);
    res.redirect(303, field(req, 'next') === 'sign-in' ? '/sign-in' : '/?out');
  });
}

/** A face beside the signature: its own release, its own enrolment, and a page that asks for both. */
function faceRoutes(app: Express, asignio: Asignio): void {
  const failed = { failureRedirect: '/confirm/both?failed', stepUp: true };
  app.get('/face/release', signedIn, (req, res) => show(res, pages.faceRelease(visitor(req))));
  app.get('/face/enrol', signedIn, (req, res) => show(res, pages.faceEnrol(visitor(req))));
  app.get('/confirm/both', signedIn, (req, res) => show(res, pages.confirmBoth(visitor(req))));
  app.post('/confirm/both', signedIn, passport.authenticate('asignio', failed), (req, res) =>
    sendOn(req, res, '/vault'),
  );
  const together = asignio.requireAssurance('signature-face-together', { redirectTo: '/confirm/both' });
  app.get('/vault', signedIn, together, (req, res) => show(res, pages.vault(visitor(req), provedBy(req))));
}

/** What opened a protected page: the verification that the guard went by, whatever the session began with. */
const provedBy = (req: Request): pages.SignIn => rememberedProof(req) ?? { amr: [], acr: '', at: Date.now() };

const toInside: RequestHandler = (req, res) => sendOn(req, res, '/inside');

const signedIn: RequestHandler = (req, res, next) => {
  if (req.user === undefined) res.redirect(303, '/sign-in');
  else next();
};

/** Pages that somebody is sent back to. */
const NEXT = ['/my-data', '/my-rights'];

function nextOf(asked: unknown): string {
  return NEXT.find((path) => path === asked) ?? '/my-data';
}

function signInAs(req: Request, user: Express.User): Promise<void> {
  return new Promise((done, failed) => {
    req.logIn(user, (error: unknown) => (error == null ? done() : failed(error)));
  });
}

/** Leads on once the session is kept: a browser follows a redirect as soon as it sees its headers. */
async function sendOn(req: Request, res: Response, path: string): Promise<void> {
  await new Promise<void>((done, failed) => {
    req.session.save((error: unknown) => (error == null ? done() : failed(error)));
  });
  res.redirect(303, path);
}

function signOut(req: Request): Promise<void> {
  return new Promise((done, failed) => {
    req.session.destroy((error: unknown) => (error == null ? done() : failed(error)));
  });
}

function visitor(req: Request): pages.Visitor {
  return req.user === undefined ? {} : { name: req.user.name };
}

function field(req: Request, name: string): string {
  const body = req.body as Record<string, unknown> | undefined;
  const value = body !== undefined && Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' ? value : '';
}

function show(res: Response, page: Html): void {
  res.set('Cache-Control', 'no-store').type('html').send(page.text);
}

/** Nothing inline, nothing from elsewhere, and no string ever becomes markup or script. */
function securityHeaders(): RequestHandler {
  const own = ["'self'"];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: own,
        workerSrc: own,
        styleSrc: own,
        imgSrc: own,
        connectSrc: own,
        formAction: own,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        // Of the face component: the address of its worker.
        trustedTypes: ['asignio'],
      },
    },
    // `no-referrer` would make browsers send `Origin: null` with forms, and then nobody knows where they come from.
    referrerPolicy: { policy: 'same-origin' },
    // For whoever serves it over TLS to say.
    strictTransportSecurity: false,
  });
}

/** Refuses what a page of another site sends: the session cookie is `SameSite=Lax`, this is the second lock. */
function fromOwnPages(origins: readonly string[]): RequestHandler {
  return (req, res, next) => {
    const reads = req.method === 'GET' || req.method === 'HEAD';
    const { origin = 'null' } = req.headers;
    const own = origin === 'null' ? req.headers['sec-fetch-site'] === 'same-origin' : origins.includes(origin);
    if (reads || own) next();
    else show(res.status(403), pages.message('That came from another site', 'Open the demo and try again there.', {}));
  };
}

function explain(): express.ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const status = statusOf(error);
    if (status === 500) process.stderr.write(`${error instanceof Error ? error.stack : 'Something was thrown'}\n`);
    if (status === 503) res.set('Retry-After', '5');
    if (error instanceof AsignioError && req.path.startsWith('/asignio/')) {
      // Sessions come before Asignio's own router, and scripts call it.
      res.status(status).set('Cache-Control', 'no-store').type('application/problem+json').send(toProblem(error));
      return;
    }
    const [title, text] = status < 500 ? SAID.theirs : status === 503 ? SAID.away : SAID.ours;
    show(res.status(status), pages.message(title, text, visitor(req)));
  };
}

const SAID = {
  theirs: ['That was not understood', 'Go back and try again.'],
  ours: ['Something went wrong', 'Go back and try again.'],
  away: ['We are not there for a moment', 'Nothing is lost. Try again shortly.'],
} as const;

function statusOf(error: unknown): number {
  const { status } = error as { status?: unknown };
  if (status === 503) return 503;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
