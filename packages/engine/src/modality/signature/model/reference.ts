import type { QualityFinding } from '@asignio/contracts';
import type { Adapted, Enrolled } from '../../../modality.ts';
import { SIGNATURE_SAMPLES_TO_ENROL } from '../facts.ts';
import { finding } from '../findings.ts';
import { isCopyOfAny, isImplausiblyNear } from '../postprocess/replay.ts';
import type { SignatureFeatures, SignatureReference, Variation } from '../types.ts';
import { distancesAmong, distancesTo, variationOf, type View } from './distances.ts';

/** Drawings that a reference holds at most. */
export const MOST_DRAWINGS = 10;

/**
 * Distances beyond which drawings are not taken for one person's same signature, by shape and movement alone. Chosen on
 * synthetic signers (scripts/calibrate-signature.mjs prints both distributions): of a person's own drawings next to none
 * are beyond, of two different signatures nearly all are.
 */
export const LIKENESS = {
  /** One drawing from the nearest of the others. */
  nearest: 1.1,
  /** A set: mean of all distances. */
  mean: 1.05,
} as const;

/** What is wrong with one more drawing beside those accepted so far. */
export function judge(features: SignatureFeatures, earlier: readonly SignatureFeatures[]): readonly QualityFinding[] {
  if (earlier.length === 0) return [];
  if (earlier.some(({ pointerType }) => pointerType !== features.pointerType))
    return [finding('ASIGNIO_QUALITY_OTHER_POINTER')];
  const nearest = Math.min(...distancesTo(features, earlier, 'shape'));
  if (nearest > LIKENESS.nearest) return [finding('ASIGNIO_QUALITY_UNLIKE_OTHERS')];
  if (isCopyOfAny(features, earlier, earlier) || isNearerThanTheyAre(nearest, earlier))
    return [finding('ASIGNIO_QUALITY_REPEATED')];
  return [];
}

function isNearerThanTheyAre(nearest: number, earlier: readonly SignatureFeatures[]): boolean {
  return earlier.length >= 3 && isImplausiblyNear(nearest, variationOf(distancesAmong(earlier, 'shape')));
}

/** Makes a reference of one sitting's drawings, all of which become its anchors; or says why not. */
export function enrol(parts: readonly SignatureFeatures[]): Enrolled<SignatureReference> {
  const [first] = parts;
  if (first === undefined || parts.length < SIGNATURE_SAMPLES_TO_ENROL)
    return { findings: [finding('ASIGNIO_QUALITY_TOO_FEW_SAMPLES')] };
  const drawings = parts.slice(0, MOST_DRAWINGS);
  if (drawings.some(({ pointerType }) => pointerType !== first.pointerType))
    return { findings: [finding('ASIGNIO_QUALITY_OTHER_POINTER')] };
  if (drawings.some((drawing, i) => isCopyOfAny(drawing, drawings.slice(i + 1), drawings)))
    return { findings: [finding('ASIGNIO_QUALITY_REPEATED')] };
  const reference = assemble(drawings, drawings.length, false);
  if (reference.variation.shape.mean > LIKENESS.mean) return { findings: [finding('ASIGNIO_QUALITY_INCONSISTENT')] };
  return { findings: [], reference, variant: reference.pointerType, samples: drawings.length };
}

/** Adds a later sitting's drawing. Once full, the oldest that is no anchor makes room. */
export function adapt(reference: SignatureReference, probe: SignatureFeatures): Adapted<SignatureReference> {
  const { anchors, drawings } = reference;
  const anchored = drawings.slice(0, anchors);
  const room = MOST_DRAWINGS - anchored.length;
  const later = room > 0 ? [...drawings.slice(anchors), probe].slice(-room) : [];
  const adapted = assemble([...anchored, ...later], anchors, later.length > 0 || reference.established);
  return { reference: adapted, samples: adapted.drawings.length, established: adapted.established };
}

/** A reference of drawings that were found good, with the variation among them. */
export function assemble(
  drawings: readonly SignatureFeatures[],
  anchors: number,
  established: boolean,
): SignatureReference {
  const pressure = drawings.every((drawing) => drawing.pressure);
  const variation = (view: View): Variation => variationOf(distancesAmong(drawings, view));
  // What the network makes of a drawing with pressure is not to be compared with what it makes of one without.
  const network = drawings.every((drawing) => drawing.embedding !== undefined && drawing.pressure === pressure);
  return {
    pointerType: drawings[0]!.pointerType,
    pressure,
    established,
    anchors,
    drawings,
    variation: {
      shape: variation('shape'),
      ...(pressure ? { full: variation('full') } : {}),
      ...(network ? { network: variation('network') } : {}),
    },
  };
}
