import { BridgePages, html } from '@asignio/bridge';
import type { Language } from '@asignio/bridge';
import type { Settings } from '../options.ts';
import { sayIn } from './words.ts';

/** The pages that bridges share, and those of SAML. */
export class Pages extends BridgePages<'answerTitle' | 'signOutThere'> {
  private readonly path: string;

  constructor(settings: Pick<Settings, 'path' | 'endpoint' | 'alternative'>) {
    super(settings, sayIn);
    this.path = settings.path;
  }

  /** Takes the answer to the service provider: a form that sends itself, and a button where scripts do not run. */
  answer(
    language: Language,
    client: string,
    to: string,
    message: { readonly name: string; readonly value: string; readonly relayState: string | undefined },
  ): string {
    const say = this.sayIn(language);
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
    return this.page(say('answerTitle', { client }), language, main, `${this.path}/send.js`);
  }

  /**
   * Whether to sign out.
   * @param there the identity provider of the first factor is told
   */
  signOut(language: Language, there: boolean): string {
    const say = this.sayIn(language);
    const main = html`<form class="asignio-form" method="post" action="${this.path}/logout">
      <h1 class="asignio-title">${say('signOutTitle')}</h1>
      <p class="asignio-text">${say(there ? 'signOutThere' : 'signOutWhy')}</p>
      <div class="asignio-actions">
        <button class="asignio-button asignio-button-primary">${say('signOut')}</button>
      </div>
    </form>`;
    return this.page(say('signOutTitle'), language, main);
  }
}
