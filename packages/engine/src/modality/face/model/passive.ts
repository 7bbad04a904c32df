import { AsignioError } from '@asignio/contracts';
import type { Picture, Pyramid } from '../preprocess/picture.ts';
import type { Box } from './detectors/detector.ts';
import type { Network } from './network.ts';

/** How much a picture looks like one of a living face and not like one of a picture, 0..1. */
export type PassivePad = (pyramid: Pyramid, box: Box) => Promise<number>;

const SIDE = 80;
const CLASSES = 3;
const LIVE = 1;

/**
 * MiniFASNet (minivision-ai, "Silent-Face-Anti-Spoofing", Apache-2.0): each network sees the face with more around it, and
 * their probabilities of `live` are averaged.
 */
export function passivePad(members: readonly { readonly network: Network; readonly scale: number }[]): PassivePad {
  return async ({ picture }, box) => {
    let sum = 0;
    for (const { network, scale } of members) {
      const input = draw(picture, cropOf(box, scale, picture));
      const [logits] = Object.values(await network.run(input, [1, 3, SIDE, SIDE]));
      input.fill(0);
      if (logits?.length !== CLASSES)
        throw new AsignioError('ASIGNIO_ENGINE_FAILED', 'A PAD network gave another number of values');
      const powers = logits.map((value) => Math.exp(value - Math.max(...logits)));
      sum += powers[LIVE]! / powers.reduce((total, power) => total + power, 0);
    }
    return sum / members.length;
  };
}

/** The box enlarged as far as the picture allows, and moved inside it. */
export function cropOf(box: Box, scale: number, { width, height }: Picture): Box {
  const factor = Math.min((height - 1) / box.height, (width - 1) / box.width, scale);
  const [w, h] = [box.width * factor, box.height * factor];
  const x = box.x + (box.width - w) / 2;
  const y = box.y + (box.height - h) / 2;
  return { x: clip(x, width - 1 - w), y: clip(y, height - 1 - h), width: w, height: h };
}

function clip(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}

/** The crop at 80 x 80 px, bilinear, planes of blue, green, red, 0-255. */
function draw({ width, height, data }: Picture, crop: Box): Float32Array {
  const plane = SIDE * SIDE;
  const out = new Float32Array(3 * plane);
  const [stepX, stepY] = [crop.width / SIDE, crop.height / SIDE];
  for (let v = 0, at = 0; v < SIDE; v++) {
    const y = clip(crop.y + (v + 0.5) * stepY - 0.5, height - 1);
    const top = Math.floor(y);
    const rows = [top * width, Math.min(height - 1, top + 1) * width] as const;
    for (let u = 0; u < SIDE; u++, at++) {
      const x = clip(crop.x + (u + 0.5) * stepX - 0.5, width - 1);
      const left = Math.floor(x);
      const right = Math.min(width - 1, left + 1);
      const [dx, dy] = [x - left, y - top];
      for (let c = 0; c < 3; c++) {
        const above = data[3 * (rows[0] + left) + c]! * (1 - dx) + data[3 * (rows[0] + right) + c]! * dx;
        const below = data[3 * (rows[1] + left) + c]! * (1 - dx) + data[3 * (rows[1] + right) + c]! * dx;
        out[at + (2 - c) * plane] = above * (1 - dy) + below * dy;
      }
    }
  }
  return out;
}
