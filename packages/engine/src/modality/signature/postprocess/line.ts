import { TRACE_POINTS as N } from '../types.ts';

/** After so many searches a pair that is further apart than this is given up: no copy comes down from there. */
const GIVE_UP = [0.08, 0.04, 0.035, 0.03, 0.03];
/** Points by which one line may be ahead of the other. */
const AHEAD = 10;
/** Share of the points that count: the worst tenth are ends cut off, or what a device lost. */
const COUNTED = 0.9;
/** Until two lines seem to be one, every fourth point is looked at. */
const COARSE = 4;

/** Points of one trace, and where on the other line each is. Columns. */
interface Pairs {
  readonly x: number[];
  readonly y: number[];
  readonly u: number[];
  readonly v: number[];
}

function push({ x, y, u, v }: Pairs, px: number, py: number, pu: number, pv: number): void {
  x.push(px);
  y.push(py);
  u.push(pu);
  v.push(pv);
}

/** `x = xu * u + xv * v + x0`, and the same for y. */
interface Affine {
  readonly x: readonly [xu: number, xv: number, x0: number];
  readonly y: readonly [yu: number, yv: number, y0: number];
}

/**
 * How far two traces are apart once one is moved, turned, scaled and sheared onto the other, in parts of their radius of
 * gyration; in whatever time they were drawn. Infinity where they are clearly two lines. The fit is by iterated closest
 * points (P. Besl and N. McKay, "A method for registration of 3-D shapes", IEEE TPAMI 14, 1992) with an affine map, points
 * being sought near their own place along the line only; the distance is the root mean square of the nearest nine tenths
 * of the points. Either trace may be a part of the other.
 */
export function lineDistance(a: Float32Array, b: Float32Array): number {
  return Math.min(oneWay(a, b), oneWay(b, a));
}

function oneWay(points: Float32Array, line: Float32Array): number {
  let pairs: Pairs = { x: [], y: [], u: [], v: [] };
  for (let i = 0; i < N; i += COARSE) push(pairs, points[i]!, points[N + i]!, line[i]!, line[N + i]!);
  for (const limit of GIVE_UP) {
    const coarse = rematch(points, line, pairs, COARSE);
    if (coarse === undefined || coarse.distance > limit) return Infinity;
    pairs = coarse.pairs;
  }
  return rematch(points, line, pairs, 1)?.distance ?? Infinity;
}

/** Fits the line to the points by the pairs so far, and pairs each point anew with the nearest place on it. */
function rematch(
  points: Float32Array,
  line: Float32Array,
  pairs: Pairs,
  step: number,
): { readonly pairs: Pairs; readonly distance: number } | undefined {
  const map = fit(pairs);
  if (map === undefined) return undefined;
  const mx: number[] = [];
  const my: number[] = [];
  for (let i = 0; i < N; i++) {
    mx.push(map.x[0] * line[i]! + map.x[1] * line[N + i]! + map.x[2]);
    my.push(map.y[0] * line[i]! + map.y[1] * line[N + i]! + map.y[2]);
  }
  const next: Pairs = { x: [], y: [], u: [], v: [] };
  const errors: number[] = [];
  for (let i = 0; i < N; i += step) errors.push(pairNearest(next, points, line, { i, mx, my }));
  errors.sort((a, b) => a - b);
  const counted = Math.round(COUNTED * errors.length);
  let sum = 0;
  for (let k = 0; k < counted; k++) sum += errors[k]!;
  return { pairs: next, distance: Math.sqrt(sum / counted) };
}

/** Pairs point i with the nearest place on the mapped line about there. Returns the square distance. */
function pairNearest(
  pairs: Pairs,
  points: Float32Array,
  line: Float32Array,
  { i, mx, my }: { readonly i: number; readonly mx: readonly number[]; readonly my: readonly number[] },
): number {
  const x = points[i]!;
  const y = points[N + i]!;
  let best = Infinity;
  let segment = 0;
  let part = 0;
  const end = Math.min(N - 1, i + AHEAD);
  for (let j = Math.max(0, i - AHEAD); j < end; j++) {
    const dx = mx[j + 1]! - mx[j]!;
    const dy = my[j + 1]! - my[j]!;
    const ex = x - mx[j]!;
    const ey = y - my[j]!;
    const square = dx * dx + dy * dy;
    const along = square > 0 ? Math.min(1, Math.max(0, (ex * dx + ey * dy) / square)) : 0;
    const away = (ex - along * dx) ** 2 + (ey - along * dy) ** 2;
    if (away >= best) continue;
    best = away;
    segment = j;
    part = along;
  }
  const u = line[segment]! + part * (line[segment + 1]! - line[segment]!);
  const v = line[N + segment]! + part * (line[N + segment + 1]! - line[N + segment]!);
  push(pairs, x, y, u, v);
  return best;
}

/** The affine map of least squares from (u, v) to (x, y); `undefined` where (u, v) is as good as a straight line. */
function fit({ x, y, u, v }: Pairs): Affine | undefined {
  const [mx, my, mu, mv] = [mean(x), mean(y), mean(u), mean(v)];
  let [uu, uv, vv, ux, vx, uy, vy] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const du = u[i]! - mu;
    const dv = v[i]! - mv;
    const dx = x[i]! - mx;
    const dy = y[i]! - my;
    uu += du * du;
    uv += du * dv;
    vv += dv * dv;
    ux += du * dx;
    vx += dv * dx;
    uy += du * dy;
    vy += dv * dy;
  }
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-9 * (uu + vv) ** 2)) return undefined;
  const row = (cu: number, cv: number, middle: number): readonly [number, number, number] => {
    const a = (cu * vv - cv * uv) / determinant;
    const b = (cv * uu - cu * uv) / determinant;
    return [a, b, middle - a * mu - b * mv];
  };
  return { x: row(ux, vx, mx), y: row(uy, vy, my) };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
