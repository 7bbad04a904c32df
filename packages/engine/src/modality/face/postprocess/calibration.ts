import type { FaceCalibration, Normal } from '../../../models/manifest-types.ts';

/**
 * Log-likelihood ratio (natural log) of "one person" against "two" for a cosine, each side's cosines being normally
 * distributed.
 * @example
 * ```ts
 * likelihoodRatio(0.7, pack.calibration); // 9.4
 * ```
 */
export function likelihoodRatio(cosine: number, { mated, nonMated, limit }: FaceCalibration): number {
  const ratio = logDensity(cosine, mated) - logDensity(cosine, nonMated);
  return Math.min(limit, Math.max(-limit, ratio));
}

/** The ratio from which on strangers are accepted at this rate, 0..1. */
export function thresholdOf(fmr: number, calibration: FaceCalibration): number {
  const { mean, deviation } = calibration.nonMated;
  return likelihoodRatio(Math.min(1, mean + deviation * upperQuantile(fmr)), calibration);
}

/** Whether a larger cosine never gives a smaller ratio, as comparing with a threshold takes for granted. */
export function isMonotone(calibration: FaceCalibration): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (let step = -200; step <= 200; step++) {
    const ratio = likelihoodRatio(step / 200, calibration);
    if (!(ratio >= before)) return false;
    before = ratio;
  }
  return true;
}

function logDensity(value: number, { mean, deviation }: Normal): number {
  return -(((value - mean) / deviation) ** 2) / 2 - Math.log(deviation);
}

/**
 * What a standard normal exceeds with this probability, 0..1, to 4.5e-4 (M. Abramowitz and I. Stegun, "Handbook of
 * Mathematical Functions", 26.2.23).
 */
function upperQuantile(probability: number): number {
  if (probability > 0.5) return -upperQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(probability));
  return (
    t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
  );
}
