import { middle, sizeOf } from './shape.ts';
import type { FaceView, FrameView } from './types.ts';

/** Frames further apart than this do not follow each other, ms. */
const TOGETHER_MS = 1_500;

/**
 * What may change between two frames: at once (the error of the landmarks, a frame lost) and in a second. Faster than
 * people move before a camera on purpose; a cut between recordings of different places and sizes is a jump.
 */
const BOUNDS = {
  /** Of its own size. */
  place: { once: 0.35, aSecond: 3 },
  /** Logarithm of the ratio. */
  size: { once: 0.12, aSecond: 0.9 },
  /** Degrees. */
  yaw: { once: 14, aSecond: 160 },
  roll: { once: 8, aSecond: 90 },
  /** Of 255. */
  light: { once: 22, aSecond: 60 },
} as const;

/** Whether the face moves on from frame to frame, also from the last one of a step to the first one of the next. */
export function isContinuous(frames: readonly FrameView[]): boolean {
  let before: { readonly t: number; readonly face: FaceView } | undefined;
  for (const { t, face } of frames) {
    if (face === undefined) continue;
    if (before !== undefined && t - before.t <= TOGETHER_MS && jumps(before.face, face, (t - before.t) / 1000))
      return false;
    before = { t, face };
  }
  return true;
}

function jumps(a: FaceView, b: FaceView, seconds: number): boolean {
  const [from, to] = [middle(a.landmarks, 0, 68), middle(b.landmarks, 0, 68)];
  const [sizeA, sizeB] = [sizeOf(a.landmarks), sizeOf(b.landmarks)];
  const changes = {
    place: Math.hypot(to.x - from.x, to.y - from.y) / Math.sqrt(sizeA * sizeB),
    size: Math.abs(Math.log(sizeB / sizeA)),
    yaw: Math.abs(b.pose.yaw - a.pose.yaw),
    roll: Math.abs(b.pose.roll - a.pose.roll),
    light: Math.abs(b.light - a.light),
  };
  return Object.entries(BOUNDS).some(([what, { once, aSecond }]) => {
    // A value that is no number is a jump.
    return !(changes[what as keyof typeof changes] <= once + aSecond * seconds);
  });
}
