import type { Picture, Pyramid } from './picture.ts';
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
  if (b === 0 && a > 0) return { width, height, data: drawUpright(picture, a, x0, y0, width, height) };
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  const row = 3 * w;
  for (let v = 0, at = 0; v < height; v++)
    for (let u = 0; u < width; u++, at++) {
      const x = a * u - b * v + x0;
      const y = b * u + a * v + y0;
      const left = Math.floor(x);
      const top = Math.floor(y);
      if (left < -1 || top < -1 || left >= w || top >= h) continue;
      const right = x - left;
      const below = y - top;
      const from = row * top + 3 * left;
      const both = right * below;
      // Weights of the four pixels around; what lies beyond the border is black, and read from its other side times 0.
      let upperLeft = 1 - right - below + both;
      let upperRight = right - both;
      let lowerLeft = below - both;
      let lowerRight = both;
      let toRight = 3;
      let toBelow = row;
      let start = from;
      if (left < 0) {
        upperLeft = lowerLeft = 0;
        start += 3;
        toRight = 0;
      } else if (left === w - 1) {
        upperRight = lowerRight = 0;
        toRight = 0;
      }
      if (top < 0) {
        upperLeft = upperRight = 0;
        start += row;
        toBelow = 0;
      } else if (top === h - 1) {
        lowerLeft = lowerRight = 0;
        toBelow = 0;
      }
      const beside = start + toRight;
      const under = start + toBelow;
      const across = under + toRight;
      const green = at + plane;
      const blue = green + plane;
      out[at] =
        upperLeft * data[start]! + upperRight * data[beside]! + lowerLeft * data[under]! + lowerRight * data[across]!;
      out[green] =
        upperLeft * data[start + 1]! +
        upperRight * data[beside + 1]! +
        lowerLeft * data[under + 1]! +
        lowerRight * data[across + 1]!;
      out[blue] =
        upperLeft * data[start + 2]! +
        upperRight * data[beside + 2]! +
        lowerLeft * data[under + 2]! +
        lowerRight * data[across + 2]!;
    }
  return { width, height, data: out };
}

/** The same where nothing is turned: what a column needs is worked out once. */
function drawUpright(
  { data, width: w, height: h }: Picture,
  step: number,
  x0: number,
  y0: number,
  width: number,
  height: number,
): Float32Array {
  const plane = width * height;
  const out = new Float32Array(3 * plane);
  const columns = stops(width, step, x0, w);
  const rows = stops(height, step, y0, h);
  for (let v = 0, at = 0; v < height; v++) {
    const [upper, lower] = [3 * w * rows.before[v]!, 3 * w * rows.after[v]!];
    const [above, below] = [rows.weightBefore[v]!, rows.weightAfter[v]!];
    for (let u = 0; u < width; u++, at++) {
      const left = 3 * columns.before[u]!;
      const right = 3 * columns.after[u]!;
      const west = columns.weightBefore[u]!;
      const east = columns.weightAfter[u]!;
      const nw = upper + left;
      const ne = upper + right;
      const sw = lower + left;
      const se = lower + right;
      const green = at + plane;
      const blue = green + plane;
      out[at] = above * (west * data[nw]! + east * data[ne]!) + below * (west * data[sw]! + east * data[se]!);
      out[green] =
        above * (west * data[nw + 1]! + east * data[ne + 1]!) + below * (west * data[sw + 1]! + east * data[se + 1]!);
      out[blue] =
        above * (west * data[nw + 2]! + east * data[ne + 2]!) + below * (west * data[sw + 2]! + east * data[se + 2]!);
    }
  }
  return out;
}

/** For each place along one side: the two pixels that it lies between, and their weights, 0 beyond the border. */
function stops(count: number, step: number, start: number, size: number) {
  const [before, after] = [new Int32Array(count), new Int32Array(count)];
  const [weightBefore, weightAfter] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const place = start + step * i;
    const first = Math.floor(place);
    const part = place - first;
    if (first >= 0 && first < size) {
      before[i] = first;
      weightBefore[i] = 1 - part;
    }
    if (first + 1 >= 0 && first + 1 < size) {
      after[i] = first + 1;
      weightAfter[i] = part;
    }
  }
  return { before, after, weightBefore, weightAfter };
}
