import type { QualityFinding } from '@asignio/contracts';
import type { FaceCalibration } from '../../../models/manifest-types.ts';
import type { Adapted, Enrolled } from '../../../modality.ts';
import { finding } from '../findings.ts';
import { likelihoodRatio } from '../postprocess/calibration.ts';
import { isCopy } from '../postprocess/score.ts';
import type { FaceFeatures, FaceReference, FaceTemplate } from '../types.ts';
import { dot, meanVector } from './vectors.ts';

/** Templates of an enrolment, and of a reference with later sittings. */
const MOST_ANCHORS = 8;
export const MOST_TEMPLATES = 16;

/** Leaves out pictures that are not of the face that most are of: whose ratio with the others is against "one person". */
export function withoutOutliers(
  templates: readonly FaceTemplate[],
  calibration: FaceCalibration,
): readonly FaceTemplate[] {
  if (templates.length < 3) return templates;
  return templates.filter((one) => {
    const others = templates.filter((other) => other !== one).map((other) => dot(one.vector, other.vector));
    const middle = others.toSorted((a, b) => a - b)[Math.floor(others.length / 2)]!;
    return likelihoodRatio(middle, calibration) >= 0;
  });
}

/** Whether all are of one face, as far as the network tells. */
export function isOneFace(templates: readonly FaceTemplate[], calibration: FaceCalibration): boolean {
  const mean = meanVector(templates);
  const one = templates.every(({ vector }) => likelihoodRatio(dot(vector, mean), calibration) >= 0);
  mean.fill(0);
  return one;
}

/** What is wrong with one more sample beside the earlier ones. */
export function judge(
  features: FaceFeatures,
  earlier: readonly FaceFeatures[],
  calibration: FaceCalibration,
): readonly QualityFinding[] {
  const before = earlier.flatMap(({ templates }) => templates);
  if (before.length === 0) return [];
  if (features.templates.some((one) => before.some((other) => isCopy(one, other))))
    return [finding('ASIGNIO_QUALITY_PICTURE_REPEATED')];
  const [mean, others] = [meanVector(features.templates), meanVector(before)];
  const alike = likelihoodRatio(dot(mean, others), calibration) >= 0;
  mean.fill(0);
  others.fill(0);
  return alike ? [] : [finding('ASIGNIO_QUALITY_OTHER_FACE')];
}

/** Makes a reference of the best pictures, those left out that are not of the face that most are of. */
export function enrol(parts: readonly FaceFeatures[], calibration: FaceCalibration): Enrolled<FaceReference> {
  const all = parts.flatMap(({ templates }) => templates);
  if (all.length === 0) return { findings: [finding('ASIGNIO_QUALITY_TOO_FEW_PICTURES')] };
  const kept = withoutOutliers(all, calibration);
  if (2 * kept.length <= all.length || !isOneFace(kept, calibration))
    return { findings: [finding('ASIGNIO_QUALITY_OTHER_FACE')] };
  const best = kept.toSorted((a, b) => b.quality - a.quality).slice(0, MOST_ANCHORS);
  return { findings: [], reference: assemble(best, best.length, false), variant: 'camera', samples: best.length };
}

/** Adds the best picture of a later sitting; those of the enrolment stay, the oldest of later ones goes. */
export function adapt(reference: FaceReference, probe: FaceFeatures): Adapted<FaceReference> {
  const { anchors } = reference;
  const [best] = probe.templates.toSorted((a, b) => b.quality - a.quality);
  const later = [...reference.templates.slice(anchors), ...(best === undefined ? [] : [best])];
  const templates = [...reference.templates.slice(0, anchors), ...later.slice(-(MOST_TEMPLATES - anchors))];
  const adapted = assemble(templates, anchors, true);
  return { reference: adapted, samples: templates.length, established: true };
}

export function assemble(templates: readonly FaceTemplate[], anchors: number, established: boolean): FaceReference {
  return { templates, anchors, established, mean: meanVector(templates) };
}
