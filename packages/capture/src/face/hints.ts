import type { FacePrompt } from '@asignio/contracts';
import type { FaceShape, FaceView } from './view.ts';

/** What to say to somebody in front of the camera; the keys of the sentences. */
export type FaceHint =
  | 'faceNone'
  | 'faceSeveral'
  | 'faceDark'
  | 'faceBright'
  | 'faceCloser'
  | 'faceFarther'
  | 'faceCentre'
  | 'faceStraight'
  | 'faceLevel'
  | 'faceHold';

/** How a prompt is going. */
export interface Progress {
  /** 0..1 of the way. */
  readonly share: number;
  readonly done: boolean;
}

/** A bit more than the server asks for, so that what is done here is done there too. */
const TURN = 0.065;
const LIFT = 0.03;
const NEARER = 1.3;
/** Eyes count as closed below this part of how open they were, and as open again above that one. */
const CLOSED = 0.72;
const OPEN = 0.85;

const DARK = 40;
const BRIGHT = 225;
/** Smallest and largest face to begin with; for "closer" there must be room. */
const SMALLEST = 0.26;
const LARGEST = 0.58;
const OFF = 0.2;
const CROOKED = 18;
const TURNED = 0.08;

/** What keeps a picture from being taken as the first; `undefined` where all is well. */
export function obstacle({ faces, face, light }: FaceView): FaceHint | undefined {
  if (light < DARK) return 'faceDark';
  if (light > BRIGHT) return 'faceBright';
  if (face === undefined) return 'faceNone';
  if (faces > 1) return 'faceSeveral';
  if (face.size < SMALLEST) return 'faceCloser';
  if (face.size > LARGEST) return 'faceFarther';
  if (Math.abs(face.x - 0.5) > OFF || Math.abs(face.y - 0.5) > OFF) return 'faceCentre';
  if (Math.abs(face.roll) > CROOKED) return 'faceLevel';
  if (Math.abs(face.yaw) > TURNED) return 'faceStraight';
  return undefined;
}

/** The middle of several measurements of somebody who looks straight ahead: what the rest is compared with. */
export function baselineOf(shapes: readonly FaceShape[]): FaceShape {
  const median = (of: (shape: FaceShape) => number): number => {
    const sorted = shapes.map(of).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  };
  return {
    x: median(({ x }) => x),
    y: median(({ y }) => y),
    size: median(({ size }) => size),
    yaw: median(({ yaw }) => yaw),
    pitch: median(({ pitch }) => pitch),
    roll: median(({ roll }) => roll),
    open: median(({ open }) => open),
  };
}

/**
 * How far somebody has done what was asked, from what the camera saw since. The camera's picture is not mirrored: who
 * turns to their own left turns to the picture's right.
 */
export function progressOf(prompt: FacePrompt, seen: readonly FaceShape[], baseline: FaceShape): Progress {
  const now = seen.at(-1);
  if (now === undefined) return { share: 0, done: false };
  switch (prompt) {
    case 'look-straight':
      return reached(obstacle({ faces: 1, light: 128, face: now }) === undefined ? 1 : 0);
    case 'turn-left':
      return reached((now.yaw - baseline.yaw) / TURN);
    case 'turn-right':
      return reached((baseline.yaw - now.yaw) / TURN);
    case 'look-up':
      return reached((baseline.pitch - now.pitch) / LIFT);
    case 'move-closer':
      return reached((now.size / baseline.size - 1) / (NEARER - 1));
    // Done when the person says so.
    case 'sign':
      return reached(0);
    case 'blink': {
      const shut = seen.findIndex(({ open }) => open < CLOSED * baseline.open);
      if (shut < 0) return { share: 0, done: false };
      const again = seen.slice(shut).some(({ open }) => open > OPEN * baseline.open);
      return { share: again ? 1 : 0.5, done: again };
    }
  }
}

function reached(share: number): Progress {
  return { share: Math.min(1, Math.max(0, share)), done: share >= 1 };
}
