import { apply, fitSimilarity, inverse } from '../preprocess/similarity.ts';
import type { Similarity } from '../preprocess/similarity.ts';
import { warp } from '../preprocess/warp.ts';
import type { Point, Pyramid } from '../preprocess/picture.ts';
import type { Detection } from './detectors/detector.ts';
import type { Network } from './network.ts';

/** Finds 68 landmarks (the order of the iBUG 300-W annotation) of a face. */
export type LandmarkFinder = (pyramid: Pyramid, face: Detection) => Promise<readonly Point[] | undefined>;

const SIDE = 112;
/** Where eyes and mouth lie in the first crop, in parts of its side; the second is made of the landmarks themselves. */
const FIRST = [
  { x: 0.31, y: 0.3 },
  { x: 0.69, y: 0.3 },
  { x: 0.5, y: 0.71 },
] as const;
/** Side of the second crop in parts of the longer side of the landmarks' box. */
export const ENLARGE = 1.2;

/**
 * The 68-landmark network on a crop that is turned upright: first by eyes and mouth as they were detected, then once more
 * by its own landmarks.
 */
export function landmarkFinder(network: Network): LandmarkFinder {
  return async (pyramid, { eyes, mouth }) => {
    const centre = { x: (mouth[0].x + mouth[1].x) / 2, y: (mouth[0].y + mouth[1].y) / 2 };
    const canonical = FIRST.map(({ x, y }) => ({ x: x * SIDE, y: y * SIDE }));
    const toCrop = fitSimilarity([...eyes, centre], canonical);
    if (toCrop === undefined) return undefined;
    const first = await read(network, pyramid, inverse(toCrop));
    return read(network, pyramid, around(first));
  };
}

async function read(network: Network, pyramid: Pyramid, place: Similarity): Promise<readonly Point[]> {
  const { y } = await network.run(warp(pyramid, place, SIDE, SIDE), [1, 3, SIDE, SIDE]);
  return Array.from({ length: 68 }, (_, i) =>
    apply(place, { x: y![2 * i]! * SIDE - 0.5, y: y![2 * i + 1]! * SIDE - 0.5 }),
  );
}

/** A square around landmarks, turned as the line from eye to eye: from its pixels to the picture's. */
function around(points: readonly Point[]): Similarity {
  const [left, right] = eyesOf(points);
  const angle = Math.atan2(right.y - left.y, right.x - left.x);
  const turned = points.map((point) => apply({ a: Math.cos(angle), b: -Math.sin(angle), x0: 0, y0: 0 }, point));
  const xs = turned.map(({ x }) => x);
  const ys = turned.map(({ y }) => y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const side = ENLARGE * Math.max(x1 - x0, y1 - y0);
  const scale = side / SIDE;
  const corner = { x: (x0 + x1 - side + scale) / 2, y: (y0 + y1 - side + scale) / 2 };
  const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const at = apply({ a: Math.cos(angle), b: Math.sin(angle), x0: 0, y0: 0 }, corner);
  return { a, b, x0: at.x, y0: at.y };
}

/** The middles of the eyes, the viewer's left first. */
export function eyesOf(points: readonly Point[]): readonly [left: Point, right: Point] {
  return [meanOf(points, 36, 42), meanOf(points, 42, 48)];
}

/** The mean of some of the points. */
export function meanOf(points: readonly Point[], from: number, to: number): Point {
  let [x, y] = [0, 0];
  for (let i = from; i < to; i++) {
    x += points[i]!.x;
    y += points[i]!.y;
  }
  return { x: x / (to - from), y: y / (to - from) };
}
