import type { FaceFindingCode } from '../findings.ts';
import { ENLARGE, meanOf } from '../model/landmarks.ts';
import { apply } from './similarity.ts';
import type { Similarity } from './similarity.ts';
import type { DecodedPicture, Point } from './picture.ts';
import type { Pose } from './pose.ts';
import type { Planes } from './warp.ts';

/** What was measured of one face. */
export interface FaceMeasures {
  /** Longer side of the face from jaw to forehead, px of the picture as it came. */
  readonly size: number;
  readonly pose: Pose;
  /** Part of the landmarks that lie in the picture, 0..1. */
  readonly inside: number;
  /** Mean luma of the face, 0..255. */
  readonly light: number;
  /** Part of the face that is burnt out, 0..1. */
  readonly burnt: number;
  /** Fine detail in parts of the contrast, see {@link sharpnessOf}. */
  readonly sharpness: number;
  /** Height of the eyes' openings in parts of their width, the mean of both. */
  readonly openness: number;
  /** Contrast around the mouth, and luma of the darker eye, each in parts of the face's. */
  readonly mouthContrast: number;
  readonly eyeLight: number;
}

/**
 * Bounds, reasoned first; yaw, pitch, light at the eyes and blur were then loosened after looks at LFW (docs/accuracy.md). Size: below it an embedder's input of 112 px is made up. Light: an
 * eighth of a well lit face. Pose: beyond it one eye is hidden. Blur: what scenes whose power falls with the square of the
 * frequency, as natural ones do (D. Field, "Relations between the Statistics of Natural Images and the Response Properties of
 * Cortical Cells", 1987), have left when they are blurred by 2.4 px of 112. Eyes: half of what T. Soukupová and J. Čech
 * ("Real-Time Eye Blink Detection using Facial Landmarks", 2016) take for a blink, for narrow eyes are open eyes.
 */
export const FACE_BOUNDS = {
  size: 80,
  yaw: 60,
  pitch: 50,
  roll: 45,
  inside: 0.95,
  light: 20,
  burnt: 0.35,
  sharpness: 0.0065,
  openness: 0.1,
  mouthContrast: 0.2,
  eyeLight: 0.2,
} as const;

/** Luma of ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const;
const BURNT = 250;

/** What hinders a comparison, the most important first. */
export function assessFace(measures: FaceMeasures): readonly FaceFindingCode[] {
  const { size, pose, inside, light, burnt, sharpness, openness, mouthContrast, eyeLight } = measures;
  const bounds = FACE_BOUNDS;
  const turned =
    Math.abs(pose.yaw) > bounds.yaw || Math.abs(pose.pitch) > bounds.pitch || Math.abs(pose.roll) > bounds.roll;
  const checks: readonly (readonly [boolean, FaceFindingCode])[] = [
    [inside < bounds.inside, 'ASIGNIO_QUALITY_FACE_CUT_OFF'],
    [size < bounds.size, 'ASIGNIO_QUALITY_FACE_TOO_SMALL'],
    [light < bounds.light, 'ASIGNIO_QUALITY_FACE_TOO_DARK'],
    [burnt > bounds.burnt, 'ASIGNIO_QUALITY_FACE_TOO_BRIGHT'],
    [turned, 'ASIGNIO_QUALITY_FACE_TURNED'],
    [sharpness < bounds.sharpness, 'ASIGNIO_QUALITY_FACE_BLURRED'],
    [mouthContrast < bounds.mouthContrast || eyeLight < bounds.eyeLight, 'ASIGNIO_QUALITY_FACE_COVERED'],
    [openness < bounds.openness, 'ASIGNIO_QUALITY_EYES_CLOSED'],
  ];
  return checks.flatMap(([hinders, code]) => (hinders ? [code] : []));
}

/** How good a picture is among several of one face, 0..1: frontal, sharp, large, well lit. */
export function qualityOf({ size, pose, sharpness, light }: FaceMeasures): number {
  const frontal = Math.max(0, 1 - Math.hypot(pose.yaw, pose.pitch) / 60);
  const sharp = sharpness / (sharpness + 3 * FACE_BOUNDS.sharpness);
  const large = Math.min(1, size / (2 * FACE_BOUNDS.size));
  const lit = Math.min(1, light / 80);
  return frontal * sharp * large * lit;
}

/**
 * Measures a face.
 * @param chip the face as the embedder sees it, RGB 0-255
 * @param toChip from the picture's pixels to the chip's
 */
export function measureFace(
  picture: DecodedPicture,
  landmarks: readonly Point[],
  pose: Pose,
  chip: Planes,
  toChip: Similarity,
): FaceMeasures {
  const luma = lumaOf(chip);
  const { width } = chip;
  const placed = landmarks.map((point) => apply(toChip, point));
  const face = statistics(luma, width, boxOf(placed, 0, 68, 0));
  const cheeks = statistics(luma, width, boxOf(placed, 27, 36, 0.25)).mean;
  const eyes = [boxOf(placed, 36, 42, 0.3), boxOf(placed, 42, 48, 0.3)].map((box) => statistics(luma, width, box).mean);
  const mouth = statistics(luma, width, boxOf(placed, 48, 68, 0.2));
  const measures = {
    size: sizeOf(landmarks) * picture.shrunk,
    pose,
    inside: landmarks.filter(({ x, y }) => x >= 0 && y >= 0 && x < picture.width && y < picture.height).length / 68,
    light: face.mean,
    burnt: face.burnt,
    sharpness: sharpnessOf(luma, width),
    openness: opennessOf(landmarks),
    mouthContrast: mouth.deviation / Math.max(1, face.deviation),
    eyeLight: Math.min(...eyes) / Math.max(1, cheeks),
  };
  luma.fill(0);
  return measures;
}

/** Longer side of the box of the landmarks, with the forehead that they leave out. */
export function sizeOf(landmarks: readonly Point[]): number {
  const { x0, x1, y0, y1 } = boxOf(landmarks, 0, 68, 0);
  return ENLARGE * Math.max(x1 - x0, y1 - y0);
}

/** Height of the eyes' openings in parts of their width (Soukupová and Čech's eye aspect ratio), the mean of both. */
export function opennessOf(points: readonly Point[]): number {
  const between = (a: number, b: number): number =>
    Math.hypot(points[a]!.x - points[b]!.x, points[a]!.y - points[b]!.y);
  const one = (at: number): number =>
    (between(at + 1, at + 5) + between(at + 2, at + 4)) / (2 * Math.max(1e-6, between(at, at + 3)));
  return (one(36) + one(42)) / 2;
}

/**
 * Detail of two to four hundredths of the chip's side in parts of its contrast: variance of the Laplacian at that distance
 * over 16 times the variance of the luma. Light and contrast do not change it; blur does.
 */
export function sharpnessOf(luma: Float32Array, side: number): number {
  const step = Math.max(1, Math.round(side / 56));
  const margin = Math.round(side / 6);
  let [count, sum, square, detail] = [0, 0, 0, 0];
  for (let y = margin; y < side - margin; y++)
    for (let x = margin; x < side - margin; x++) {
      const at = y * side + x;
      const value = luma[at]!;
      const curve = 4 * value - luma[at - step]! - luma[at + step]! - luma[at - step * side]! - luma[at + step * side]!;
      count++;
      sum += value;
      square += value * value;
      detail += curve * curve;
    }
  const variance = square / count - (sum / count) ** 2;
  return variance < 1 ? 0 : detail / count / (16 * variance);
}

function lumaOf({ width, height, data }: Planes): Float32Array {
  const plane = width * height;
  const out = new Float32Array(plane);
  for (let i = 0; i < plane; i++)
    out[i] = LUMA[0] * data[i]! + LUMA[1] * data[i + plane]! + LUMA[2] * data[i + 2 * plane]!;
  return out;
}

interface Bounds {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** The box of some of the points, larger by a part of its longer side all around. */
function boxOf(points: readonly Point[], from: number, to: number, more: number): Bounds {
  const middle = meanOf(points, from, to);
  let [x0, x1, y0, y1] = [middle.x, middle.x, middle.y, middle.y];
  for (let i = from; i < to; i++) {
    const { x, y } = points[i]!;
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  const by = more * Math.max(x1 - x0, y1 - y0);
  return { x0: x0 - by, x1: x1 + by, y0: y0 - by, y1: y1 + by };
}

function statistics(luma: Float32Array, side: number, box: Bounds) {
  const clip = (value: number): number => Math.min(side - 1, Math.max(0, Math.round(value)));
  const [x0, x1, y0, y1] = [clip(box.x0), clip(box.x1), clip(box.y0), clip(box.y1)];
  let [count, sum, square, burnt] = [0, 0, 0, 0];
  for (let y = y0; y <= y1; y++)
    for (let x = x0; x <= x1; x++) {
      const value = luma[y * side + x]!;
      count++;
      sum += value;
      square += value * value;
      if (value >= BURNT) burnt++;
    }
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, square / count - mean * mean)), burnt: burnt / count };
}
