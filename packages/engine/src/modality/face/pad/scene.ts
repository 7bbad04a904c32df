import { middle, sizeOf } from './shape.ts';
import type { Place } from './types.ts';

/** Pixels that are looked at, about. */
const LOOKS = 2_000;
/** How far from the middle of a face the scene begins, in sizes of the face. */
const BEYOND = { side: 1.9, above: 2.6 } as const;

/**
 * Mean luma of what is beside and above a face, 0..255: what a camera's exposure changes alike. `undefined` where the face
 * fills the picture.
 * @param picture 8-bit RGB
 */
export function sceneLight(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  landmarks: readonly Place[],
): number | undefined {
  const { x: faceX, y: faceY } = middle(landmarks, 0, 68);
  const size = sizeOf(landmarks);
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / LOOKS)));
  let [count, sum] = [0, 0];
  // Below a face are clothes, which come and go.
  for (let y = step >> 1; y < Math.min(height, faceY); y += step)
    for (let x = step >> 1; x < width; x += step) {
      if (Math.abs(x - faceX) < BEYOND.side * size && faceY - y < BEYOND.above * size) continue;
      const at = 3 * (y * width + x);
      // ITU-R BT.601.
      sum += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      count++;
    }
  return count < LOOKS / 40 ? undefined : sum / count;
}
