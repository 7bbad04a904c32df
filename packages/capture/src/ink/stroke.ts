import type { InkPoint } from '../sample/recorder.ts';

/** A short straight piece of ink of one width, CSS px. */
export interface InkSegment {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly width: number;
}

/** Width of the thinnest and thickest ink, CSS px. */
export interface Nib {
  readonly thin: number;
  readonly thick: number;
}

export const NIB: Nib = { thin: 1.4, thick: 4.2 };

/** CSS px in a ms at which ink without pressure is at its thinnest: a fast stroke across a phone takes about 150 ms. */
const FAST = 2.4;
/** How much of the new width a point takes over: less would lag, more would flicker with the digitiser's noise. */
const FOLLOW = 0.35;
/** Length of a piece of a curve, CSS px. */
const PIECE = 2.5;
const MAX_PIECES = 48;

/**
 * Turns points into ink as they come: quadratic curves between midpoints, with a width that follows pressure where the
 * device has it, and otherwise speed (faster is thinner). Incremental, so that one more point costs the same at the
 * end of a drawing as at its beginning.
 */
export class InkStroker {
  readonly #nib: Nib;
  #previous: InkPoint | undefined;
  #last: InkPoint | undefined;
  #width = 0;

  constructor(nib: Nib = NIB) {
    this.#nib = nib;
  }

  /** Adds a point; returns the ink that is final with it. A `pen: 0` point finishes the stroke. */
  add(point: InkPoint): readonly InkSegment[] {
    const last = this.#last;
    if (last === undefined) {
      this.#last = point;
      this.#width = point.pressure === null ? (this.#nib.thin + this.#nib.thick) / 2 : this.#target(point, point);
      return [dot(point, this.#width)];
    }
    const from = this.#width;
    if (point.pen === 1) this.#width += (this.#target(last, point) - this.#width) * FOLLOW;
    const start = this.#previous === undefined ? last : middle(this.#previous, last);
    const ink = curve(start, last, middle(last, point), from, this.#width);
    this.#previous = last;
    this.#last = point;
    if (point.pen === 1) return ink;
    const rest = this.tail();
    this.#previous = undefined;
    this.#last = undefined;
    return [...ink, ...rest];
  }

  /** The ink from what is final to the last point: drawn anew with each point, so that ink never lags the finger. */
  tail(): readonly InkSegment[] {
    const last = this.#last;
    if (last === undefined || this.#previous === undefined) return [];
    const start = middle(this.#previous, last);
    return [{ x0: start.x, y0: start.y, x1: last.x, y1: last.y, width: this.#width }];
  }

  #target(from: InkPoint, to: InkPoint): number {
    const { thin, thick } = this.#nib;
    if (to.pressure !== null) return thin + (thick - thin) * Math.sqrt(to.pressure);
    const speed = Math.hypot(to.x - from.x, to.y - from.y) / Math.max(1, to.t - from.t);
    return thick - (thick - thin) * Math.min(1, speed / FAST);
  }
}

/** The ink of a whole drawing. */
export function inkOf(points: readonly InkPoint[], nib: Nib = NIB): readonly InkSegment[] {
  const stroker = new InkStroker(nib);
  const ink = points.flatMap((point) => [...stroker.add(point)]);
  return [...ink, ...stroker.tail()];
}

interface Position {
  readonly x: number;
  readonly y: number;
}

const middle = (a: Position, b: Position): Position => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

const dot = (p: Position, width: number): InkSegment => ({ x0: p.x, y0: p.y, x1: p.x, y1: p.y, width });

function curve(a: Position, control: Position, b: Position, from: number, to: number): InkSegment[] {
  const length = Math.hypot(control.x - a.x, control.y - a.y) + Math.hypot(b.x - control.x, b.y - control.y);
  const pieces = Math.min(MAX_PIECES, Math.max(1, Math.ceil(length / PIECE)));
  const ink: InkSegment[] = [];
  let { x: x0, y: y0 } = a;
  for (let i = 1; i <= pieces; i += 1) {
    const u = i / pieces;
    const v = 1 - u;
    const x1 = v * v * a.x + 2 * v * u * control.x + u * u * b.x;
    const y1 = v * v * a.y + 2 * v * u * control.y + u * u * b.y;
    ink.push({ x0, y0, x1, y1, width: from + (to - from) * u });
    x0 = x1;
    y0 = y1;
  }
  return ink;
}
