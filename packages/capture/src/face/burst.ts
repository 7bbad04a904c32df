/** A picture as it was taken. */
export interface TakenFrame {
  /** ms on the page's clock. */
  readonly at: number;
  readonly jpeg: Uint8Array;
  /** SHA-256 of the bytes. */
  readonly sha256: Uint8Array;
}

/** Frames of one step, at most: the first one, so that the step can be seen to follow the one before, and the last ones. */
export const BURST = 9;

/** The pictures of one step while it goes on; no more are held than are sent. */
export class Burst {
  #first: TakenFrame | undefined;
  #last: TakenFrame[] = [];

  add(frame: TakenFrame): void {
    if (this.#first === undefined) this.#first = frame;
    else this.#last.push(frame);
    if (this.#last.length > BURST - 1) this.#last.shift()?.jpeg.fill(0);
  }

  get count(): number {
    return this.#last.length + (this.#first === undefined ? 0 : 1);
  }

  /** How many were taken after `at`. */
  since(at: number): number {
    return this.#last.filter((frame) => frame.at > at).length;
  }

  /** Hands them over, in order, and forgets them. */
  take(): readonly TakenFrame[] {
    const frames = this.#first === undefined ? [] : [this.#first, ...this.#last];
    this.#first = undefined;
    this.#last = [];
    return frames;
  }

  /** Overwrites them. */
  clear(): void {
    for (const { jpeg } of this.take()) jpeg.fill(0);
  }
}
