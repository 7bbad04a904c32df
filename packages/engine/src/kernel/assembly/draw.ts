// AssemblyScript, compiled by scripts/build-kernel.mjs to dist/kernel/draw.wasm. Its host is ../board.ts.

/**
 * Half a picture: each pixel the mean of four, rounded; an odd last row or column is left out.
 *
 * from: 8-bit RGB, row after row; to: the same of half the size. Behind each there are 32 bytes more that may be read and written
 */
export function halve(from: usize, width: i32, height: i32, to: usize): void {
  const row = <usize>(3 * width);
  const columns = width >> 1;
  const two = i16x8.splat(2);
  for (let y = height >> 1; y > 0; --y) {
    let at = from;
    let out = to;
    // Three pixels at a time: of 16 sums of a byte and the third after it, 9 are of two whole pixels.
    for (let x = 0; x < columns; x += 3) {
      const a = v128.load(at);
      const b = v128.load(at, 3);
      const c = v128.load(at + row);
      const d = v128.load(at + row, 3);
      const low = i16x8.add(
        i16x8.add(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b)),
        i16x8.add(i16x8.extend_low_i8x16_u(c), i16x8.extend_low_i8x16_u(d)),
      );
      const high = i16x8.add(
        i16x8.add(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b)),
        i16x8.add(i16x8.extend_high_i8x16_u(c), i16x8.extend_high_i8x16_u(d)),
      );
      const means = i8x16.narrow_i16x8_u(i16x8.shr_u(i16x8.add(low, two), 2), i16x8.shr_u(i16x8.add(high, two), 2));
      v128.store(out, v128.shuffle<u8>(means, means, 0, 1, 2, 6, 7, 8, 12, 13, 14, 0, 0, 0, 0, 0, 0, 0));
      at += 18;
      out += 9;
    }
    from += 2 * row;
    to += <usize>(3 * columns);
  }
}

/** Weights of neighbours are whole numbers of these: a pixel is off by 0.01 at most. */
const PART: f64 = 1.0 / 16384.0;

/**
 * Draws part of a picture anew, bilinear, black beyond its border, in planes of floats: `value * scale + offset`.
 *
 * from: 8-bit RGB, w x h, row after row; behind it there are 16 bytes more that may be read
 * a, b, x0, y0: takes a pixel of the result to its place in the picture: x = a u - b v + x0, y = b u + a v + y0; all of them
 * within 2^30
 * red: first pixel of the red plane; green is `plane` bytes on, blue twice as many
 * columns, rows: what is drawn; stride: bytes from row to row
 */
export function drawTurned(
  from: usize,
  w: i32,
  h: i32,
  a: f64,
  b: f64,
  x0: f64,
  y0: f64,
  red: usize,
  plane: i32,
  columns: i32,
  rows: i32,
  stride: usize,
  scale: f32,
  offset: f32,
): void {
  const scales = f32x4.splat(scale * <f32>PART);
  const offsets = f32x4.splat(offset);
  // Places as whole numbers of 2^-32 px.
  const right = <i64>(a * 4294967296.0);
  const down = <i64>(b * 4294967296.0);
  const row = <usize>(3 * w);
  for (let v = 0; v < rows; ++v) {
    let x = <i64>((x0 - b * <f64>v) * 4294967296.0);
    let y = <i64>((y0 + a * <f64>v) * 4294967296.0);
    let out = red;
    for (let u = 0; u < columns; ++u) {
      const left = <i32>(x >> 32);
      const top = <i32>(y >> 32);
      const weights = weightsOf(<i32>(((x & 0xffffffff) + 0x20000) >> 18));
      const below = f32x4.splat(<f32>(<u32>y) * <f32>2.3283064365386963e-10);
      let above: v128;
      let under: v128;
      if (<u32>left < <u32>(w - 1) && <u32>top < <u32>(h - 1)) {
        const at = from + <usize>(3 * left) + <usize>top * row;
        above = v128.load64_zero(at);
        under = v128.load64_zero(at + row);
      } else {
        above = pair(from, w, h, left, top);
        under = pair(from, w, h, left, top + 1);
      }
      const values = f32x4.add(
        f32x4.mul(mix(besides(above, weights), besides(under, weights), below), scales),
        offsets,
      );
      v128.store_lane<f32>(out, values, 0);
      v128.store_lane<f32>(out + plane, values, 1);
      v128.store_lane<f32>(out + 2 * plane, values, 2);
      out += 4;
      x += right;
      y += down;
    }
    red += stride;
  }
}

/**
 * The same where nothing is turned (b = 0): each row is mixed of two, then its pixels of two neighbours each.
 *
 * work: room for `columns` pairs of numbers and `w + 8` pixels of three floats
 */
export function drawUpright(
  from: usize,
  w: i32,
  h: i32,
  step: f64,
  x0: f64,
  y0: f64,
  red: usize,
  plane: i32,
  columns: i32,
  rows: i32,
  stride: usize,
  scale: f32,
  offset: f32,
  work: usize,
): void {
  const scales = f32x4.splat(scale * <f32>PART);
  const offsets = f32x4.splat(offset);
  // For each column: where in the mixed row the pixel to its left is, and the part of the one to its right.
  const mixed = work + ((<usize>columns) << 3);
  const first = mixed + 12;
  const last = first + <usize>(12 * w);
  for (let u = 0; u < columns; ++u) {
    const x = x0 + step * <f64>u;
    const left = Math.floor(x);
    const seen = left >= -1 && left < <f64>w;
    const column = work + ((<usize>u) << 3);
    store<u32>(column, <u32>(seen ? first + 12 * <i32>left : last));
    store<f32>(column, seen ? <f32>(x - left) : 0, 4);
  }
  const fours = columns & ~3;
  const bytes = <usize>(3 * w);
  for (let v = 0; v < rows; ++v) {
    const y = y0 + step * <f64>v;
    const floor = Math.floor(y);
    const part = <i32>Math.round((y - floor) * 16384);
    const hasAbove = floor >= 0 && floor < <f64>h;
    const hasUnder = floor >= -1 && floor < <f64>(h - 1);
    const above = from + bytes * <usize>(hasAbove ? <i32>floor : 0);
    const under = from + bytes * <usize>(hasUnder ? <i32>floor + 1 : 0);
    mixRows(above, under, first, bytes, i32x4.splat((hasAbove ? 16384 - part : 0) | ((hasUnder ? part : 0) << 16)));
    // Black on both sides.
    v128.store(mixed, f32x4.replace_lane(f32x4.splat(0), 3, load<f32>(first)));
    v128.store(last, f32x4.splat(0));
    v128.store(last, f32x4.splat(0), 16);
    let out = red;
    let column = work;
    for (let u = 0; u < fours; u += 4) {
      const p = between(column);
      const q = between(column + 8);
      const r = between(column + 16);
      const s = between(column + 24);
      const low = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
      const lowNext = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
      const highNext = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
      const reds = v128.shuffle<u64>(low, lowNext, 0, 2);
      const greens = v128.shuffle<u64>(low, lowNext, 1, 3);
      const blues = v128.shuffle<u64>(high, highNext, 0, 2);
      v128.store(out, f32x4.add(f32x4.mul(reds, scales), offsets));
      v128.store(out + plane, f32x4.add(f32x4.mul(greens, scales), offsets));
      v128.store(out + 2 * plane, f32x4.add(f32x4.mul(blues, scales), offsets));
      column += 32;
      out += 16;
    }
    for (let u = fours; u < columns; ++u) {
      const values = f32x4.add(f32x4.mul(between(column), scales), offsets);
      v128.store_lane<f32>(out, values, 0);
      v128.store_lane<f32>(out + plane, values, 1);
      v128.store_lane<f32>(out + 2 * plane, values, 2);
      column += 8;
      out += 4;
    }
    red += stride;
  }
}

/** Two rows of bytes, each times its weight, as floats 16384 times as large; up to 15 more are written. */
function mixRows(above: usize, under: usize, to: usize, bytes: usize, weights: v128): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = v128.load(above + at);
    const q = v128.load(under + at);
    const low = v128.shuffle<u8>(p, q, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high = v128.shuffle<u8>(p, q, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(to, weighed(i16x8.extend_low_i8x16_u(low), weights));
    v128.store(to, weighed(i16x8.extend_high_i8x16_u(low), weights), 16);
    v128.store(to, weighed(i16x8.extend_low_i8x16_u(high), weights), 32);
    v128.store(to, weighed(i16x8.extend_high_i8x16_u(high), weights), 48);
    to += 64;
  }
}

/** Of each two numbers the sum of both times their weights. */
function weighed(twos: v128, weights: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(twos, weights));
}

/** What a column is of a mixed row. */
function between(column: usize): v128 {
  const at = <usize>load<u32>(column);
  return mix(v128.load(at), v128.load(at, 12), v128.load_splat<f32>(column, 4));
}

function mix(a: v128, b: v128, part: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), part));
}

/** Weights of two numbers of which the second counts so many 16384ths. */
function weightsOf(second: i32): v128 {
  return i32x4.splat((second << 16) | (16384 - second));
}

/** Red, green and blue between two pixels that are the first six of some bytes, 16384 times as large. */
function besides(bytes: v128, weights: v128): v128 {
  const order = i8x16(0, -128, 3, -128, 1, -128, 4, -128, 2, -128, 5, -128, -128, -128, -128, -128);
  return weighed(i8x16.swizzle(bytes, order), weights);
}

/** The bytes of a pixel and its right neighbour; either may lie beyond the border, where it is black. */
function pair(from: usize, w: i32, h: i32, x: i32, y: i32): v128 {
  let bytes = i8x16.splat(0);
  if (<u32>y >= <u32>h) return bytes;
  const at = from + <usize>(3 * (y * w + x));
  if (<u32>x < <u32>w) {
    bytes = i8x16.replace_lane(bytes, 0, load<u8>(at));
    bytes = i8x16.replace_lane(bytes, 1, load<u8>(at, 1));
    bytes = i8x16.replace_lane(bytes, 2, load<u8>(at, 2));
  }
  if (<u32>(x + 1) < <u32>w) {
    bytes = i8x16.replace_lane(bytes, 3, load<u8>(at, 3));
    bytes = i8x16.replace_lane(bytes, 4, load<u8>(at, 4));
    bytes = i8x16.replace_lane(bytes, 5, load<u8>(at, 5));
  }
  return bytes;
}

/**
 * Copies a plane of floats, or its mirror image: `(value - mean) * scale`.
 *
 * flip: whether left becomes right
 */
export function lay(from: usize, to: usize, width: i32, height: i32, mean: f32, scale: f32, flip: i32): void {
  const means = f32x4.splat(mean);
  const scales = f32x4.splat(scale);
  const row = (<usize>width) << 2;
  const fours = width & ~3;
  for (let y = 0; y < height; ++y) {
    if (flip) {
      let at = from + row;
      for (let x = 0; x < fours; x += 4) {
        at -= 16;
        const values = v128.load(at);
        v128.store(to, f32x4.mul(f32x4.sub(v128.shuffle<f32>(values, values, 3, 2, 1, 0), means), scales));
        to += 16;
      }
      for (let x = fours; x < width; ++x) {
        at -= 4;
        store<f32>(to, (load<f32>(at) - mean) * scale);
        to += 4;
      }
    } else {
      let at = from;
      for (let x = 0; x < fours; x += 4) {
        v128.store(to, f32x4.mul(f32x4.sub(v128.load(at), means), scales));
        at += 16;
        to += 16;
      }
      for (let x = fours; x < width; ++x) {
        store<f32>(to, (load<f32>(at) - mean) * scale);
        at += 4;
        to += 4;
      }
    }
    from += row;
  }
}
