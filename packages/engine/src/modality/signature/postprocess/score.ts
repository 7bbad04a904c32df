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
  const shape = distancesTo(probe, known, 'shape');
  // A copy is told without pressure, which can be made up apart.
  const attack = isImplausiblyNear(Math.min(...shape), variation.shape) || isCopyOfAny(probe, known, drawings);
  const pressure = variation.full !== undefined && probe.pressure;
  const classical = pressure
    ? dissimilarity(distancesTo(probe, drawings, 'full'), variation.full)
    : dissimilarity(shape.slice(0, drawings.length), variation.shape);
  const circumstances = { pressure, samples: drawings.length };
  const pad = attack ? { attack, species: 'replay' } : { attack };
  if (!hasNetworkView(reference, probe))
    return { score: likelihoodRatio(classical, circumstances, CALIBRATION), pad, model: SIGNATURE_MODEL };
  const network = dissimilarity(distancesTo(probe, drawings, 'network'), reference.variation.network);
  const score = likelihoodRatio(fuse(classical, network), circumstances, NETWORK_CALIBRATION);
  return { score, pad, model: NETWORK_MODEL };
}

/** Whether both sides were read by the network, and in the same way: with pressure or without. */
function hasNetworkView(
  reference: SignatureReference,
  { embedding, pressure }: SignatureFeatures,
): reference is SignatureReference & { readonly variation: { readonly network: Variation } } {
  return reference.variation.network !== undefined && embedding !== undefined && pressure === reference.pressure;
}

/**
 * Mean of what the alignment of local features says and what the network's says. The untrained half is also the check on
 * the trained one: what is far by the former does not pass by the latter alone. Equal weights, because weights learned on
 * synthetic scores were no better.
 */
export function fuse(classical: number, network: number): number {
  return 0.5 * classical + 0.5 * network;
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
