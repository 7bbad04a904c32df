import type { Pyramid } from './picture.ts';
import type { Similarity } from './similarity.ts';

/** A square or oblong of float pixels: planes of red, green, blue, each 0-255. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Draws part of a picture anew, bilinear; black beyond its border.
 * @param place takes a pixel of the result to its place in the picture
 */
export function warp(pyramid: Pyramid, place: Similarity, width: number, height: number): Planes {
  const { picture, halvings } = pyramid.at(Math.hypot(place.a, place.b));
  const { data, width: w, height: h } = picture;
  const shrink = 2 ** -halvings;
  const [a, b] = [place.a * shrink, place.b * shrink];
  const [x0, y0] = [(place.x0 + 0.5) * shrink - 0.5, (place.y0 + 0.5) * shrink - 0.5];
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  for (let v = 0, at = 0; v < height; v++)
    for (let u = 0; u < width; u++, at++) {
      const x = a * u - b * v + x0;
      const y = b * u + a * v + y0;
      const left = Math.floor(x);
      const top = Math.floor(y);
      if (left < -1 || top < -1 || left >= w || top >= h) continue;
      const [right, below] = [x - left, y - top];
      let [red, green, blue] = [0, 0, 0];
      for (let corner = 0; corner < 4; corner++) {
        const cx = left + (corner & 1);
        const cy = top + (corner >> 1);
        if (cx < 0 || cy < 0 || cx >= w || cy >= h) continue;
        const weight = ((corner & 1) === 1 ? right : 1 - right) * (corner > 1 ? below : 1 - below);
        const from = 3 * (cy * w + cx);
        red += weight * data[from]!;
        green += weight * data[from + 1]!;
        blue += weight * data[from + 2]!;
      }
      out[at] = red;
      out[at + plane] = green;
      out[at + 2 * plane] = blue;
    }
  return { width, height, data: out };
}
