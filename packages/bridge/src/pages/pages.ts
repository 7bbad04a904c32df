import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Attribute } from '../options/attributes.ts';
import type { BridgeWord } from '../words/en.ts';
import type { Language, Say } from '../words/words.ts';

/** What a page of a visit knows. */
export interface Scene {
  readonly language: Language;
  /** Path of the visit's pages. */
  readonly address: string;
  /** Who asks: a relying party, a service provider. */
  readonly asker: { readonly name: string; readonly region: string };
}

/** What the pages are made with. */
export interface PagesSettings {
  /** Path of the router with the capture components. */
  readonly endpoint: string;
  /** The host's other way in; the asker's unless told. */
  readonly alternative: { readonly label: string; readonly href: string } | undefined;
}

/** A drawing surface. */
export interface Surface {
  readonly assurance: string;
  /** Whose drawing it must be; the host knows a person whom it has signed in. */
  readonly subject: string | undefined;
  /** Level of its heading. */
  readonly level: 1 | 2;
  /** What to do instead. */
  readonly instead: Html | string;
}

/** A bridge's own pages: one question each, in the words and with the styles of the capture components. */
export class BridgePages<Word extends string> {
  protected readonly frame: PagesSettings;
  protected readonly sayIn: (language: Language) => Say<Word | BridgeWord>;

  constructor(frame: PagesSettings, sayIn: (language: Language) => Say<Word | BridgeWord>) {
    this.frame = frame;
    this.sayIn = sayIn;
  }

  /** Which account. */
  who({ language, address, asker }: Scene): string {
    const say = this.sayIn(language);
    const main = html`<form class="asignio-form" method="get" action="${address}">
        <h1 class="asignio-title">${say('whoTitle')}</h1>
        <p class="asignio-text">${say('whoWhy', { client: asker.name })}</p>
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
      ${this.wayBack(address, asker.name, say)}`;
    return this.page(say('whoTitle'), language, main);
  }

  /**
   * One drawing. `who` is what was typed; `fixed`: the one who asks said who it must be; `action`: where the ceremony is
   * sent, `/login` of the visit unless told.
   */
  draw(
    { language, address, asker }: Scene,
    how: {
      readonly who?: string;
      readonly fixed?: boolean;
      readonly action?: string;
      readonly assurance: string;
      readonly failed: boolean;
    },
  ): string {
    const say = this.sayIn(language);
    const { who, fixed = false, action = `${address}/login`, assurance, failed } = how;
    const instead = html`${say('otherWay')} ${this.otherWay(address, asker.name, say)}`;
    const main = html`<p class="asignio-text">${say('signInTo', { client: asker.name })}</p>
      ${failed && html`<p class="asignio-error" role="alert">${say('tryAgain')}</p>`}
      <form method="post" action="${action}">
        ${this.surface(language, { assurance, subject: who, level: 1, instead })}
      </form>
      ${
        who !== undefined &&
        !fixed &&
        html`<p class="asignio-text">
          <a class="asignio-link" href="${address}?other">${say('notYou', { name: who })}</a>
        </p>`
      }
      ${this.frame.alternative !== undefined && this.wayBack(address, asker.name, say)}
      <noscript><p class="asignio-text">${say('noScript')}</p></noscript>`;
    return this.page(say('signInTo', { client: asker.name }), language, main, this.components);
  }

  /** What the asker is told. Nothing is ticked before the person does. */
  consent(
    { language, address, asker: { name: client, region } }: Scene,
    asked: readonly { readonly name: Attribute; readonly value?: string }[],
    note?: string,
  ): string {
    const say = this.sayIn(language);
    const place = new Intl.DisplayNames([language], { type: 'region' }).of(region.slice(0, 2)) ?? region;
    const main = html`<form class="asignio-form" method="post" action="${address}/consent">
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
      <p class="asignio-small">${note !== undefined && `${note} `}${say('takeBack')}</p>
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">${say('agree')}</button>
        <a class="asignio-button" href="${address}/abort">${say('decline')}</a>
      </div>
    </form>`;
    return this.page(say('consentTitle', { client }), language, main);
  }

  /** The visit is over, or was another browser's. */
  gone(language: Language): string {
    const say = this.sayIn(language);
    return this.message(language, say('goneTitle'), html`<p class="asignio-text">${say('goneHelp')}</p>`);
  }

  /** A request that cannot be answered to anybody. */
  wrong(language: Language, reason: string): string {
    const say = this.sayIn(language);
    const text = html`<p class="asignio-text">${say('wrongHelp')}</p>
      <p class="asignio-card"><code>${reason}</code></p>`;
    return this.message(language, say('wrongTitle'), text);
  }

  /** Nobody is signed in any more. */
  signedOut(language: Language): string {
    const say = this.sayIn(language);
    return this.message(language, say('signedOutTitle'), html`<p class="asignio-text">${say('signedOutHelp')}</p>`);
  }

  /** The script of the drawing surface. */
  protected get components(): string {
    return `${this.frame.endpoint}/capture/asignio.js`;
  }

  protected surface(language: Language, { assurance, subject, level, instead }: Surface): Html {
    const say = this.sayIn(language);
    return html`<asignio-ceremony
      kind="verification"
      name="ceremony"
      heading-level="${level}"
      lang="${language}"
      endpoint="${this.frame.endpoint}"
      assurance="${assurance}"
      ${subject !== undefined && html`subject="${subject}"`}
    >
      <span slot="alternative">${instead}</span>
      <span slot="contest">${say('contest')}</span>
    </asignio-ceremony>`;
  }

  /** A page that says one thing. */
  protected message(language: Language, title: string, text: Html): string {
    return this.page(
      title,
      language,
      html`<h1 class="asignio-title">${title}</h1>
        ${text}`,
    );
  }

  protected page(title: string, language: Language, main: Html, script?: string): string {
    return html`<!doctype html>
      <html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title}</title>
          <link rel="stylesheet" href="${this.frame.endpoint}/capture/asignio.css" />
          ${script !== undefined && html`<script type="module" src="${script}"></script>`}
        </head>
        <body class="asignio-page">
          <main class="asignio-column">${main}</main>
        </body>
      </html>`.text;
  }

  /** The host's other way in, or the asker's. */
  private otherWay(address: string, client: string, say: Say<BridgeWord>): Html {
    const { label, href } = this.frame.alternative ?? { label: say('backTo', { client }), href: `${address}/abort` };
    return html`<a class="asignio-link" href="${href}">${label}</a>`;
  }

  private wayBack(address: string, client: string, say: Say<BridgeWord>): Html {
    return html`<p class="asignio-text">
      <a class="asignio-link" href="${address}/abort">${say('backTo', { client })}</a>
    </p>`;
  }
}
