import type { CaptureModality, CeremonyKind, PromptView, SampleCount } from '../client/client.ts';
import { CeremonyRun, type CeremonyStep } from '../client/ceremony.ts';
import type { Finding } from '../client/problem.ts';
import { markOf } from '../face/drawing.ts';
import { h } from './dom.ts';
import { AsignioFace, type AnswerEventDetail } from './face/face.ts';
import { ScreensElement } from './screens.ts';
import { SEALS_STYLE, seals } from './seals.ts';
import { AsignioSign, type SampleEventDetail } from './sign.ts';

/** Too low for camera and surface together. */
const LOW = '(max-height: 479.98px)';

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
 * `<asignio-ceremony>`: a whole enrolment or verification by signature, face or both.
 *
 * Attributes: `kind` (`enrolment`, `verification`), `modalities` (`signature`, `face`, or both with a space between;
 * default `signature`; an enrolment is of one), `order` (`apart`: of both, first the one and then the other; else one signs while
 * the camera looks, where the window is high enough; without effect where the assurance takes both in one sitting alone), `subject` (the name typed, by somebody not signed in), `assurance`, `endpoint` (default `/asignio`), `heading-level` (default 2), `lang`. Slots: `alternative` (the other way in),
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
  static readonly observedAttributes = ['kind', 'modalities', 'order', 'subject', 'assurance', 'endpoint'];

  readonly #internals = this.attachInternals();
  #run: CeremonyRun | undefined;
  #sign: AsignioSign | undefined;
  #face: AsignioFace | undefined;
  #received = 0;
  /** Gives up waiting for a window that is high enough. */
  #waitingForRoom = new AbortController();
  /** The window is too low, and they go on all the same: a page may be enlarged and never have more room. */
  #anyway = false;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super(`${SEALS_STYLE}asignio-sign[hidden] { display: none; }`);
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

  get modalities(): readonly CaptureModality[] {
    const named = (this.getAttribute('modalities') ?? '').split(/\s+/);
    const known = (['signature', 'face'] as const).filter((modality) => named.includes(modality));
    return known.length === 0 ? ['signature'] : known;
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
        modalities: this.modalities,
        ...(subject === null ? {} : { subject }),
        ...(assurance === null ? {} : { assurance }),
      },
      (step) => this.#show(step),
    );
    this.#run.together = this.#together;
    void this.#run.begin();
  }

  #stop(): void {
    clearInterval(this.#ticking);
    this.#waitingForRoom.abort();
    this.#run?.stop();
    this.#run = undefined;
    this.#leave();
    this.#received = 0;
    this.#internals.setFormValue(null);
  }

  /** Forgets the surface and the camera, with what they hold. */
  #leave(): void {
    this.#sign = undefined;
    this.#face?.clear();
    this.#face = undefined;
  }

  #show(step: CeremonyStep): void {
    clearInterval(this.#ticking);
    switch (step.step) {
      case 'starting':
        this.#leave();
        return this.working();
      case 'drawing':
        return this.#drawing(step.count, step.findings);
      case 'facing':
        return this.#facing(step.findings, step.prompt);
      case 'sending':
      case 'deciding':
        return this.#busy(step.step);
      default:
        this.#leave();
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
    const sign = this.#pad();
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

  /** Whether somebody signs while the camera looks. A low window has no room for both. */
  get #together(): boolean {
    const both = this.modalities.length > 1 && this.kind === 'verification';
    return both && this.getAttribute('order') !== 'apart' && !matchMedia(LOW).matches;
  }

  #facing(findings: readonly Finding[], prompt: PromptView | undefined): void {
    if (this.#face === undefined && this.#cramped) return this.#makeRoom(findings);
    const face = this.#face ?? (this.#run?.together === true ? this.#both() : this.#camera());
    const sign = this.#sign;
    if (sign !== undefined && prompt?.prompt !== 'sign') this.#put(sign, true);
    if (prompt === undefined) return face.clear(this.#sentences(findings));
    face.ask(prompt, () => sign?.time);
    if (sign === undefined || prompt.prompt !== 'sign') return;
    this.#put(sign, false);
    // The room belongs to the surface now.
    for (const said of this.root.querySelectorAll('[data-why], [data-only]')) said.toggleAttribute('hidden', true);
    sign.scrollIntoView({ block: 'nearest' });
  }

  /** Whether camera and surface have to be on the screen together, and there is no room for both. */
  get #cramped(): boolean {
    return this.#run?.onlyTogether === true && !this.#anyway && matchMedia(LOW).matches;
  }

  /** Asks for a higher window, and goes on by itself once it is there. */
  #makeRoom(findings: readonly Finding[]): void {
    const words = this.words();
    this.#waitingForRoom.abort();
    this.#waitingForRoom = new AbortController();
    const { signal } = this.#waitingForRoom;
    const goOn = (): void => {
      this.#waitingForRoom.abort();
      this.#facing(findings, undefined);
    };
    matchMedia(LOW).addEventListener('change', goOn, { signal });
    this.screen(
      words.say('roomTitle'),
      this.paragraph(words.say('roomHelp')),
      this.actions(
        this.button(
          'roomAnyway',
          () => {
            this.#anyway = true;
            goOn();
          },
          '',
          'anyway',
        ),
      ),
      this.otherWay(),
    );
  }

  /** Shows the surface empty, or puts it away. */
  #put(sign: AsignioSign, away: boolean): void {
    sign.hidden = away;
    sign.busy = false;
    sign.clear();
  }

  /** The screen with camera and surface; the surface comes when it is time to sign. */
  #both(): AsignioFace {
    const words = this.words();
    const only = this.#run?.onlyTogether === true;
    const face = this.#eye();
    const sign = this.#pad();
    sign.hidden = true;
    // The other way in is told once, beside the camera.
    sign.append(h('span', { slot: 'alternative', hidden: true }));
    const pack = (): Uint8Array<ArrayBuffer> => face.pack();
    sign.addEventListener('asignio-sample', (event) => {
      event.stopPropagation();
      sign.busy = true;
      const { sample, begunAt } = (event as CustomEvent<SampleEventDetail>).detail;
      void markOf(sample, begunAt)
        .then((mark) => face.signed(mark))
        .then((answer) => (answer === undefined ? undefined : this.#run?.face(answer, pack, sample)));
    });
    for (const end of ['asignio-late', 'asignio-stopped']) face.addEventListener(end, () => this.#put(sign, true));
    this.#face = face;
    this.#sign = sign;
    this.screen(
      words.say('togetherTitle'),
      h('p', { 'data-why': true }, words.say('togetherWhy')),
      only ? h('p', { 'data-only': true }, words.say('togetherOnly')) : undefined,
      face,
      sign,
      only ? undefined : this.button('oneByOne', () => this.#goApart(), 'plain', 'apart'),
    );
    return face;
  }

  /** First the one, then the other, in the same ceremony. */
  #goApart(): void {
    if (this.#sign?.busy === true || this.#run === undefined) return;
    this.#leave();
    this.#run.together = false;
  }

  #pad(): AsignioSign {
    const sign = h('asignio-sign', {
      lang: this.words().language,
      part: 'sign',
      exportparts: 'surface, hint, actions, button',
    });
    if (!(sign instanceof AsignioSign)) throw new TypeError('asignio-sign is not defined');
    return sign;
  }

  /** The screen with the camera; made once, so that it stays on between pictures. */
  #camera(): AsignioFace {
    const words = this.words();
    const enrolling = this.kind === 'enrolment';
    const face = this.#eye();
    this.#sign = undefined;
    this.#face = face;
    this.screen(
      words.say(enrolling ? 'faceEnrolTitle' : 'faceVerifyTitle'),
      this.paragraph(words.say(enrolling ? 'faceEnrolWhy' : 'faceVerifyWhy')),
      face,
    );
    return face;
  }

  /** A camera that answers prompts. */
  #eye(): AsignioFace {
    const words = this.words();
    const face = h('asignio-face', {
      lang: words.language,
      assets: `${this.client().endpoint}/capture/`,
      part: 'face',
      exportparts: 'stage, ask, hint, actions, button',
    });
    if (!(face instanceof AsignioFace)) throw new TypeError('asignio-face is not defined');
    face.append(h('slot', { name: 'alternative', slot: 'alternative' }, words.say('faceAlternative')));
    const pack = (): Uint8Array<ArrayBuffer> => face.pack();
    face.addEventListener('asignio-placed', () => void this.#run?.face(undefined, pack));
    face.addEventListener('asignio-answer', (event) => {
      event.stopPropagation();
      void this.#run?.face((event as CustomEvent<AnswerEventDetail>).detail.answer, pack);
    });
    return face;
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
    const long = step === 'deciding' && this.kind === 'enrolment';
    if (this.#sign !== undefined) this.#sign.busy = true;
    if (this.#face !== undefined) return this.#face.say(words.say(long ? 'faceComparing' : 'working'));
    if (this.#sign === undefined) return this.working();
    this.#sign.busy = true;
    this.#sign.say(words.say(long ? 'deciding' : 'working'));
  }

  #ended(step: Exclude<CeremonyStep, { step: 'starting' | 'drawing' | 'facing' | 'sending' | 'deciding' }>): void {
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
          words.say(this.#byFace ? 'faceNotTogether' : 'enrolRefused'),
          this.paragraph(
            this.#sentences(step.findings) ||
              words.say(this.#byFace ? 'faceRefusedHelp' : 'ASIGNIO_QUALITY_INCONSISTENT'),
          ),
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
    const enrolled = this.#byFace
      ? (['faceEnrolled', 'faceEnrolledHelp'] as const)
      : (['enrolled', 'enrolledHelp'] as const);
    const [title, help] = kind === 'enrolment' ? enrolled : (['verified', 'verifiedHelp'] as const);
    this.screen(
      words.say(title),
      this.paragraph(words.say(help)),
      kind === 'enrolment' ? h('slot', { name: 'done' }) : undefined,
    );
    if (kind === 'verification') this.#internals.setFormValue(id);
    const detail: DoneEventDetail = { id, kind };
    if (this.tell('asignio-done', detail) && kind === 'verification') this.#internals.form?.requestSubmit();
  }

  get #byFace(): boolean {
    return this.modalities.includes('face') && !this.modalities.includes('signature');
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
