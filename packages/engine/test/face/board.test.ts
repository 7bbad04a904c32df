import { expect } from 'chai';
import fc from 'fast-check';
import { Board } from '#src/kernel/board.js';
import type { Layout, Placing, Sheet } from '#src/kernel/board.js';
import { Pyramid } from '#src/modality/face/preprocess/picture.js';
import type { Picture } from '#src/modality/face/preprocess/picture.js';
import { warp } from '#src/modality/face/preprocess/warp.js';

/** Any picture of up to so many px a side. */
const pictures = (most: number): fc.Arbitrary<Picture> =>
  fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: 3 * width * height, maxLength: 3 * width * height })
        .map((data) => ({ width, height, data })),
    );

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const placings: fc.Arbitrary<Placing> = fc.oneof(
  fc.record({ a: number(-4, 4), b: number(-4, 4), x0: number(-20, 40), y0: number(-20, 40) }),
  // Nothing turned, on pixels and between them.
  fc.record({ a: number(0.1, 4), b: fc.constant(0), x0: number(-3, 3), y0: number(-3, 3) }),
  fc.record({
    a: fc.constant(1),
    b: fc.constant(0),
    x0: fc.integer({ min: -5, max: 5 }),
    y0: fc.integer({ min: -5, max: 5 }),
  }),
);
const sheets: fc.Arbitrary<Sheet> = fc.record({
  width: fc.integer({ min: 1, max: 19 }),
  height: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 0, max: 24 }),
  rows: fc.integer({ min: 0, max: 12 }),
  colour: fc.constantFrom('rgb', 'bgr'),
  scale: number(-2, 2),
  offset: number(-2, 2),
});

/** A channel of a place between pixels, by the definition: the four pixels around, black beyond the border. */
function bilinear({ width, height, data }: Picture, x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let sum = 0;
  for (const [px, py] of [
    [left, top],
    [left + 1, top],
    [left, top + 1],
    [left + 1, top + 1],
  ] as const) {
    if (px < 0 || py < 0 || px >= width || py >= height) continue;
    sum += (1 - Math.abs(x - px)) * (1 - Math.abs(y - py)) * data[3 * (py * width + px) + channel]!;
  }
  return sum;
}

function drawn(picture: Picture, { a, b, x0, y0 }: Placing, sheet: Sheet): number[] {
  const { width, height, columns, rows, colour, scale, offset } = sheet;
  return Array.from({ length: 3 * width * height }, (_, i) => {
    const [plane, u, v] = [Math.floor(i / (width * height)), i % width, Math.floor(i / width) % height];
    const inside = u < columns && v < rows;
    const channel = colour === 'rgb' ? plane : 2 - plane;
    const value = inside ? bilinear(picture, a * u - b * v + x0, b * u + a * v + y0, channel) : 0;
    return value * scale + offset;
  });
}

function half({ width, height, data }: Picture): Picture {
  const [w, h] = [width >> 1, height >> 1];
  const at = (x: number, y: number, c: number): number => data[3 * (y * width + x) + c]!;
  const means = Uint8Array.from({ length: 3 * w * h }, (_, i) => {
    const [c, x, y] = [i % 3, 2 * (Math.floor(i / 3) % w), 2 * Math.floor(i / (3 * w))];
    return Math.floor((at(x, y, c) + at(x + 1, y, c) + at(x, y + 1, c) + at(x + 1, y + 1, c) + 2) / 4);
  });
  return { width: w, height: h, data: means };
}

/** Weights are whole 16384ths: 255 times half of one, times the largest scale that is tried. */
const DRAWN_WITHIN = 2 * 255 * 2 ** -15 + 1e-3;

function expectClose(got: Float32Array, wanted: readonly number[], within: number): void {
  expect(got.length).to.equal(wanted.length);
  const off = wanted.reduce((most, value, i) => Math.max(most, Math.abs(got[i]! - value)), 0);
  expect(off).to.be.below(within);
}

/** All of a picture as it is. */
const whole = ({ width, height }: Picture): Sheet => ({
  width,
  height,
  columns: width,
  rows: height,
  colour: 'rgb',
  scale: 1,
  offset: 0,
});
const AS_IT_IS: Placing = { a: 1, b: 0, x0: 0, y0: 0 };

function onBoard<T>(use: (board: Board) => T): T {
  const board = Board.take();
  try {
    return use(board);
  } finally {
    board.giveBack();
  }
}

describe('the board that faces are drawn on', () => {
  it('draws any part of any picture as bilinear drawing is defined', () => {
    fc.assert(
      fc.property(pictures(24), placings, sheets, (picture, placing, sheet) => {
        onBoard((board) =>
          expectClose(board.draw(board.picture(picture), placing, sheet), drawn(picture, placing, sheet), DRAWN_WITHIN),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('halves any picture: each pixel the rounded mean of four', () => {
    fc.assert(
      fc.property(pictures(40), (picture) => {
        const wanted = half(picture);
        fc.pre(wanted.data.length > 0);
        onBoard((board) => {
          const halved = board.halve(board.picture(picture));
          expect([halved.width, halved.height]).to.deep.equal([wanted.width, wanted.height]);
          const got = board.draw(halved, AS_IT_IS, whole(wanted));
          const plane = wanted.width * wanted.height;
          const rows = Array.from(wanted.data, (_, i) => got[(i % 3) * plane + Math.floor(i / 3)]);
          expect(rows).to.deep.equal([...wanted.data]);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('leaves the picture and its halves as they are, however often it is halved and drawn from', () => {
    fc.assert(
      fc.property(pictures(40), (picture) => {
        onBoard((board) => {
          const first = board.picture(picture);
          const before = board.draw(first, AS_IT_IS, whole(picture)).slice();
          const second = board.halve(first);
          const halfBefore = board.draw(second, AS_IT_IS, whole(second as unknown as Picture)).slice();
          board.halve(second);
          board.draw(first, { a: 0.5, b: 0.1, x0: 0, y0: 0 }, whole(picture));
          expect(board.draw(first, AS_IT_IS, whole(picture))).to.deep.equal(before);
          expect(board.draw(second, AS_IT_IS, whole(second as unknown as Picture))).to.deep.equal(halfBefore);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('lays out planes for a network, and their mirror image', () => {
    const layouts: fc.Arbitrary<Layout> = fc.record({
      colour: fc.constantFrom('rgb', 'bgr'),
      mean: fc.tuple(number(-200, 200), number(-200, 200), number(-200, 200)),
      std: fc.tuple(number(0.5, 99), number(0.5, 99), number(0.5, 99)),
    });
    const planes = fc.tuple(fc.integer({ min: 1, max: 21 }), fc.integer({ min: 1, max: 9 })).chain(([width, height]) =>
      fc
        .float32Array({
          minLength: 3 * width * height,
          maxLength: 3 * width * height,
          min: 0,
          max: 255,
          noNaN: true,
        })
        .map((data) => ({ width, height, data })),
    );
    fc.assert(
      fc.property(planes, layouts, fc.boolean(), ({ width, height, data }, layout, flip) => {
        const wanted = Array.from(data, (_, i) => {
          const [plane, u, v] = [Math.floor(i / (width * height)), i % width, Math.floor(i / width) % height];
          const channel = layout.colour === 'rgb' ? plane : 2 - plane;
          const value = data[channel * width * height + v * width + (flip ? width - 1 - u : u)]!;
          return (value - layout.mean[plane]!) / layout.std[plane]!;
        });
        onBoard((board) => expectClose(board.lay(board.planes(data), width, height, layout, flip), wanted, 1e-3));
      }),
      { numRuns: 200 },
    );
  });

  it('draws black from places that are far beyond any picture, and not from memory', () => {
    const picture = { width: 9, height: 7, data: new Uint8Array(3 * 63).fill(200) };
    for (const far of [1e3, 1e9, 1e12, 1e300, -1e12, Number.POSITIVE_INFINITY])
      for (const placing of [
        { ...AS_IT_IS, x0: far },
        { ...AS_IT_IS, y0: far },
      ])
        onBoard((board) => {
          const got = board.draw(board.picture(picture), placing, whole(picture));
          expect(got.every((value) => value === 0)).to.equal(true);
        });
  });

  it('has as much memory as a picture and its drawing take', () => {
    const picture = { width: 960, height: 960, data: new Uint8Array(3 * 960 * 960).fill(77) };
    onBoard((board) => {
      const sheet = { ...whole(picture), width: 2048, height: 2048, columns: 2048, rows: 2048 };
      const got = board.draw(board.picture(picture), { a: 0.4, b: 0, x0: 0, y0: 0 }, sheet);
      expect([got[0], got.at(-1)]).to.deep.equal([77, 77]);
    });
  });

  it('R28: keeps nothing of a picture once it was given back', () => {
    const picture = { width: 30, height: 20, data: new Uint8Array(3 * 600).fill(200) };
    const pyramid = new Pyramid(picture);
    const drawing = warp(pyramid, { a: 2, b: 0.5, x0: 0, y0: 0 }, 16, 16);
    expect(drawing.some((value) => value > 0)).to.equal(true);
    pyramid.wipe();
    for (const memory of [drawing.buffer, picture.data.buffer])
      expect(Buffer.from(memory).equals(Buffer.alloc(memory.byteLength))).to.equal(true);
  });

  it('is nobody else’s until it was given back, once', () => {
    const picture = () => ({ width: 4, height: 4, data: new Uint8Array(48).fill(9) });
    const [first, second] = [new Pyramid(picture()), new Pyramid(picture())];
    expect(first.board).to.not.equal(second.board);
    first.wipe();
    first.wipe();
    const [third, fourth] = [new Pyramid(picture()), new Pyramid(picture())];
    expect(new Set([second.board, third.board, fourth.board]).size).to.equal(3);
    for (const pyramid of [second, third, fourth]) pyramid.wipe();
  });
});
