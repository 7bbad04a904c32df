import type { FloatArray } from '../onnx/graph.ts';

/** A convolution's filters from TensorFlow's order (rows, columns, in, out) to ONNX's (out, in, rows, columns). */
export function filtersOf({ shape, data }: FloatArray): FloatArray {
  return permute(shape, data, [3, 2, 0, 1]);
}

/** A depthwise convolution's filters (rows, columns, channels, multiplier) to (channels * multiplier, 1, rows, columns). */
export function depthwiseFiltersOf({ shape, data }: FloatArray): FloatArray {
  const [rows = 0, columns = 0, channels = 0, multiplier = 0] = shape;
  const { data: turned } = permute(shape, data, [2, 3, 0, 1]);
  return { shape: [channels * multiplier, 1, rows, columns], data: turned };
}

/** Each output channel of filters in ONNX's order times a factor of its own. */
export function scaleFilters({ shape, data }: FloatArray, factors: Float32Array): FloatArray {
  const size = data.length / (shape[0] ?? 1);
  return { shape, data: data.map((value, i) => value * (factors[Math.floor(i / size)] ?? 0)) };
}

function permute(shape: readonly number[], data: Float32Array, order: readonly number[]): FloatArray {
  const turned = order.map((axis) => shape[axis] ?? 1);
  const strides = order.map((axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const out = new Float32Array(data.length);
  const index = turned.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0)] ?? 0;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (turned[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
  return { shape: turned, data: out };
}
