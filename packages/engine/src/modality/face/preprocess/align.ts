import type { AlignmentPoints, FacePack } from '../../../models/manifest-types.ts';
import type { Detection } from '../model/detectors/detector.ts';
import { eyesOf } from '../model/landmarks.ts';
import type { Point, Pyramid } from './picture.ts';
import { fitSimilarity, inverse } from './similarity.ts';
import { warp } from './warp.ts';
import type { Similarity } from './similarity.ts';
import type { Planes } from './warp.ts';

/** A face as an embedder takes it, and the way there from the picture. */
export interface AlignedFace {
  readonly chip: Planes;
  readonly toChip: Similarity;
}

/** Landmarks by which dlib aligns: nose, eyes, mouth without the lower lip's edge (`get_face_chip_details`, Boost licence). */
const DLIB = Array.from({ length: 68 }, (_, i) => i).filter((i) => (i >= 27 && i < 55) || (i >= 60 && i < 65));

/** Draws the face as an embedder takes it: `undefined` where its points give no size. */
export function align(
  pyramid: Pyramid,
  face: Detection,
  landmarks: readonly Point[],
  { aligner, embedder }: FacePack,
): AlignedFace | undefined {
  const template = aligner.template.map(([x, y]) => ({ x, y }));
  const toChip = fitSimilarity(pointsOf(aligner.points, face, landmarks), template);
  if (toChip === undefined) return undefined;
  const { side } = embedder;
  // A copy: it is embedded when all pictures were seen.
  const data = warp(pyramid, inverse(toChip), side, side).slice();
  return { chip: { width: side, height: side, data }, toChip };
}

function pointsOf(points: AlignmentPoints, face: Detection, landmarks: readonly Point[]): readonly Point[] {
  switch (points) {
    case 'detected5':
      return [...face.eyes, face.nose, ...face.mouth];
    case 'landmarks5':
      return [...eyesOf(landmarks), landmarks[33]!, landmarks[48]!, landmarks[54]!];
    case 'dlib33':
      return DLIB.map((i) => landmarks[i]!);
  }
}
