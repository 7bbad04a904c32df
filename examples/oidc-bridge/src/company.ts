import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createAsignio } from 'asignio';
import { createOidcBridge } from 'asignio/oidc';
import express, { type Express, type Request } from 'express';
import session from 'express-session';
import { escape, page } from './html.ts';

declare module 'express-session' {
  interface SessionData {
    person: string;
  }
}

/** Who works at the company: stands for a directory. */
const PEOPLE = new Map([
  ['ada', { name: 'Ada Lovelace', email: 'ada@company.example' }],
  ['grace', { name: 'Grace Hopper', email: 'grace@company.example', phone: '+1 202 555 0143' }],
]);

const LOOKS = { style: '/asignio/capture/asignio.css' };

/** The company's identity provider, with Asignio mounted to it. */
export interface Company {
  readonly app: Express;
  readonly issuer: string;
  /** What `ada` and `grace` sign in with until they draw. */
  readonly passphrases: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export async function createCompany(
  url: string,
  shop: { readonly redirectUri: string; readonly secret: string },
  data: string,
): Promise<Company> {
  const asignio = await createAsignio({
    origins: [url],
    data,
    controller: { name: 'The Company', contact: 'privacy@company.example' },
    subject: (req) => req.session.person,
    regions: { deployment: 'DE', policy: { home: 'DE', allowed: [] } },
  });
  const bridge = await createOidcBridge(asignio.core, {
    issuer: `${url}/oidc`,
    clients: [
      {
        id: 'shop',
        name: 'The Shop',
        region: 'DE',
        secret: shop.secret,
        redirectUris: [shop.redirectUri],
        postLogoutRedirectUris: [new URL('/', shop.redirectUri).href],
        attributes: ['name', 'email', 'phone'],
      },
    ],
    attributes: (subject) => PEOPLE.get(subject) ?? {},
  });

  const passphrases = new Map([...PEOPLE.keys()].map((name) => [name, randomBytes(9).toString('base64url')]));
  const app = express();
  app.use(
    session({
      secret: randomBytes(32).toString('hex'),
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: 'lax' },
    }),
  );
  app.use('/asignio', asignio.router());
  app.use('/oidc', bridge.router());
  signIn(app, passphrases);
  return { app, issuer: bridge.issuer, passphrases, close: () => asignio.close() };
}

/** The sign-in that the company has already. People come here once, to agree and to draw five times. */
function signIn(app: Express, passphrases: ReadonlyMap<string, string>): void {
  app.get('/', (req, res) => {
    const { person } = req.session;
    if (person === undefined) res.send(page('The company', form(''), LOOKS));
    else res.send(page('Your signature', enrolment(person), { ...LOOKS, script: '/asignio/capture/asignio.js' }));
  });
  app.post('/', express.urlencoded({ extended: false, limit: '4kb' }), (req, res, next) => {
    const { name, passphrase } = req.body as Record<string, unknown>;
    if (typeof name !== 'string' || typeof passphrase !== 'string' || !equal(passphrase, passphrases.get(name))) {
      res.status(401).send(page('The company', form('Name and passphrase do not go together.'), LOOKS));
      return;
    }
    // A new session: nobody who knew the old one's id is in it.
    regenerate(req, next, () => {
      req.session.person = name;
      res.redirect(303, '/');
    });
  });
}

function regenerate(req: Request, failed: (error: unknown) => void, done: () => void): void {
  req.session.regenerate((error: unknown) => (error == null ? done() : failed(error)));
}

function equal(given: string, right: string | undefined): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right ?? '')];
  return b.length > 0 && a.length === b.length && timingSafeEqual(a, b);
}

function form(error: string): string {
  return `<h1 class="asignio-title">Sign in to the company</h1>
    ${error === '' ? '' : `<p class="asignio-error" role="alert">${escape(error)}</p>`}
    <form class="asignio-form" method="post" action="/">
      <div class="asignio-field">
        <label class="asignio-label" for="name">Name</label>
        <input class="asignio-input" id="name" name="name" autocomplete="username" required />
      </div>
      <div class="asignio-field">
        <label class="asignio-label" for="passphrase">Passphrase</label>
        <input class="asignio-input" id="passphrase" name="passphrase" type="password" autocomplete="current-password" required />
      </div>
      <div class="asignio-actions"><button class="asignio-button asignio-button-primary">Sign in</button></div>
    </form>`;
}

function enrolment(person: string): string {
  return `<p class="asignio-text">Signed in as ${escape(person)}. <a class="asignio-link" href="#draw">Drawing is below.</a></p>
    <asignio-consent heading-level="1"><a slot="next" class="asignio-button asignio-button-primary" href="#draw">Continue to drawing</a></asignio-consent>
    <div id="draw"><asignio-ceremony kind="enrolment" heading-level="2"></asignio-ceremony></div>`;
}
