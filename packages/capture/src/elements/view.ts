import { ScreensElement } from './screens.ts';

/** A component that asks the server as soon as it is in a page, and again when its endpoint or language changes. */
export abstract class ViewElement extends ScreensElement {
  static readonly observedAttributes: readonly string[] = ['endpoint', 'lang'];

  #begun = false;

  connectedCallback(): void {
    this.#begun = true;
    this.refresh();
  }

  disconnectedCallback(): void {
    this.#begun = false;
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.#begun && before !== now) this.refresh();
  }

  /** Asks, and shows what there is. */
  abstract refresh(): void;
}
