import { SIGNATURE_LIMITS, type PointerType, type SignatureSample } from './format.ts';

/** One position of a pointer, in CSS px of the frame the drawing began in. */
export interface PointerPosition {
  readonly x: number;
  readonly y: number;
  /** `event.timeStamp`: ms since the page began. */
  readonly timeStamp: number;
  /** `event.pressure`, 0..1. Only a stylus' is kept. */
  readonly pressure: number;
}

/** The surface at the moment the first point was made. */
export interface Frame {
  /** CSS px. */
  readonly width: number;
  readonly height: number;
  /** Device pixels in a CSS px. */
  readonly pixelRatio: number;
}

/** A recorded point, as the ink is drawn from. */
export interface InkPoint {
  readonly x: number;
  readonly y: number;
  /** ms since the first point. */
  readonly t: number;
  readonly pressure: number | null;
  readonly pen: 0 | 1;
}

// A hundredth of a CSS px and of a ms is finer than any digitiser, and keeps 4,800 points under the cap on bytes.
// A captured pointer may leave the surface; how far is of no use beyond this many surfaces, and the format has a limit.
const WANDER = 2;
const within = (value: number, size: number): number => Math.min((1 + WANDER) * size, Math.max(-WANDER * size, value));

// Adding 0 makes 0 of -0, which JSON does not know.
const round = (value: number): number => Math.round(value * 100) / 100 + 0;
const round4 = (value: number): number => Math.round(value * 10_000) / 10_000;

// A stylus without a pressure sensor reports one constant value: the Pointer Events default is 0.5, some report 0 or 1.
const UNSENSED = new Set([0, 0.5, 1]);

/** `event.pointerType` in the contract's words. */
export function pointerTypeOf(type: string): PointerType {
  if (type === 'pen') return 'stylus';
  return type === 'touch' ? 'finger' : 'mouse';
}

/**
 * Records one drawing: strokes of one kind of pointer, with a `pen: 0` point where each was lifted. It stops by itself
 * at {@link SIGNATURE_LIMITS}. Knows nothing of the DOM.
 * @example
 * ```ts
 * const recorder = new SignatureRecorder();
 * recorder.down('finger', { x: 10, y: 20, timeStamp: 1000, pressure: 0 }, { width: 320, height: 180, pixelRatio: 2 });
 * recorder.move({ x: 12, y: 24, timeStamp: 1016, pressure: 0 });
 * recorder.up({ x: 13, y: 25, timeStamp: 1032, pressure: 0 });
 * recorder.sample()?.pen; // [1, 1, 0]
 * ```
 */
export class SignatureRecorder {
  #points: InkPoint[] = [];
  #pointerType: PointerType = 'mouse';
  #frame: Frame | undefined;
  #origin = 0;
  #down = false;

  /** All points so far. */
  get points(): readonly InkPoint[] {
    return this.#points;
  }

  /** The frame that the points are in; `undefined` while nothing is drawn. */
  get frame(): Frame | undefined {
    return this.#frame;
  }

  /** The pointer that drew; `undefined` while nothing is drawn. */
  get pointerType(): PointerType | undefined {
    return this.#frame === undefined ? undefined : this.#pointerType;
  }

  /** When the first and the last point were made, on the clock of `timeStamp`; `undefined` while nothing is drawn. */
  get time(): { readonly from: number; readonly to: number } | undefined {
    const last = this.#points.at(-1);
    return last === undefined ? undefined : { from: this.#origin, to: this.#origin + last.t };
  }

  /** Whether a stroke is being drawn. */
  get drawing(): boolean {
    return this.#down;
  }

  /** `true` once a cap is reached: nothing more is recorded. */
  get full(): boolean {
    const last = this.#points.at(-1);
    return (
      last !== undefined && (this.#points.length >= SIGNATURE_LIMITS.points || last.t >= SIGNATURE_LIMITS.durationMs)
    );
  }

  /** Begins a stroke. The first one fixes pointer type and frame. Returns whether it was taken. */
  down(pointerType: PointerType, position: PointerPosition, frame: Frame): boolean {
    if (this.#down || this.full) return false;
    if (this.#frame === undefined) {
      this.#frame = frame;
      this.#pointerType = pointerType;
      this.#origin = position.timeStamp;
    } else if (pointerType !== this.#pointerType) return false;
    this.#down = this.#push(position, 1);
    if (this.#points.length === 0) this.#frame = undefined;
    return this.#down;
  }

  /** Adds a position to the stroke. Returns whether it was taken. */
  move(position: PointerPosition): boolean {
    return this.#down && this.#push(position, 1);
  }

  /** Ends the stroke, where it was lifted or, when the browser took the pointer away, at its last position. */
  up(position?: PointerPosition): void {
    if (!this.#down) return;
    this.#down = false;
    const last = this.#points.at(-1);
    if (last === undefined) return;
    if (position !== undefined && this.#push({ ...position, pressure: 0 }, 0)) return;
    // A cap was reached, or the pointer was taken away: the last point becomes the one where it was lifted.
    this.#points[this.#points.length - 1] = { ...last, pen: 0, pressure: last.pressure === null ? null : 0 };
  }

  /** Forgets everything. */
  clear(): void {
    this.#points = [];
    this.#frame = undefined;
    this.#down = false;
  }

  /** The drawing so far in the contract's format; `undefined` while nothing is drawn. */
  sample(): SignatureSample | undefined {
    const frame = this.#frame;
    if (frame === undefined || this.#points.length === 0) return undefined;
    const sensed = this.#points.some((p) => p.pen === 1 && p.pressure !== null && !UNSENSED.has(p.pressure));
    return {
      format: 'asignio-signature/1',
      pointerType: this.#pointerType,
      canvas: { width: round(frame.width), height: round(frame.height) },
      pixelRatio: round4(frame.pixelRatio),
      x: this.#points.map((p) => p.x),
      y: this.#points.map((p) => p.y),
      t: this.#points.map((p) => p.t),
      pressure: this.#points.map((p) => (sensed ? p.pressure : null)),
      pen: this.#points.map((p) => p.pen),
    };
  }

  #push(position: PointerPosition, pen: 0 | 1): boolean {
    const last = this.#points.at(-1);
    const frame = this.#frame;
    if (frame === undefined) return false;
    // The cap leaves room for the point at which the pen is lifted.
    if (pen === 1 && this.#points.length >= SIGNATURE_LIMITS.points - 1) return false;
    const t = Math.max(last?.t ?? 0, round(position.timeStamp - this.#origin));
    if (t > SIGNATURE_LIMITS.durationMs) return false;
    const point: InkPoint = {
      x: round(within(position.x, frame.width)),
      y: round(within(position.y, frame.height)),
      t,
      pressure: this.#pointerType === 'stylus' ? round4(Math.min(1, Math.max(0, position.pressure))) : null,
      pen,
    };
    if (![point.x, point.y, point.t, point.pressure ?? 0].every(Number.isFinite)) return false;
    if (last !== undefined && pen === last.pen && t === last.t && point.x === last.x && point.y === last.y) return true;
    this.#points.push(point);
    return true;
  }
}
