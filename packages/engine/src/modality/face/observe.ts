import type { QualityFinding } from '@asignio/contracts';
import type { FacePack } from '../../models/manifest-types.ts';
import type { FaceFindingCode } from './findings.ts';
import { finding } from './findings.ts';
import type { Detection } from './model/detectors/detector.ts';
import type { FaceNetworks } from './model/pack.ts';
import { eyeContrast } from './pad/eyes.ts';
import { sceneLight } from './pad/scene.ts';
import { align } from './preprocess/align.ts';
import { choose } from './preprocess/choose.ts';
import { Pyramid } from './preprocess/picture.ts';
import type { DecodedPicture, Point } from './preprocess/picture.ts';
import { poseOf } from './preprocess/pose.ts';
import { assessFace, measureFace, qualityOf } from './preprocess/quality.ts';
import type { FaceMeasures } from './preprocess/quality.ts';
import type { Planes } from './preprocess/warp.ts';

/** What was seen in one picture. */
export interface Observation {
  /** What hinders a comparison, the most important first; empty where nothing does. */
  readonly findings: readonly QualityFinding[];
  /** Absent where there is no one face. */
  readonly seen?: SeenFace;
}

/** One face, where it is and how it was taken. */
export interface SeenFace {
  readonly face: Detection;
  /** The 68 points of iBUG 300-W, px of the decoded picture. */
  readonly landmarks: readonly Point[];
  readonly measures: FaceMeasures;
  /** How much light and dark there is at the eyes; falls when they are shut. */
  readonly eyes: number;
  /** Mean luma of what is around the face, 0..255; absent where it fills the picture. */
  readonly scene?: number;
  /** 0..1 */
  readonly quality: number;
  /** The face as the embedder takes it. */
  readonly chip: Planes;
  /** What the passive PAD says, 0..1, where the pack has one. */
  readonly live?: number;
}

/** Finds the one face that matters and measures it. */
export async function observe(picture: DecodedPicture, networks: FaceNetworks, pack: FacePack): Promise<Observation> {
  const pyramid = new Pyramid(picture);
  try {
    const chosen = choose(await networks.detect(pyramid), picture);
    if (chosen.kind === 'none') return only('ASIGNIO_QUALITY_NO_FACE');
    if (chosen.kind === 'several') return only('ASIGNIO_QUALITY_SEVERAL_FACES');
    const { face } = chosen;
    const landmarks = await networks.landmarks(pyramid, face);
    const aligned = landmarks && align(pyramid, face, landmarks, pack);
    if (landmarks === undefined || aligned === undefined) return only('ASIGNIO_QUALITY_NO_FACE');
    const { chip, toChip } = aligned;
    const measures = measureFace(picture, landmarks, poseOf(landmarks), chip, toChip);
    const live = await networks.pad?.(pyramid, face.box);
    const eyes = eyeContrast(picture, landmarks);
    const scene = sceneLight(picture, landmarks);
    const around = scene === undefined ? {} : { scene };
    const seen = { face, landmarks, measures, eyes, ...around, quality: qualityOf(measures), chip };
    return { findings: assessFace(measures).map(finding), seen: live === undefined ? seen : { ...seen, live } };
  } finally {
    pyramid.wipe();
  }
}

function only(code: FaceFindingCode): Observation {
  return { findings: [finding(code)] };
}
