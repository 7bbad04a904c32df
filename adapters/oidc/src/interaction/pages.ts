import type { KoaContextWithOIDC } from 'oidc-provider';
import { mountPath } from '../options.ts';
import type { Settings } from '../options.ts';
import type { Attribute, OidcClientOptions } from '../options/clients.ts';
import { languageOf, sayIn } from '../words/words.ts';
import type { Language, Say } from '../words/words.ts';
import { html, Html } from './html.ts';

/** What a page of an interaction knows. */
export interface Scene {
  readonly uid: string;
  readonly client: OidcClientOptions;
  readonly language: Language;
}

/** The bridge's own pages: one question each, in the words and with the styles of the capture components. */
export class Pages {
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Which account. */
  who({ uid, client, language }: Scene): string {
    const say = sayIn(language);
    const main = html`<form class="asignio-form" method="get" action="${this.path(uid)}">
        <h1 class="asignio-title">${say('whoTitle')}</h1>
        <p class="asignio-text">${say('whoWhy', { client: client.name })}</p>
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
      ${this.wayBack(uid, client, say)}`;
    return this.page(say('whoTitle'), language, main);
  }

  /**
   * One drawing. `who` is what was typed; the host knows a person whom it has signed in. `fixed`: the one who asks said who
   * it must be.
   */
  draw(
    scene: Scene,
    how: { readonly who?: string; readonly fixed: boolean; readonly assurance: string; readonly failed: boolean },
  ): string {
    const { uid, client, language } = scene;
    const say = sayIn(language);
    const main = html`<p class="asignio-text">${say('signInTo', { client: client.name })}</p>
      ${how.failed && html`<p class="asignio-error" role="alert">${say('tryAgain')}</p>`}
      <form method="post" action="${this.path(uid)}/login">
        <asignio-ceremony
          kind="verification"
          name="ceremony"
          heading-level="1"
          lang="${language}"
          endpoint="${this.settings.endpoint}"
          assurance="${how.assurance}"
          ${how.who !== undefined && html`subject="${how.who}"`}
        >
          <span slot="alternative">${say('otherWay')} ${this.otherWay(uid, client, say)}</span>
          <span slot="contest">${say('contest')}</span>
        </asignio-ceremony>
      </form>
      ${
        how.who !== undefined &&
        !how.fixed &&
        html`<p class="asignio-text">
          <a class="asignio-link" href="${this.path(uid)}?other">${say('notYou', { name: how.who })}</a>
        </p>`
      }
      ${this.settings.alternative !== undefined && this.wayBack(uid, client, say)}
      <noscript><p class="asignio-text">${say('noScript')}</p></noscript>`;
    return this.page(say('signInTo', { client: client.name }), language, main, true);
  }

  /** What the client is told. Nothing is ticked before the person does. */
  consent(
    { uid, client, language }: Scene,
    asked: readonly { readonly name: Attribute; readonly value?: string }[],
    away: boolean,
  ): string {
    const say = sayIn(language);
    const place = new Intl.DisplayNames([language], { type: 'region' }).of(client.region.slice(0, 2)) ?? client.region;
    const main = html`<form class="asignio-form" method="post" action="${this.path(uid)}/consent">
      <h1 class="asignio-title">${say('consentTitle', { client: client.name })}</h1>
      <p class="asignio-lead">${say('consentWhy', { client: client.name, place })}</p>
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
        html`<fieldset class="asignio-choices">
          <legend class="asignio-label">${say('choose')}</legend>
          ${asked.map(
            ({ name, value }) =>
              html`<label class="asignio-choice"
                ><input type="checkbox" name="attribute" value="${name}" /><span
                  >${say(name)}${value !== undefined && html`: <b>${value}</b>`}</span
                ></label
              >`,
          )}
        </fieldset>`
      }
      <p class="asignio-small">${away && `${say('keepsAway')} `}${say('takeBack')}</p>
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">${say('agree')}</button>
        <a class="asignio-button" href="${this.path(uid)}/abort">${say('decline')}</a>
      </div>
    </form>`;
    return this.page(say('consentTitle', { client: client.name }), language, main);
  }

  /** What a client wants confirmed, and a drawing. */
  confirm(
    scene: {
      readonly number: string;
      readonly client: OidcClientOptions;
      readonly language: Language;
      readonly text: string;
      readonly name: string;
      readonly assurance: string;
    },
    failed: boolean,
  ): string {
    const { number, client, language } = scene;
    const say = sayIn(language);
    const path = `${mountPath(this.settings)}/confirm/${number}`;
    const title = say('confirmTitle', { client: client.name });
    const main = html`<h1 class="asignio-title">${title}</h1>
      <p class="asignio-lead asignio-card" dir="auto">${scene.text}</p>
      <p class="asignio-text">${say('confirmWhy')}</p>
      ${failed && html`<p class="asignio-error" role="alert">${say('tryAgain')}</p>`}
      <form method="post" action="${path}/sign">
        <asignio-ceremony
          kind="verification"
          name="ceremony"
          heading-level="2"
          lang="${language}"
          endpoint="${this.settings.endpoint}"
          assurance="${scene.assurance}"
          subject="${scene.name}"
        >
          <span slot="alternative">${say('otherWay')} ${say('confirmOtherWay', { client: client.name })}</span>
          <span slot="contest">${say('contest')}</span>
        </asignio-ceremony>
      </form>
      <form class="asignio-actions" method="post" action="${path}/refuse">
        <button class="asignio-button">${say('confirmRefuse')}</button>
      </form>
      <p class="asignio-small">${say('confirmLearns', { client: client.name })}</p>
      <noscript><p class="asignio-text">${say('noScript')}</p></noscript>`;
    return this.page(title, language, main, true);
  }

  /** The client has its answer. */
  answered(
    { client, language }: { readonly client: OidcClientOptions; readonly language: Language },
    yes: boolean,
  ): string {
    const say = sayIn(language);
    const title = say(yes ? 'confirmedTitle' : 'refusedTitle');
    const main = html`<h1 class="asignio-title">${title}</h1>
      <p class="asignio-text">${say(yes ? 'confirmedHelp' : 'refusedHelp', { client: client.name })}</p>
      <p class="asignio-text">${say('signedOutHelp')}</p>`;
    return this.page(title, language, main);
  }

  /** The interaction is over, or was another browser's. */
  gone(language: Language): string {
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('goneTitle')}</h1>
      <p class="asignio-text">${say('goneHelp')}</p>`;
    return this.page(say('goneTitle'), language, main);
  }

  /** A request that cannot be answered at its redirect URI. */
  failed(ctx: KoaContextWithOIDC, code: string): void {
    const language = languageOf(undefined, ctx.get('accept-language'));
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('wrongTitle')}</h1>
      <p class="asignio-text">${say('wrongHelp')}</p>
      <p class="asignio-card"><code>${code}</code></p>`;
    ctx.type = 'html';
    ctx.body = this.page(say('wrongTitle'), language, main);
  }

  /** Whether to sign out; `form` is oidc-provider's own, with the secret against forgery. */
  logout(ctx: KoaContextWithOIDC, form: string): void {
    const language = languageOf(undefined, ctx.get('accept-language'));
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('signOutTitle')}</h1>
      <p class="asignio-text">${say('signOutWhy')}</p>
      ${new Html(form)}
      <div class="asignio-actions">
        <button
          class="asignio-button asignio-button-primary"
          type="submit"
          form="op.logoutForm"
          name="logout"
          value="yes"
        >
          ${say('signOut')}
        </button>
        <button class="asignio-button" type="submit" form="op.logoutForm">${say('stay')}</button>
      </div>`;
    ctx.type = 'html';
    ctx.body = this.page(say('signOutTitle'), language, main);
  }

  signedOut(ctx: KoaContextWithOIDC): void {
    const language = languageOf(undefined, ctx.get('accept-language'));
    const say = sayIn(language);
    const main = html`<h1 class="asignio-title">${say('signedOutTitle')}</h1>
      <p class="asignio-text">${say('signedOutHelp')}</p>`;
    ctx.type = 'html';
    ctx.body = this.page(say('signedOutTitle'), language, main);
  }

  /** The host's other way in, or the relying party's. */
  private otherWay(uid: string, client: OidcClientOptions, say: Say): Html {
    const { alternative } = this.settings;
    const { label, href } = alternative ?? {
      label: say('backTo', { client: client.name }),
      href: `${this.path(uid)}/abort`,
    };
    return html`<a class="asignio-link" href="${href}">${label}</a>`;
  }

  private wayBack(uid: string, client: OidcClientOptions, say: Say): Html {
    return html`<p class="asignio-text">
      <a class="asignio-link" href="${this.path(uid)}/abort">${say('backTo', { client: client.name })}</a>
    </p>`;
  }

  private path(uid: string): string {
    return `${mountPath(this.settings)}/interaction/${encodeURIComponent(uid)}`;
  }

  private page(title: string, language: Language, main: Html, components = false): string {
    const { endpoint } = this.settings;
    return html`<!doctype html>
      <html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <link rel="stylesheet" href="${endpoint}/capture/asignio.css" />
          ${components && html`<script type="module" src="${endpoint}/capture/asignio.js"></script>`}
        </head>
        <body class="asignio-page">
          <main class="asignio-column">${main}</main>
        </body>
      </html>`.text;
  }
}
