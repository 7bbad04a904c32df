import { BridgePages, html, Html, languageOf } from '@asignio/bridge';
import type { Language, Scene } from '@asignio/bridge';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Settings } from '../options.ts';
import type { OidcClientOptions } from '../options/clients.ts';
import type { Word } from '../words/en.ts';
import { sayIn } from '../words/words.ts';

/** The pages that bridges share, and those of an OpenID provider. */
export class Pages extends BridgePages<Word> {
  constructor(settings: Pick<Settings, 'endpoint' | 'alternative'>) {
    super(settings, sayIn);
  }

  /** Where the client may also ask while the person is away. */
  consentWhileAway(scene: Scene, asked: Parameters<Pages['consent']>[1]): string {
    return this.consent(scene, asked, this.sayIn(scene.language)('keepsAway'));
  }

  /** What a client wants confirmed, and a drawing. */
  confirm(
    scene: {
      /** Path of the page. */
      readonly address: string;
      readonly client: OidcClientOptions;
      readonly language: Language;
      readonly text: string;
      readonly name: string;
      readonly assurance: string;
    },
    failed: boolean,
  ): string {
    const { address, client, language, assurance } = scene;
    const say = this.sayIn(language);
    const title = say('confirmTitle', { client: client.name });
    const instead = `${say('otherWay')} ${say('confirmOtherWay', { client: client.name })}`;
    const main = html`<h1 class="asignio-title">${title}</h1>
      <p class="asignio-lead asignio-card" dir="auto">${scene.text}</p>
      <p class="asignio-text">${say('confirmWhy')}</p>
      ${failed && html`<p class="asignio-error" role="alert">${say('tryAgain')}</p>`}
      <form method="post" action="${address}/sign">
        ${this.surface(language, { assurance, subject: scene.name, level: 2, instead })}
      </form>
      <form class="asignio-actions" method="post" action="${address}/refuse">
        <button class="asignio-button">${say('confirmRefuse')}</button>
      </form>
      <p class="asignio-small">${say('confirmLearns', { client: client.name })}</p>
      <noscript><p class="asignio-text">${say('noScript')}</p></noscript>`;
    return this.page(title, language, main, this.components);
  }

  /** The client has its answer. */
  answered(
    { client, language }: { readonly client: OidcClientOptions; readonly language: Language },
    yes: boolean,
  ): string {
    const say = this.sayIn(language);
    const text = html`<p class="asignio-text">${say(yes ? 'confirmedHelp' : 'refusedHelp', { client: client.name })}</p>
      <p class="asignio-text">${say('signedOutHelp')}</p>`;
    return this.message(language, say(yes ? 'confirmedTitle' : 'refusedTitle'), text);
  }

  /** A request that cannot be answered at its redirect URI. */
  showWrong(ctx: KoaContextWithOIDC, code: string): void {
    show(ctx, this.wrong(languageIn(ctx), code));
  }

  /** Whether to sign out; `form` is oidc-provider's own, with the secret against forgery. */
  showLogout(ctx: KoaContextWithOIDC, form: string): void {
    const language = languageIn(ctx);
    const say = this.sayIn(language);
    const text = html`<p class="asignio-text">${say('signOutWhy')}</p>
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
    show(ctx, this.message(language, say('signOutTitle'), text));
  }

  showSignedOut(ctx: KoaContextWithOIDC): void {
    show(ctx, this.signedOut(languageIn(ctx)));
  }
}

function languageIn(ctx: KoaContextWithOIDC): Language {
  return languageOf(ctx.get('accept-language'));
}

function show(ctx: KoaContextWithOIDC, page: string): void {
  ctx.type = 'html';
  ctx.body = page;
}
