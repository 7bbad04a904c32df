import { html, type Html } from './html.ts';
import { SHORTEST, LONGEST } from './passphrase.ts';

/** What a page knows of its visitor. */
export interface Visitor {
  readonly name?: string;
}

/** How and when somebody signed in, as the protected page shows it. */
export interface SignIn {
  readonly amr: readonly string[];
  readonly acr: string;
  /** ms since the epoch. */
  readonly at: number;
}

interface PageOptions {
  readonly title: string;
  readonly visitor: Visitor;
  readonly main: Html;
  /** A page with components brings its heading in them. */
  readonly scripts?: readonly string[];
}

const COMPONENTS = '/asignio/capture/asignio.js';

function page({ title, visitor, main, scripts = [] }: PageOptions): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Asignio demo</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/asignio/capture/asignio.css" />
        <link rel="stylesheet" href="/demo.css" />
        ${scripts.map((src) => html`<script type="module" src="${src}"></script>`)}
      </head>
      <body class="asignio-page">
        <a class="skip asignio-button" href="#main">Skip to the content</a>
        <header class="bar">
          <a class="home asignio-link" href="/"><img src="/icon.svg" alt="" width="28" height="28" /> Asignio demo</a>
          ${
            visitor.name !== undefined &&
            html`<form method="post" action="/sign-out"><button class="asignio-button quiet">Sign out</button></form>`
          }
        </header>
        <main class="asignio-column" id="main">${main}</main>
      </body>
    </html>`;
}

const NO_SCRIPT = html`<noscript
  ><p class="asignio-text">
    Drawing needs JavaScript. Without it you can <a href="/sign-in/passphrase">sign in with your passphrase</a>.
  </p></noscript
>`;

const PROOF = (next: string): Html =>
  html`<a slot="proof" class="asignio-button asignio-button-primary wide" href="/identity?next=${next}"
    >Enter your passphrase</a
  >`;

/** The other pages about one's own data. */
const DOORS = html`<nav aria-label="About your data">
  <ul class="links">
    <li><a class="asignio-link" href="/my-data">What is held about you</a></li>
    <li><a class="asignio-link" href="/my-rights">Your rights</a></li>
    <li><a class="asignio-link" href="/my-decisions">Decisions about you</a></li>
    <li><a class="asignio-link" href="/my-requests">What you asked for</a></li>
    <li><a class="asignio-link" href="/">Back to the start</a></li>
  </ul>
</nav>`;

/** What the first page says beside the rest. */
interface LandingOptions {
  readonly note?: string | undefined;
  readonly face: boolean;
}

/** The first page: what this is, and where to go. */
export function landing(visitor: Visitor, { note, face }: LandingOptions): Html {
  const signedIn = visitor.name !== undefined;
  const main = html` ${note !== undefined && html`<p class="asignio-text asignio-card" role="status">${note}</p>`}
    <h1 class="asignio-title">${signedIn ? html`Hello, ${visitor.name}` : 'Sign in by drawing your signature'}</h1>
    ${
      signedIn
        ? html`<nav aria-label="What you can do">
            <ul class="doors">
              <li><a class="asignio-button asignio-button-primary" href="/inside">Go to the protected page</a></li>
              <li><a class="asignio-button" href="/release">Set up or change your signature</a></li>
              ${
                face &&
                html`<li><a class="asignio-button" href="/face/release">Set up or change your face</a></li>
                  <li><a class="asignio-button" href="/vault">Go to the vault, which asks for both</a></li>`
              }
              <li><a class="asignio-button" href="/my-data">See what is held about you</a></li>
              <li><a class="asignio-button" href="/my-rights">Use your rights</a></li>
            </ul>
          </nav>`
        : html`<p class="asignio-lead">
              A few initials, drawn with a finger in about three seconds. What counts is their shape and the way you
              draw them.
            </p>
            <div class="asignio-actions">
              <a class="asignio-button asignio-button-primary" href="/sign-in">Sign in</a>
              <a class="asignio-button" href="/account">Create an account</a>
            </div>
            <p class="asignio-small">
              Everything stays on this machine. Cannot draw, or would rather not? Every account has a passphrase too.
            </p>`
    }`;
  return page({ title: signedIn ? 'Welcome' : 'Start', visitor, main });
}

/** What was typed, and what is wrong with which field. */
interface FormState {
  readonly name?: string;
  readonly error?: string;
  readonly wrong?: 'name' | 'passphrase';
}

/** Makes an account, with the other way in. */
export function newAccount(state: FormState): Html {
  const main = html` <h1 class="asignio-title">Create an account</h1>
    <p class="asignio-text">
      The passphrase is your other way in, for when you cannot draw. Your signature comes next, if you want it.
    </p>
    <form class="stack" method="post" action="/account" novalidate>
      ${failure(state.error)} ${nameField(state)} ${passphraseField('new-password', state)}
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">Create the account</button>
      </div>
    </form>
    <p class="asignio-text"><a class="asignio-link" href="/sign-in">I have an account</a></p>`;
  return page({ title: titled('Create an account', state), visitor: {}, main });
}

/** Signs in with the passphrase. */
export function passphrase(state: FormState): Html {
  const main = html` <h1 class="asignio-title">Sign in with your passphrase</h1>
    <form class="stack" method="post" action="/sign-in/passphrase" novalidate>
      ${failure(state.error)} ${nameField(state)} ${passphraseField('current-password', state)}
      <div class="asignio-actions"><button class="asignio-button asignio-button-primary">Sign in</button></div>
    </form>
    <p class="asignio-text"><a class="asignio-link" href="/sign-in">Draw your signature instead</a></p>`;
  return page({ title: titled('Sign in', state), visitor: {}, main });
}

/** An error is told with the page's title, which screen readers speak first. */
function titled(title: string, { error }: FormState): string {
  return error === undefined ? title : `Error: ${title}`;
}

function failure(error: string | undefined): Html | undefined {
  return error === undefined ? undefined : html`<p class="asignio-error" id="error" role="alert">${error}</p>`;
}

/** Marks a field that is wrong, and ties what is said of it to it. */
function marked(wrong: boolean, described: readonly string[]): Html {
  const ids = wrong ? [...described, 'error'] : described;
  return html`${ids.length > 0 && html`aria-describedby="${ids.join(' ')}"`} ${wrong && html`aria-invalid="true"`}`;
}

function nameField({ name = '', error, wrong }: FormState): Html {
  return html`<div class="asignio-field">
    <label class="asignio-label" for="name">Account name</label>
    <input
      class="asignio-input"
      id="name"
      name="name"
      type="text"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      maxlength="64"
      value="${name}"
      ${marked(error !== undefined && wrong !== 'passphrase', [])}
      required
    />
  </div>`;
}

function passphraseField(autocomplete: 'new-password' | 'current-password', { error, wrong }: FormState): Html {
  const fresh = autocomplete === 'new-password';
  return html`<div class="asignio-field">
    <label class="asignio-label" for="passphrase">Passphrase</label>
    ${fresh && html`<p class="asignio-small" id="rule">A few words, ${SHORTEST} characters or more.</p>`}
    <input
      class="asignio-input"
      id="passphrase"
      name="passphrase"
      type="password"
      autocomplete="${autocomplete}"
      maxlength="${LONGEST}"
      ${marked(error !== undefined && wrong !== 'name', fresh ? ['rule'] : [])}
      required
    />
  </div>`;
}

/** The notice and the written release. */
export function release(visitor: Visitor): Html {
  const main = html` <asignio-consent heading-level="1">
      <a slot="next" class="asignio-button asignio-button-primary wide" href="/enrol">Continue to drawing</a>
      <p slot="declined" class="asignio-text">
        Your account works with its passphrase, as before. <a class="asignio-link" href="/">Back to the start</a>
      </p>
      <a slot="alternative" class="asignio-link" href="/sign-in/passphrase">Sign in with your passphrase</a>
    </asignio-consent>
    ${NO_SCRIPT}`;
  return page({ title: 'Before you draw', visitor, main, scripts: [COMPONENTS] });
}

/** Five drawings. */
export function enrol(visitor: Visitor): Html {
  const main = html` <asignio-ceremony kind="enrolment" heading-level="1">
      <span slot="alternative"
        >Cannot draw, or would rather not? <a class="asignio-link" href="/">Keep to your passphrase</a></span
      >
      <a slot="consent" class="asignio-button asignio-button-primary wide" href="/release">Read the notice</a>
      <a slot="sign-in" class="asignio-button asignio-button-primary wide" href="/sign-in/passphrase">Sign in</a>
      <div slot="done" class="stack">
        <form method="post" action="/sign-out">
          <input type="hidden" name="next" value="sign-in" />
          <button class="asignio-button asignio-button-primary wide">Sign out, and sign in by drawing</button>
        </form>
        <a class="asignio-link" href="/">Back to the start</a>
      </div>
    </asignio-ceremony>
    ${NO_SCRIPT}`;
  return page({ title: 'Draw your signature', visitor, main, scripts: [COMPONENTS] });
}

/** Which account, then one drawing. */
export function signIn({ error }: FormState): Html {
  const main = html` <form class="stack" id="who" novalidate>
      <h1 class="asignio-title">Which account?</h1>
      <p class="asignio-text">Then you draw your signature once.</p>
      ${failure(error)} ${nameField({})}
      <p class="asignio-error" id="missing" role="alert" hidden>Type the name of your account.</p>
      <div class="asignio-actions"><button class="asignio-button asignio-button-primary">Continue</button></div>
    </form>
    <form id="draw" method="post" action="/sign-in" hidden></form>
    <template id="ceremony">
      <asignio-ceremony kind="verification" name="ceremony" heading-level="1" autofocus>
        <span slot="alternative"
          >Cannot draw, or would rather not?
          <a class="asignio-link" href="/sign-in/passphrase">Use your passphrase</a></span
        >
        <span slot="contest"
          >Is this wrong? Write to the people who run this site, with the time of your attempt, and a person will look
          at it.</span
        >
      </asignio-ceremony>
    </template>
    <p class="asignio-text" id="other">
      <a class="asignio-link" href="/sign-in/passphrase">Use your passphrase instead</a>
    </p>
    ${NO_SCRIPT}`;
  return page({ title: 'Sign in', visitor: {}, main, scripts: [COMPONENTS, '/sign-in.js'] });
}

/** A step-up: who is signed in draws before going on. */
export function confirm(visitor: Visitor): Html {
  const main = html` <p class="asignio-text asignio-card">
      This page asks for your signature, though you are signed in.
    </p>
    <form method="post" action="/confirm">
      <asignio-ceremony kind="verification" name="ceremony" heading-level="1">
        <span slot="alternative">No signature yet? <a class="asignio-link" href="/release">Set it up</a></span>
        <a slot="consent" class="asignio-button asignio-button-primary wide" href="/release">Read the notice</a>
        <a slot="sign-in" class="asignio-button asignio-button-primary wide" href="/sign-in">Sign in</a>
      </asignio-ceremony>
    </form>
    ${NO_SCRIPT}`;
  return page({ title: 'Confirm that it is you', visitor, main, scripts: [COMPONENTS] });
}

/** The release for a face, apart from that for a signature. */
export function faceRelease(visitor: Visitor): Html {
  const main = html` <asignio-consent modality="face" heading-level="1">
      <a slot="next" class="asignio-button asignio-button-primary wide" href="/face/enrol">Continue to the camera</a>
      <p slot="declined" class="asignio-text">
        Your account works as before. <a class="asignio-link" href="/">Back to the start</a>
      </p>
    </asignio-consent>
    ${NO_SCRIPT}`;
  return page({ title: 'Before you show your face', visitor, main, scripts: [COMPONENTS] });
}

/** One sitting in front of the camera. */
export function faceEnrol(visitor: Visitor): Html {
  const main = html` <asignio-ceremony kind="enrolment" modalities="face" heading-level="1">
      <span slot="alternative"
        >No camera, or would rather not? <a class="asignio-link" href="/">Keep to what you have</a></span
      >
      <a slot="consent" class="asignio-button asignio-button-primary wide" href="/face/release">Read the notice</a>
      <a slot="sign-in" class="asignio-button asignio-button-primary wide" href="/sign-in/passphrase">Sign in</a>
      <div slot="done" class="stack">
        <a class="asignio-button asignio-button-primary wide" href="/vault">Go to the vault</a>
        <a class="asignio-link" href="/">Back to the start</a>
      </div>
    </asignio-ceremony>
    ${NO_SCRIPT}`;
  return page({ title: 'Show your face', visitor, main, scripts: [COMPONENTS] });
}

/** A step-up with signature and face in one ceremony. */
export function confirmBoth(visitor: Visitor): Html {
  const main = html` <p class="asignio-text asignio-card">
      The vault asks for your signature and your face: you follow a few prompts, then you draw while the camera looks.
      It opens to both in one go alone.
    </p>
    <form method="post" action="/confirm/both">
      <asignio-ceremony
        kind="verification"
        modalities="signature face"
        assurance="signature-face-together"
        name="ceremony"
        heading-level="1"
      >
        <span slot="alternative">No face set up yet? <a class="asignio-link" href="/face/release">Set it up</a></span>
        <a slot="consent" class="asignio-button asignio-button-primary wide" href="/face/release">Read the notice</a>
        <a slot="sign-in" class="asignio-button asignio-button-primary wide" href="/sign-in">Sign in</a>
      </asignio-ceremony>
    </form>
    ${NO_SCRIPT}`;
  return page({ title: 'Confirm that it is you', visitor, main, scripts: [COMPONENTS] });
}

/** The page that asks for both. */
export function vault(visitor: Visitor, signedIn: SignIn): Html {
  return protectedPage(visitor, signedIn, {
    title: 'The vault is open',
    lead: 'This page opens only to somebody who drew their signature while the camera looked.',
  });
}

/** The protected page. */
export function inside(visitor: Visitor, signedIn: SignIn): Html {
  return protectedPage(visitor, signedIn, {
    title: 'You are inside',
    lead: 'This page opens only to somebody who drew their signature.',
  });
}

function protectedPage(
  visitor: Visitor,
  signedIn: SignIn,
  { title, lead }: { readonly title: string; readonly lead: string },
): Html {
  const at = new Date(signedIn.at);
  const when = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'medium' }).format(at);
  const main = html` <h1 class="asignio-title">${title}</h1>
    <p class="asignio-lead">${lead}</p>
    <dl class="facts asignio-card">
      <div>
        <dt>Who</dt>
        <dd>${visitor.name}</dd>
      </div>
      <div>
        <dt>How (amr)</dt>
        <dd>${signedIn.amr.join(', ')}</dd>
      </div>
      <div>
        <dt>To what assurance (acr)</dt>
        <dd>${signedIn.acr}</dd>
      </div>
      <div>
        <dt>When</dt>
        <dd><time datetime="${at.toISOString()}">${when}</time></dd>
      </div>
    </dl>
    <div class="asignio-actions">
      <a class="asignio-button" href="/my-data">See what is held about you</a>
      <a class="asignio-button" href="/">Back to the start</a>
    </div>`;
  return page({ title, visitor, main });
}

/** What is held, and its end. */
export function myData(visitor: Visitor): Html {
  const main = html` <asignio-data heading-level="1">
      <span slot="account">${visitor.name}</span>
      ${PROOF('/my-data')}
      <div slot="gone" class="stack">
        <p class="asignio-text">Your account goes on working with its passphrase.</p>
        <a class="asignio-button wide" href="/account/close">Close the account too</a>
        <a class="asignio-link" href="/">Back to the start</a>
      </div>
    </asignio-data>
    ${DOORS} ${NO_SCRIPT}`;
  return page({ title: 'What is held about you', visitor, main, scripts: [COMPONENTS] });
}

/** The passphrase once more, before data are given out or destroyed. */
export function identity(visitor: Visitor, next: string, state: FormState = {}): Html {
  const main = html` <h1 class="asignio-title">Is it you?</h1>
    <p class="asignio-lead">
      Before your data are handed out or deleted, enter your passphrase again. Nobody who merely found you signed in can
      do that.
    </p>
    <form class="stack" method="post" action="/identity" novalidate>
      <input type="hidden" name="next" value="${next}" />
      ${failure(state.error)} ${passphraseField('current-password', state)}
      <div class="asignio-actions"><button class="asignio-button asignio-button-primary">Go on</button></div>
    </form>
    <p class="asignio-text"><a class="asignio-link" href="${next}">Back</a></p>`;
  return page({ title: titled('Is it you?', state), visitor, main });
}

/** The end of an account. */
export function close(visitor: Visitor, state: FormState = {}): Html {
  const main = html` <h1 class="asignio-title">Close your account?</h1>
    <p class="asignio-lead">Your account, your signature and all that is held about you are deleted at once.</p>
    <form class="stack" method="post" action="/account/close" novalidate>
      ${failure(state.error)} ${passphraseField('current-password', state)}
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">Close the account</button>
      </div>
    </form>
    <p class="asignio-text"><a class="asignio-link" href="/my-data">Keep it</a></p>`;
  return page({ title: titled('Close your account?', state), visitor, main });
}

/** Copies, corrections, and ways to say no. */
export function myRights(visitor: Visitor): Html {
  const main = html` <asignio-rights heading-level="1">${PROOF('/my-rights')}</asignio-rights> ${DOORS} ${NO_SCRIPT}`;
  return page({ title: 'Your rights', visitor, main, scripts: [COMPONENTS] });
}

/** Sign-ins that were turned away, and how to contest them. */
export function myDecisions(visitor: Visitor): Html {
  const main = html` <asignio-decisions heading-level="1"></asignio-decisions> ${DOORS} ${NO_SCRIPT}`;
  return page({ title: 'Decisions about you', visitor, main, scripts: [COMPONENTS] });
}

/** What was asked for, by when it is answered, and how to complain. */
export function myRequests(visitor: Visitor): Html {
  const main = html` <asignio-requests heading-level="1"></asignio-requests> ${DOORS} ${NO_SCRIPT}`;
  return page({ title: 'What you asked for', visitor, main, scripts: [COMPONENTS] });
}

/** Something that has no page of its own. */
export function message(title: string, text: string, visitor: Visitor): Html {
  const main = html` <h1 class="asignio-title">${title}</h1>
    <p class="asignio-text">${text}</p>
    <p class="asignio-text"><a class="asignio-link" href="/">Back to the start</a></p>`;
  return page({ title, visitor, main });
}
