import type { FaceCalibration } from '../../../models/manifest-types.ts';
import type { Compared } from '../../../modality.ts';
import { dot, meanVector, sameBytes } from '../model/vectors.ts';
import type { FaceFeatures, FaceReference, FaceTemplate } from '../types.ts';
import { likelihoodRatio } from './calibration.ts';

/**
 * From this cosine on, two pictures are one that was stored again: pictures of one face taken one after another differ by
 * noise and movement, a copy by compression alone.
 */
const COPY = 0.9998;

/**
 * Compares a probe with a reference: the mean of the cosines of each of its pictures with each template. A picture that is
 * a copy of an enrolled one, or of a recent probe's, is a replay.
 */
export function compare(
  { templates, mean }: FaceReference,
  probe: FaceFeatures,
  recent: readonly FaceFeatures[],
  calibration: FaceCalibration,
): Compared {
  const vector = meanVector(probe.templates);
  const score = likelihoodRatio(dot(vector, mean), calibration);
  vector.fill(0);
  const known = [...templates, ...recent.flatMap((one) => one.templates)];
  const replayed = probe.templates.some((one) => known.some((other) => isCopy(one, other)));
  return { score, pad: replayed ? { attack: true, species: 'replay' } : { attack: false } };
}

/** Whether two pictures are the same file, or one stored again. */
export function isCopy(a: FaceTemplate, b: FaceTemplate): boolean {
  return sameBytes(a.digest, b.digest) || dot(a.vector, b.vector) >= COPY;
}
