import type { Compared } from '../../../modality.ts';
import { likelihoodRatio } from '../calibration.ts';
import { average, distancesTo } from '../model/distances.ts';
import type { SignatureFeatures, SignatureReference, Variation } from '../types.ts';
import { isCopyOfAny, isImplausiblyNear } from './replay.ts';

/** Compares a probe with a reference; `undefined` where another kind of pointer drew it. */
export function compare(
  reference: SignatureReference,
  probe: SignatureFeatures,
  recent: readonly SignatureFeatures[],
): Compared | undefined {
  if (probe.pointerType !== reference.pointerType) return undefined;
  const { drawings, variation } = reference;
  const known = [...drawings, ...recent.filter(({ pointerType }) => pointerType === probe.pointerType)];
  const shape = distancesTo(probe, known, false);
  // A copy is told without pressure, which can be made up apart.
  const attack = isImplausiblyNear(Math.min(...shape), variation.shape) || isCopyOfAny(probe, known, drawings);
  const pressure = variation.full !== undefined && probe.pressure;
  const difference = pressure
    ? dissimilarity(distancesTo(probe, drawings, true), variation.full)
    : dissimilarity(shape.slice(0, drawings.length), variation.shape);
  return {
    score: likelihoodRatio(difference, { pressure, samples: drawings.length }),
    pad: attack ? { attack, species: 'replay' } : { attack },
  };
}

/**
 * Log of nearest and mean distance, each over the square root of the person's own: dividing by all of the variation would
 * punish those who write steadily.
 */
export function dissimilarity(distances: readonly number[], variation: Variation): number {
  const nearest = Math.min(...distances) / Math.sqrt(variation.nearest);
  const mean = average(distances) / Math.sqrt(variation.mean);
  return Math.log(0.5 * nearest + 0.5 * mean + 1e-6);
}
