import { middle, sizeOf } from './shape.ts';
import type { FaceView, FrameView } from './types.ts';

/** Frames further apart than this do not follow each other, ms. */
const TOGETHER_MS = 1_500;

/** What may change between two frames: at once (the error of the landmarks, a frame lost) and in a second. */
interface Bound {
  readonly once: number;
  readonly aSecond: number;
}

/**
 * A cut between recordings of different places and sizes is a jump. Who was asked to move, or comes back from it, moves as
 * fast as heads do: the first bound. What nobody was asked for changes slowly: the second. Measured of movies of puppets
 * that move calmly and hastily, with margin for the hand that holds a phone (docs/face.md).
 */
const BOUNDS = {
  /** Of its own size. */
  place: { asked: { once: 0.35, aSecond: 2 }, else: { once: 0.2, aSecond: 1.2 } },
  /** Logarithm of the ratio. */
  size: { asked: { once: 0.12, aSecond: 1.8 }, else: { once: 0.08, aSecond: 0.5 } },
  /** Degrees. */
  yaw: { asked: { once: 14, aSecond: 160 }, else: { once: 12, aSecond: 80 } },
  roll: { asked: { once: 8, aSecond: 90 }, else: { once: 8, aSecond: 90 } },
  /** Of 255. */
  light: { asked: { once: 22, aSecond: 60 }, else: { once: 22, aSecond: 60 } },
} as const satisfies Record<string, { readonly asked: Bound; readonly else: Bound }>;

/** Which prompts ask for a change of what. */
const ASKS: Readonly<Record<keyof typeof BOUNDS, readonly string[]>> = {
  place: ['turn-left', 'turn-right', 'look-up', 'move-closer', 'sign'],
  size: ['move-closer'],
  yaw: ['turn-left', 'turn-right'],
  roll: [],
  light: [],
};

/**
 * How much a camera's exposure changes the values of a picture: a stop and a half, which in sRGB is a factor of 2 ^ (1.5 / 2.2). A face
 * and what is around it then change alike, but for where either is burnt out.
 */
const EXPOSURE = { most: 0.47, unlike: 0.1 } as const;

/**
 * Whether the face moves on from frame to frame, also from the last one of a step to the first one of the next.
 * @param prompts what was asked in each step
 */
export function isContinuous(frames: readonly FrameView[], prompts: readonly string[]): boolean {
  let before: { readonly t: number; readonly step: number; readonly face: FaceView } | undefined;
  for (const { t, step, face } of frames) {
    if (face === undefined) continue;
    if (before !== undefined && t - before.t <= TOGETHER_MS) {
      // Who comes back from a movement does so in the step after it.
      const asked = prompts.slice(Math.max(0, before.step - 1), step + 1);
      if (jumps(before.face, face, (t - before.t) / 1000, asked)) return false;
    }
    before = { t, step, face };
  }
  return true;
}

function jumps(a: FaceView, b: FaceView, seconds: number, asked: readonly string[]): boolean {
  const [from, to] = [middle(a.landmarks, 0, 68), middle(b.landmarks, 0, 68)];
  const [sizeA, sizeB] = [sizeOf(a.landmarks), sizeOf(b.landmarks)];
  const changes = {
    place: Math.hypot(to.x - from.x, to.y - from.y) / Math.sqrt(sizeA * sizeB),
    size: Math.abs(Math.log(sizeB / sizeA)),
    yaw: Math.abs(b.pose.yaw - a.pose.yaw),
    roll: Math.abs(b.pose.roll - a.pose.roll),
    light: isExposure(a, b) ? 0 : Math.abs(b.light - a.light),
  };
  return Object.entries(BOUNDS).some(([name, bounds]) => {
    const what = name as keyof typeof BOUNDS;
    const { once, aSecond } = ASKS[what].some((prompt) => asked.includes(prompt)) ? bounds.asked : bounds.else;
    // A value that is no number is a jump.
    return !(changes[what] <= once + aSecond * seconds);
  });
}

/** Whether the face became lighter or darker by no more than a camera makes a whole picture, and as what is around it did. */
function isExposure(a: FaceView, b: FaceView): boolean {
  if (a.scene === undefined || b.scene === undefined) return false;
  const face = Math.log(b.light / a.light);
  return Math.abs(face) <= EXPOSURE.most && Math.abs(face - Math.log(b.scene / a.scene)) <= EXPOSURE.unlike;
}
