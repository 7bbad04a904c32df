import type { Word } from '../../words/all.ts';
import { h } from '../dom.ts';
import { ViewElement } from '../view.ts';

/** A field of a form: its element, and the element as laid out with its label, help and error. */
export interface Field<E extends HTMLInputElement | HTMLTextAreaElement> {
  readonly input: E;
  readonly body: HTMLElement;
  /** Shows a sentence under the field, and puts the focus there; takes it away for `undefined`. */
  refuse(word: Word | undefined): void;
}

interface FieldOptions {
  readonly id: string;
  readonly label: Word;
  readonly help?: Word;
  readonly type?: 'text' | 'email' | 'tel' | 'password' | 'file';
  readonly autocomplete?: string;
  readonly maxlength?: number;
  readonly accept?: string;
}

/** A component in which somebody fills in a form, one a screen. */
export abstract class FormElement extends ViewElement {
  protected field(options: FieldOptions): Field<HTMLInputElement> {
    const { id, type = 'text', autocomplete = 'off', maxlength, accept } = options;
    return this.#laid(options, (described) =>
      h('input', { id, type, autocomplete, maxlength, accept, part: 'input', 'aria-describedby': described }),
    );
  }

  /** For sentences; as many characters as the server takes. */
  protected area(options: Pick<FieldOptions, 'id' | 'label' | 'help'>): Field<HTMLTextAreaElement> {
    const { id } = options;
    return this.#laid(options, (described) =>
      h('textarea', { id, rows: 6, maxlength: 4000, part: 'input', 'aria-describedby': described, dir: 'auto' }),
    );
  }

  /** A form with its button, that asks nothing of the browser's own validation. */
  protected form(submit: Word, send: () => void, ...fields: readonly HTMLElement[]): HTMLElement {
    const onsubmit = (event: Event): void => {
      event.preventDefault();
      send();
    };
    return h(
      'form',
      { class: 'stack', novalidate: true, onsubmit },
      ...fields,
      this.actions(h('button', { type: 'submit', class: 'primary', part: 'button send' }, this.words().say(submit))),
    );
  }

  #laid<E extends HTMLInputElement | HTMLTextAreaElement>(
    { id, label, help }: FieldOptions,
    make: (described: string) => E,
  ): Field<E> {
    const words = this.words();
    const error = h('p', { class: 'bad', id: `${id}-error`, role: 'alert' });
    const input = make(help === undefined ? `${id}-error` : `${id}-help ${id}-error`);
    const refuse = (word: Word | undefined): void => {
      error.textContent = word === undefined ? '' : words.say(word);
      if (word === undefined) input.removeAttribute('aria-invalid');
      else {
        input.setAttribute('aria-invalid', 'true');
        input.focus();
      }
    };
    input.addEventListener('input', () => refuse(undefined));
    return {
      input,
      body: h(
        'div',
        { class: 'tight' },
        h('label', { for: id }, words.say(label)),
        help === undefined ? undefined : h('p', { class: 'small muted', id: `${id}-help` }, words.say(help)),
        input,
        error,
      ),
      refuse,
    };
  }
}
