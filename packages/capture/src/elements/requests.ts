import type { RequestView } from '../client/rights.ts';
import { h } from './dom.ts';
import { FormElement } from './rights/form.ts';
import { regulatorList, requestCard } from './rights/request.ts';

/**
 * `<asignio-requests>`: what the person asked for, with deadlines and answers; and a way to complain.
 *
 * Attributes: `endpoint` (default `/asignio`), `heading-level` (default 2), `lang`; `region` (ISO 3166: `IE`, `US-IL`),
 * where the page knows where the person lives, to name the one authority. Slots: `alternative`. Events:
 * `asignio-complained` with the request.
 * @example
 * ```html
 * <asignio-requests lang="en" region="IE"></asignio-requests>
 * ```
 */
export class AsignioRequests extends FormElement {
  constructor() {
    super('');
  }

  /** Asks for the requests and shows them. */
  override refresh(): void {
    this.working();
    void this.attempt(async () => {
      const requests = await this.client().rights.requests();
      if (this.isConnected) this.#list(requests);
    });
  }

  #list(requests: readonly RequestView[]): void {
    const words = this.words();
    this.screen(
      words.say('requestsTitle'),
      requests.length === 0
        ? this.paragraph(words.say('noRequests'))
        : h('ul', { class: 'stack' }, ...requests.map((each) => requestCard(each, words))),
      this.actions(this.button('complainTitle', () => this.#complain(), '', 'complain')),
    );
  }

  #complain(): void {
    const words = this.words();
    const statement = this.area({ id: 'statement', label: 'statement', help: 'complainHelp' });
    const send = (): void => {
      const typed = statement.input.value.normalize('NFC').trim();
      if (typed === '') statement.refuse('statementMissing');
      else this.#send(typed);
    };
    this.screen(
      words.say('complainTitle'),
      this.form('send', send, statement.body),
      this.button('back', () => this.refresh(), 'plain'),
    );
  }

  #send(statement: string): void {
    this.working();
    void this.attempt(async () => {
      const region = this.getAttribute('region') ?? undefined;
      const { request, regulators } = await this.client().rights.complain(statement, region);
      if (!this.isConnected) return;
      const words = this.words();
      this.screen(
        words.say('complainDone'),
        this.paragraph(words.say('complainDoneHelp', { id: request.id, date: words.date(request.due) })),
        this.subheading(words.say('regulators')),
        regulatorList(regulators, words),
        this.actions(this.button('readOn', () => this.refresh(), 'primary')),
      );
      this.tell('asignio-complained', request);
    });
  }
}
