import type { FacePrompt } from '@asignio/contracts';
import { sizeOf } from './shape.ts';
import type { FaceView } from './types.ts';

/** How somebody looks straight ahead: what every movement is measured from. */
export interface Baseline {
  readonly yaw: number;
  readonly pitch: number;
  readonly size: number;
  readonly eyes: number;
}

/** Degrees of a turn; the fitted head of a flat print that is turned by 18 shows 7 at most. */
const TURN = 9;
/** Degrees of lifting the chin, of which the landmarks show about two thirds; of flat prints they showed 2 at most. */
const LIFT = 3;
/** How much larger a face is that came closer. */
const NEARER = 1.18;
/** Eyes are shut below this part of their contrast, and open above that one. */
const SHUT = 0.75;
const OPEN = 0.84;
/** Degrees within which somebody looks straight ahead. */
const STRAIGHT = 22;
/** Of these last frames the middle one counts, so that one frame decides nothing. */
const LAST = 3;

/**
 * The frames of the first step in which somebody looks straight ahead: the half that is turned least, for people look away
 * once they are done.
 */
export function straightOf(faces: readonly FaceView[]): readonly FaceView[] {
  const straight = faces.filter(({ pose }) => Math.abs(pose.yaw) <= STRAIGHT);
  const most = Math.max(LAST, Math.ceil(faces.length / 2));
  return straight.toSorted((a, b) => Math.abs(a.pose.yaw) - Math.abs(b.pose.yaw)).slice(0, most);
}

/** The medians of the frames in which somebody looks straight ahead; `undefined` of too few. */
export function baselineOf(faces: readonly FaceView[]): Baseline | undefined {
  if (faces.length < LAST) return undefined;
  return {
    yaw: median(faces.map(({ pose }) => pose.yaw)),
    pitch: median(faces.map(({ pose }) => pose.pitch)),
    size: median(faces.map(({ landmarks }) => sizeOf(landmarks))),
    eyes: median(faces.map(({ eyes }) => eyes)),
  };
}

/** Whether the faces of one step show what was asked for, at its end. */
export function shows(prompt: FacePrompt, faces: readonly FaceView[], baseline: Baseline): boolean {
  if (faces.length < LAST) return false;
  const end = faces.slice(-LAST);
  const yaw = median(end.map(({ pose }) => pose.yaw)) - baseline.yaw;
  switch (prompt) {
    case 'look-straight':
      return straightOf(faces).length >= LAST;
    case 'turn-left':
      return yaw >= TURN;
    case 'turn-right':
      return -yaw >= TURN;
    case 'look-up':
      return median(end.map(({ pose }) => pose.pitch)) - baseline.pitch >= LIFT;
    case 'move-closer':
      return median(end.map(({ landmarks }) => sizeOf(landmarks))) / baseline.size >= NEARER;
    case 'blink': {
      const shut = faces.findIndex(({ eyes }) => eyes <= SHUT * baseline.eyes);
      return shut >= 0 && faces.slice(shut + 1).some(({ eyes }) => eyes >= OPEN * baseline.eyes);
    }
    // What is looked for while somebody signs is no movement.
    default:
      return false;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
