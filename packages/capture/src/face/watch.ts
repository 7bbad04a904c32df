import type { TakenFrame } from './burst.ts';

/** When the pen touched first and last, ms on the page's clock. */
export interface PenTime {
  readonly from: number;
  readonly to: number;
}

/** Pictures of a drawing, at most; with the first of the step and the newest one there are as many as a step may have. */
const MOST = 8;
/** So long after the pen was lifted the drawing counts as done: then the newest picture alone is kept beside, ms. */
const LIFTED_MS = 1_000;

/**
 * The pictures of somebody who draws, however long they take: spread over the drawing, with the one before it and the
 * newest one. No more are held than are sent.
 */
export class Watch {
  #first: TakenFrame | undefined;
  #kept: TakenFrame[] = [];
  #newest: TakenFrame | undefined;
  #from: number | undefined;

  /** @param pen of the drawing so far; `undefined` while there is none */
  add(frame: TakenFrame, pen: PenTime | undefined): void {
    if (pen?.from !== this.#from) this.#begin(pen);
    if (this.#first === undefined) this.#first = frame;
    else if (pen === undefined || frame.at > pen.to + LIFTED_MS) {
      this.#newest?.jpeg.fill(0);
      this.#newest = frame;
    } else this.#keep(frame);
  }

  get count(): number {
    return this.#all().length;
  }

  /** Hands them over, in order, and forgets them. */
  take(): readonly TakenFrame[] {
    const frames = this.#all();
    this.#first = undefined;
    this.#kept = [];
    this.#newest = undefined;
    this.#from = undefined;
    return frames;
  }

  /** Overwrites them. */
  clear(): void {
    for (const { jpeg } of this.take()) jpeg.fill(0);
  }

  /** Another drawing begins, or the one before was thrown away: what was kept of that goes. */
  #begin(pen: PenTime | undefined): void {
    for (const { jpeg } of this.#kept) jpeg.fill(0);
    this.#kept = this.#newest === undefined ? [] : [this.#newest];
    this.#newest = undefined;
    this.#from = pen?.from;
  }

  #keep(frame: TakenFrame): void {
    if (this.#newest !== undefined) this.#push(this.#newest);
    this.#newest = undefined;
    this.#push(frame);
  }

  /** Of too many the one goes without which the others lie most evenly. */
  #push(frame: TakenFrame): void {
    this.#kept.push(frame);
    if (this.#kept.length <= MOST) return;
    const gaps = this.#kept.slice(2).map(({ at }, i) => at - (this.#kept[i]?.at ?? at));
    const [gone] = this.#kept.splice(1 + gaps.indexOf(Math.min(...gaps)), 1);
    gone?.jpeg.fill(0);
  }

  #all(): readonly TakenFrame[] {
    return [this.#first, ...this.#kept, this.#newest].filter((frame) => frame !== undefined);
  }
}
