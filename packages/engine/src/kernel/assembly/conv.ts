// AssemblyScript, compiled by scripts/build-kernel.mjs to dist/kernel/conv.wasm. Its host is ../convolver.ts.

/**
 * One-dimensional convolution, four outputs by eight rows at a time. Channels lie one after another, rows within.
 *
 * x: first tap of row 0 of channel 0; channels `stride` bytes apart, taps `step` bytes apart
 * w: for each block of four outputs, for each input, for each tap, four floats
 * bias: one float an output
 * out: row 0 of output 0; outputs `outStride` bytes apart
 * residual: what is added to the result, laid out like out; 0 for nothing
 * rows: a multiple of eight. outputs: a multiple of four. relu: whether negative sums count as zero
 */
export function conv(
  x: usize,
  w: usize,
  bias: usize,
  out: usize,
  residual: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
  taps: i32,
  step: usize,
  stride: usize,
  outStride: usize,
  relu: i32,
): void {
  const least = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  const rowBytes = (<usize>rows) << 2;
  const blockBytes = (<usize>(inputs * taps)) << 4;
  for (let o = 0; o < outputs; o += 4) {
    const b0 = v128.load_splat<f32>(bias);
    const b1 = v128.load_splat<f32>(bias, 4);
    const b2 = v128.load_splat<f32>(bias, 8);
    const b3 = v128.load_splat<f32>(bias, 12);
    for (let at: usize = 0; at < rowBytes; at += 32) {
      let p0 = b0;
      let p1 = b1;
      let p2 = b2;
      let p3 = b3;
      let q0 = b0;
      let q1 = b1;
      let q2 = b2;
      let q3 = b3;
      let weight = w;
      let channel = x + at;
      for (let c = 0; c < inputs; ++c) {
        let tap = channel;
        for (let k = 0; k < taps; ++k) {
          const u = v128.load(tap);
          const v = v128.load(tap, 16);
          const w0 = v128.load_splat<f32>(weight);
          const w1 = v128.load_splat<f32>(weight, 4);
          const w2 = v128.load_splat<f32>(weight, 8);
          const w3 = v128.load_splat<f32>(weight, 12);
          p0 = f32x4.add(p0, f32x4.mul(u, w0));
          q0 = f32x4.add(q0, f32x4.mul(v, w0));
          p1 = f32x4.add(p1, f32x4.mul(u, w1));
          q1 = f32x4.add(q1, f32x4.mul(v, w1));
          p2 = f32x4.add(p2, f32x4.mul(u, w2));
          q2 = f32x4.add(q2, f32x4.mul(v, w2));
          p3 = f32x4.add(p3, f32x4.mul(u, w3));
          q3 = f32x4.add(q3, f32x4.mul(v, w3));
          weight += 16;
          tap += step;
        }
        channel += stride;
      }
      finish(out + at, residual ? residual + at : 0, f32x4.pmax(least, p0), f32x4.pmax(least, q0));
      finish(
        out + at + outStride,
        residual ? residual + at + outStride : 0,
        f32x4.pmax(least, p1),
        f32x4.pmax(least, q1),
      );
      finish(
        out + at + 2 * outStride,
        residual ? residual + at + 2 * outStride : 0,
        f32x4.pmax(least, p2),
        f32x4.pmax(least, q2),
      );
      finish(
        out + at + 3 * outStride,
        residual ? residual + at + 3 * outStride : 0,
        f32x4.pmax(least, p3),
        f32x4.pmax(least, q3),
      );
    }
    w += blockBytes;
    bias += 16;
    out += 4 * outStride;
    if (residual) residual += 4 * outStride;
  }
}

function finish(out: usize, residual: usize, p: v128, q: v128): void {
  if (residual) {
    v128.store(out, f32x4.add(p, v128.load(residual)));
    v128.store(out, f32x4.add(q, v128.load(residual, 16)), 16);
  } else {
    v128.store(out, p);
    v128.store(out, q, 16);
  }
}
