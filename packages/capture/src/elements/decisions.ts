import type { DecisionView } from '../client/rights.ts';
import { h } from './dom.ts';
import { FormElement } from './rights/form.ts';

/**
 * `<asignio-decisions>`: sign-ins that were turned away, why, and a way to have a person look at each.
 *
 * Attributes: `endpoint` (default `/asignio`), `heading-level` (default 2), `lang`. Slots: `alternative`. Events:
 * `asignio-contested` with the request.
 * @example
 * ```html
 * <asignio-decisions lang="en"></asignio-decisions>
 * ```
 */
export class AsignioDecisions extends FormElement {
  constructor() {
    super('');
  }

  /** Asks for the decisions and shows them. */
  override refresh(): void {
    this.working();
    void this.attempt(async () => {
      const decisions = await this.client().rights.decisions();
      if (this.isConnected) this.#list(decisions);
    });
  }

  #list(decisions: readonly DecisionView[]): void {
    const words = this.words();
    this.screen(
      words.say('decisionsTitle'),
      this.paragraph(words.say('decisionsHelp')),
      decisions.length === 0
        ? this.paragraph(words.say('noDecisions'))
        : h('ul', { class: 'stack' }, ...decisions.map((each) => this.#decision(each))),
    );
  }

  #decision(decision: DecisionView): HTMLElement {
    const words = this.words();
    const { at, kind, model, threshold, review, contest } = decision;
    const open = Date.parse(decision.contestableUntil) > Date.now();
    return h(
      'li',
      { class: 'card tight' },
      h('p', {}, words.say(`kind.${kind}`)),
      this.paragraph(words.dateTime(at), 'small muted'),
      this.paragraph(words.say('decisionHow', { model, assurance: threshold.assurance }), 'small muted'),
      review !== null
        ? this.paragraph(words.say(review.outcome, { date: words.date(review.at) }))
        : contest !== null
          ? this.paragraph(words.say('contested'))
          : open
            ? h(
                'button',
                {
                  type: 'button',
                  class: 'plain',
                  part: 'button contest',
                  'aria-label': `${words.say('contestThis')}: ${words.dateTime(at)}`,
                  onclick: () => this.#contest(decision),
                },
                words.say('contestThis'),
              )
            : undefined,
    );
  }

  #contest(decision: DecisionView): void {
    const words = this.words();
    const statement = this.area({ id: 'statement', label: 'statement', help: 'contestHelp' });
    const send = (): void => {
      const typed = statement.input.value.normalize('NFC').trim();
      if (typed === '') statement.refuse('statementMissing');
      else this.#send(decision.id, typed);
    };
    this.screen(
      words.say('contestTitle'),
      this.paragraph(`${words.say(`kind.${decision.kind}`)}, ${words.dateTime(decision.at)}`, 'muted'),
      this.form('send', send, statement.body),
      this.button('back', () => this.refresh(), 'plain'),
    );
  }

  #send(decision: string, statement: string): void {
    this.working();
    void this.attempt(async () => {
      const request = await this.client().rights.contest(decision, statement);
      if (!this.isConnected) return;
      const words = this.words();
      this.screen(
        words.say('contestDone'),
        this.paragraph(words.say('contestDoneHelp', { date: words.date(request.due) })),
        this.actions(this.button('readOn', () => this.refresh(), 'primary')),
      );
      this.tell('asignio-contested', request);
    });
  }
}
