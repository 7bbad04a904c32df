import type { SignatureFeatures, Variation } from '../types.ts';

/**
 * Share of the person's own variation under which a probe is nearer to a known drawing than a hand can repeat it. Chosen on
 * 450 synthetic signers: copies with jitter stayed under 0.16, of 9,000 genuine drawings none was under 0.53 of the five
 * enrolled ones, nor under 0.46 of all drawings before it.
 */
export const REPLAY_SHARE = 0.4;
/** Rows (20 ms each) by which a copy may be shifted, or longer or shorter. */
const SHIFT = 3;
/** Least correlation of the movement, row by row without alignment: copies have 0.999, repetitions at most 0.993. */
const COPY_CORRELATION = 0.996;

/** Whether the distance to the nearest known drawing is implausible for a person of this variation. */
export function isImplausiblyNear(nearest: number, variation: Variation): boolean {
  return nearest < REPLAY_SHARE * variation.nearest;
}

/**
 * Whether two drawings move alike at the same times. Repetitions by hand differ in rhythm, so row by row, without
 * alignment in time, only a copy agrees this well, whether it was moved, scaled, shifted in time or jittered.
 */
export function isCopy(a: SignatureFeatures, b: SignatureFeatures): boolean {
  if (Math.abs(a.length - b.length) > SHIFT) return false;
  for (let shift = -SHIFT; shift <= SHIFT; shift++) if (correlation(a, b, shift) > COPY_CORRELATION) return true;
  return false;
}

/** Of the velocities (the first two channels), b taken `shift` rows later. */
function correlation(a: SignatureFeatures, b: SignatureFeatures, shift: number): number {
  const from = Math.max(0, -shift);
  const to = Math.min(a.length, b.length - shift);
  let [ab, aa, bb] = [0, 0, 0];
  for (let channel = 0; channel < 2; channel++) {
    for (let i = from; i < to; i++) {
      const u = a.data[channel * a.length + i]!;
      const v = b.data[channel * b.length + i + shift]!;
      ab += u * v;
      aa += u * u;
      bb += v * v;
    }
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
