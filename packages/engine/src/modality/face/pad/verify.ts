import type { CaptureChallenge, FacePrompt } from '@asignio/contracts';
import { areCommitted } from './commitments.ts';
import { isContinuous } from './continuity.ts';
import { baselineOf, shows, straightOf } from './prompts.ts';
import { hasRelief } from './relief.ts';
import { isTimely, isWhole, isWithin } from './timing.ts';
import type { ChallengeVerdict, FaceView, FrameView } from './types.ts';
import { isWatched } from './watched.ts';

/** What is known of a sequence beside its geometry. */
export interface ChallengeFacts {
  readonly frames: readonly FrameView[];
  readonly challenge: CaptureChallenge;
  /** Whether the faces of all steps are one person's; `undefined` where that was not compared. */
  readonly oneFace?: boolean;
  /** Whether the faces that were seen while another sample was made are surely that person's. */
  readonly oneSigner?: boolean;
}

/**
 * Whether a sequence of frames answers a challenge: active presentation attack detection. Cheap and certain checks come
 * first; what somebody may simply have done badly (a prompt that could not be seen) is no attack.
 */
export function verifyChallenge({ frames, challenge, oneFace, oneSigner }: ChallengeFacts): ChallengeVerdict {
  const { steps, beside } = challenge;
  if (!areCommitted(frames, challenge)) return { attack: 'uncommitted', missed: [] };
  if (!isTimely(frames, steps) || (beside !== undefined && !isWithin(beside, frames, steps)))
    return { attack: 'mistimed', missed: [] };
  const faces = steps.map((_, step) => facesOf(frames, step));
  const straight = straightOf(faces[0] ?? []);
  const baseline = baselineOf(straight);
  const missed = steps.flatMap(({ prompt }, step) =>
    (
      beside !== undefined && step === steps.length - 1
        ? oneSigner !== false &&
          isWatched(
            frames.filter((frame) => frame.step === step),
            beside,
          )
        : baseline !== undefined && isWhole(frames, step) && shows(prompt as FacePrompt, faces[step] ?? [], baseline)
    )
      ? []
      : [step],
  );
  if (
    !isContinuous(
      frames,
      steps.map(({ prompt }) => prompt),
    )
  )
    return { attack: 'spliced', missed };
  if (oneFace === false) return { attack: 'swapped', missed };
  if (missed.length > 0) return { missed };
  const turned = steps.map(({ prompt }, step) => ({ prompt, faces: faces[step] ?? [] }));
  // A sequence without a turn shows nothing of depth: it is not taken.
  const relief = hasRelief(straight, turned);
  if (relief === undefined) return { missed: steps.map((_, step) => step) };
  return relief ? { missed } : { attack: 'flat', missed };
}

function facesOf(frames: readonly FrameView[], step: number): readonly FaceView[] {
  return frames.flatMap((frame) => (frame.step === step && frame.face !== undefined ? [frame.face] : []));
}
