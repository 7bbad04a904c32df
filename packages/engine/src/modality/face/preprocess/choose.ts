import type { Detection } from '../model/detectors/detector.ts';
import type { Picture } from './picture.ts';

/** Another face matters from this share of the weight of the one in front. */
const RIVAL = 0.75;
/** Below this score a second face is not sure enough to be held against somebody. */
const RIVAL_SCORE = 0.6;

/** What a picture shows: nobody, one face that matters, or several. */
export type Choice =
  | { readonly kind: 'none' }
  | { readonly kind: 'several' }
  | { readonly kind: 'one'; readonly face: Detection };

/**
 * The one face that matters: large, in the middle, and surely a face. Passers-by, smaller or at the border, do not matter;
 * a second face of nearly the same weight does.
 */
export function choose(found: readonly Detection[], picture: Picture): Choice {
  const weighed = found
    .map((face) => ({ face, weight: weightOf(face, picture) }))
    .toSorted((a, b) => b.weight - a.weight);
  const [first, ...others] = weighed;
  if (first === undefined) return { kind: 'none' };
  if (others.some(({ face, weight }) => face.score >= RIVAL_SCORE && weight >= RIVAL * first.weight))
    return { kind: 'several' };
  return { kind: 'one', face: first.face };
}

/** Score times size, less towards the border: a quarter at the middle of a side. */
function weightOf({ box, score }: Detection, { width, height }: Picture): number {
  const dx = (box.x + box.width / 2) / width - 0.5;
  const dy = (box.y + box.height / 2) / height - 0.5;
  return Math.sqrt(Math.max(0, box.width * box.height)) * score * (1 - Math.min(1, Math.hypot(dx, dy))) ** 2;
}
