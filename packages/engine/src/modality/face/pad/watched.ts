import type { BesideSample } from '@asignio/contracts';
import { eyesApart } from './shape.ts';
import type { FrameView, Place } from './types.ts';

/** A frame taken so long before or after still shows who drew, ms: cameras and timers are no quicker on slow machines. */
const BEYOND_MS = 800;
/** Between two frames with a face, ms; of a long drawing as much as a third of it. */
const GAP_MS = 1_800;
/** Frames with a face, at least. */
const FEWEST = 3;
/**
 * How far the landmarks of two frames are apart at least, in distances of the eyes. Nobody sits stiller while drawing; of
 * one picture that is packed anew, landmarks differ by a few hundredths of a pixel.
 */
const ALIVE = 0.012;

/** The frames that were taken while the sample was made, or just before and after. */
export function during<T extends { readonly t: number }>(
  frames: readonly T[],
  { from, to }: BesideSample,
): readonly T[] {
  return frames.filter(({ t }) => t >= from - BEYOND_MS && t <= to + BEYOND_MS);
}

/**
 * Whether somebody was seen all the while another sample was made: their face is there from before its beginning to its end
 * without a long gap, and it moves as the living do.
 */
export function isWatched(frames: readonly FrameView[], sample: BesideSample): boolean {
  const { from, to } = sample;
  const seen = during(frames, sample).filter(({ face }) => face !== undefined);
  if (seen.length < FEWEST || !seen.some(({ t }) => t >= from && t <= to)) return false;
  const most = Math.max(GAP_MS, (to - from) / 3);
  const times = [from, ...seen.map(({ t }) => Math.min(to, Math.max(from, t))), to];
  if (times.some((t, i) => i > 0 && t - (times[i - 1] ?? 0) > most)) return false;
  const shapes = seen.flatMap(({ face }) => (face === undefined ? [] : [face.landmarks]));
  return shapes.some((shape, i) => i > 0 && apart(shapes[i - 1] ?? shape, shape) >= ALIVE);
}

/** Mean distance of the landmarks of two frames, in distances of the eyes. */
function apart(a: readonly Place[], b: readonly Place[]): number {
  const sum = a.reduce((all, { x, y }, i) => all + Math.hypot(x - (b[i]?.x ?? x), y - (b[i]?.y ?? y)), 0);
  return sum / a.length / eyesApart(a);
}
