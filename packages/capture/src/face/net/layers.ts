/** What flows between layers: rows of pixels, each with all its channels side by side. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** Where a window begins, and how many there are: TensorFlow's `SAME` (what lacks is added at the end first) or `VALID`. */
function span(size: number, window: number, stride: number, same: boolean): { count: number; before: number } {
  if (!same) return { count: Math.floor((size - window) / stride) + 1, before: 0 };
  const count = Math.ceil(size / stride);
  return { count, before: Math.max(0, (count - 1) * stride + window - size) >> 1 };
}

/** A convolution with 3 x 3 filters, in the order rows, columns, in, out. */
export function convolve(
  x: Plane,
  filters: Float32Array,
  bias: Float32Array,
  { stride, same }: { readonly stride: number; readonly same: boolean },
): Plane {
  const outs = bias.length;
  const rows = span(x.height, 3, stride, same);
  const columns = span(x.width, 3, stride, same);
  const data = new Float32Array(rows.count * columns.count * outs);
  for (let row = 0, to = 0; row < rows.count; row += 1)
    for (let column = 0; column < columns.count; column += 1, to += outs) {
      const cell = data.subarray(to, to + outs);
      cell.set(bias);
      for (let r = 0; r < 3; r += 1) {
        const y = row * stride + r - rows.before;
        if (y < 0 || y >= x.height) continue;
        for (let c = 0; c < 3; c += 1) {
          const at = column * stride + c - columns.before;
          if (at < 0 || at >= x.width) continue;
          accumulate(cell, x.data, (y * x.width + at) * x.channels, x.channels, filters, (r * 3 + c) * x.channels);
        }
      }
    }
  return { height: rows.count, width: columns.count, channels: outs, data };
}

/** One 3 x 3 filter a channel, zeros around. Filters in the order rows, columns, channels. */
export function convolveDepthwise(x: Plane, filters: Float32Array, stride: number): Plane {
  const { channels } = x;
  const rows = span(x.height, 3, stride, true);
  const columns = span(x.width, 3, stride, true);
  const data = new Float32Array(rows.count * columns.count * channels);
  for (let row = 0, to = 0; row < rows.count; row += 1)
    for (let column = 0; column < columns.count; column += 1, to += channels)
      for (let r = 0; r < 3; r += 1) {
        const y = row * stride + r - rows.before;
        if (y < 0 || y >= x.height) continue;
        for (let c = 0; c < 3; c += 1) {
          const at = column * stride + c - columns.before;
          if (at < 0 || at >= x.width) continue;
          const from = (y * x.width + at) * channels;
          const filter = (r * 3 + c) * channels;
          for (let i = 0; i < channels; i += 1) data[to + i]! += x.data[from + i]! * filters[filter + i]!;
        }
      }
  return { height: rows.count, width: columns.count, channels, data };
}

/** A convolution with 1 x 1 filters, in the order in, out. */
export function convolvePointwise(x: Plane, filters: Float32Array, bias: Float32Array): Plane {
  const outs = bias.length;
  const pixels = x.height * x.width;
  const data = new Float32Array(pixels * outs);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const cell = data.subarray(pixel * outs, (pixel + 1) * outs);
    cell.set(bias);
    accumulate(cell, x.data, pixel * x.channels, x.channels, filters, 0);
  }
  return { height: x.height, width: x.width, channels: outs, data };
}

/** Adds a row vector times a matrix; most inputs are zero after a rectifier. */
function accumulate(
  cell: Float32Array,
  input: Float32Array,
  from: number,
  count: number,
  filters: Float32Array,
  firstRow: number,
): void {
  const outs = cell.length;
  for (let i = 0; i < count; i += 1) {
    const value = input[from + i]!;
    if (value === 0) continue;
    const filter = (firstRow + i) * outs;
    for (let o = 0; o < outs; o += 1) cell[o]! += value * filters[filter + o]!;
  }
}

/** The largest of each 2 x 2; what lies beyond the border does not count. */
export function pool(x: Plane, stride: number): Plane {
  const { channels } = x;
  const height = Math.ceil(x.height / stride);
  const width = Math.ceil(x.width / stride);
  const data = new Float32Array(height * width * channels).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0, to = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1, to += channels)
      for (let r = 0; r < 2; r += 1)
        for (let c = 0; c < 2; c += 1) {
          const y = row * stride + r;
          const at = column * stride + c;
          if (y >= x.height || at >= x.width) continue;
          const from = (y * x.width + at) * channels;
          for (let i = 0; i < channels; i += 1) data[to + i] = Math.max(data[to + i]!, x.data[from + i]!);
        }
  return { height, width, channels, data };
}

/** In place: negative values times `slope`. */
export function rectify(x: Plane, slope = 0): Plane {
  const { data } = x;
  for (let i = 0; i < data.length; i += 1) if (data[i]! < 0) data[i]! *= slope;
  return x;
}

/** Sums of planes of one size. */
export function sum(first: Plane, ...others: readonly Plane[]): Plane {
  const data = first.data.slice();
  for (const other of others) for (let i = 0; i < data.length; i += 1) data[i]! += other.data[i]!;
  return { ...first, data };
}
