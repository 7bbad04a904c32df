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
    const heading = this.#heading(title, 0, 'title');
    heading.tabIndex = -1;
    heading.part.add('title');
    const body = h('div', { class: 'stack', part: 'screen', dir: this.words().direction }, heading, ...content);
    this.root.replaceChildren(body);
    if (this.#shown) heading.focus({ preventScroll: false });
    this.#shown = true;
    return body;
  }

  /** A heading within the screen. */
  protected subheading(text: string, look = ''): HTMLElement {
    return this.#heading(text, 1, `heading ${look}`);
  }

  #heading(text: string, depth: 0 | 1, look: string): HTMLHeadingElement {
    const top = Number(this.getAttribute('heading-level') ?? '2');
    const level = (Number.isInteger(top) && top >= 1 && top <= 5 ? top : 2) + depth;
    return h(`h${level}` as 'h2', { class: look.trim() }, text);
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

  /**
   * A link to what the server hands out as a file.
   * @param of whose file it is, for those who hear the link and not the page around it
   */
  protected file(word: Word, href: string, name: string, part: string, of?: string): HTMLAnchorElement {
    const text = this.words().say(word);
    const label = of === undefined ? undefined : `${text}: ${of}`;
    return h('a', { href, download: name, part, 'aria-label': label }, text);
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
    if (error instanceof ProblemError && error.code === 'ASIGNIO_REQUESTER_UNVERIFIED') {
      this.screen(
        words.say('proofTitle'),
        this.paragraph(words.say('proofHelp')),
        h('slot', { name: 'proof' }),
        this.actions(this.button('tryAgain', again)),
      );
      this.tell('asignio-proof', undefined);
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
