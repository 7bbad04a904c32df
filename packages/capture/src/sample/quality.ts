import type { ErrorCode } from '@asignio/contracts';
import type { SignatureSample } from './format.ts';

/** Findings that the browser can make by itself, in the order in which they are told. */
export type LocalFinding = Extract<
  ErrorCode,
  | 'ASIGNIO_QUALITY_TOO_FEW_POINTS'
  | 'ASIGNIO_QUALITY_TOO_SHORT'
  | 'ASIGNIO_QUALITY_TOO_LONG'
  | 'ASIGNIO_QUALITY_TOO_SMALL'
  | 'ASIGNIO_QUALITY_TOO_STRAIGHT'
>;

/**
 * What is certainly too little. These are hints that spare the person a round trip, so they are no stricter than the
 * engine's own judgement, which decides.
 */
export const LOCAL_QUALITY = {
  /** Points with the pen down. */
  points: 16,
  /** ms from the first point to the last. */
  minDurationMs: 500,
  maxDurationMs: 15_000,
  /** Longer side of the drawing, CSS px. */
  extent: 30,
  /** Standard deviation across the main direction in parts of the one along it. */
  straightness: 0.045,
} as const;

/**
 * Looks at a drawing and says what the person could do better; empty when nothing is wrong.
 *
 * Straightness is the square root of the ratio of the eigenvalues of the covariance of the pen-down points: 0 for a
 * straight line, 1 for a circle.
 * @example
 * ```ts
 * assessSample(sample); // ['ASIGNIO_QUALITY_TOO_SHORT']
 * ```
 */
export function assessSample(sample: SignatureSample): readonly LocalFinding[] {
  const { x, y, t, pen } = sample;
  const xs = x.filter((_, i) => pen[i] === 1);
  const ys = y.filter((_, i) => pen[i] === 1);
  const duration = (t.at(-1) ?? 0) - (t[0] ?? 0);
  const findings: LocalFinding[] = [];
  if (xs.length < LOCAL_QUALITY.points) findings.push('ASIGNIO_QUALITY_TOO_FEW_POINTS');
  if (duration < LOCAL_QUALITY.minDurationMs) findings.push('ASIGNIO_QUALITY_TOO_SHORT');
  if (duration > LOCAL_QUALITY.maxDurationMs) findings.push('ASIGNIO_QUALITY_TOO_LONG');
  if (xs.length === 0) return findings;
  if (Math.max(spread(xs), spread(ys)) < LOCAL_QUALITY.extent) findings.push('ASIGNIO_QUALITY_TOO_SMALL');
  else if (straightness(xs, ys) < LOCAL_QUALITY.straightness) findings.push('ASIGNIO_QUALITY_TOO_STRAIGHT');
  return findings;
}

function spread(values: readonly number[]): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function straightness(xs: readonly number[], ys: readonly number[]): number {
  const mx = mean(xs);
  const my = mean(ys);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const [i, value] of xs.entries()) {
    const dx = value - mx;
    const dy = (ys[i] ?? my) - my;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  const half = (xx + yy) / 2;
  const root = Math.hypot((xx - yy) / 2, xy);
  return half + root === 0 ? 0 : Math.sqrt(Math.max(0, half - root) / (half + root));
}
