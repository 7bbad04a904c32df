import type { Point } from './picture.ts';

/** How a head is turned, degrees. Positive yaw: towards the viewer's right; positive pitch: up; positive roll: clockwise. */
export interface Pose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/**
 * Six landmarks and where they lie on a head, in any unit: to the viewer's right, down, away from the viewer. Rounded
 * adult proportions as usual for this purpose (S. Mallick, "Head Pose Estimation using OpenCV and Dlib", 2016).
 */
const HEAD: readonly (readonly [landmark: number, x: number, y: number, z: number])[] = [
  [30, 0, 0, 0],
  [8, 0, 330, 65],
  [36, -225, -170, 135],
  [45, 225, -170, 135],
  [48, -150, 150, 125],
  [54, 150, 150, 125],
];

/** Yaw, pitch and roll of 68 landmarks: the head seen from far away (scaled orthographic), by least squares. */
export function poseOf(points: readonly Point[]): Pose {
  const [i, j] = rows(points);
  const [right, down] = [unit(i), unit(j)];
  const away = cross(right, down);
  const degrees = 180 / Math.PI;
  return {
    yaw: degrees * Math.asin(clamp(away[0])),
    pitch: degrees * Math.atan2(-away[1], away[2]),
    roll: degrees * Math.atan2(down[0], Math.hypot(down[1], down[2])),
  };
}

type Vector = readonly [number, number, number];

/** The two rows of the matrix that takes the head's points to the picture's: `M = P^T X (X^T X)^-1`, about the means. */
function rows(points: readonly Point[]): readonly [Vector, Vector] {
  const mean = HEAD.reduce(
    (sum, [landmark, x, y, z]) => ({
      x: sum.x + points[landmark]!.x / HEAD.length,
      y: sum.y + points[landmark]!.y / HEAD.length,
      hx: sum.hx + x / HEAD.length,
      hy: sum.hy + y / HEAD.length,
      hz: sum.hz + z / HEAD.length,
    }),
    { x: 0, y: 0, hx: 0, hy: 0, hz: 0 },
  );
  const gram = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const [ofX, ofY] = [
    [0, 0, 0],
    [0, 0, 0],
  ] as [number[], number[]];
  for (const [landmark, hx, hy, hz] of HEAD) {
    const head = [hx - mean.hx, hy - mean.hy, hz - mean.hz];
    for (let r = 0; r < 3; r++) {
      ofX[r] = ofX[r]! + head[r]! * (points[landmark]!.x - mean.x);
      ofY[r] = ofY[r]! + head[r]! * (points[landmark]!.y - mean.y);
      for (let c = 0; c < 3; c++) gram[3 * r + c] = gram[3 * r + c]! + head[r]! * head[c]!;
    }
  }
  return [solve(gram, ofX), solve(gram, ofY)];
}

/** Cramer's rule. */
function solve(m: readonly number[], v: readonly number[]): Vector {
  const column = (c: number): Vector => [m[c]!, m[3 + c]!, m[6 + c]!];
  const [a, b, c] = [column(0), column(1), column(2)];
  const value: Vector = [v[0]!, v[1]!, v[2]!];
  const whole = dot(a, cross(b, c));
  return [dot(value, cross(b, c)) / whole, dot(a, cross(value, c)) / whole, dot(a, cross(b, value)) / whole];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(v: Vector): Vector {
  const length = Math.sqrt(dot(v, v)) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
