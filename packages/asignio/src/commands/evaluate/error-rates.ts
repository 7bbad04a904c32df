/** Against 0.001 * 3000 = 2.9999999999999996. */
const ROUNDING = 1e-9;

/** One comparison that gave a score. */
export interface Scored {
  /** Log-likelihood ratio: larger means more alike. */
  readonly score: number;
  readonly mated: boolean;
  /** The person whose model it was, by index. */
  readonly user: number;
}

/** Error rates at one point, 0..1; `null` where there was nothing to measure. */
export interface ErrorRates {
  /** Equal error rate. */
  readonly eer: number | null;
  /** The score at which both rates are equal, as near as the data tell. */
  readonly eerScore: number | null;
  /** FNMR at each of the FMRs asked for. */
  readonly fnmr: readonly (number | null)[];
}

/** Comparisons in order of score, ready to be weighed again and again. */
export interface ScoreList {
  readonly scores: Float64Array;
  readonly mated: Uint8Array;
  readonly users: Uint32Array;
}

export function scoreList(comparisons: readonly Scored[]): ScoreList {
  const sorted = comparisons.toSorted((a, b) => a.score - b.score);
  return {
    scores: Float64Array.from(sorted, ({ score }) => score),
    mated: Uint8Array.from(sorted, ({ mated }) => Number(mated)),
    users: Uint32Array.from(sorted, ({ user }) => user),
  };
}

/**
 * Error rates of one global threshold (ISO/IEC 19795-1): FMR(t) is the part of non-mated comparisons that score at least
 * `t`, FNMR(t) the part of mated ones below it. The EER is interpolated between the two thresholds where the rates cross.
 * FNMR at an FMR `f` is at the lowest threshold that accepts at most `floor(f n)` of `n` non-mated comparisons.
 *
 * @param weights how often each user counts, by index: all 1, or a bootstrap's draw
 */
export function errorRates(list: ScoreList, weights: ArrayLike<number>, fmrs: readonly number[]): ErrorRates {
  const { mated, nonMated } = totals(list, weights);
  if (mated === 0 || nonMated === 0) return { eer: null, eerScore: null, fnmr: fmrs.map(() => null) };
  return {
    ...equalErrorRate(list, weights, mated, nonMated),
    fnmr: falseNonMatchRates(
      list,
      weights,
      mated,
      fmrs.map((fmr) => Math.floor(fmr * nonMated + ROUNDING)),
    ),
  };
}

function totals({ scores, mated, users }: ScoreList, weights: ArrayLike<number>): { mated: number; nonMated: number } {
  const total = { mated: 0, nonMated: 0 };
  for (let i = 0; i < scores.length; i++) total[mated[i] === 1 ? 'mated' : 'nonMated'] += weightOf(weights, users, i);
  return total;
}

function equalErrorRate(
  { scores, mated, users }: ScoreList,
  weights: ArrayLike<number>,
  matedTotal: number,
  nonMatedTotal: number,
): { eer: number; eerScore: number } {
  let matedBelow = 0;
  let nonMatedBelow = 0;
  let [fnmr, fmr, score] = [0, 1, scores[0] as number];
  for (let i = 0; i <= scores.length;) {
    const next = { fnmr: matedBelow / matedTotal, fmr: 1 - nonMatedBelow / nonMatedTotal };
    const threshold = i < scores.length ? (scores[i] as number) : (scores.at(-1) as number);
    if (next.fnmr >= next.fmr) {
      const [before, after] = [fmr - fnmr, next.fnmr - next.fmr];
      const part = before + after === 0 ? 0.5 : before / (before + after);
      return { eer: fnmr + part * (next.fnmr - fnmr), eerScore: score + part * (threshold - score) };
    }
    ({ fnmr, fmr } = next);
    score = threshold;
    if (i === scores.length) break;
    for (; i < scores.length && scores[i] === threshold; i++) {
      const weight = weightOf(weights, users, i);
      if (mated[i] === 1) matedBelow += weight;
      else nonMatedBelow += weight;
    }
  }
  return { eer: 1, eerScore: score };
}

/** For each number of non-mated comparisons that may be accepted: FNMR at the lowest threshold that accepts no more. */
function falseNonMatchRates(
  list: ScoreList,
  weights: ArrayLike<number>,
  matedTotal: number,
  allowed: readonly number[],
): readonly number[] {
  const { scores, mated, users } = list;
  const rates = allowed.map(() => 0);
  const ascending = allowed.map((_, index) => index).sort((a, b) => (allowed[a] ?? 0) - (allowed[b] ?? 0));
  let [next, nonMatedAbove, matedAbove] = [0, 0, 0];
  for (let i = scores.length - 1; i >= 0 && next < ascending.length;) {
    const score = scores[i] as number;
    let [matedHere, nonMatedHere] = [0, 0];
    for (; i >= 0 && scores[i] === score; i--) {
      const weight = weightOf(weights, users, i);
      if (mated[i] === 1) matedHere += weight;
      else nonMatedHere += weight;
    }
    for (; next < ascending.length; next++) {
      const index = ascending[next] as number;
      if (nonMatedAbove + nonMatedHere <= (allowed[index] ?? 0)) break;
      rates[index] = 1 - matedAbove / matedTotal;
    }
    nonMatedAbove += nonMatedHere;
    matedAbove += matedHere;
  }
  return rates;
}

/** FMR and FNMR at one threshold. */
export interface DetPoint {
  readonly fmr: number;
  readonly fnmr: number;
}

/** The detection error trade-off: both rates at every threshold that makes a difference, from lenient to strict. */
export function detCurve({ scores, mated, users }: ScoreList): readonly DetPoint[] {
  const totalMated = mated.reduce((sum, one) => sum + one, 0);
  const totalNonMated = mated.length - totalMated;
  if (totalMated === 0 || totalNonMated === 0) return [];
  const points: DetPoint[] = [{ fmr: 1, fnmr: 0 }];
  let [matedBelow, nonMatedBelow] = [0, 0];
  for (let i = 0; i < users.length;) {
    const score = scores[i];
    for (; i < users.length && scores[i] === score; i++)
      if (mated[i] === 1) matedBelow++;
      else nonMatedBelow++;
    points.push({ fmr: 1 - nonMatedBelow / totalNonMated, fnmr: matedBelow / totalMated });
  }
  return points;
}

function weightOf(weights: ArrayLike<number>, users: Uint32Array, index: number): number {
  return weights[users[index] as number] ?? 0;
}
