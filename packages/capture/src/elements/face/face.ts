import type { FacePrompt } from '@asignio/contracts';
import type { PromptAnswer, PromptView } from '../../client/client.ts';
import { CameraError, openCamera, type Camera } from '../../face/camera.ts';
import { openEye, type Eye } from '../../face/eye.ts';
import type { DrawingMark } from '../../face/drawing.ts';
import { FaceSession } from '../../face/session.ts';
import type { FaceView } from '../../face/view.ts';
import type { PenTime } from '../../face/watch.ts';
import { FACE_CATALOGUE } from '../../words/face/catalogue.ts';
import type { FaceWord } from '../../words/face/en.ts';
import { h } from '../dom.ts';
import { AsignioElement } from '../element.ts';
import { RING_STYLE, Ring } from './ring.ts';
import { Shutter } from './shutter.ts';

/** Between two pictures, ms. */
const PERIOD_MS = 180;
/** A hint stays so long, so that it can be read and spoken, ms. */
const HINT_MS = 1_400;
/** Who is not found for so long is not found at all: from then on it goes by time, and the server says what was wrong, ms. */
const LOST_MS = 8_000;
/** Without live hints: time to get into the oval before the first step, ms. */
const BLIND_MS = 2_500;

const STYLE = `
.stage {
  aspect-ratio: 1; background: var(--_ground); border: 1.5px solid var(--_line); border-radius: var(--_radius); inline-size: min(100%, 58svh);
  justify-self: center; max-inline-size: 480px; min-inline-size: min(100%, 240px); overflow: hidden; position: relative;
}
.stage[data-placed] { border-color: var(--_accent); }
video { block-size: 100%; inline-size: 100%; inset: 0; object-fit: cover; position: absolute; transform: scaleX(-1); }
.ask { font-size: var(--_lead); font-weight: 650; line-height: 1.3; min-block-size: 1.3em; text-align: center; }
.hint { min-block-size: 1.5em; text-align: center; }
.step { min-block-size: 1.5em; text-align: center; }
:host([beside]) [part="alternative"] { display: none; }
:host([beside]) .stack { align-items: center; grid-template-columns: 112px minmax(0, 1fr); }
:host([beside]) .stage { inline-size: 112px; min-inline-size: 112px; }
:host([beside]) .tight > * { text-align: start; }
:host([beside]) .actions { grid-column: 1 / -1; }
${RING_STYLE}
`;

/** What `asignio-answer` carries: the answer to the open step. */
export interface AnswerEventDetail {
  readonly answer: PromptAnswer;
}

/**
 * `<asignio-face>`: a camera that asks for small movements and takes pictures by itself.
 *
 * Attributes: `lang`, `beside` (set while one signs: the picture is small), `assets` (address of the folder with `face-worker.js` and `face-weights.bin`; without it there are no
 * live hints). Slot: `alternative` (the other way in, told first). Parts: `alternative`, `stage`, `ask`, `hint`, `actions`,
 * `button`. Events: `asignio-placed` when the camera is on and the face in the oval (ask for the first step then),
 * `asignio-answer` ({@link AnswerEventDetail}) when a step is done, `asignio-late` when it was not done in time,
 * `asignio-stopped` when the person turned the camera off.
 *
 * Pictures live in this object's private memory and are overwritten by `clear()`.
 * @example
 * ```html
 * <asignio-face lang="en" assets="/asignio/capture/"><a slot="alternative" href="/passphrase">Passphrase</a></asignio-face>
 * ```
 */
export class AsignioFace extends AsignioElement<FaceWord> {
  static readonly observedAttributes = ['lang'];

  readonly #session = new FaceSession();
  readonly #ring = new Ring();
  readonly #video = h('video', { autoplay: true, playsinline: true, muted: true });
  readonly #shutter = new Shutter(this.#video);
  readonly #stage = h('div', { class: 'stage', part: 'stage', role: 'img' });
  readonly #ask = h('p', { class: 'ask', part: 'ask', role: 'status' });
  readonly #hint = h('p', { class: 'hint', part: 'hint', role: 'status' });
  readonly #help = h('p');
  readonly #step = h('p', { class: 'step small muted', part: 'step' });
  readonly #actions = h('div', { class: 'actions', part: 'actions' });
  #camera: Camera | undefined;
  #eye: Eye | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  /** When the pen touched the surface that is drawn on while the camera looks. */
  #penTime: () => PenTime | undefined = () => undefined;
  /** Tells one run of the camera from the next, so that what comes late is dropped. */
  #turn = 0;
  #taking = false;
  #placed = false;
  #onSince = 0;
  #seenAt = 0;
  #saidAt = 0;
  #note = '';

  constructor() {
    super(FACE_CATALOGUE, STYLE);
    // The attribute alone does not silence it in every browser.
    this.#video.muted = true;
  }

  connectedCallback(): void {
    this.#render();
  }

  disconnectedCallback(): void {
    this.#off();
    this.#eye?.close();
    this.#eye = undefined;
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.isConnected && before !== now && this.#camera === undefined) this.#render();
  }

  /** Whether a camera is on. */
  get on(): boolean {
    return this.#camera !== undefined;
  }

  /**
   * Asks for a step.
   * @param penTime of the step to sign: when the pen touched first and last, asked for with each picture
   */
  ask(prompt: PromptView, penTime: () => PenTime | undefined = () => undefined): void {
    const words = this.words();
    this.#penTime = penTime;
    this.toggleAttribute('beside', prompt.prompt === 'sign');
    this.#session.ask(prompt, performance.now());
    this.#ring.show(0);
    this.#ask.textContent = words.say(`prompt.${prompt.prompt as FacePrompt}`);
    this.#step.textContent = words.say('faceStep', { number: prompt.step + 1, count: prompt.steps });
    this.#say('', true);
  }

  /** Closes the step to sign with what was drawn. */
  async signed(drawing: DrawingMark): Promise<PromptAnswer | undefined> {
    return this.#session.signing ? this.#session.answer(drawing) : undefined;
  }

  /** All pictures of the challenge, packed; the camera goes off. */
  pack(): Uint8Array<ArrayBuffer> {
    const bytes = this.#session.pack();
    this.#off();
    this.#ask.textContent = '';
    this.#step.textContent = '';
    this.#say(this.words().say('faceDone'), true);
    return bytes;
  }

  /** Forgets all pictures; with a note of what went wrong, waits to be started again. */
  clear(note = ''): void {
    const wasOn = this.on;
    this.#session.clear();
    this.#placed = false;
    this.toggleAttribute('beside', false);
    this.#note = note;
    this.#ring.show(0);
    this.#ask.textContent = '';
    this.#step.textContent = '';
    if (!wasOn) return this.#render();
    this.#onSince = performance.now();
    this.#say(note, true);
  }

  /** Shows a sentence under the picture, and has it spoken. */
  say(sentence: string): void {
    this.#say(sentence, true);
  }

  /** Turns the camera on. */
  async start(deviceId?: string): Promise<void> {
    this.#off();
    const turn = (this.#turn += 1);
    const words = this.words();
    this.#hint.textContent = words.say('faceOpening');
    this.#actions.replaceChildren(this.#button('faceStop', () => this.stop()));
    try {
      const [camera] = await Promise.all([openCamera(deviceId), this.#open()]);
      if (turn !== this.#turn || !this.isConnected) return camera.stop();
      this.#camera = camera;
      await this.#run(camera);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#off();
      this.#trouble(error instanceof CameraError ? error.trouble : 'none');
    }
  }

  /** Turns the camera off, and forgets the pictures. */
  stop(): void {
    this.#off();
    this.#session.clear();
    this.toggleAttribute('beside', false);
    this.tell('asignio-stopped', undefined);
    this.#note = this.words().say('faceOff');
    this.#render();
    this.root.querySelector('button')?.focus();
  }

  async #open(): Promise<void> {
    const assets = this.getAttribute('assets');
    if (this.#eye !== undefined || assets === null) return;
    // Without live hints it goes by time, and the server says what was wrong.
    this.#eye = await openEye(new URL(assets, document.baseURI)).catch(() => undefined);
  }

  async #run(camera: Camera): Promise<void> {
    const [track] = camera.stream.getVideoTracks();
    track?.addEventListener('ended', () => {
      if (this.#camera !== camera) return;
      this.#off();
      this.#trouble('none');
    });
    this.#help.hidden = true;
    this.#video.srcObject = camera.stream;
    this.#stage.toggleAttribute('data-on', true);
    await this.#video.play();
    this.#onSince = performance.now();
    this.#seenAt = this.#onSince;
    this.#hint.textContent = this.#note;
    this.#actions.replaceChildren(
      this.#button('faceStop', () => this.stop()),
      ...(camera.cameras.length < 2 ? [] : [this.#button('faceSwitch', () => void this.start(next(camera)))]),
    );
    this.#ticking = setInterval(() => void this.#tick(this.#turn), PERIOD_MS);
  }

  async #tick(turn: number): Promise<void> {
    if (!this.#shutter.open || this.#taking) return;
    this.#glance(turn);
    if (this.#session.prompt === undefined) return;
    this.#taking = true;
    try {
      const frame = await this.#shutter.take();
      if (frame === undefined || turn !== this.#turn) return;
      this.#session.take(frame, this.#penTime());
      await this.#advance();
    } finally {
      this.#taking = false;
    }
  }

  async #advance(): Promise<void> {
    const now = performance.now();
    if (this.#session.late(now)) {
      this.clear(this.words().say('faceLate'));
      this.tell('asignio-late', undefined);
    } else if (this.#session.ready(now, this.#eye === undefined)) {
      const answer = await this.#session.answer();
      const detail: AnswerEventDetail = { answer };
      this.#ring.show(1);
      this.tell('asignio-answer', detail);
    }
  }

  #glance(turn: number): void {
    if (this.#eye === undefined) {
      if (performance.now() - this.#onSince >= BLIND_MS) this.#settled();
      return;
    }
    const picture = this.#shutter.glance();
    const looking = picture === undefined ? undefined : this.#eye.look(picture);
    if (looking !== undefined) void this.#see(looking, turn);
  }

  async #see(looking: Promise<FaceView>, turn: number): Promise<void> {
    let view: FaceView;
    try {
      view = await looking;
    } catch {
      return this.#goBlind();
    }
    if (turn !== this.#turn) return;
    const now = performance.now();
    if (view.face !== undefined) this.#seenAt = now;
    else if (now - this.#seenAt > LOST_MS) return this.#goBlind();
    const { hint, share, placed } = this.#session.look(view, now);
    this.#stage.toggleAttribute('data-placed', placed);
    if (this.#session.prompt !== undefined) this.#ring.show(share);
    if (hint !== undefined) this.#say(this.words().say(hint));
    if (placed) this.#settled();
  }

  #goBlind(): void {
    this.#eye?.close();
    this.#eye = undefined;
    this.#onSince = performance.now();
  }

  /** Says once that the face is where it should be. */
  #settled(): void {
    if (this.#placed || this.#session.prompt !== undefined) return;
    this.#placed = true;
    this.tell('asignio-placed', undefined);
  }

  #off(): void {
    this.#turn += 1;
    clearInterval(this.#ticking);
    this.#camera?.stop();
    this.#camera = undefined;
    this.#video.srcObject = null;
    this.#shutter.clear();
    this.#placed = false;
    this.#stage.toggleAttribute('data-on', false);
    this.#stage.toggleAttribute('data-placed', false);
  }

  #render(): void {
    const words = this.words();
    this.#stage.setAttribute('aria-label', words.say('facePicture'));
    this.#stage.replaceChildren(this.#video, this.#ring.element);
    this.#help.textContent = words.say('faceStartHelp');
    this.#help.hidden = false;
    this.#hint.textContent = this.#note;
    this.#actions.replaceChildren(this.#button('faceStart', () => void this.start(), 'primary'));
    this.root.replaceChildren(
      h(
        'div',
        { class: 'stack', dir: words.direction },
        h(
          'div',
          { class: 'small muted', part: 'alternative' },
          h('slot', { name: 'alternative' }, words.say('faceAlternative')),
        ),
        this.#help,
        this.#stage,
        h('div', { class: 'tight' }, this.#ask, this.#hint, this.#step),
        this.#actions,
      ),
    );
  }

  #trouble(trouble: CameraError['trouble']): void {
    const words = this.words();
    this.#ask.textContent = words.say(`camera.${trouble}`);
    this.#hint.textContent = words.say(`camera.${trouble}Help`);
    this.#actions.replaceChildren(this.#button('faceAgain', () => void this.start(), 'primary'));
    this.#session.clear();
  }

  #button(word: FaceWord, act: () => void, look = ''): HTMLButtonElement {
    return h('button', { type: 'button', class: look, part: 'button', onclick: act }, this.words().say(word));
  }

  /** One hint at a time, each long enough to be read; what is said at once replaces the one before. */
  #say(sentence: string, atOnce = false): void {
    const now = performance.now();
    if (sentence === this.#hint.textContent || (!atOnce && now - this.#saidAt < HINT_MS)) return;
    this.#saidAt = now;
    this.#hint.textContent = sentence;
  }
}

/** The camera after the one that is on. */
function next({ cameras, current }: Camera): string | undefined {
  const at = cameras.findIndex(({ deviceId }) => deviceId === current);
  return cameras[(at + 1) % cameras.length]?.deviceId;
}
