import { clamp, type Random } from './random.ts';
import type { Style } from './style.ts';

/** One stroke of a plan: an arc from the end of the one before to (x, y), drawn with a lognormal speed. */
export interface Stroke {
  /** End, x-heights; y upwards. */
  readonly x: number;
  readonly y: number;
  /** How far the direction turns along it, radians, anticlockwise positive. */
  readonly turn: number;
  /** Seconds from the command of the stroke before to this one's. */
  readonly delay: number;
  readonly mu: number;
  readonly sigma: number;
  /** Whether the pen touches. */
  readonly down: boolean;
  /** How unstable this stroke is in space and time, as multiples of the writer's own variation. */
  readonly unstable: number;
  readonly untimely: number;
  /** Pressure aimed at, 0..1. */
  readonly pressure: number;
  /** Chance that the writer leaves it out. */
  readonly omission: number;
}

export type Plan = readonly Stroke[];

const MOST_STROKES = 88;

/** Builds a plan stroke by stroke. */
export class PlanBuilder {
  readonly strokes: Stroke[] = [];
  readonly #random: Random;
  readonly #style: Style;

  constructor(random: Random, style: Style) {
    this.#random = random;
    this.#style = style;
  }

  /** Adds a stroke to (x, y) before slant. Strokes too short to see, and those past the cap, are not added. */
  to(x: number, y: number, turn: number, down = true): void {
    const style = this.#style;
    const random = this.#random;
    const from = this.strokes.at(-1) ?? { x: 0, y: 0 };
    const slanted = x + style.slant * y;
    const length = Math.hypot(slanted - from.x, y - from.y);
    if (this.strokes.length >= MOST_STROKES || length < 0.05) return;
    const pace = clamp(length, 0.15, 8) ** style.isochrony;
    const downwards = y > from.y ? -0.4 : 1;
    this.strokes.push({
      x: slanted,
      y,
      turn,
      delay: random.around(style.beat * pace * (down ? 1 : 1.25), 0.18),
      mu: style.mu + 0.5 * Math.log(pace) + random.normal(0, 0.12),
      sigma: clamp(style.sigma + random.normal(0, 0.05), 0.08, 0.6),
      down,
      unstable: random.around(1, 0.5),
      untimely: random.around(1, 0.45),
      pressure: clamp(style.pressure + style.pressureDepth * (0.6 * downwards + random.normal(0, 0.7)), 0.05, 1),
      omission: random.chance(0.88) ? 0 : random.uniform(0.02, 0.25),
    });
  }

  /** Moves the pen in the air. */
  lift(x: number, y: number): void {
    this.to(x, y, this.#random.normal(0, 0.35), false);
  }

  /** The plan, beginning and ending with ink. */
  finish(): Plan {
    const first = this.strokes.findIndex((stroke) => stroke.down);
    const last = this.strokes.findLastIndex((stroke) => stroke.down);
    if (first < 0) return [];
    const origin = this.strokes[first - 1] ?? { x: 0, y: 0 };
    return this.strokes.slice(first, last + 1).map((stroke, i) => ({
      ...stroke,
      x: stroke.x - origin.x,
      y: stroke.y - origin.y,
      ...(i === 0 ? { omission: 0 } : {}),
    }));
  }
}

/** Seconds from the first stroke's command to the last one's. */
export function planSeconds(plan: Plan): number {
  return plan.reduce((sum, stroke) => sum + stroke.delay, 0);
}
