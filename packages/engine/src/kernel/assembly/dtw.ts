// AssemblyScript, compiled by scripts/build-kernel.mjs to dist/kernel/dtw.wasm. Its host is ../wasm.ts.

/**
 * Cost of the cheapest alignment of sequence A (n rows) with B (m rows). Four rows of A are one block; the block walks
 * along B skewed, lane r at column s - r, so that the four cells of a step depend on earlier steps alone and every
 * operation is done for all four at once.
 *
 * a: blocks of four rows: for each block, for each channel, four floats; padded with zeros
 * b: for each channel (`stride` bytes apart) three zeros, B backwards in time, three zeros
 * border: room for m + 6 floats; the last row of the block above, from the fourth float on
 */
export function align(a: usize, b: usize, border: usize, n: i32, m: i32, channels: i32, stride: usize): f32 {
  const infinity = f32x4.splat(Infinity);
  for (let j = 0; j < m + 6; ++j) store<f32>(border + ((<usize>j) << 2), Infinity);

  const tiny = f32x4.splat(1e-8);
  const blocks = (n + 3) >> 2;
  const lastLane = (n - 1) & 3;
  const blockBytes = (<usize>channels) << 4;
  let cells = infinity;
  let diagonal = f32x4.replace_lane(infinity, 0, 0);

  for (let block = 0; block < blocks; ++block) {
    const steps = block === blocks - 1 ? m + lastLane : m + 3;
    let at = b + ((<usize>(m + 2)) << 2);
    let edge = border;
    const end = a + blockBytes;
    cells = infinity;
    for (let s = 0; s < steps; ++s) {
      let sum = tiny;
      let column = at;
      for (let row = a; row < end; row += 16) {
        const difference = f32x4.sub(v128.load(row), v128.load(column));
        sum = f32x4.add(sum, f32x4.mul(difference, difference));
        column += stride;
      }
      const above = v128.shuffle<f32>(v128.load_splat<f32>(edge, 12), cells, 0, 4, 5, 6);
      const best = f32x4.pmin(f32x4.pmin(diagonal, above), cells);
      diagonal = above;
      cells = f32x4.add(f32x4.sqrt(sum), best);
      store<f32>(edge, f32x4.extract_lane(cells, 3));
      at -= 4;
      edge += 4;
    }
    diagonal = infinity;
    a = end;
  }
  store<v128>(border, cells);
  return load<f32>(border + ((<usize>lastLane) << 2));
}
