import type { Plane } from './layers.ts';

/** A picture as a canvas gives it: RGBA, 8 bits. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** A part of a picture, px; may reach beyond it. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part of a picture as a square of `side` px, less a mean colour, over 255: bilinear, black beyond the border. */
export function crop(picture: Pixels, box: Box, side: number, mean: readonly [number, number, number]): Plane {
  const { width, height, data: from } = picture;
  const data = new Float32Array(side * side * 3);
  const stepX = box.width / side;
  const stepY = box.height / side;
  const read = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : from[4 * (y * width + x) + c]!;
  for (let row = 0, to = 0; row < side; row += 1) {
    const y = box.y + (row + 0.5) * stepY - 0.5;
    const top = Math.floor(y);
    for (let column = 0; column < side; column += 1) {
      const x = box.x + (column + 0.5) * stepX - 0.5;
      const left = Math.floor(x);
      for (let c = 0; c < 3; c += 1, to += 1) {
        const above = read(left, top, c) * (left + 1 - x) + read(left + 1, top, c) * (x - left);
        const below = read(left, top + 1, c) * (left + 1 - x) + read(left + 1, top + 1, c) * (x - left);
        data[to] = (above * (top + 1 - y) + below * (y - top) - mean[c]!) / 255;
      }
    }
  }
  return { width: side, height: side, channels: 3, data };
}
