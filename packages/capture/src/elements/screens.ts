import { AsignioClient } from '../client/client.ts';
import { ConnectionError, ProblemError } from '../client/problem.ts';
import { CATALOGUE, type Word } from '../words/all.ts';
import { h } from './dom.ts';
import { AsignioElement } from './element.ts';

/** A component that asks one question a screen. */
export abstract class ScreensElement extends AsignioElement<Word> {
  #shown = false;

  constructor(css: string) {
    super(CATALOGUE, css);
  }

  /** Where the router is mounted. */
  get endpoint(): string {
    return this.getAttribute('endpoint') ?? '/asignio';
  }

  protected client(): AsignioClient {
    return new AsignioClient(this.endpoint);
  }

  /**
   * Shows one screen. From the second one on its heading takes the focus, so that keyboard and screen reader are where
   * the eye is.
   */
  protected screen(title: string, ...content: readonly (Node | undefined)[]): HTMLElement {
    const level = this.getAttribute('heading-level') ?? '2';
    const heading = h(
      'h2',
      { tabindex: -1, part: 'title', ...(level === '2' ? {} : { role: 'heading', 'aria-level': level }) },
      title,
    );
    const body = h('div', { class: 'stack', part: 'screen', dir: this.words().direction }, heading, ...content);
    this.root.replaceChildren(body);
    if (this.#shown) heading.focus({ preventScroll: false });
    this.#shown = true;
    return body;
  }

  /** While something is under way. */
  protected working(): void {
    this.root.replaceChildren(h('p', { class: 'muted', role: 'status', part: 'working' }, this.words().say('working')));
  }

  protected paragraph(text: string, look = ''): HTMLParagraphElement {
    return h('p', { class: look }, text);
  }

  protected button(word: Word, act: () => void, look = '', part = ''): HTMLButtonElement {
    return h(
      'button',
      { type: 'button', class: look, part: `button ${part}`.trim(), onclick: act },
      this.words().say(word),
    );
  }

  protected actions(...buttons: readonly (Node | undefined)[]): HTMLDivElement {
    return h('div', { class: 'actions', part: 'actions' }, ...buttons);
  }

  /** The other way in: what the page put there, or a sentence. */
  protected otherWay(): HTMLDivElement {
    return h('div', { part: 'alternative' }, h('slot', { name: 'alternative' }));
  }

  /** Does something with the server; where that fails, says what to do and offers to do it again. */
  protected async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.isConnected) this.#failed(error, () => void this.attempt(work));
    }
  }

  #failed(error: unknown, again: () => void): void {
    const words = this.words();
    if (error instanceof ProblemError && error.code === 'ASIGNIO_SIGN_IN_REQUIRED') {
      this.screen(words.say('signInFirst'), this.paragraph(words.say('signInFirstHelp')), this.otherWay());
      return;
    }
    const offline = error instanceof ConnectionError;
    const code = error instanceof ProblemError ? error.code : undefined;
    this.screen(
      words.say(offline ? 'offline' : 'somethingWrong'),
      this.paragraph(words.say(offline ? 'offlineHelpPlain' : 'somethingWrongHelp')),
      code === undefined ? undefined : this.paragraph(code, 'small muted'),
      this.actions(this.button('tryAgain', again, 'primary')),
      this.otherWay(),
    );
  }
}
