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
  const { full } = reference.variation;
  const pressure = full !== undefined && probe.pressure;
  const variation = pressure ? full : reference.variation.shape;
  const distances = distancesTo(probe, reference.drawings, pressure);
  const attack = isReplay(reference, probe, recent);
  return {
    score: likelihoodRatio(dissimilarity(distances, variation), { pressure, samples: reference.drawings.length }),
    pad: attack ? { attack, species: 'replay' } : { attack },
  };
}

/** Whether the probe is a recording of an enrolled drawing or of a recent probe: told without pressure, which can be faked apart. */
function isReplay(
  { drawings, variation }: SignatureReference,
  probe: SignatureFeatures,
  recent: readonly SignatureFeatures[],
): boolean {
  const known = [...drawings, ...recent.filter(({ pointerType }) => pointerType === probe.pointerType)];
  const nearest = Math.min(...distancesTo(probe, known, false));
  return isImplausiblyNear(nearest, variation.shape) || isCopyOfAny(probe, known);
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
