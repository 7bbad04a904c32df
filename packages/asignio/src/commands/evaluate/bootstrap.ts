import { errorRates } from './error-rates.ts';
import type { ErrorRates, ScoreList } from './error-rates.ts';

/** A 95 % confidence interval, or `null` where there are too few users to have one. */
export type Interval = readonly [low: number, high: number] | null;

export interface RateIntervals {
  readonly eer: Interval;
  readonly fnmr: readonly Interval[];
}

const REPLICATES = 1000;
const TAIL = 0.025;

/**
 * Percentile bootstrap over users (B. Efron and R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13):
 * comparisons of one person hang together, so whole persons are drawn, with replacement, and never single comparisons.
 * The same seed gives the same intervals.
 */
export function bootstrap(list: ScoreList, users: number, fmrs: readonly number[], seed: number): RateIntervals {
  if (new Set(list.users).size < 2) return { eer: null, fnmr: fmrs.map(() => null) };
  const random = generator(seed);
  const weights = new Uint32Array(users);
  const drawn: ErrorRates[] = [];
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    weights.fill(0);
    for (let n = 0; n < users; n++) {
      const user = Math.floor(random() * users);
      weights[user] = (weights[user] ?? 0) + 1;
    }
    drawn.push(errorRates(list, weights, fmrs));
  }
  return {
    eer: interval(drawn.map(({ eer }) => eer)),
    fnmr: fmrs.map((_, index) => interval(drawn.map(({ fnmr }) => fnmr[index] ?? null))),
  };
}

/** Draws in which nobody had a mated or a non-mated comparison say nothing. */
function interval(values: readonly (number | null)[]): Interval {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
  if (sorted.length === 0) return null;
  return [quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)];
}

/**
 * A quantile of sorted numbers, interpolated linearly between the two nearest (R. Hyndman and Y. Fan, "Sample Quantiles
 * in Statistical Packages", The American Statistician 50, 1996, definition 7).
 */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const position = part * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (position - below) * (high - low);
}

/** Uniform numbers in [0, 1) from a seed: mulberry32 (T. Ettinger, public domain). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
