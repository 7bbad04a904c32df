import { InkPainter } from '../ink/painter.ts';
import type { SignatureSample } from '../sample/format.ts';
import { assessSample, type LocalFinding } from '../sample/quality.ts';
import { SignatureRecorder, pointerTypeOf, type PointerPosition } from '../sample/recorder.ts';
import type { SignWord } from '../words/en.ts';
import { SIGN_CATALOGUE } from '../words/sign.ts';
import { h } from './dom.ts';
import { AsignioElement } from './element.ts';

/** Quiet after a stroke before a hint is given: people lift the pen between letters, ms. */
const PAUSE_MS = 700;

const STYLE = `
.surface {
  background: var(--_paper); block-size: var(--asignio-surface-block-size, clamp(180px, 46vw, 320px)); border: 1.5px solid var(--_line);
  border-radius: var(--_radius); cursor: crosshair; inline-size: 100%; max-block-size: max(160px, 58svh); overflow: hidden;
  position: relative; touch-action: none; user-select: none; -webkit-user-select: none; -webkit-touch-callout: none; -webkit-tap-highlight-color: transparent;
}
.surface[data-drawn] { border-color: var(--_accent); }
:host([busy]) .surface { cursor: progress; }
canvas { block-size: 100%; color: var(--_ink); inline-size: 100%; inset: 0; pointer-events: none; position: absolute; }
.guide { border-block-end: 1.5px dashed var(--_hair); inset: auto 24px 26% 24px; pointer-events: none; position: absolute; }
.here { color: var(--_muted); inset: auto 24px calc(26% + 8px) 24px; pointer-events: none; position: absolute; }
.surface[data-drawn] .here { visibility: hidden; }
.hint { min-block-size: 1.5em; }
.actions > * { flex-basis: 110px; }
@media (forced-colors: active) { canvas { color: CanvasText; } .guide { border-color: GrayText; } .surface { border-color: CanvasText; } }
`;

/** What `asignio-sample` carries. */
export interface SampleEventDetail {
  readonly sample: SignatureSample;
  /** The moment of the first point, ms on the page's clock. */
  readonly begunAt: number;
}

/**
 * `<asignio-sign>`: a surface to draw a signature on.
 *
 * Attributes: `lang`, `busy` (no drawing while it is set). Slots: `alternative` (the other way in, told first). Parts:
 * `alternative`, `surface`, `hint`, `actions`, `button`. Events: `asignio-start` at the first point, `asignio-clear`,
 * `asignio-sample` ({@link SampleEventDetail}) when the person is done and nothing is obviously wrong.
 *
 * The drawing lives in this object's private memory and on its canvas, never in an attribute, and is forgotten with
 * `clear()`.
 * @example
 * ```html
 * <asignio-sign lang="en"><a slot="alternative" href="/passphrase">Use your passphrase</a></asignio-sign>
 * ```
 */
export class AsignioSign extends AsignioElement<SignWord> {
  static readonly observedAttributes = ['busy', 'lang'];

  readonly #recorder = new SignatureRecorder();
  readonly #resizes = new ResizeObserver(() => this.#measure());
  readonly #hint = h('p', { class: 'hint', part: 'hint', role: 'status' });
  #surface: HTMLElement | undefined;
  #painter: InkPainter | undefined;
  /** The pointer that draws; all others are ignored. */
  #pointer: number | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #away: AbortController | undefined;

  constructor() {
    super(SIGN_CATALOGUE, STYLE);
  }

  connectedCallback(): void {
    this.#render();
    this.#away = new AbortController();
    const { signal } = this.#away;
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
      matchMedia(query).addEventListener('change', () => this.#painter?.repaint(this.#recorder.points), { signal });
  }

  disconnectedCallback(): void {
    this.#away?.abort();
    this.#resizes.disconnect();
    clearTimeout(this.#pause);
    this.#recorder.clear();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now || this.#surface === undefined) return;
    if (name === 'lang') this.#render();
    else this.#reflectBusy();
  }

  /** While `true`, nothing can be drawn or sent. */
  get busy(): boolean {
    return this.hasAttribute('busy');
  }

  set busy(value: boolean) {
    this.toggleAttribute('busy', value);
  }

  /** The drawing so far; `undefined` while there is none. */
  sample(): SignatureSample | undefined {
    return this.#recorder.sample();
  }

  /** When the pen touched first and last, ms on the page's clock; `undefined` while nothing is drawn. */
  get time(): { readonly from: number; readonly to: number } | undefined {
    return this.#recorder.time;
  }

  /** Forgets the drawing. */
  clear(): void {
    this.#forget();
    this.#say('');
  }

  /** Shows a sentence under the surface, and has it spoken. */
  say(sentence: string, wrong = false): void {
    this.#say(sentence, wrong);
  }

  #render(): void {
    const words = this.words();
    const final = h('canvas', { role: 'img', 'aria-label': words.say('surface'), 'aria-describedby': 'help' });
    const live = h('canvas', { 'aria-hidden': 'true' });
    this.#surface = h(
      'div',
      { class: 'surface', part: 'surface' },
      h('span', { class: 'guide', 'aria-hidden': 'true' }),
      h('span', { class: 'here small', 'aria-hidden': 'true' }, words.say('drawHere')),
      final,
      live,
    );
    this.#listen(this.#surface);
    this.#hint.textContent = '';
    const button = (name: 'startOver' | 'done', look: string, act: () => void): HTMLButtonElement =>
      h(
        'button',
        { type: 'button', class: look, part: `button ${name === 'done' ? 'done' : 'start-over'}`, onclick: act },
        words.say(name),
      );
    this.root.replaceChildren(
      h(
        'div',
        { class: 'stack', dir: words.direction },
        h(
          'div',
          { class: 'small muted', part: 'alternative' },
          h('slot', { name: 'alternative' }, words.say('alternative')),
        ),
        this.#surface,
        h('p', { id: 'help', class: 'hidden-words' }, words.say('surfaceHelp')),
        this.#hint,
        h(
          'div',
          { class: 'actions', part: 'actions' },
          button('startOver', '', () => this.#startOver()),
          button('done', 'primary', () => this.#finish()),
        ),
      ),
    );
    this.#painter = new InkPainter(final, live);
    this.#resizes.disconnect();
    this.#resizes.observe(this.#surface);
    this.#measure();
    this.#reflectBusy();
  }

  #listen(surface: HTMLElement): void {
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    surface.addEventListener('pointerup', (event) => this.#up(event));
    for (const end of ['pointercancel', 'lostpointercapture'] as const)
      surface.addEventListener(end, (event) => this.#lost(event));
    // `touch-action: none` is not enough everywhere: a long press still selects, magnifies or opens a menu.
    for (const type of ['touchstart', 'touchmove', 'contextmenu', 'dragstart', 'selectstart'])
      surface.addEventListener(type, prevent, { passive: false });
  }

  #down(event: PointerEvent): void {
    if (this.busy || (event.pointerType === 'mouse' && event.button !== 0)) return;
    const type = pointerTypeOf(event.pointerType);
    const drawn = this.#recorder.pointerType;
    // A pen beside a hand: what touched before was the palm, and what touches after is.
    if (drawn === 'stylus' && type === 'finger') return;
    if (drawn !== undefined && drawn !== type) this.#forget();
    if (this.#pointer !== undefined || this.#painter === undefined || this.#surface === undefined) return;
    clearTimeout(this.#pause);
    const first = this.#recorder.frame === undefined;
    if (!this.#recorder.down(type, this.#position(event), this.#painter.size)) return this.#overlong();
    this.#pointer = event.pointerId;
    this.#surface.setPointerCapture(event.pointerId);
    this.#surface.toggleAttribute('data-drawn', true);
    this.#paintSince(this.#recorder.points.length - 1);
    if (!first) return;
    this.#say('');
    this.tell('asignio-start', undefined);
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    const from = this.#recorder.points.length;
    // Absent outside secure contexts: then there is one position a frame, which is enough.
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const each of coalesced.length > 0 ? coalesced : [event])
      if (!this.#recorder.move(this.#position(each))) {
        this.#overlong();
        break;
      }
    this.#paintSince(from);
  }

  #up(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#lift(this.#position(event));
  }

  #lost(event: PointerEvent): void {
    if (event.pointerId === this.#pointer) this.#lift();
  }

  #lift(position?: PointerPosition): void {
    const from = this.#recorder.points.length;
    this.#pointer = undefined;
    this.#recorder.up(position);
    if (this.#recorder.points.length > from) this.#paintSince(from);
    else this.#painter?.repaint(this.#recorder.points);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#advise(), PAUSE_MS);
  }

  #overlong(): void {
    if (this.#recorder.drawing) this.#lift();
    clearTimeout(this.#pause);
    this.#say(this.words().say('ASIGNIO_QUALITY_TOO_LONG'), true);
  }

  #paintSince(from: number): void {
    for (const point of this.#recorder.points.slice(from)) this.#painter?.add(point);
  }

  #advise(): void {
    const [finding] = this.#findings();
    this.#say(this.words().say(finding ?? 'looksComplete'));
  }

  #findings(): readonly LocalFinding[] {
    const sample = this.#recorder.sample();
    return sample === undefined ? [] : assessSample(sample);
  }

  #startOver(): void {
    if (this.busy) return;
    this.#forget();
    this.#say(this.words().say('cleared'));
    this.tell('asignio-clear', undefined);
  }

  #finish(): void {
    if (this.busy) return;
    clearTimeout(this.#pause);
    if (this.#recorder.drawing) this.#lift();
    clearTimeout(this.#pause);
    const sample = this.#recorder.sample();
    const words = this.words();
    if (sample === undefined) return this.#say(words.say('nothingDrawn'), true);
    const [finding] = assessSample(sample);
    if (finding !== undefined) {
      this.#forget();
      return this.#say(words.say(finding), true);
    }
    const detail: SampleEventDetail = { sample, begunAt: this.#recorder.time?.from ?? 0 };
    this.tell('asignio-sample', detail);
  }

  #forget(): void {
    clearTimeout(this.#pause);
    this.#pointer = undefined;
    this.#recorder.clear();
    this.#surface?.toggleAttribute('data-drawn', false);
    this.#painter?.clear();
  }

  #measure(): void {
    if (this.#surface === undefined || this.#painter === undefined) return;
    const { clientWidth: width, clientHeight: height } = this.#surface;
    if (width === 0 || height === 0) return;
    const pixelRatio = window.devicePixelRatio;
    const { size } = this.#painter;
    if (size.width === width && size.height === height && size.pixelRatio === pixelRatio) return;
    this.#painter.resize({ width, height, pixelRatio }, this.#recorder.frame, this.#recorder.points);
  }

  #position(event: PointerEvent): PointerPosition {
    const box = this.#surface?.getBoundingClientRect();
    const x = event.clientX - (box?.left ?? 0) - (this.#surface?.clientLeft ?? 0);
    const y = event.clientY - (box?.top ?? 0) - (this.#surface?.clientTop ?? 0);
    const { timeStamp, pressure } = event;
    return { ...(this.#painter?.toFrame(x, y) ?? { x, y }), timeStamp, pressure };
  }

  #reflectBusy(): void {
    for (const button of this.root.querySelectorAll('button'))
      button.setAttribute('aria-disabled', this.busy ? 'true' : 'false');
    this.#surface?.setAttribute('aria-busy', this.busy ? 'true' : 'false');
  }

  #say(sentence: string, wrong = false): void {
    this.#hint.textContent = sentence;
    this.#hint.classList.toggle('bad', wrong);
    this.#hint.classList.toggle('muted', !wrong);
  }
}

function prevent(event: Event): void {
  if (event.cancelable) event.preventDefault();
}
