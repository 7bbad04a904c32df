import { execute, shake, type Movement } from './kinematics.ts';
import { smoothNoise } from './noise.ts';
import type { Plan, Stroke } from './plan.ts';
import { clamp, type Random } from './random.ts';
import type { Style } from './style.ts';
import { slips, stray } from './variation.ts';

/**
 * What a forger has seen: `shape` the finished picture, so that the rhythm is the forger's own; `shape-and-timing` the
 * hand as it moved, so that much of the rhythm is the victim's.
 */
export const FORGERY_SKILLS = ['shape', 'shape-and-timing'] as const;
export type ForgerySkill = (typeof FORGERY_SKILLS)[number];

/** A forger's talent: 0..1 each. */
interface Talent {
  readonly shape: number;
  readonly rhythm: number;
}

/** One forgery of a signature that was seen. About a third follow the drawn line instead of writing it. */
export function forge(
  random: Random,
  seen: Plan,
  own: Style,
  skill: ForgerySkill,
  rate: number,
  unevenness: number,
): Movement {
  const talent: Talent = {
    shape: random.uniform() ** 0.7,
    rhythm: skill === 'shape' ? 0.15 * random.uniform() : 0.15 + 0.5 * random.uniform(),
  };
  if (random.chance(0.35)) return trace(random, seen, own, talent, rate);
  const learned = split(random, learn(random, seen, own, talent), talent);
  const care = 0.85 + 0.3 * (1 - talent.shape);
  const repeated = stray(random, learned, {
    spatial: care * own.spatial,
    temporal: care * own.temporal,
    globalSpatial: own.globalSpatial,
    globalTemporal: own.globalTemporal,
    turn: 0.12,
    pressure: own.pressureVariation,
    ownInstability: true,
  });
  return execute(random, slips(random, repeated, 0.012), rate, own.tremor, unevenness);
}

/** The victim's plan as a forger understands it: shapes nearly right, times between the victim's and the forger's own. */
function learn(random: Random, seen: Plan, own: Style, talent: Talent): Plan {
  const clumsy = 1 - talent.shape;
  const strange = 1 - talent.rhythm;
  const copy = stray(random, seen, {
    spatial: (0.06 + 0.16 * clumsy) * random.uniform(0.6, 1),
    temporal: 0.03 + 0.1 * strange,
    globalSpatial: 0.8 + 1.2 * clumsy,
    globalTemporal: 0.8,
    turn: 0.1 + 0.3 * clumsy,
    pressure: 0.05,
    ownInstability: false,
  });
  const slowness = Math.exp(random.normal(-0.02 + 0.33 * strange, 0.25));
  const meanMu = mean(seen.map((stroke) => stroke.mu));
  const meanBeat = mean(seen.map((stroke) => Math.log(stroke.delay)));
  const feel = random.uniform(0, 0.75);
  let from = { x: 0, y: 0 };
  return copy.map((stroke): Stroke => {
    const length = Math.hypot(stroke.x - from.x, stroke.y - from.y);
    const downwards = stroke.y < from.y ? 1 : -0.4;
    from = stroke;
    const pace = clamp(length, 0.15, 8) ** own.isochrony;
    const ownDelay =
      0.65 * meanBeat + 0.35 * Math.log(own.beat) + Math.log(pace) + random.normal(0, 0.16) + (stroke.down ? 0 : 0.22);
    const ownMu = 0.5 * meanMu + 0.5 * own.mu + 0.5 * Math.log(pace) + random.normal(0, 0.12);
    const ownSigma = own.sigma + random.normal(0, 0.05);
    const ownPressure = clamp(own.pressure + own.pressureDepth * (0.6 * downwards + random.normal(0, 0.7)), 0.05, 1);
    const thought = !stroke.down && random.chance(0.5 * strange) ? random.uniform(1, 1.6) : 1;
    return {
      ...stroke,
      delay: thought * slowness * Math.exp(talent.rhythm * Math.log(stroke.delay) + strange * ownDelay),
      mu: talent.rhythm * stroke.mu + strange * ownMu + 0.6 * Math.log(slowness),
      sigma: clamp(talent.rhythm * stroke.sigma + strange * ownSigma, 0.06, 0.7),
      pressure: feel * stroke.pressure + (1 - feel) * ownPressure,
      unstable: random.around(1, 0.4),
      untimely: random.around(1, 0.4),
      omission: random.chance(0.9) ? 0 : 0.2,
    };
  });
}

/** Small details go unseen; a long stroke is drawn in two. */
function split(random: Random, plan: Plan, talent: Talent): Plan {
  let from = { x: 0, y: 0 };
  return plan.flatMap((stroke, i): Stroke[] => {
    const start = from;
    from = stroke;
    const dx = stroke.x - start.x;
    const dy = stroke.y - start.y;
    const length = Math.hypot(dx, dy);
    const inner = i > 0 && i < plan.length - 1;
    if (inner && length < 0.6 && random.chance(0.1 * (1 - talent.shape))) return [];
    if (length <= 0.7 || !random.chance(0.12 * (1 - talent.rhythm))) return [stroke];
    const bulge = Math.abs(stroke.turn) < 3 ? 0.5 * Math.tan(stroke.turn / 4) : 0;
    const half = { ...stroke, turn: 0.5 * stroke.turn };
    return [
      { ...half, x: start.x + 0.5 * dx + bulge * dy, y: start.y + 0.5 * dy - bulge * dx },
      { ...half, delay: 0.8 * stroke.delay },
    ];
  });
}

/** Follows the line: space bent smoothly, speed from the curvature and the forger's own hand. */
function trace(random: Random, seen: Plan, own: Style, talent: Talent, rate: number): Movement {
  const copy = stray(random, seen, {
    spatial: 0.05,
    temporal: 0.03,
    globalSpatial: 1,
    globalTemporal: 1,
    turn: 0.1,
    pressure: 0.04,
    ownInstability: false,
  });
  const line = execute(random, copy, 200, 0.3 * own.tremor, 0);
  const strange = 1 - talent.rhythm;
  const bent = bend(random, line, 0.05 + 0.11 * (1 - talent.shape) * random.uniform(0.3, 1));
  const seconds = duration(line) * Math.exp(random.normal(0.05 + 0.42 * strange, 0.28));
  const times = ownTiming(random, bent, 0.8 * talent.rhythm, Math.min(seconds, 9));
  return sample(random, bent, times, own, rate, own.tremor * (1 + strange));
}

function bend(random: Random, line: Movement, amount: number): Movement {
  const count = line.t.length;
  const size = Math.sqrt(variance(line.x) + variance(line.y));
  const reach = amount * Math.min(size, 1.5);
  const bentX = smoothNoise(random, count, random.uniform(0.12, 0.5) * 200);
  const bentY = smoothNoise(random, count, random.uniform(0.12, 0.5) * 200);
  return {
    ...line,
    x: line.x.map((value, i) => value + reach * (bentX[i] ?? 0)),
    y: line.y.map((value, i) => value + reach * (bentY[i] ?? 0)),
  };
}

/**
 * When each point of the line is reached: speed falls with curvature to a power, after the two-thirds power law
 * (P. Viviani and C. Terzuolo, "Trajectory determines movement dynamics", Neuroscience 7, 1982), mixed with `follow` of the
 * victim's own speed.
 */
function ownTiming(random: Random, line: Movement, follow: number, seconds: number): Float64Array {
  const { x, y } = line;
  const count = x.length;
  const step = duration(line) / Math.max(count - 1, 1);
  const around = 6;
  const exponent = random.uniform(0.15, 0.36);
  const unevenness = random.uniform(0.15, 0.4);
  const quick = smoothNoise(random, count, random.uniform(0.06, 0.15) / step);
  const slow = smoothNoise(random, count, random.uniform(0.3, 0.8) / step);
  let path = 0;
  for (let i = 1; i < count; i++) path += Math.hypot((x[i] ?? 0) - (x[i - 1] ?? 0), (y[i] ?? 0) - (y[i - 1] ?? 0));
  const meanSpeed = path / (duration(line) + 1e-6) + 1e-9;
  const times = new Float64Array(count);
  for (let i = 1; i < count; i++) {
    const before = Math.max(i - around, 0);
    const after = Math.min(i + around, count - 1);
    const inX = (x[i] ?? 0) - (x[before] ?? 0);
    const inY = (y[i] ?? 0) - (y[before] ?? 0);
    const outX = (x[after] ?? 0) - (x[i] ?? 0);
    const outY = (y[after] ?? 0) - (y[i] ?? 0);
    const angle = Math.abs(Math.atan2(inX * outY - inY * outX, inX * outX + inY * outY));
    const curvature = angle / (0.5 * (Math.hypot(inX, inY) + Math.hypot(outX, outY)) + 0.03);
    const victims = Math.hypot(inX + outX, inY + outY) / ((after - before) * step) + 0.05 * meanSpeed;
    const logSpeed =
      (1 - follow) * (Math.log(meanSpeed) - exponent * Math.log(curvature + 0.3)) +
      follow * Math.log(victims) +
      unevenness * (quick[i] ?? 0) +
      0.2 * (slow[i] ?? 0);
    const length = Math.hypot((x[i] ?? 0) - (x[i - 1] ?? 0), (y[i] ?? 0) - (y[i - 1] ?? 0));
    times[i] = (times[i - 1] ?? 0) + length / Math.exp(logSpeed) + 0.02 * step;
  }
  const scale = seconds / ((times.at(-1) ?? 0) + 1e-9);
  return times.map((time) => time * scale);
}

function sample(
  random: Random,
  line: Movement,
  times: Float64Array,
  own: Style,
  rate: number,
  tremor: number,
): Movement {
  const count = Math.max(2, Math.floor((times.at(-1) ?? 0) * rate) + 1);
  const last = line.t.length - 1;
  const out = {
    t: Float64Array.from({ length: count }, (_, i) => i / rate),
    x: new Float64Array(count),
    y: new Float64Array(count),
    down: new Uint8Array(count),
    pressure: new Float64Array(count),
  };
  let i = 0;
  for (let j = 0; j < count; j++) {
    const now = j / rate;
    while (i < last - 1 && (times[i + 1] ?? Infinity) < now) i++;
    const k = Math.min(i + 1, last);
    const part = clamp((now - (times[i] ?? 0)) / Math.max((times[k] ?? 0) - (times[i] ?? 0), 1e-6), 0, 1);
    const between = (column: Float64Array): number => (column[i] ?? 0) * (1 - part) + (column[k] ?? 0) * part;
    out.x[j] = between(line.x);
    out.y[j] = between(line.y);
    out.down[j] = line.down[i] ?? 0;
    out.pressure[j] = 0.5 * between(line.pressure) + 0.5 * own.pressure;
  }
  shake(random, out.x, out.y, out.t, tremor);
  return out;
}

function duration(line: Movement): number {
  return (line.t.at(-1) ?? 0) - (line.t[0] ?? 0);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

function variance(values: Float64Array): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}
