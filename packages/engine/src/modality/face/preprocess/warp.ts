import type { Sheet } from '../../../kernel/board.ts';
import type { Pyramid } from './picture.ts';
import type { Similarity } from './similarity.ts';

/** A square or oblong of float pixels: planes of red, green, blue, each 0-255. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** How pixels are laid out where a network does not ask for something else. */
const PLAIN = { colour: 'rgb', scale: 1, offset: 0 } as const;

/**
 * Draws part of a picture anew, bilinear; black beyond its border.
 * @param place takes a pixel of the result to its place in the picture
 * @param more what differs from planes of red, green, blue, 0-255, all of them drawn
 * @returns planes that are good until the pyramid's next drawing
 */
export function warp(
  pyramid: Pyramid,
  place: Similarity,
  width: number,
  height: number,
  more: Partial<Sheet> = {},
): Float32Array {
  const { picture, halvings } = pyramid.at(Math.hypot(place.a, place.b));
  const shrink = 2 ** -halvings;
  const placing = {
    a: place.a * shrink,
    b: place.b * shrink,
    x0: (place.x0 + 0.5) * shrink - 0.5,
    y0: (place.y0 + 0.5) * shrink - 0.5,
  };
  return pyramid.board.draw(picture, placing, { ...PLAIN, width, height, columns: width, rows: height, ...more });
}
