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

/**
 * Draws part of a picture anew, bilinear, black beyond its border, in planes of floats: `value * scale + offset`.
 *
 * from: 8-bit RGB, w x h, row after row; behind it there are 8 bytes more that may be read
 * a, b, x0, y0: takes a pixel of the result to its place in the picture: x = a u - b v + x0, y = b u + a v + y0
 * red: first pixel of the red plane; green is `plane` bytes on, blue twice as many
 * columns, rows: what is drawn; stride: bytes from row to row
 */
export function draw(
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
  const scales = f32x4.splat(scale);
  const offsets = f32x4.splat(offset);
  for (let v = 0; v < rows; ++v) {
    const startX = x0 - b * <f64>v;
    const startY = y0 + a * <f64>v;
    let out = red;
    for (let u = 0; u < columns; ++u) {
      const colour = sample(from, w, h, startX + a * <f64>u, startY + b * <f64>u);
      const values = f32x4.add(f32x4.mul(colour, scales), offsets);
      v128.store_lane<f32>(out, values, 0);
      v128.store_lane<f32>(out + plane, values, 1);
      v128.store_lane<f32>(out + 2 * plane, values, 2);
      out += 4;
    }
    red += stride;
  }
}

/** Red, green and blue of a place between pixels. */
function sample(from: usize, w: i32, h: i32, x: f64, y: f64): v128 {
  const floorX = Math.floor(x);
  const floorY = Math.floor(y);
  const left = <i32>floorX;
  const top = <i32>floorY;
  const right = f32x4.splat(<f32>(x - floorX));
  const below = f32x4.splat(<f32>(y - floorY));
  if (<u32>left >= <u32>(w - 1) || <u32>top >= <u32>(h - 1)) return atBorder(from, w, h, left, top, right, below);
  const at = from + <usize>(3 * (top * w + left));
  const upper = v128.load64_zero(at);
  const lower = v128.load64_zero(at + <usize>(3 * w));
  const above = mix(leftOf(upper), rightOf(upper), right);
  return mix(above, mix(leftOf(lower), rightOf(lower), right), below);
}

/** The same where one of the four pixels around may lie beyond the border: it is black. */
function atBorder(from: usize, w: i32, h: i32, left: i32, top: i32, right: v128, below: v128): v128 {
  if (left < -1 || top < -1 || left >= w || top >= h) return f32x4.splat(0);
  const above = mix(pixel(from, w, h, left, top), pixel(from, w, h, left + 1, top), right);
  const under = mix(pixel(from, w, h, left, top + 1), pixel(from, w, h, left + 1, top + 1), right);
  return mix(above, under, below);
}

function pixel(from: usize, w: i32, h: i32, x: i32, y: i32): v128 {
  if (x < 0 || y < 0 || x >= w || y >= h) return f32x4.splat(0);
  return leftOf(v128.load64_zero(from + <usize>(3 * (y * w + x))));
}

/** The first pixel of some bytes, and the second. */
function leftOf(bytes: v128): v128 {
  const none = i8x16.splat(0);
  return f32x4.convert_i32x4_s(
    v128.shuffle<u8>(bytes, none, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 16, 16, 16, 16),
  );
}
function rightOf(bytes: v128): v128 {
  const none = i8x16.splat(0);
  return f32x4.convert_i32x4_s(
    v128.shuffle<u8>(bytes, none, 3, 16, 16, 16, 4, 16, 16, 16, 5, 16, 16, 16, 16, 16, 16, 16),
  );
}

function mix(a: v128, b: v128, part: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), part));
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
