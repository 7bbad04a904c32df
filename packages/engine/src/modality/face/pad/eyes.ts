import { eyesApart, middle } from './shape.ts';
import type { Place } from './types.ts';

/**
 * Deviation of the luma around the eyes over its mean: white, iris and lashes are far apart, a lid is even. Landmark networks
 * follow a lid badly: of drawn faces the eye aspect ratio fell by a twentieth where this falls by half.
 * @param picture 8-bit RGB
 */
export function eyeContrast(
  picture: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  landmarks: readonly Place[],
): number {
  const apart = eyesApart(landmarks);
  return (
    (contrast(picture, middle(landmarks, 36, 42), apart) + contrast(picture, middle(landmarks, 42, 48), apart)) / 2
  );
}

function contrast(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  eye: Place,
  apart: number,
): number {
  const [halfWidth, halfHeight] = [0.3 * apart, 0.16 * apart];
  let [count, sum, squares] = [0, 0, 0];
  const [top, bottom] = [Math.max(0, Math.round(eye.y - halfHeight)), Math.min(height - 1, eye.y + halfHeight)];
  const [left, right] = [Math.max(0, Math.round(eye.x - halfWidth)), Math.min(width - 1, eye.x + halfWidth)];
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const at = 3 * (y * width + x);
      // ITU-R BT.601.
      const luma = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      count++;
      sum += luma;
      squares += luma * luma;
    }
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) / (mean + 8);
}
