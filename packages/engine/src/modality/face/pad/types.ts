/** A place in a picture, px; right and down. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** One camera frame, as far as the check of a challenge needs it. */
export interface FrameView {
  /** Which prompt it was taken for, from 0. */
  readonly step: number;
  /** ms since the first frame, by the browser's clock. */
  readonly t: number;
  /** SHA-256 of the frame's bytes. */
  readonly digest: Uint8Array;
  /** Absent where no one face was found. */
  readonly face?: FaceView;
}

/** A face in a frame. */
export interface FaceView {
  /** 68 points in the order of iBUG 300-W. */
  readonly landmarks: readonly Place[];
  /** Degrees, of a head fitted to the landmarks: yaw towards the person's left, pitch up, roll clockwise for who looks. */
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** How much light and dark there is at the eyes, see `eyeContrast`; falls when they are shut. */
  readonly eyes: number;
  /** Mean luma of the face, 0..255. */
  readonly light: number;
  /** Mean luma of what is around it, 0..255, see `sceneLight`; absent where the face fills the picture. */
  readonly scene?: number;
}

/**
 * What a sequence gave itself away by:
 * - `uncommitted`: the frames are not those that were committed to while the prompts were drawn;
 * - `mistimed`: their times do not fit the times at which the server gave the prompts;
 * - `spliced`: the face jumps, so that the sequence is put together of several;
 * - `swapped`: it is not the same face throughout;
 * - `flat`: it moves as a plane does.
 */
export type AttackSpecies = 'uncommitted' | 'mistimed' | 'spliced' | 'swapped' | 'flat';

/** What the check of a challenge says. Neither: nothing was held against the sequence. */
export interface ChallengeVerdict {
  readonly attack?: AttackSpecies;
  /** Steps in which what was asked for could not be seen. */
  readonly missed: readonly number[];
}
