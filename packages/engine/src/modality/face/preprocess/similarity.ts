import type { Point } from './picture.ts';

/** Turn, scale and shift: `x' = a x - b y + x0`, `y' = b x + a y + y0`. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly x0: number;
  readonly y0: number;
}

/**
 * The similarity that takes `from` nearest to `to` in the sense of least squares (S. Umeyama, "Least-Squares Estimation of
 * Transformation Parameters Between Two Point Patterns", IEEE TPAMI 13, 1991; in the plane it has this closed form).
 * `undefined` where all points are one.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  const [f, t] = [middle(from), middle(to)];
  let [dot, cross, square] = [0, 0, 0];
  for (const [i, { x, y }] of from.entries()) {
    const [fx, fy, tx, ty] = [x - f.x, y - f.y, to[i]!.x - t.x, to[i]!.y - t.y];
    dot += fx * tx + fy * ty;
    cross += fx * ty - fy * tx;
    square += fx * fx + fy * fy;
  }
  const [a, b] = [dot / square, cross / square];
  if (!(Math.hypot(a, b) > 0) || !Number.isFinite(a + b)) return undefined;
  return { a, b, x0: t.x - a * f.x + b * f.y, y0: t.y - b * f.x - a * f.y };
}

/** The one that takes back. */
export function inverse({ a, b, x0, y0 }: Similarity): Similarity {
  const square = a * a + b * b;
  const [ia, ib] = [a / square, -b / square];
  return { a: ia, b: ib, x0: -ia * x0 + ib * y0, y0: -ib * x0 - ia * y0 };
}

export function apply({ a, b, x0, y0 }: Similarity, { x, y }: Point): Point {
  return { x: a * x - b * y + x0, y: b * x + a * y + y0 };
}

export function middle(points: readonly Point[]): Point {
  return {
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  };
}
