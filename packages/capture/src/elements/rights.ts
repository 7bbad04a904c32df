import { ProblemError } from '../client/problem.ts';
import type { StandingView } from '../client/rights.ts';
import type { Word } from '../words/all.ts';
import { purposeName } from './consent.ts';
import { download, h } from './dom.ts';
import { FormElement } from './rights/form.ts';

const STYLE = `
.right { align-items: start; display: grid; gap: 4px; justify-items: start; }
`;

/** Characters that a passphrase for an export has at least. */
const PASSPHRASE = 15;

/**
 * `<asignio-rights>`: what the person who is signed in may ask for about their own data, each with one screen that says
 * what it does before it does it: a copy, an export and its way back, corrections, a stop to all use, a no to other uses,
 * California's summary.
 *
 * Attributes: `endpoint` (default `/asignio`), `heading-level` (default 2), `lang`. Slots: `proof` (where to confirm who one
 * is), `alternative`. Events: `asignio-proof` when a confirmation is needed, `asignio-asked` with `{ type }` when
 * something was done.
 * @example
 * ```html
 * <asignio-rights lang="en"><a slot="proof" href="/prove">Confirm with your passphrase</a></asignio-rights>
 * ```
 */
export class AsignioRights extends FormElement {
  constructor() {
    super(STYLE);
  }

  /** Back to the list. */
  override refresh(): void {
    this.working();
    void this.attempt(async () => {
      const standing = await this.client().rights.standing();
      if (this.isConnected) this.#menu(standing);
    });
  }

  #menu(standing: StandingView): void {
    const words = this.words();
    const stopped = standing.restrictedAt;
    this.screen(
      words.say('rightsTitle'),
      this.paragraph(words.say('rightsHelp')),
      h(
        'ul',
        { class: 'stack' },
        this.#right('accessTitle', 'accessHelp', () => this.#access()),
        this.#right('exportTitle', 'exportHelp', () => this.#export()),
        this.#right('importTitle', 'importHelp', () => this.#import()),
        this.#right('rectifyTitle', 'rectifyHelp', () => this.#rectify()),
        stopped === null
          ? this.#right('restrictTitle', 'restrictHelp', () => this.#restrict())
          : this.#right('resumeTitle', 'resumeHelp', () => this.#resume(stopped), { date: words.date(stopped) }),
        this.#right('objectTitle', 'objectHelp', () => this.#object()),
        this.#right('summaryTitle', 'summaryHelp', () => this.#summary()),
      ),
    );
  }

  #right(title: Word, help: Word, open: () => void, values: Readonly<Record<string, string>> = {}): HTMLElement {
    const words = this.words();
    return h(
      'li',
      { class: 'card right' },
      h('button', { type: 'button', class: 'plain', part: 'button right', onclick: open }, words.say(title)),
      this.paragraph(words.say(help, values), 'small muted'),
    );
  }

  /** A screen that says what will be done, and does it on the press of a button. */
  #ask(
    title: Word,
    help: Word,
    yes: Word,
    act: () => Promise<void>,
    values: Readonly<Record<string, string>> = {},
  ): void {
    const words = this.words();
    this.screen(
      words.say(title),
      this.paragraph(words.say(help, values)),
      this.actions(
        this.button('back', () => this.refresh()),
        this.button(yes, () => this.#do(act), 'primary', 'confirm'),
      ),
    );
  }

  #do(act: () => Promise<void>): void {
    this.working();
    void this.attempt(act);
  }

  #done(type: string, title: Word, ...content: readonly (Node | undefined)[]): void {
    if (!this.isConnected) return;
    this.screen(this.words().say(title), ...content, this.actions(this.button('backToRights', () => this.refresh())));
    this.tell('asignio-asked', { type });
  }

  #save(word: Word, name: string, text: string): HTMLElement {
    return this.actions(this.button(word, () => download(name, text, 'application/json'), 'primary', 'download'));
  }

  #access(): void {
    this.#ask('accessTitle', 'accessHelp', 'ask', async () => {
      const { report } = await this.client().rights.access();
      const words = this.words();
      const summary = words.say('accessDoneHelp', {
        records: report.records.length,
        log: report.log.length,
        recipients: report.recipients.join(', ') || words.say('nobody'),
      });
      const text = JSON.stringify(report, null, 2);
      this.#done('access', 'accessDone', this.paragraph(summary), this.#save('downloadReport', 'my-data.json', text));
    });
  }

  #export(): void {
    const words = this.words();
    const passphrase = this.field({
      id: 'passphrase',
      label: 'exportPassphrase',
      help: 'exportPassphraseHelp',
      type: 'password',
      autocomplete: 'new-password',
      maxlength: 200,
    });
    const send = (): void => {
      const typed = passphrase.input.value;
      if (typed !== '' && typed.length < PASSPHRASE) passphrase.refuse('exportShort');
      else this.#do(() => this.#exported(typed === '' ? undefined : typed));
    };
    this.screen(
      words.say('exportTitle'),
      this.paragraph(words.say('exportHelp')),
      this.form('ask', send, passphrase.body),
      this.button('back', () => this.refresh(), 'plain'),
    );
  }

  async #exported(passphrase: string | undefined): Promise<void> {
    const { file } = await this.client().rights.exportData(passphrase);
    const inside = file.references.length > 0 ? 'exportWith' : 'exportWithout';
    this.#done(
      'portability',
      'exportDone',
      this.paragraph(this.words().say(inside)),
      this.#save('downloadExport', file.name, file.text),
    );
  }

  #import(): void {
    const words = this.words();
    const file = this.field({ id: 'file', label: 'importFile', type: 'file', accept: '.json,application/json' });
    const passphrase = this.field({ id: 'passphrase', label: 'importPassphrase', type: 'password', maxlength: 200 });
    const send = (): void => {
      const chosen = file.input.files?.[0];
      if (chosen === undefined) file.refuse('importMissing');
      else this.#do(() => this.#imported(chosen, passphrase.input.value));
    };
    this.screen(
      words.say('importTitle'),
      this.paragraph(words.say('importHelp')),
      this.form('ask', send, file.body, passphrase.body),
      this.button('back', () => this.refresh(), 'plain'),
    );
  }

  async #imported(file: File, passphrase: string): Promise<void> {
    const words = this.words();
    try {
      const text = await file.text();
      const { consents, references } = await this.client().rights.importData(text, passphrase || undefined);
      const summary = words.say('importDoneHelp', { consents, references: references.length });
      this.#done('import', 'importDone', this.paragraph(summary));
    } catch (error) {
      if (!(error instanceof ProblemError) || !IMPORT_REFUSALS.has(error.code)) throw error;
      this.screen(
        words.say('importRefused'),
        this.paragraph(words.say('importRefusedHelp')),
        this.paragraph(error.code, 'small muted'),
        this.actions(this.button('back', () => this.#import(), 'primary')),
      );
    }
  }

  #rectify(): void {
    const words = this.words();
    const name = this.field({ id: 'name', label: 'rectifyName', autocomplete: 'name', maxlength: 200 });
    const email = this.field({
      id: 'email',
      label: 'rectifyEmail',
      type: 'email',
      autocomplete: 'email',
      maxlength: 254,
    });
    const phone = this.field({ id: 'phone', label: 'rectifyPhone', type: 'tel', autocomplete: 'tel', maxlength: 40 });
    const send = (): void => {
      const typed = Object.fromEntries(
        Object.entries({ name, email, phone })
          .map(([key, { input }]) => [key, input.value.normalize('NFC').trim()] as const)
          .filter(([, value]) => value !== ''),
      );
      if (Object.keys(typed).length === 0) name.refuse('rectifyNothing');
      else
        this.#do(async () => {
          await this.client().rights.rectify(typed);
          this.#done('rectification', 'rectifyDone');
        });
    };
    this.screen(
      words.say('rectifyTitle'),
      this.paragraph(words.say('rectifyHelp')),
      this.paragraph(words.say('rectifyKeep'), 'small muted'),
      this.form('rectifySave', send, name.body, email.body, phone.body),
      this.button('back', () => this.refresh(), 'plain'),
    );
  }

  #restrict(): void {
    this.#ask('restrictTitle', 'restrictHelp', 'restrictYes', async () => {
      await this.client().rights.restrict();
      this.#done('restriction', 'restrictDone', this.paragraph(this.words().say('restrictDoneHelp')));
    });
  }

  #resume(stopped: string): void {
    const date = this.words().date(stopped);
    this.#ask(
      'resumeTitle',
      'resumeHelp',
      'resumeYes',
      async () => {
        await this.client().rights.resume();
        this.#done('restriction', 'resumeDone');
      },
      { date },
    );
  }

  #object(): void {
    this.#ask('objectTitle', 'objectHelp', 'objectYes', async () => {
      const { standing } = await this.client().rights.object();
      const words = this.words();
      const purposes = standing.objections.map((each) => purposeName(words, each)).join(', ');
      this.#done('objection', 'objectDone', this.paragraph(words.say('objectDoneHelp', { purposes })));
    });
  }

  #summary(): void {
    this.#ask('summaryTitle', 'summaryHelp', 'ask', async () => {
      try {
        const { summary } = await this.client().rights.summary();
        const text = JSON.stringify(summary, null, 2);
        this.#done('summary', 'summaryDone', this.#save('downloadSummary', 'summary.json', text));
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'ASIGNIO_SUMMARY_LIMIT') throw error;
        const words = this.words();
        const date = words.date(new Date(Date.now() + (error.retryAfterMs ?? 0)).toISOString());
        this.#done('summary', 'summaryLimit', this.paragraph(words.say('summaryLimitHelp', { date })));
      }
    });
  }
}

const IMPORT_REFUSALS = new Set([
  'ASIGNIO_EXPORT_INVALID',
  'ASIGNIO_EXPORT_UNTRUSTED',
  'ASIGNIO_REQUEST_INVALID',
  'ASIGNIO_TOO_LARGE',
]);
