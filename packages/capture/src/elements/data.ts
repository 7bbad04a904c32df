import type { ConsentView, HeldView } from '../client/client.ts';
import type { RequestView } from '../client/rights.ts';
import type { Word } from '../words/all.ts';
import { purposeName } from './consent.ts';
import { download, h } from './dom.ts';
import { exceptionList } from './rights/request.ts';
import { ViewElement } from './view.ts';

const STYLE = `
.row { align-items: center; display: flex; flex-wrap: wrap; gap: 4px 16px; justify-content: space-between; }
.row a, .row button.plain { align-items: center; display: inline-flex; min-block-size: 44px; }
.line { border-block-start: 1px solid var(--_hair); padding-block-start: 16px; }
`;

const VARIANTS = new Set(['finger', 'stylus', 'mouse']);

/**
 * `<asignio-data>`: what is held about the person who is signed in, with receipts to download, agreements to take back,
 * and everything to delete.
 *
 * Attributes: `endpoint` (default `/asignio`), `heading-level` (default 2), `lang`. Slots: `account` (the account's name,
 * as the page knows it), `gone` (where to go when nothing is left), `proof` (where to confirm who one is, before
 * anything is deleted), `alternative`. Events: `asignio-withdrawn` and `asignio-erased`, each with the certificate where
 * there is one; `asignio-proof` when a confirmation is needed.
 * @example
 * ```html
 * <asignio-data lang="en"><a slot="gone" href="/">Back to the start</a></asignio-data>
 * ```
 */
export class AsignioData extends ViewElement {
  constructor() {
    super(STYLE);
  }

  /** Asks what is held and shows it. */
  override refresh(): void {
    this.working();
    void this.attempt(async () => {
      const held = await this.client().held(this.words().language);
      if (this.isConnected) this.#list(held);
    });
  }

  #list(held: HeldView): void {
    const words = this.words();
    const facts: (readonly [Word, string, string?])[] = [];
    if (held.retention !== null) facts.push(['keptUntil', words.date(held.retention.due), held.retention.sentence]);
    if (held.lastInteraction !== null) facts.push(['lastUsed', words.dateTime(held.lastInteraction)]);
    facts.push(['failures', new Intl.NumberFormat(words.language).format(held.attempts.failures)]);
    facts.push(['sharedWith', held.recipients.join(', ') || words.say('nobody')]);
    if (held.alternatives.length > 0) facts.push(['otherWays', held.alternatives.join(', ')]);
    const something = held.enrolments.length > 0 || held.consents.some(({ state }) => state !== 'withdrawn');
    this.screen(
      words.say('dataTitle'),
      h(
        'div',
        { class: 'tight' },
        h('p', { class: 'small muted' }, words.say('account')),
        h('p', {}, h('slot', { name: 'account' }, held.subject)),
      ),
      this.subheading(words.say('drawnSignatures')),
      this.#signatures(held),
      this.subheading(words.say('agreements')),
      held.consents.length === 0
        ? this.paragraph(words.say('noAgreements'))
        : h('ul', { class: 'stack' }, ...held.consents.map((each) => this.#consent(each))),
      h(
        'dl',
        { class: 'line' },
        ...facts.map(([word, text, more]) =>
          h(
            'div',
            {},
            h('dt', {}, words.say(word)),
            h('dd', {}, text),
            more === undefined ? undefined : h('dd', { class: 'small muted', dir: 'auto' }, more),
          ),
        ),
      ),
      ...(something
        ? [this.#confirmation(), this.actions(this.button('erase', () => this.#confirmErase(), 'danger', 'erase'))]
        : [h('slot', { name: 'gone' })]),
    );
  }

  #signatures(held: HeldView): HTMLElement {
    const words = this.words();
    if (held.enrolments.length === 0) return this.paragraph(words.say('noSignatures'));
    return h(
      'ul',
      { class: 'stack' },
      ...held.enrolments.map((each) => {
        const pointer = VARIANTS.has(each.variant) ? words.say(each.variant as Word) : each.variant;
        const probes = each.recentProbes ?? 0;
        return h(
          'li',
          { class: 'card tight' },
          h(
            'p',
            {},
            words.say(each.modality === 'face' ? 'faceHeld' : 'signatureHeld', {
              pointer,
              samples: each.samples,
              date: words.date(each.createdAt),
            }),
          ),
          each.established ? undefined : this.paragraph(words.say('provisional'), 'small muted'),
          probes === 0 ? undefined : this.paragraph(words.say('probesHeld', { count: probes }), 'small muted'),
        );
      }),
    );
  }

  /** R3: the same in writing, to keep. */
  #confirmation(): HTMLElement {
    const { language } = this.words();
    const url = (format: 'text' | 'jws') => this.client().confirmationUrl(language, format);
    return h(
      'p',
      { class: 'row' },
      this.file('confirmation', url('text'), 'confirmation.txt', 'confirmation'),
      this.file('confirmationSigned', url('jws'), 'confirmation.jws', 'confirmation'),
    );
  }

  #consent(consent: ConsentView): HTMLElement {
    const words = this.words();
    const client = this.client();
    const { id } = consent;
    const state = STATES[consent.state];
    const date = words.date((consent.state === 'withdrawn' ? consent.withdrawnAt : undefined) ?? consent.grantedAt);
    const purpose = purposeName(words, consent.purpose);
    const name = consent.modality === 'face' ? words.say('byFace', { purpose }) : purpose;
    const withdrawn = consent.state === 'withdrawn';
    const back = h(
      'button',
      {
        type: 'button',
        class: 'plain',
        part: 'button withdraw',
        'aria-label': `${words.say('withdraw')}: ${name}`,
        onclick: () => this.#confirmWithdraw(consent),
      },
      words.say('withdraw'),
    );
    return h(
      'li',
      { class: 'card tight' },
      h('p', {}, name),
      this.paragraph(words.say(state, { date }), 'small muted'),
      h(
        'div',
        { class: 'row' },
        this.file('receipt', client.receiptUrl(id), `receipt-${id}.jws`, 'receipt', name),
        this.file('receiptLinked', client.receiptUrl(id, 'json-ld'), `receipt-${id}.jsonld`, 'receipt', name),
        withdrawn ? undefined : back,
      ),
    );
  }

  #confirmWithdraw(consent: ConsentView): void {
    const words = this.words();
    this.screen(
      words.say('withdrawAsk'),
      this.paragraph(purposeName(words, consent.purpose), 'muted'),
      this.paragraph(words.say('withdrawHelp')),
      this.actions(
        this.button('keepIt', () => this.refresh()),
        this.button('withdrawYes', () => this.#withdraw(consent.id), 'danger', 'confirm'),
      ),
    );
  }

  #withdraw(id: string): void {
    this.working();
    void this.attempt(async () => {
      const { certificate, destruction } = await this.client().withdraw(id);
      if (!this.isConnected) return;
      const words = this.words();
      if (certificate === undefined)
        this.screen(
          words.say('withdrawnDone'),
          this.paragraph(words.say('withdrawnDoneHelp', { date: words.date(destruction.due) })),
          this.actions(this.button('readOn', () => this.refresh(), 'primary')),
        );
      else this.#gone(certificate);
      this.tell('asignio-withdrawn', { certificate });
    });
  }

  #confirmErase(): void {
    const words = this.words();
    this.screen(
      words.say('eraseAsk'),
      this.paragraph(words.say('eraseHelp')),
      this.actions(
        this.button('keepIt', () => this.refresh()),
        this.button('eraseYes', () => this.#erase(), 'danger', 'confirm'),
      ),
    );
  }

  #erase(): void {
    this.working();
    void this.attempt(async () => {
      const { certificate, request } = await this.client().erase();
      if (!this.isConnected) return;
      if (certificate === null) this.#heldBack(request);
      else this.#gone(certificate);
      this.tell('asignio-erased', { certificate });
    });
  }

  #heldBack({ exceptions }: RequestView): void {
    const words = this.words();
    this.screen(
      words.say('heldBack'),
      this.paragraph(words.say('heldBackHelp')),
      exceptionList(exceptions),
      this.actions(this.button('readOn', () => this.refresh(), 'primary')),
    );
  }

  #gone(certificate: string): void {
    const words = this.words();
    this.screen(
      words.say('gone'),
      this.paragraph(words.say('goneHelp')),
      this.actions(
        this.button(
          'certificate',
          () => download('certificate.jws', certificate, 'application/jose'),
          'primary',
          'certificate',
        ),
      ),
      h('slot', { name: 'gone' }),
    );
  }
}

const STATES = { granted: 'granted', withdrawn: 'withdrawn', stale: 'stale', expired: 'lapsed' } as const;
