import type { BesideSample, CaptureChallenge } from '@asignio/contracts';
import type { Acquired } from '../../../modality.ts';
import type { FaceCalibration } from '../../../models/manifest-types.ts';
import { finding } from '../findings.ts';
import type { FaceNetworks } from '../model/pack.ts';
import { dot, meanVector } from '../model/vectors.ts';
import { likelihoodRatio } from '../postprocess/calibration.ts';
import type { SeenShot } from '../shots.ts';
import type { FaceFeatures } from '../types.ts';
import type { FrameView } from './types.ts';
import { verifyChallenge } from './verify.ts';
import { during } from './watched.ts';

/** How far a movement's best picture may speak against the person who looked straight ahead, natural logarithm. */
const OTHER = -1;

/** What compares faces with each other. */
export interface FaceComparison {
  readonly embed: FaceNetworks['embed'];
  readonly calibration: FaceCalibration;
}

/**
 * Holds what was seen of a challenge against it.
 * @param straight what the frames of the first step gave
 * @param seen all frames; of a sequence that was not committed to, those of the first step alone
 */
export async function answer(
  straight: Acquired<FaceFeatures>,
  seen: readonly SeenShot[],
  challenge: CaptureChallenge,
  comparison: FaceComparison,
): Promise<Acquired<FaceFeatures>> {
  const { features } = straight;
  if (features === undefined) return straight;
  const { beside, steps } = challenge;
  const isLast = ({ shot }: SeenShot): boolean => shot.step === steps.length - 1;
  const oneFace = await isOneFaceThroughout(features, seen, comparison);
  const signers =
    beside === undefined ? [] : await areOneFace(features, halves(seen.filter(isLast), beside), comparison);
  const { attack, missed } = verifyChallenge({
    frames: seen.map(viewOf),
    challenge,
    oneFace: oneFace && (signers.length === 0 || signers.includes(true)),
    oneSigner: !signers.includes(false),
  });
  const onlyUnseen = beside !== undefined && missed.every((step) => step === steps.length - 1);
  const findings = [finding(onlyUnseen ? 'ASIGNIO_QUALITY_DRAWING_UNSEEN' : 'ASIGNIO_QUALITY_PROMPT_MISSED')];
  if (attack !== undefined) return { findings, features, pad: { attack: true, species: attack } };
  if (missed.length === 0) return straight;
  for (const { vector } of features.templates) vector.fill(0);
  return { findings };
}

function viewOf({ shot: { step, t, digest }, observation: { seen } }: SeenShot): FrameView {
  if (seen === undefined) return { step, t, digest };
  const { landmarks, measures, eyes, scene } = seen;
  const around = scene === undefined ? {} : { scene };
  return { step, t, digest, face: { landmarks, pose: measures.pose, eyes, light: measures.light, ...around } };
}

/** Compares the most frontal picture of each movement with those of who looked straight ahead. */
async function isOneFaceThroughout(
  features: FaceFeatures,
  seen: readonly SeenShot[],
  comparison: FaceComparison,
): Promise<boolean> {
  const steps = [...new Set(seen.map(({ shot }) => shot.step).filter((step) => step > 0))];
  const groups = steps.map((step) => seen.filter(({ shot }) => shot.step === step));
  return !(await areOneFace(features, groups, comparison)).includes(false);
}

/** What was seen in the first half of the time in which the other sample was made, and in the second. */
function halves(seen: readonly SeenShot[], beside: BesideSample): readonly (readonly SeenShot[])[] {
  const own = during(
    seen.map((one) => ({ ...one, t: one.shot.t })),
    beside,
  );
  const middle = (beside.from + beside.to) / 2;
  return [own.filter(({ t }) => t <= middle), own.filter(({ t }) => t > middle)];
}

/** Of each group in which there is a face: whether its most frontal picture is of the person who looked straight ahead. */
async function areOneFace(
  { templates }: FaceFeatures,
  groups: readonly (readonly SeenShot[])[],
  { embed, calibration }: FaceComparison,
): Promise<readonly boolean[]> {
  const mean = meanVector(templates);
  const same: boolean[] = [];
  for (const group of groups) {
    const [best] = group
      .flatMap(({ observation }) => (observation.seen === undefined ? [] : [observation.seen]))
      .toSorted((a, b) => turnOf(a.measures.pose) - turnOf(b.measures.pose));
    if (best === undefined) continue;
    const vector = await embed(best.chip);
    same.push(likelihoodRatio(dot(vector, mean), calibration) >= OTHER);
    vector.fill(0);
  }
  mean.fill(0);
  return same;
}

function turnOf({ yaw, pitch }: { readonly yaw: number; readonly pitch: number }): number {
  return Math.hypot(yaw, pitch);
}
