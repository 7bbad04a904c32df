import type { SignatureFeatures, Variation } from '../types.ts';
import { lineDistance } from './line.ts';

/**
 * Share of the person's own variation under which a probe is nearer to a known drawing than a hand can repeat it. Chosen on
 * 450 synthetic signers: copies with jitter stayed under 0.16, of 9,000 genuine drawings none was under 0.53 of the five
 * enrolled ones, nor under 0.46 of all drawings before it.
 */
export const REPLAY_SHARE = 0.4;

/**
 * The same for the drawn line alone, whatever its timing. Chosen on 300 synthetic signers: of copies (jittered, scaled,
 * played at 0.7 to 2 times the pace, with a rhythm bent by up to 40 %) more than 99 in 100 stayed under 0.24 of the person's
 * own distance; of 5,800 genuine drawings, each beside up to 24 earlier ones, none came under 0.32 of it.
 */
const LINE_SHARE = 0.3;
/** The person's own distance counts up to here. */
const LINE_MOST = 0.025;
/** No hand draws one line twice so well: in parts of its size. */
const LINE_LEAST = 0.006;

/** Whether the distance to the nearest known drawing is implausible for a person of this variation. */
export function isImplausiblyNear(nearest: number, variation: Variation): boolean {
  return nearest < REPLAY_SHARE * variation.nearest;
}

/**
 * Whether a drawing follows the line of a known one as only a copy does: point for point or with jitter, moved, turned,
 * scaled, begun later, cut, at another pace or in another rhythm.
 *
 * @param own - drawings of one person, to tell how well they repeat their line
 */
export function isCopyOfAny(
  { trace }: SignatureFeatures,
  known: readonly SignatureFeatures[],
  own: readonly SignatureFeatures[],
): boolean {
  const nearest = nearestLine(trace, known);
  if (nearest < LINE_LEAST) return true;
  return nearest < LINE_SHARE * LINE_MOST && nearest < LINE_SHARE * ownDistance(own);
}

/** Mean over the drawings of the distance of their line to the nearest other. */
function ownDistance(drawings: readonly SignatureFeatures[]): number {
  const nearest = drawings.map(({ trace }) => {
    const others = drawings.filter((drawing) => drawing.trace !== trace);
    return Math.min(LINE_MOST, nearestLine(trace, others));
  });
  return nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
}

function nearestLine(trace: Float32Array, others: readonly SignatureFeatures[]): number {
  return others.reduce((least, other) => Math.min(least, lineDistance(trace, other.trace)), Infinity);
}
