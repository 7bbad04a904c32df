import { detectFaces } from './net/detector.ts';
import { findLandmarks, type Point } from './net/landmarks.ts';
import type { Pixels } from './net/pixels.ts';
import type { Weights } from './net/weights.ts';

/** What one picture of the camera shows, as far as hints need it. */
export interface FaceView {
  /** Faces that were found. */
  readonly faces: number;
  /** Mean brightness where the face is, or of the whole, 0..255. */
  readonly light: number;
  /** Of the surest face. */
  readonly face?: FaceShape;
}

/** Where a face is and how it is held. Left and right are the picture's. */
export interface FaceShape {
  /** Middle of the face, in parts of the picture's width and height. */
  readonly x: number;
  readonly y: number;
  /** Height from brows to chin, in parts of the picture's shorter side. */
  readonly size: number;
  /** How far the nose is to the right of the middle of the eyes, in distances of the eyes. */
  readonly yaw: number;
  /** How far the nose is below the eyes, in parts of the way to the mouth. */
  readonly pitch: number;
  /** How far the line of the eyes is from level, degrees. */
  readonly roll: number;
  /** How much light and dark there is at the eyes; falls when they are shut. */
  readonly open: number;
}

/** Looks at one picture. */
export function viewOf(picture: Pixels, weights: Weights): FaceView {
  const found = detectFaces(picture, weights);
  const [surest] = found;
  if (surest === undefined) return { faces: 0, light: brightness(picture) };
  const points = findLandmarks(picture, surest.box, weights);
  const sure = found.filter(({ score }) => score >= RIVAL).length;
  return { faces: Math.max(1, sure), light: brightness(picture), face: shapeOf(points, picture) };
}

/** Below this score a second face is not sure enough to be told of. */
const RIVAL = 0.6;

/** Measures 68 landmarks (order of the iBUG 300-W annotation). */
export function shapeOf(points: readonly Point[], picture: Pixels): FaceShape {
  const { width, height } = picture;
  const left = middle(points.slice(36, 42));
  const right = middle(points.slice(42, 48));
  const eyes = middle([left, right]);
  const apart = Math.hypot(right.x - left.x, right.y - left.y) || 1;
  const along = { x: (right.x - left.x) / apart, y: (right.y - left.y) / apart };
  // As if the line of the eyes were level.
  const level = ({ x, y }: Point): Point => ({
    x: (x - eyes.x) * along.x + (y - eyes.y) * along.y,
    y: (y - eyes.y) * along.x - (x - eyes.x) * along.y,
  });
  const nose = level(middle(points.slice(30, 36)));
  const mouth = level(middle(points.slice(48, 60)));
  const chin = level(points[8] ?? eyes);
  const brows = level(middle(points.slice(17, 27)));
  return {
    x: middle(points).x / width,
    y: middle(points).y / height,
    size: (chin.y - brows.y) / Math.min(width, height),
    yaw: nose.x / apart,
    pitch: nose.y / (mouth.y || 1),
    roll: (Math.atan2(along.y, along.x) * 180) / Math.PI,
    open: (contrast(picture, left, apart) + contrast(picture, right, apart)) / 2,
  };
}

/**
 * Deviation of the luma around an eye, over its mean: the white, the iris and the lashes are far apart, a lid is even. The
 * landmarks themselves follow a lid badly in small pictures.
 */
function contrast(picture: Pixels, { x, y }: Point, apart: number): number {
  const [halfWidth, halfHeight] = [0.3 * apart, 0.16 * apart];
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let row = Math.round(y - halfHeight); row <= y + halfHeight; row += 1)
    for (let column = Math.round(x - halfWidth); column <= x + halfWidth; column += 1) {
      if (row < 0 || column < 0 || row >= picture.height || column >= picture.width) continue;
      const value = luma(picture.data, 4 * (row * picture.width + column));
      count += 1;
      sum += value;
      squares += value * value;
    }
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) / (mean + 8);
}

function middle(points: readonly Point[]): Point {
  const sum = points.reduce(({ x, y }, point) => ({ x: x + point.x, y: y + point.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** ITU-R BT.601. */
function luma(data: Uint8ClampedArray, at: number): number {
  return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
}

/** Mean luma, of every eighth pixel. */
function brightness({ data }: Pixels): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i + 2 < data.length; i += 32, count += 1) sum += luma(data, i);
  return count === 0 ? 0 : sum / count;
}
