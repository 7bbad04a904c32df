import type { CeremonyKind, SampleCount } from '../client/client.ts';
import { CeremonyRun, type CeremonyStep } from '../client/ceremony.ts';
import type { Finding } from '../client/problem.ts';
import { h } from './dom.ts';
import { ScreensElement } from './screens.ts';
import { SEALS_STYLE, seals } from './seals.ts';
import { AsignioSign, type SampleEventDetail } from './sign.ts';

/** What `asignio-done` carries. */
export interface DoneEventDetail {
  readonly id: string;
  readonly kind: CeremonyKind;
}

/** What `asignio-refused` carries: why there will be no acceptance now. */
export interface RefusedEventDetail {
  readonly reason: CeremonyStep['step'];
}

/**
 * `<asignio-ceremony>`: a whole enrolment or verification by signature.
 *
 * Attributes: `kind` (`enrolment`, `verification`), `subject` (the name typed, by somebody not signed in), `assurance`,
 * `endpoint` (default `/asignio`), `heading-level` (default 2), `lang`. Slots: `alternative` (the other way in),
 * `contest`, `consent` and `sign-in` (links to where that is done), `done` (where to go after an enrolment). Events:
 * `asignio-done` ({@link DoneEventDetail}), `asignio-refused` ({@link RefusedEventDetail}).
 *
 * Inside a form it is a field: once a verification is accepted, the ceremony's id is the value under its `name`, and
 * the form is submitted, unless the page prevents the default of `asignio-done`.
 * @example
 * ```html
 * <form method="post" action="/sign-in">
 *   <asignio-ceremony kind="verification" subject="ada" name="ceremony">
 *     <a slot="alternative" href="/passphrase">Use your passphrase</a>
 *   </asignio-ceremony>
 * </form>
 * ```
 */
export class AsignioCeremony extends ScreensElement {
  static readonly formAssociated = true;
  static readonly observedAttributes = ['kind', 'subject', 'assurance', 'endpoint'];

  readonly #internals = this.attachInternals();
  #run: CeremonyRun | undefined;
  #sign: AsignioSign | undefined;
  #received = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super(SEALS_STYLE);
  }

  connectedCallback(): void {
    this.restart();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    // While the element is being made, its attributes arrive one by one.
    if (this.#run !== undefined && before !== now) this.restart();
  }

  get kind(): CeremonyKind {
    return this.getAttribute('kind') === 'enrolment' ? 'enrolment' : 'verification';
  }

  /** Begins a new ceremony. */
  restart(): void {
    this.#stop();
    const subject = this.getAttribute('subject');
    const assurance = this.getAttribute('assurance');
    this.#run = new CeremonyRun(
      this.client(),
      {
        kind: this.kind,
        ...(subject === null ? {} : { subject }),
        ...(assurance === null ? {} : { assurance }),
      },
      (step) => this.#show(step),
    );
    void this.#run.begin();
  }

  #stop(): void {
    clearInterval(this.#ticking);
    this.#run?.stop();
    this.#run = undefined;
    this.#sign = undefined;
    this.#received = 0;
    this.#internals.setFormValue(null);
  }

  #show(step: CeremonyStep): void {
    clearInterval(this.#ticking);
    switch (step.step) {
      case 'starting':
        this.#sign = undefined;
        return this.working();
      case 'drawing':
        return this.#drawing(step.count, step.findings);
      case 'sending':
      case 'deciding':
        return this.#busy(step.step);
      default:
        this.#sign = undefined;
        this.#ended(step);
    }
  }

  #drawing(count: SampleCount, findings: readonly Finding[]): void {
    const words = this.words();
    const enrolling = this.kind === 'enrolment';
    const fresh = count.received > this.#received;
    this.#received = count.received;
    const sign = this.#sign ?? this.#surface(enrolling, count);
    sign.busy = false;
    sign.clear();
    if (enrolling) this.#progress(count, fresh);
    if (findings.length > 0) sign.say(this.#sentences(findings), true);
    else if (count.received > 0) sign.say(words.say('keptOf', { ...count }));
    else if (enrolling) sign.say(words.say('enrolAdvice'));
  }

  /** The screen with the surface; made once, so that it does not move between drawings. */
  #surface(enrolling: boolean, count: SampleCount): AsignioSign {
    const words = this.words();
    const sign = h('asignio-sign', {
      lang: words.language,
      part: 'sign',
      exportparts: 'surface, hint, actions, button',
    });
    if (!(sign instanceof AsignioSign)) throw new TypeError('asignio-sign is not defined');
    sign.append(h('slot', { name: 'alternative', slot: 'alternative' }, words.say('alternative')));
    sign.addEventListener('asignio-sample', (event) => {
      event.stopPropagation();
      void this.#run?.submit((event as CustomEvent<SampleEventDetail>).detail.sample);
    });
    this.#sign = sign;
    this.screen(
      words.say(enrolling ? 'enrolTitle' : 'verifyTitle'),
      h(
        'p',
        { 'data-why': true },
        enrolling ? words.say('enrolWhy', { needed: count.needed }) : words.say('verifyWhy'),
      ),
      enrolling ? h('div', { class: 'progress', 'data-progress': true }) : undefined,
      sign,
      enrolling ? this.button('fromTheFirst', () => this.restart(), 'plain', 'restart') : undefined,
    );
    return sign;
  }

  #progress(count: SampleCount, fresh: boolean): void {
    const words = this.words();
    const next = Math.min(count.needed, count.received + 1);
    // Said once: from the second drawing on the room belongs to the surface.
    this.root.querySelector('[data-why]')?.toggleAttribute('hidden', count.received > 0);
    this.root.querySelector('[part~="restart"]')?.toggleAttribute('hidden', count.received === 0);
    this.root
      .querySelector('[data-progress]')
      ?.replaceChildren(
        h('p', { class: 'small muted' }, words.say('drawingOf', { next, needed: count.needed })),
        seals(count.received, count.needed, words.say('keptOf', { ...count }), fresh),
      );
  }

  #busy(step: 'sending' | 'deciding'): void {
    const words = this.words();
    if (this.#sign === undefined) return this.working();
    this.#sign.busy = true;
    this.#sign.say(words.say(step === 'deciding' && this.kind === 'enrolment' ? 'deciding' : 'working'));
  }

  #ended(step: Exclude<CeremonyStep, { step: 'starting' | 'drawing' | 'sending' | 'deciding' }>): void {
    const words = this.words();
    const again = (word: 'tryAgain' | 'startAgain'): HTMLElement =>
      this.actions(this.button(word, () => this.restart(), 'primary', 'again'));
    switch (step.step) {
      case 'accepted':
        return this.#accepted(step.ceremony.id);
      case 'offline':
        this.screen(
          words.say('offline'),
          this.paragraph(words.say(step.kept ? 'offlineHelp' : 'offlineHelpPlain')),
          this.actions(this.button('tryAgain', () => void this.#run?.resume(), 'primary', 'again')),
          this.otherWay(),
        );
        return;
      case 'notVerified':
        this.screen(
          words.say('notVerified'),
          this.paragraph(words.say('notVerifiedHelp')),
          again('tryAgain'),
          this.otherWay(),
          h('div', { class: 'small muted', part: 'contest' }, h('slot', { name: 'contest' }, words.say('contest'))),
        );
        break;
      case 'refused':
        this.screen(
          words.say('enrolRefused'),
          this.paragraph(this.#sentences(step.findings) || words.say('ASIGNIO_QUALITY_INCONSISTENT')),
          again('startAgain'),
          this.otherWay(),
        );
        break;
      case 'waiting':
        this.#waiting(step.ms);
        break;
      case 'disabled':
        this.screen(words.say('disabled'), this.paragraph(words.say('disabledHelp')), this.otherWay());
        break;
      case 'expired':
        this.screen(
          words.say('expired'),
          this.paragraph(words.say('expiredHelp')),
          again('startAgain'),
          this.otherWay(),
        );
        break;
      case 'consent':
        this.screen(
          words.say('consentFirst'),
          this.paragraph(words.say(step.stale ? 'consentStale' : 'consentFirstHelp')),
          h('slot', { name: 'consent' }),
          this.otherWay(),
        );
        break;
      case 'signIn':
        this.screen(
          words.say('signInFirst'),
          this.paragraph(words.say('signInFirstHelp')),
          h('slot', { name: 'sign-in' }),
          this.otherWay(),
        );
        break;
      default:
        this.screen(
          words.say('somethingWrong'),
          this.paragraph(words.say('somethingWrongHelp')),
          this.paragraph(step.code, 'small muted'),
          again('tryAgain'),
          this.otherWay(),
        );
    }
    const detail: RefusedEventDetail = { reason: step.step };
    this.tell('asignio-refused', detail);
  }

  #accepted(id: string): void {
    const words = this.words();
    const { kind } = this;
    this.screen(
      words.say(kind === 'enrolment' ? 'enrolled' : 'verified'),
      this.paragraph(words.say(kind === 'enrolment' ? 'enrolledHelp' : 'verifiedHelp')),
      kind === 'enrolment' ? h('slot', { name: 'done' }) : undefined,
    );
    if (kind === 'verification') this.#internals.setFormValue(id);
    const detail: DoneEventDetail = { id, kind };
    if (this.tell('asignio-done', detail) && kind === 'verification') this.#internals.form?.requestSubmit();
  }

  #waiting(ms: number): void {
    const words = this.words();
    const until = performance.now() + ms;
    const left = this.paragraph(words.say('waitHelp', { time: words.duration(ms) }));
    this.screen(words.say('wait'), left, this.otherWay());
    this.#ticking = setInterval(() => {
      const rest = until - performance.now();
      if (rest > 0) {
        left.textContent = words.say('waitHelp', { time: words.duration(rest) });
        return;
      }
      clearInterval(this.#ticking);
      left.textContent = words.say('waitOver');
      left.setAttribute('role', 'status');
      left.after(this.actions(this.button('tryAgain', () => this.restart(), 'primary', 'again')));
    }, 1_000);
  }

  #sentences(findings: readonly Finding[]): string {
    const words = this.words();
    return [...new Set(findings.map(({ code, message }) => words.find(code) ?? message))].join(' ');
  }
}
