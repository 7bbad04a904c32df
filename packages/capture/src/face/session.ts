import type { FacePrompt } from '@asignio/contracts';
import type { PromptAnswer, PromptView } from '../client/client.ts';
import { FaceAnswers } from './answers.ts';
import { Burst, type TakenFrame } from './burst.ts';
import type { DrawingMark } from './drawing.ts';
import { baselineOf, obstacle, progressOf, type FaceHint } from './hints.ts';
import type { FaceShape, FaceView } from './view.ts';
import { Watch, type PenTime } from './watch.ts';

/** What a look at a picture led to. */
export interface Look {
  /** What to say; `undefined` leaves what was said. */
  readonly hint?: FaceHint;
  /** How far the step is, 0..1. */
  readonly share: number;
  /** The first picture may be taken now. */
  readonly placed: boolean;
}

/** Pictures in a row that must be without an obstacle before anything is asked. */
const STEADY = 3;
/** Pictures of a step, at least; so many after it is done, so that its end is among them. */
const FEWEST = 5;
const AFTER = 2;
/** Without live hints a step lasts so long: time to read, to do it and to hold it, ms. */
const BLIND_MS = 3_500;
/** Pictures without a face before it is said. */
const LOST = 3;

/**
 * One challenge as it is answered: which pictures are kept, when a step is done, what to say meanwhile. Knows no camera
 * and no page.
 */
export class FaceSession {
  readonly #answers = new FaceAnswers();
  readonly #burst = new Burst();
  readonly #watch = new Watch();
  readonly #taken = new Set<string>();
  #prompt: (PromptView & { readonly shownAt: number }) | undefined;
  #seen: FaceShape[] = [];
  #baseline: FaceShape | undefined;
  #steady = 0;
  #lost = 0;
  #doneAt: number | undefined;

  /** The step that is open. */
  get prompt(): PromptView | undefined {
    return this.#prompt;
  }

  /** Opens a step. @param now ms, on the clock of the pictures */
  ask(prompt: PromptView, now: number): void {
    this.#prompt = { ...prompt, shownAt: now };
    this.#burst.clear();
    this.#watch.clear();
    this.#seen = [];
    this.#lost = 0;
    this.#doneAt = undefined;
  }

  /** Whether the open step is to sign. */
  get signing(): boolean {
    return this.#prompt?.prompt === 'sign';
  }

  /**
   * Keeps a picture of the open step; one that the camera gave before, as slow ones do, is no picture.
   * @param pen of the drawing so far, while one signs
   */
  take(frame: TakenFrame, pen?: PenTime): void {
    const mark = frame.sha256.join();
    if (this.#prompt === undefined || this.#taken.has(mark)) return;
    this.#taken.add(mark);
    if (this.signing) this.#watch.add(frame, pen);
    else this.#burst.add(frame);
  }

  /** Judges what a picture shows. @param now ms */
  look(view: FaceView, now: number): Look {
    if (this.#prompt === undefined) return this.#aim(view);
    if (this.signing) return this.#accompany(view);
    const { face } = view;
    this.#lost = face === undefined ? this.#lost + 1 : 0;
    const share = this.#share();
    if (face === undefined) return { share, placed: true, ...(this.#lost < LOST ? {} : { hint: 'faceNone' as const }) };
    const prompt = this.#prompt.prompt as FacePrompt;
    const wrong = prompt === 'look-straight' ? obstacle(view) : undefined;
    if (wrong !== undefined) {
      this.#seen = [];
      this.#doneAt = undefined;
      return { hint: wrong, share: 0, placed: false };
    }
    this.#seen.push(face);
    const enough = this.#seen.length >= FEWEST;
    if (prompt === 'look-straight' && enough) this.#baseline = baselineOf(this.#seen);
    const { share: reached, done } = progressOf(prompt, this.#seen, this.#baseline ?? face);
    if (done && enough) this.#doneAt ??= now;
    return { share: reached, placed: true, ...(done ? { hint: 'faceHold' as const } : {}) };
  }

  /** Whether the open step can be answered. @param blind there are no live hints; @param now ms */
  ready(now: number, blind: boolean): boolean {
    if (this.#prompt === undefined || this.#burst.count < FEWEST) return false;
    const { leastMs, shownAt } = this.#prompt;
    if (now - shownAt < leastMs) return false;
    if (blind) return now - shownAt >= BLIND_MS;
    return this.#doneAt !== undefined && this.#burst.since(this.#doneAt) >= AFTER;
  }

  /** Whether the open step can be answered no more. */
  late(now: number): boolean {
    return this.#prompt !== undefined && now - this.#prompt.shownAt > this.#prompt.mostMs;
  }

  /** Closes the step. @param drawing what was drawn, of the step to sign */
  async answer(drawing?: DrawingMark): Promise<PromptAnswer> {
    if (this.#prompt === undefined) throw new RangeError('No step is open');
    const { nonce, step } = this.#prompt;
    const taken = this.signing ? this.#watch.take() : this.#burst.take();
    this.#prompt = undefined;
    this.#answers.add(step, taken);
    const commitment = await this.#answers.commitment(nonce, step);
    if (drawing === undefined) return { step, commitment };
    const { sha256, from, to } = drawing;
    return { step, commitment, sample: { sha256, from: this.#answers.since(from), to: this.#answers.since(to) } };
  }

  /** All pictures of the challenge. */
  pack(): Uint8Array<ArrayBuffer> {
    return this.#answers.pack();
  }

  /** Forgets everything, pictures first. */
  clear(): void {
    this.#answers.clear();
    this.#burst.clear();
    this.#watch.clear();
    this.#taken.clear();
    this.#prompt = undefined;
    this.#seen = [];
    this.#baseline = undefined;
    this.#steady = 0;
    this.#doneAt = undefined;
  }

  /** Beside a drawing as little as possible is said. */
  #accompany({ faces, light, face }: FaceView): Look {
    this.#lost = face === undefined ? this.#lost + 1 : 0;
    const hint = faces > 1 ? ('faceSeveral' as const) : this.#lost < LOST ? undefined : obstacle({ faces, light });
    return { share: 0, placed: hint === undefined, ...(hint === undefined ? {} : { hint }) };
  }

  #aim(view: FaceView): Look {
    const hint = obstacle(view);
    this.#steady = hint === undefined ? this.#steady + 1 : 0;
    return { hint: hint ?? 'faceHold', share: 0, placed: this.#steady >= STEADY };
  }

  #share(): number {
    if (this.#prompt === undefined || this.#seen.length === 0 || this.#baseline === undefined) return 0;
    return progressOf(this.#prompt.prompt as FacePrompt, this.#seen, this.#baseline).share;
  }
}
