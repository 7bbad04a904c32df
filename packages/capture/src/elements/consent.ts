import type { AsignioClient, CaptureModality, Granted, NoticePurpose, NoticeView } from '../client/client.ts';
import { h } from './dom.ts';
import { ScreensElement } from './screens.ts';

/** What `asignio-consented` carries. */
export type ConsentedEventDetail = Granted;

const STYLE = `
.facts { border-inline-start: 4px solid var(--_hair); padding-inline-start: 16px; }
.sections { display: grid; gap: 20px; }
.section { display: grid; gap: 8px; }
`;

/**
 * `<asignio-consent>`: the notice and the signed written release, as a decision.
 *
 * First the notice; then each purpose as a question of its own, with yes and no alike; then the typed name as
 * signature. "No thanks" is on every screen and needs one tap. Needs a signed-in person.
 *
 * Attributes: `modality` (`signature`, `face`; what the release is for, default `signature`), `endpoint` (default `/asignio`), `heading-level` (default 2), `lang` (also the language of the notice).
 * Slots: `next` (where to go once it is signed), `declined` (what still works), `alternative`. Events:
 * `asignio-consented` ({@link ConsentedEventDetail}), `asignio-declined`.
 * @example
 * ```html
 * <asignio-consent lang="en"><a slot="next" href="/enrol">Continue</a></asignio-consent>
 * ```
 */
export class AsignioConsent extends ScreensElement {
  static readonly observedAttributes = ['endpoint', 'lang', 'modality'];

  #client: AsignioClient | undefined;
  #notice: NoticeView | undefined;
  #answers = new Map<string, boolean>();

  constructor() {
    super(STYLE);
  }

  connectedCallback(): void {
    this.restart();
  }

  disconnectedCallback(): void {
    this.#client = undefined;
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.#client !== undefined && before !== now) this.restart();
  }

  get modality(): CaptureModality {
    return this.getAttribute('modality') === 'face' ? 'face' : 'signature';
  }

  /** Shows the notice in force from the beginning. */
  restart(): void {
    this.#client = this.client();
    this.#answers.clear();
    this.working();
    void this.attempt(async () => {
      const whole = await this.#client?.notice(this.words().language);
      if (whole === undefined || !this.isConnected) return;
      // Each modality is agreed to on its own.
      const purposes = whole.purposes.filter(({ modalities }) => modalities.includes(this.modality));
      const notice = { ...whole, purposes };
      this.#notice = notice;
      this.#read(notice);
    });
  }

  #read(notice: NoticeView): void {
    const words = this.words();
    const { version, controller, language } = notice;
    this.screen(
      notice.title,
      this.paragraph(words.say('noticeVersion', { version, date: words.date(notice.effectiveAt) }), 'small muted'),
      h(
        'div',
        { class: 'sections', part: 'notice', lang: language },
        ...notice.sections.map(({ heading, text }) =>
          h(
            'div',
            { class: 'section' },
            this.subheading(heading),
            ...text.split(/\n{2,}/).map((p) => this.paragraph(p)),
          ),
        ),
      ),
      this.paragraph(words.say('asks', { controller: controller.name, contact: controller.contact }), 'small muted'),
      this.actions(
        this.button('noThanks', () => this.#decline(), '', 'no'),
        this.button('readOn', () => this.#ask(notice, 0), '', 'continue'),
      ),
    );
  }

  #ask(notice: NoticeView, index: number): void {
    const purpose = notice.purposes[index];
    if (purpose === undefined) return this.#sign(notice);
    const words = this.words();
    const count = notice.purposes.length;
    const error = h('p', { class: 'bad', id: 'error', role: 'alert' });
    const choices = h(
      'fieldset',
      { class: 'stack', 'aria-describedby': 'facts error' },
      h('legend', {}, words.say(this.modality === 'face' ? 'faceMayWe' : 'mayWe')),
      h('div', { class: 'actions' }, this.#choice(purpose, true), this.#choice(purpose, false)),
    );
    const go = (): void => {
      const answer = this.#answers.get(purpose.purpose);
      if (answer === undefined) {
        error.textContent = words.say('chooseOne');
        this.root.querySelector('input')?.focus();
      } else if (!answer && purpose.required) this.#decline();
      else this.#ask(notice, index + 1);
    };
    this.screen(
      this.#name(purpose),
      count > 1 ? this.paragraph(words.say('questionOf', { number: index + 1, count }), 'small muted') : undefined,
      this.#facts(purpose, notice.language),
      choices,
      this.paragraph(words.say(purpose.required ? this.#needed : 'optional'), 'small muted'),
      error,
      this.actions(
        this.button('back', () => (index === 0 ? this.#read(notice) : this.#ask(notice, index - 1))),
        this.button('readOn', go, 'primary', 'continue'),
      ),
      this.button('noThanks', () => this.#decline(), 'plain', 'no'),
    );
  }

  get #needed(): 'neededFor' | 'faceNeededFor' {
    return this.modality === 'face' ? 'faceNeededFor' : 'neededFor';
  }

  #facts(purpose: NoticePurpose, language: string): HTMLElement {
    const words = this.words();
    const facts = [
      ['what', purpose.what],
      ['why', purpose.why],
      ['howLong', purpose.howLong],
      ['withWhom', purpose.withWhom],
    ] as const;
    return h(
      'dl',
      { class: 'facts', id: 'facts', part: 'facts' },
      ...facts.map(([word, text]) => h('div', {}, h('dt', {}, words.say(word)), h('dd', { lang: language }, text))),
    );
  }

  #choice(purpose: NoticePurpose, answer: boolean): HTMLElement {
    const choose = (): void => void this.#answers.set(purpose.purpose, answer);
    const checked = this.#answers.get(purpose.purpose) === answer;
    return h(
      'label',
      { class: 'choice', part: 'choice' },
      h('input', { type: 'radio', name: 'answer', value: answer ? 'yes' : 'no', checked, onchange: choose }),
      this.words().say(answer ? 'yes' : 'no'),
    );
  }

  #sign(notice: NoticeView): void {
    const words = this.words();
    const error = h('p', { class: 'bad', id: 'error', role: 'alert' });
    const name = h('input', {
      type: 'text',
      id: 'name',
      autocomplete: 'name',
      maxlength: 200,
      'aria-describedby': 'why error',
      part: 'input',
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      const typed = name.value.normalize('NFC').trim();
      if (typed === '') {
        error.textContent = words.say('nameMissing');
        name.setAttribute('aria-invalid', 'true');
        name.focus();
      } else this.#grant(notice, typed);
    };
    const list = (word: 'youAgreeTo' | 'youDecline', answer: boolean): HTMLElement | undefined => {
      const chosen = notice.purposes.filter(({ purpose }) => (this.#answers.get(purpose) ?? false) === answer);
      if (chosen.length === 0) return undefined;
      return h(
        'div',
        { class: 'card tight' },
        this.subheading(words.say(word), 'small muted'),
        h('ul', {}, ...chosen.map((each) => h('li', {}, this.#name(each)))),
      );
    };
    this.screen(
      words.say('signTitle'),
      h('p', { id: 'why' }, words.say('signWhy')),
      list('youAgreeTo', true),
      list('youDecline', false),
      h(
        'form',
        { class: 'stack', novalidate: true, onsubmit: submit },
        h('div', { class: 'tight' }, h('label', { for: 'name' }, words.say('yourName')), name, error),
        this.actions(
          this.button('noThanks', () => this.#decline(), '', 'no'),
          h('button', { type: 'submit', part: 'button agree' }, words.say('agree')),
        ),
      ),
      this.button('back', () => this.#ask(notice, notice.purposes.length - 1), 'plain'),
    );
  }

  #grant(notice: NoticeView, name: string): void {
    const purposes = notice.purposes.map(({ purpose }) => purpose).filter((each) => this.#answers.get(each) === true);
    this.working();
    void this.attempt(async () => {
      const granted = await this.#client?.grant({
        noticeVersion: notice.version,
        noticeSha256: notice.sha256,
        language: notice.language,
        modality: this.modality,
        purposes,
        signature: { method: 'typed-name', name },
      });
      if (granted === undefined || !this.isConnected) return;
      this.#signed(granted);
    });
  }

  #signed(granted: Granted): void {
    const words = this.words();
    const client = this.client();
    this.screen(
      words.say('signed'),
      this.paragraph(words.say('signedHelp')),
      h(
        'ul',
        { class: 'stack' },
        ...granted.consents.map(({ id, purpose }) =>
          h(
            'li',
            { class: 'card tight' },
            h('p', {}, purposeName(words, purpose)),
            this.file('receipt', client.receiptUrl(id), `receipt-${id}.jws`, 'receipt'),
          ),
        ),
      ),
      h('slot', { name: 'next' }),
    );
    const detail: ConsentedEventDetail = granted;
    this.tell('asignio-consented', detail);
  }

  #decline(): void {
    const words = this.words();
    const notice = this.#notice;
    this.#answers.clear();
    this.screen(
      words.say('declined'),
      this.paragraph(words.say('declinedHelp')),
      h('slot', { name: 'declined' }),
      notice === undefined ? undefined : this.button('back', () => this.#read(notice), 'plain'),
    );
    this.tell('asignio-declined', undefined);
  }

  #name(purpose: NoticePurpose): string {
    return purposeName(this.words(), purpose.purpose);
  }
}

/** A purpose in words; as it is named where there are none. */
export function purposeName(words: { find(code: string): string | undefined }, purpose: string): string {
  return words.find(`purpose.${purpose}`) ?? purpose;
}
