import type { Plan, Stroke } from './plan.ts';
import { clamp, type Random } from './random.ts';

/** The pen's true movement, before a device looks at it. Columns of equal length. */
export interface Movement {
  /** Seconds from the first ink. */
  readonly t: Float64Array;
  /** X-heights; y upwards. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** 1 where the pen touches. */
  readonly down: Uint8Array;
  /** Pressure aimed at, 0..1. */
  readonly pressure: Float64Array;
}

const LONGEST_SECONDS = 9;

/**
 * Draws a plan by the kinematic theory of rapid human movements: each stroke is an arc along which the hand moves with a
 * lognormal speed, and overlapping strokes add as vectors (the sigma-lognormal model: R. Plamondon, "A kinematic theory of
 * rapid human movements", Biological Cybernetics 72, 1995; C. O'Reilly and R. Plamondon, "Development of a Sigma-Lognormal
 * representation for on-line signatures", Pattern Recognition 42, 2009). The position is the sum over strokes of the arc
 * as far as the lognormal's distribution function says, hence exact at any sampling time.
 *
 * @param rate - samples a second
 * @param unevenness - 0..1, of the sampling interval
 */
export function execute(random: Random, plan: Plan, rate: number, tremor: number, unevenness: number): Movement {
  const arcs = toArcs(plan);
  const starts = inkTimes(arcs);
  const begin = starts[0] ?? 0;
  const seconds = Math.min((starts.at(-1) ?? 0) - begin, LONGEST_SECONDS);
  const count = Math.floor(seconds * rate) + 1;
  const movement = {
    t: new Float64Array(count),
    x: new Float64Array(count),
    y: new Float64Array(count),
    down: new Uint8Array(count),
    pressure: new Float64Array(count),
  };
  const { t } = movement;
  const phase = random.uniform(0.5, 1) / rate;
  for (let i = 0; i < count; i++) t[i] = begin + phase + (i + unevenness * random.uniform(-0.5, 0.5)) / rate;
  for (const arc of arcs) addArc(movement, arc);
  shake(random, movement.x, movement.y, t, tremor);

  let stroke = 0;
  for (let i = 0; i < count; i++) {
    const now = t[i] ?? 0;
    while (stroke < arcs.length - 1 && now >= (starts[stroke + 1] ?? Infinity)) stroke++;
    const here = plan[stroke];
    const next = plan[stroke + 1] ?? here;
    if (here === undefined || next === undefined) continue;
    const from = starts[stroke] ?? 0;
    const progress = clamp((now - from) / Math.max((starts[stroke + 1] ?? from) - from, 1e-3), 0, 1);
    movement.down[i] = here.down ? 1 : 0;
    movement.pressure[i] = here.pressure * (1 - progress) + next.pressure * progress;
    t[i] = now - begin - phase;
  }
  return movement;
}

interface Arc {
  readonly stroke: Stroke;
  /** Command time, s. */
  readonly at: number;
  /** Length along the arc, initial direction, turn. */
  readonly length: number;
  readonly direction: number;
  readonly turn: number;
}

function toArcs(plan: Plan): Arc[] {
  let at = 0;
  let from = { x: 0, y: 0 };
  return plan.map((stroke, i) => {
    at += i === 0 ? 0 : stroke.delay;
    const dx = stroke.x - from.x;
    const dy = stroke.y - from.y;
    from = stroke;
    const turn = clamp(stroke.turn, -4.5, 4.5);
    const chord = Math.hypot(dx, dy);
    const length = Math.abs(turn) < 1e-3 ? chord : (chord * 0.5 * turn) / Math.sin(0.5 * turn);
    return { stroke, at, length, direction: Math.atan2(dy, dx) - 0.5 * turn, turn };
  });
}

/** When each stroke's own movement sets in (1.7 sigma before its median), and when the last one ends. */
function inkTimes(arcs: readonly Arc[]): number[] {
  const times = arcs.map(({ at, stroke }) => at + Math.exp(stroke.mu - 1.7 * stroke.sigma));
  const last = arcs.at(-1);
  if (last !== undefined) times.push(last.at + Math.exp(last.stroke.mu + 1.3 * last.stroke.sigma));
  for (let i = 1; i < times.length; i++) times[i] = Math.max(times[i] ?? 0, (times[i - 1] ?? 0) + 0.012);
  return times;
}

function addArc({ t, x, y }: Movement, { stroke, at, length, direction, turn }: Arc): void {
  const { mu, sigma } = stroke;
  const first = at + Math.exp(mu - 3.6 * sigma);
  const last = at + Math.exp(mu + 3.6 * sigma);
  for (let i = 0; i < t.length; i++) {
    const now = t[i] ?? 0;
    if (now <= first) continue;
    const share = now >= last ? 1 : 0.5 * (1 + erf((Math.log(now - at) - mu) / (sigma * Math.SQRT2)));
    const along = length * share;
    if (Math.abs(turn) < 1e-3) {
      x[i] = (x[i] ?? 0) + along * Math.cos(direction);
      y[i] = (y[i] ?? 0) + along * Math.sin(direction);
    } else {
      const radius = length / turn;
      x[i] = (x[i] ?? 0) + radius * (Math.sin(direction + turn * share) - Math.sin(direction));
      y[i] = (y[i] ?? 0) - radius * (Math.cos(direction + turn * share) - Math.cos(direction));
    }
  }
}

/** Physiological tremor, 4 to 12 Hz. */
export function shake(random: Random, x: Float64Array, y: Float64Array, t: Float64Array, tremor: number): void {
  for (let harmonic = 0; harmonic < 4; harmonic++) {
    const pulse = 2 * Math.PI * random.uniform(4, 12);
    const amplitude = [random.normal(0, tremor), random.normal(0, tremor)] as const;
    const phase = [random.uniform(0, 2 * Math.PI), random.uniform(0, 2 * Math.PI)] as const;
    for (let i = 0; i < t.length; i++) {
      x[i] = (x[i] ?? 0) + amplitude[0] * Math.sin(pulse * (t[i] ?? 0) + phase[0]);
      y[i] = (y[i] ?? 0) + amplitude[1] * Math.sin(pulse * (t[i] ?? 0) + phase[1]);
    }
  }
}

/** Error function, to 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26). */
export function erf(value: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(value));
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(value) * (1 - polynomial * Math.exp(-value * value));
}
