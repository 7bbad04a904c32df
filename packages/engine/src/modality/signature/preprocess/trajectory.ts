import type { SignatureSample } from '@asignio/contracts';

/** Samples a second after resampling. */
export const RATE = 100;
/** A longer pause is shortened to this, ms: nothing is written meanwhile. */
const LONGEST_GAP_MS = 1000;
/** A stylus that cannot sense pressure reports one of these throughout; so does the mouse. */
const UNSENSED: ReadonlySet<number | null> = new Set([null, 0, 0.5, 1]);

/** A drawing on a uniform grid in time. Columns of equal length. */
export interface Trajectory {
  readonly x: Float64Array;
  /** Upwards, unlike on screens. */
  readonly y: Float64Array;
  /** 0..1; 0 where the pen is up; `undefined` where the device senses none. */
  readonly pressure?: Float64Array;
}

/** One point of a drawing that is worth keeping. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly t: number;
  readonly pressure: number;
  /** Whether the pen leaves the surface here. */
  readonly lifted: boolean;
}

/** Whether the device senses how hard is pressed: only a stylus does, and only if it says anything but 0, 0.5 and 1. */
export function sensesPressure({ pointerType, pressure, pen }: SignatureSample): boolean {
  return pointerType === 'stylus' && pressure.some((value, i) => pen[i] === 1 && !UNSENSED.has(value));
}

/**
 * Resamples to {@link RATE} by linear interpolation. Pen-ups are filled: the pen is taken to move straight, without
 * pressure, from where it was lifted to where it came down. Points with the time of the one before are dropped.
 */
export function resample(sample: SignatureSample): Trajectory {
  const points = distinct(sample);
  const step = 1000 / RATE;
  const count = Math.floor((points.at(-1)?.t ?? 0) / step) + 1;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const pressure = new Float64Array(count);
  let i = 0;
  for (let row = 0; row < count; row++) {
    const now = row * step;
    while (i < points.length - 2 && (points[i + 1]?.t ?? Infinity) <= now) i++;
    const from = points[i];
    if (from === undefined) break;
    const to = points[i + 1] ?? from;
    const part = to.t > from.t ? Math.min(1, (now - from.t) / (to.t - from.t)) : 0;
    x[row] = from.x + part * (to.x - from.x);
    y[row] = from.y + part * (to.y - from.y);
    pressure[row] = from.lifted ? 0 : from.pressure + part * (to.pressure - from.pressure);
  }
  return sensesPressure(sample) ? { x, y, pressure } : { x, y };
}

function distinct({ x, y, t, pressure, pen }: SignatureSample): readonly Point[] {
  const points: Point[] = [];
  let held = 0;
  let clock = 0;
  for (let i = 0; i < t.length; i++) {
    const since = (t[i] ?? 0) - (t[i - 1] ?? 0);
    const last = points.at(-1);
    const lifted = pen[i] === 0;
    // At the point of a lift browsers report no pressure: what the ink before it had is taken.
    if (!lifted || (pressure[i] ?? 0) > 0) held = pressure[i] ?? held;
    if (last !== undefined && since <= 0) {
      if (lifted) points[points.length - 1] = { ...last, lifted };
      continue;
    }
    clock += Math.min(since, LONGEST_GAP_MS);
    points.push({ x: x[i] ?? 0, y: -(y[i] ?? 0), t: i === 0 ? 0 : clock, pressure: held, lifted });
  }
  return points;
}
