import type { Place } from './types.ts';

/** Points that lie nearly in one plane of a head: brows, eyes, and the mouth's outer line. */
const PLANE = [...range(17, 27), ...range(36, 48), ...range(48, 60)];
const NOSE = range(30, 36);

/** Middle of some points. */
export function middle(points: readonly Place[], from: number, to: number): Place {
  let [x, y] = [0, 0];
  for (let i = from; i < to; i++) {
    x += points[i]!.x;
    y += points[i]!.y;
  }
  return { x: x / (to - from), y: y / (to - from) };
}

/** Distance of the eyes, px. */
export function eyesApart(points: readonly Place[]): number {
  const [left, right] = [middle(points, 36, 42), middle(points, 42, 48)];
  return Math.hypot(right.x - left.x, right.y - left.y);
}

/** How large a face is, px: the geometric mean of two distances across each other, so that a turn changes it little. */
export function sizeOf(points: readonly Place[]): number {
  const [eyes, mouth] = [middle(points, 36, 48), middle(points, 48, 60)];
  return Math.sqrt(eyesApart(points) * Math.hypot(mouth.x - eyes.x, mouth.y - eyes.y));
}

/** The mean of several shapes, each moved and scaled to the first. */
export function meanShape(shapes: readonly (readonly Place[])[]): readonly Place[] {
  const [first = []] = shapes;
  const [home, size] = [middle(first, 0, 68), sizeOf(first)];
  const sum = first.map(() => ({ x: 0, y: 0 }));
  for (const shape of shapes) {
    const [own, scale] = [middle(shape, 0, 68), size / sizeOf(shape)];
    for (const [i, { x, y }] of shape.entries()) {
      sum[i]!.x += (home.x + (x - own.x) * scale) / shapes.length;
      sum[i]!.y += (home.y + (y - own.y) * scale) / shapes.length;
    }
  }
  return sum;
}

/**
 * How far the nose moved against the plane of brows, eyes and mouth between two shapes, in distances of the eyes of the
 * second. Of a flat print every movement is a homography, and nothing moves against it but by the error of the landmarks;
 * the nose of a head is in front of that plane.
 */
export function noseParallax(from: readonly Place[], to: readonly Place[]): Place | undefined {
  const map = homography(
    PLANE.map((i) => from[i]!),
    PLANE.map((i) => to[i]!),
  );
  if (map === undefined) return undefined;
  const apart = eyesApart(to);
  let [x, y] = [0, 0];
  for (const i of NOSE) {
    const flat = map(from[i]!);
    x += (to[i]!.x - flat.x) / apart / NOSE.length;
    y += (to[i]!.y - flat.y) / apart / NOSE.length;
  }
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : undefined;
}

/**
 * The homography between points by linear least squares, of points moved and scaled to the unit circle first (R. Hartley,
 * "In Defense of the Eight-Point Algorithm", 1997).
 */
function homography(from: readonly Place[], to: readonly Place[]): ((place: Place) => Place) | undefined {
  const [a, b] = [normaliser(from), normaliser(to)];
  const system = Array.from({ length: 8 }, () => new Float64Array(9));
  const add = (row: readonly number[], value: number): void => {
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) system[i]![j]! += row[i]! * row[j]!;
      system[i]![8]! += row[i]! * value;
    }
  };
  for (const [i, place] of from.entries()) {
    const { x, y } = a.apply(place);
    const { x: u, y: v } = b.apply(to[i]!);
    add([x, y, 1, 0, 0, 0, -u * x, -u * y], u);
    add([0, 0, 0, x, y, 1, -v * x, -v * y], v);
  }
  const h = solve(system);
  if (h === undefined) return undefined;
  return (place) => {
    const { x, y } = a.apply(place);
    const w = h[6]! * x + h[7]! * y + 1;
    return b.back({ x: (h[0]! * x + h[1]! * y + h[2]!) / w, y: (h[3]! * x + h[4]! * y + h[5]!) / w });
  };
}

function normaliser(points: readonly Place[]) {
  const home = middle(points, 0, points.length);
  const spread = points.reduce((sum, { x, y }) => sum + Math.hypot(x - home.x, y - home.y), 0) / points.length || 1;
  const scale = Math.SQRT2 / spread;
  return {
    apply: ({ x, y }: Place): Place => ({ x: (x - home.x) * scale, y: (y - home.y) * scale }),
    back: ({ x, y }: Place): Place => ({ x: x / scale + home.x, y: y / scale + home.y }),
  };
}

/** Gauss and Jordan's elimination with row pivots; `undefined` where the points do not determine it. */
function solve(system: readonly Float64Array[]): Float64Array | undefined {
  const rows = [...system];
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    let best = i;
    for (let r = i + 1; r < size; r++) if (Math.abs(rows[r]![i]!) > Math.abs(rows[best]![i]!)) best = r;
    [rows[i], rows[best]] = [rows[best]!, rows[i]!];
    const pivot = rows[i]![i]!;
    if (!(Math.abs(pivot) > 1e-12)) return undefined;
    for (let r = 0; r < size; r++) {
      if (r === i) continue;
      const factor = rows[r]![i]! / pivot;
      for (let c = i; c <= size; c++) rows[r]![c]! -= factor * rows[i]![c]!;
    }
  }
  return Float64Array.from(rows, (row, i) => row[size]! / row[i]!);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
