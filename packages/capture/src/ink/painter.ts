import type { Frame, InkPoint } from '../sample/recorder.ts';
import { InkStroker, inkOf, type InkSegment } from './stroke.ts';
import { fit, toFrame, type View } from './view.ts';

/**
 * Draws ink on two canvases: what is final, and above it the short end that still follows the pointer. Drawing happens
 * in the pointer's own event, so the ink is there with the next frame.
 */
export class InkPainter {
  readonly #final: CanvasRenderingContext2D;
  readonly #live: CanvasRenderingContext2D;
  #stroker = new InkStroker();
  #view: View = { scale: 1, dx: 0, dy: 0 };
  #size = { width: 0, height: 0, pixelRatio: 1 };

  /** @throws TypeError where canvases have no two-dimensional context. */
  constructor(final: HTMLCanvasElement, live: HTMLCanvasElement) {
    this.#final = context(final);
    this.#live = context(live);
  }

  /** Size of the surface, CSS px, and device pixels in one. */
  get size(): Frame {
    return this.#size;
  }

  /** Takes the surface's new size and draws what there is anew, scaled to it. */
  resize(size: Frame, frame: Frame | undefined, points: readonly InkPoint[]): void {
    this.#size = size;
    this.#view = fit(frame ?? size, size);
    for (const { canvas } of [this.#final, this.#live]) {
      canvas.width = Math.max(1, Math.round(size.width * size.pixelRatio));
      canvas.height = Math.max(1, Math.round(size.height * size.pixelRatio));
    }
    this.repaint(points);
  }

  /** Draws all ink anew: after a resize, or when the colour has changed. */
  repaint(points: readonly InkPoint[]): void {
    this.#wipe(this.#final);
    this.#wipe(this.#live);
    this.#stroker = new InkStroker();
    this.#paint(this.#final, inkOf(points));
    for (const point of points) this.#stroker.add(point);
  }

  /** Adds one point. */
  add(point: InkPoint): void {
    this.#paint(this.#final, this.#stroker.add(point));
    this.#wipe(this.#live);
    this.#paint(this.#live, this.#stroker.tail());
  }

  /** Takes everything away. */
  clear(): void {
    this.#view = fit(this.#size, this.#size);
    this.repaint([]);
  }

  /** A position on the surface, in the frame that the drawing began in. */
  toFrame(x: number, y: number): { x: number; y: number } {
    return toFrame(this.#view, x, y);
  }

  #wipe(on: CanvasRenderingContext2D): void {
    on.setTransform(1, 0, 0, 1, 0, 0);
    on.clearRect(0, 0, on.canvas.width, on.canvas.height);
  }

  #paint(on: CanvasRenderingContext2D, ink: readonly InkSegment[]): void {
    if (ink.length === 0) return;
    const { scale, dx, dy } = this.#view;
    const { pixelRatio } = this.#size;
    on.setTransform(scale * pixelRatio, 0, 0, scale * pixelRatio, dx * pixelRatio, dy * pixelRatio);
    on.strokeStyle = getComputedStyle(on.canvas).color;
    on.lineCap = 'round';
    on.lineJoin = 'round';
    for (const { x0, y0, x1, y1, width } of ink) {
      on.lineWidth = width;
      on.beginPath();
      on.moveTo(x0, y0);
      on.lineTo(x1, y1);
      on.stroke();
    }
  }
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const made = canvas.getContext('2d');
  if (made === null) throw new TypeError('This browser has no canvas');
  return made;
}
