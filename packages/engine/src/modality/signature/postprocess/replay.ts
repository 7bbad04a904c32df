import type { SignatureFeatures, Variation } from '../types.ts';

/**
 * Share of the person's own variation under which a probe is nearer to a known drawing than a hand can repeat it. Chosen on
 * 450 synthetic signers: copies with 0.2 px of jitter stayed under 0.16, while of 9,000 genuine drawings none came under 0.53
 * of the five enrolled ones, nor under 0.46 of all earlier ones.
 */
export const REPLAY_SHARE = 0.4;
/**
 * Share of a drawing's size by which a copy's places are off at most, at the same share of its time. Hands repeat a
 * drawing neither in place nor in rhythm so well: of 3,600 genuine synthetic drawings none came under 0.038 of an earlier
 * one, while of copies played at other paces 99 in 100 stayed under 0.025.
 */
export const COPY_RESIDUE = 0.03;

/** Whether the distance to the nearest known drawing is implausible for a person of this variation. */
export function isImplausiblyNear(nearest: number, variation: Variation): boolean {
  return nearest < REPLAY_SHARE * variation.nearest;
}

/**
 * Whether one drawing is a copy of any of the others: point for point or with jitter, moved, scaled, begun later, played
 * at another pace.
 */
export function isCopyOfAny({ trace }: SignatureFeatures, others: readonly SignatureFeatures[]): boolean {
  const residue = residueTo(trace);
  return others.some((other) => residue(other.trace) < COPY_RESIDUE);
}

/**
 * Measures what is left of another trace, as a share of its size, once this one is fitted to it by least squares: scaled,
 * and shifted and stretched a little in time (to first order, along its own velocity).
 */
export function residueTo(trace: Float32Array): (other: Float32Array) => number {
  const basis: Float64Array[] = [];
  for (const vector of [Float64Array.from(trace), velocity(trace, () => 1), velocity(trace, (share) => share)]) {
    const before = dot(vector, vector);
    for (const direction of basis) subtract(vector, direction, dot(vector, direction));
    const square = dot(vector, vector);
    if (square > 1e-9 * before) basis.push(vector.map((value) => value / Math.sqrt(square)));
  }
  return (other) => {
    const size = dot(other, other);
    let rest = size;
    for (const direction of basis) rest -= dot(other, direction) ** 2;
    return size > 0 ? Math.sqrt(Math.max(0, rest) / size) : 1;
  };
}

/** Differences along the trace, weighted by the share of time from the middle; without their mean, as traces are. */
function velocity(trace: Float32Array, weight: (share: number) => number): Float64Array {
  const half = trace.length / 2;
  const out = new Float64Array(trace.length);
  for (const start of [0, half]) {
    let mean = 0;
    for (let i = 0; i < half; i++) {
      const difference = trace[start + Math.min(i + 1, half - 1)]! - trace[start + Math.max(i - 1, 0)]!;
      out[start + i] = weight(i / half - 0.5) * difference;
      mean += out[start + i]! / half;
    }
    for (let i = 0; i < half; i++) out[start + i]! -= mean;
  }
  return out;
}

function subtract(vector: Float64Array, direction: Float64Array, times: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! -= times * direction[i]!;
}

function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
