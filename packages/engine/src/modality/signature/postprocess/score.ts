import type { Compared } from '../../../modality.ts';
import { CALIBRATION } from '../calibration-table.ts';
import { likelihoodRatio } from '../calibration.ts';
import { NETWORK_MODEL, SIGNATURE_MODEL } from '../facts.ts';
import { NETWORK_CALIBRATION } from '../network-calibration-table.ts';
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
  const nearby = distancesTo(probe, known, 'shape');
  // A copy is told without pressure, which can be made up apart.
  const attack = isImplausiblyNear(Math.min(...nearby), variation.shape) || isCopyOfAny(probe, known, drawings);
  const pressure = variation.full !== undefined && probe.pressure;
  const shape = nearby.slice(0, drawings.length);
  const full = pressure ? distancesTo(probe, drawings, 'full') : undefined;
  const circumstances = { pressure, samples: drawings.length };
  const pad = attack ? { attack, species: 'replay' } : { attack };
  if (!hasNetworkView(reference, probe)) {
    const classical = full ? dissimilarity(full, variation.full!) : dissimilarity(shape, variation.shape);
    return { score: likelihoodRatio(classical, circumstances, CALIBRATION), pad, model: SIGNATURE_MODEL };
  }
  const network = distancesTo(probe, drawings, 'network');
  const fused = fuse({ shape, full, network }, reference.variation);
  return { score: likelihoodRatio(fused, circumstances, NETWORK_CALIBRATION), pad, model: NETWORK_MODEL };
}

/** Whether both sides were read by the network, and in the same way: with pressure or without. */
function hasNetworkView(
  reference: SignatureReference,
  { embedding, pressure }: SignatureFeatures,
): reference is SignatureReference & { readonly variation: { readonly network: Variation } } {
  return reference.variation.network !== undefined && embedding !== undefined && pressure === reference.pressure;
}

/** Distances to a reference's drawings by shape and movement, with pressure too where both sides have it, and of the network. */
export interface Distances {
  readonly shape: readonly number[];
  readonly full: readonly number[] | undefined;
  readonly network: readonly number[];
}

/** What the network's score counts beside that of local features. */
const NETWORK_SHARE = 0.7;

/**
 * A stranger's drawing is far from the reference whoever wrote that: little of the person's own variation is divided out
 * (`power`), and what is `beyond` counts `weight` times.
 */
const STRANGE = { power: 0.2, beyond: 0.2, weight: 3 };

/**
 * One dissimilarity of the network's and that of local features, which are the check on what was trained: pressure counts in
 * half of them, since it is the least steady from sitting to sitting, and what is a stranger's by shape and movement does not pass by
 * the network. All numbers were chosen on synthetic people (`training/signature/README.md`).
 */
export function fuse(
  { shape, full, network }: Distances,
  variation: SignatureReference['variation'] & { readonly network: Variation },
): number {
  const moved = dissimilarity(shape, variation.shape);
  const local = full && variation.full ? average([moved, dissimilarity(full, variation.full)]) : moved;
  const strange = Math.max(0, dissimilarity(shape, variation.shape, STRANGE.power) - STRANGE.beyond);
  const trained = dissimilarity(network, variation.network);
  return NETWORK_SHARE * trained + (1 - NETWORK_SHARE) * local + STRANGE.weight * strange;
}

/**
 * Log of nearest and mean distance, each over a power of the person's own, by default the square root: dividing by all of
 * the variation would punish those who write steadily.
 */
export function dissimilarity(distances: readonly number[], variation: Variation, power = 0.5): number {
  const nearest = Math.min(...distances) / variation.nearest ** power;
  const mean = average(distances) / variation.mean ** power;
  return Math.log(0.5 * nearest + 0.5 * mean + 1e-6);
}
