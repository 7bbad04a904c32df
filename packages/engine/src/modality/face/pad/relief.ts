import type { FacePrompt } from '@asignio/contracts';
import { meanShape, noseParallax } from './shape.ts';
import type { FaceView } from './types.ts';

/** Frames at the end of a step, when it is done, of which the mean shape is taken. */
const LAST = 4;
/**
 * Parallax of a nose that is turned by 18 degrees, in distances of the eyes: the median over puppets with the relief of a
 * head, see docs/face.md; of flat prints it was 0.008, at most 0.02.
 */
const OF_A_HEAD = 0.049;
/** Part of it that must be there, over all turns of a sequence. */
const ENOUGH = 0.5;

/** One step, with what was asked for. */
export interface ReliefStep {
  readonly prompt: string;
  readonly faces: readonly FaceView[];
}

/**
 * Whether a face has the depth of a head, by what its nose did in the turns that were asked for, in their direction.
 * `undefined` where no turn was asked for.
 */
export function hasRelief(straight: readonly FaceView[], steps: readonly ReliefStep[]): boolean | undefined {
  const from = meanShape(straight.map(({ landmarks }) => landmarks));
  const shifts = steps.flatMap(({ prompt, faces }) => {
    const direction = DIRECTIONS[prompt as FacePrompt];
    if (direction === undefined || faces.length === 0) return [];
    const shift = noseParallax(from, meanShape(faces.slice(-LAST).map(({ landmarks }) => landmarks)));
    return [shift === undefined ? 0 : (direction * shift.x) / OF_A_HEAD];
  });
  if (shifts.length === 0) return undefined;
  return shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length >= ENOUGH;
}

/** Which way the nose goes in the picture. */
const DIRECTIONS: Readonly<Partial<Record<FacePrompt, 1 | -1>>> = { 'turn-left': 1, 'turn-right': -1 };
