import type { Settings } from '../options.ts';
import type { Attribute, ServiceProvider } from '../options/service-providers.ts';
import { sayIn } from '../words/words.ts';
import type { Language, Say } from '../words/words.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** What a page of a visit knows. */
export interface Scene {
  /** Id of the visit. */
  readonly id: string;
  readonly serviceProvider: ServiceProvider;
  readonly language: Language;
}

/** The bridge's own pages: one question each, in the words and with the styles of the capture components. */
export class Pages {
  private readonly settings: Pick<Settings, 'path' | 'endpoint' | 'alternative'>;

  constructor(settings: Pick<Settings, 'path' | 'endpoint' | 'alternative'>) {
    this.settings = settings;
  }

  /** Which account. */
  who({ id, serviceProvider: { name }, language }: Scene): string {
    const say = sayIn(language);
    const main = html`<form class="asignio-form" method="get" action="${this.address(id)}">
        <h1 class="asignio-title">${say('whoTitle')}</h1>
        <p class="asignio-text">${say('whoWhy', { client: name })}</p>
        <div class="asignio-field">
          <label class="asignio-label" for="who">${say('accountName')}</label>
          <input
            class="asignio-input"
            id="who"
            name="who"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="256"
            required
          />
        </div>
        <div class="asignio-actions">
          <button class="asignio-button asignio-button-primary">${say('continue')}</button>
        </div>
      </form>
      ${this.wayBack(id, name, say)}`;
    return this.page(say('whoTitle'), language, main);
  }

  /** One drawing. `who` is what was typed; the host knows a person whom it has signed in. */
  draw(scene: Scene, how: { readonly who?: string; readonly assurance: string; readonly failed: boolean }): string {
    const {
      id,
      serviceProvider: { name },
      language,
    } = scene;
    const say = sayIn(language);
    const main = html`<p class="asignio-text">${say('signInTo', { client: name })}</p>
      ${how.failed && html`<p class="asignio-error" role="alert">${say('tryAgain')}</p>`}
      <form
        method="post"
        action="${this.address(id)}/login${how.who !== undefined && `?who=${encodeURIComponent(how.who)}`}"
      >
        <asignio-ceremony
          kind="verification"
          name="ceremony"
          heading-level="1"
          lang="${language}"
          endpoint="${this.settings.endpoint}"
          assurance="${how.assurance}"
          ${how.who !== undefined && html`subject="${how.who}"`}
        >
          <span slot="alternative">${say('otherWay')} ${this.otherWay(id, name, say)}</span>
          <span slot="contest">${say('contest')}</span>
        </asignio-ceremony>
      </form>
      ${
        how.who !== undefined &&
        html`<p class="asignio-text">
          <a class="asignio-link" href="${this.address(id)}?other">${say('notYou', { name: how.who })}</a>
        </p>`
      }
      ${this.wayBack(id, name, say)}
      <noscript><p class="asignio-text">${say('noScript')}</p></noscript>`;
    return this.page(say('signInTo', { client: name }), language, main, `${this.settings.endpoint}/capture/asignio.js`);
  }

  /** What the service provider is told. Nothing is ticked before the person does. */
  consent(
    { id, serviceProvider: { name: client, region }, language }: Scene,
    asked: readonly { readonly name: Attribute; readonly value?: string }[],
  ): string {
    const say = sayIn(language);
    const place = new Intl.DisplayNames([language], { type: 'region' }).of(region.slice(0, 2)) ?? region;
    const main = html`<form class="asignio-form" method="post" action="${this.address(id)}/consent">
      <h1 class="asignio-title">${say('consentTitle', { client })}</h1>
      <p class="asignio-lead">${say('consentWhy', { client, place })}</p>
      <div class="asignio-card">
        <p class="asignio-text">${say('always')}</p>
        <ul>
          <li>${say('identifier')}</li>
          <li>${say('howAndWhen')}</li>
        </ul>
        <p class="asignio-small">${say('neverScores')}</p>
      </div>
      ${
        asked.length > 0 &&
        html`<fieldset class="asignio-card">
          <legend class="asignio-label">${say('choose')}</legend>
          ${asked.map(
            ({ name, value }) =>
              html`<p>
                <label
                  ><input type="checkbox" name="attribute" value="${name}" />
                  ${say(name)}${value !== undefined && html`: <b>${value}</b>`}</label
                >
              </p>`,
          )}
        </fieldset>`
      }
      <p class="asignio-small">${say('takeBack')}</p>
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">${say('agree')}</button>
        <a class="asignio-button" href="${this.address(id)}/abort">${say('decline')}</a>
      </div>
    </form>`;
    return this.page(say('consentTitle', { client }), language, main);
  }

  /** Takes the answer to the service provider: a form that sends itself, and a button where scripts do not run. */
  answer(
    language: Language,
    client: string,
    to: string,
    message: { readonly name: string; readonly value: string; readonly relayState: string | undefined },
  ): string {
    const say = sayIn(language);
    const main = html`<form class="asignio-form" method="post" action="${to}">
      <h1 class="asignio-title">${say('answerTitle', { client })}</h1>
      <input type="hidden" name="${message.name}" value="${message.value}" />
      ${
        message.relayState !== undefined &&
        html`<input type="hidden" name="RelayState" value="${message.relayState}" />`
      }
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">${say('continue')}</button>
      </div>
    </form>`;
    return this.page(say('answerTitle', { client }), language, main, `${this.settings.path}/send.js`);
  }

  /** Whether to sign out. */
  signOut(language: Language): string {
    const say = sayIn(language);
    const main = html`<form class="asignio-form" method="post" action="${this.settings.path}/logout">
      <h1 class="asignio-title">${say('signOutTitle')}</h1>
      <p class="asignio-text">${say('signOutWhy')}</p>
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">${say('signOut')}</button>
      </div>
    </form>`;
    return this.page(say('signOutTitle'), language, main);
  }

  /** Nobody is signed in any more. */
  signedOut(language: Language): string {
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('signedOutTitle')}</h1>
      <p class="asignio-text">${say('signedOutHelp')}</p>`;
    return this.page(say('signedOutTitle'), language, main);
  }

  /** The visit is over, or was another browser's. */
  gone(language: Language): string {
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('goneTitle')}</h1>
      <p class="asignio-text">${say('goneHelp')}</p>`;
    return this.page(say('goneTitle'), language, main);
  }

  /** A request that cannot be answered to anybody. */
  failed(language: Language, reason: string): string {
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('wrongTitle')}</h1>
      <p class="asignio-text">${say('wrongHelp')}</p>
      <p class="asignio-card"><code>${reason}</code></p>`;
    return this.page(say('wrongTitle'), language, main);
  }

  /** The host's other way in, or the service provider's. */
  private otherWay(id: string, client: string, say: Say): Html {
    const { label, href } = this.settings.alternative ?? {
      label: say('backTo', { client }),
      href: `${this.address(id)}/abort`,
    };
    return html`<a class="asignio-link" href="${href}">${label}</a>`;
  }

  private wayBack(id: string, client: string, say: Say): Html {
    return html`<p class="asignio-text">
      <a class="asignio-link" href="${this.address(id)}/abort">${say('backTo', { client })}</a>
    </p>`;
  }

  private address(id: string): string {
    return `${this.settings.path}/visit/${encodeURIComponent(id)}`;
  }

  private page(title: string, language: Language, main: Html, script?: string): string {
    const { endpoint } = this.settings;
    return html`<!doctype html>
      <html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <link rel="stylesheet" href="${endpoint}/capture/asignio.css" />
          ${script !== undefined && html`<script type="module" src="${script}"></script>`}
        </head>
        <body class="asignio-page">
          <main class="asignio-column">${main}</main>
        </body>
      </html>`.text;
  }
}
