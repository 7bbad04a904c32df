import { instantiate } from './module.ts';
import { MOST_ROWS, type Sequence } from './sequence.ts';

/**
 * Shape of a network of convolutions over time: one of `taps`, mean of each two rows, residual ones of three taps with
 * these dilations, one of a single tap. Several members of the same shape read the same input; their outputs stand one
 * after the other.
 */
export interface NetworkShape {
  readonly members: number;
  readonly inputs: number;
  /** A multiple of four. */
  readonly width: number;
  /** Of each member; a multiple of four. */
  readonly outputs: number;
  /** Odd. */
  readonly taps: number;
  /** At most {@link MOST_DILATION} each. */
  readonly dilations: readonly number[];
}

/** Runs one network. */
export interface Encoder {
  /** Vectors of `members * outputs` numbers, channel after channel, one for each two rows; an odd last row is dropped. */
  encode(input: Sequence): Float32Array;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly conv: (
    x: number,
    w: number,
    bias: number,
    out: number,
    residual: number,
    rows: number,
    inputs: number,
    outputs: number,
    taps: number,
    step: number,
    stride: number,
    outStride: number,
    relu: number,
  ) => void;
}

/** Rows of silence at either end of a channel. */
const EDGE = 8;
export const MOST_DILATION = EDGE;
/** Rows that the kernel does at a time. */
const LANES = 8;
const MOST_INPUT_ROWS = 2 * MOST_ROWS;

/** Where one convolution's weights are, in floats. */
interface Layer {
  readonly weights: number;
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly taps: number;
  readonly dilation: number;
}

/** How many numbers the weights of a network are. */
export function weightsOf(shape: NetworkShape): number {
  return (
    shape.members * layersOf(shape).reduce((sum, layer) => sum + (layer.inputs * layer.taps + 1) * layer.outputs, 0)
  );
}

function layersOf({ inputs, width, outputs, taps, dilations }: NetworkShape) {
  return [
    { inputs, outputs: width, taps, dilation: 1 },
    ...dilations.map((dilation) => ({ inputs: width, outputs: width, taps: 3, dilation })),
    { inputs: width, outputs, taps: 1, dilation: 1 },
  ];
}

/**
 * The compiled convolution kernel with a network's weights in its memory. Everything that it computes of an input is
 * overwritten with zeros before it answers.
 *
 * @param weights - for each member, for each layer: output by output, input by input, tap by tap; then the biases
 * @throws Error where the kernel is missing, the machine has no SIMD or the weights are not of this shape.
 */
export function createEncoder(shape: NetworkShape, weights: Float32Array): Encoder {
  if (weights.length !== weightsOf(shape)) throw new Error('The weights are not of the shape that is said');
  const { memory, conv } = instantiate('conv') as Exports;
  const floats = new Float32Array(memory.buffer);
  const { width } = shape;
  // Floats. The kernel has no data of its own.
  let end = 256;
  const room = (count: number): number => (end += count) - count;
  const x = room(channelRoom(MOST_INPUT_ROWS) * shape.inputs);
  const wide = room(channelRoom(MOST_INPUT_ROWS) * width);
  const halves = [room(channelRoom(MOST_ROWS) * width), room(channelRoom(MOST_ROWS) * width)] as const;
  const out = room(channelRoom(MOST_ROWS) * Math.max(width, shape.outputs));
  if (end + weights.length > floats.length) throw new Error('The network is too large for the kernel');
  const members = place(shape, weights, floats, room);

  /** Convolves, then puts silence around what came out. */
  const run = (
    layer: Layer,
    from: number,
    to: number,
    rows: number,
    more: { residual?: number; relu: boolean },
  ): void => {
    const stride = channelRoom(rows);
    const first = from + EDGE - ((layer.taps - 1) / 2) * layer.dilation;
    const residual = more.residual === undefined ? 0 : 4 * (more.residual + EDGE);
    conv(
      4 * first,
      4 * layer.weights,
      4 * layer.bias,
      4 * (to + EDGE),
      residual,
      padded(rows),
      layer.inputs,
      layer.outputs,
      layer.taps,
      4 * layer.dilation,
      4 * stride,
      4 * stride,
      more.relu ? 1 : 0,
    );
    for (let k = 0; k < layer.outputs; k++) silence(floats, to + k * stride, rows);
  };

  return {
    encode: ({ data, length }) => {
      const half = length >> 1;
      const rows = 2 * half;
      if (half > MOST_ROWS) throw new RangeError('The sequence is longer than the kernel takes');
      const result = new Float32Array(shape.members * shape.outputs * half);
      const [stride, halfStride] = [channelRoom(rows), channelRoom(half)];
      try {
        for (let k = 0; k < shape.inputs; k++) {
          floats.set(data.subarray(k * length, k * length + rows), x + k * stride + EDGE);
          silence(floats, x + k * stride, rows);
        }
        for (const [m, layers] of members.entries()) {
          run(layers[0]!, x, wide, rows, { relu: true });
          for (let k = 0; k < width; k++) halve(floats, wide + k * stride, halves[0] + k * halfStride, half);
          let now = 0;
          for (const layer of layers.slice(1, -1)) {
            run(layer, halves[now]!, halves[1 - now]!, half, { residual: halves[now]!, relu: true });
            now = 1 - now;
          }
          run(layers.at(-1)!, halves[now]!, out, half, { relu: false });
          for (let k = 0; k < shape.outputs; k++) {
            const from = out + k * halfStride + EDGE;
            result.set(floats.subarray(from, from + half), (m * shape.outputs + k) * half);
          }
        }
        return result;
      } finally {
        floats.fill(0, x, x + stride * shape.inputs);
        floats.fill(0, wide, wide + stride * width);
        for (const at of halves) floats.fill(0, at, at + halfStride * width);
        floats.fill(0, out, out + halfStride * shape.outputs);
      }
    },
  };
}

/** Copies the weights into the kernel's memory, in the order that it reads them in. */
function place(
  shape: NetworkShape,
  weights: Float32Array,
  floats: Float32Array,
  room: (count: number) => number,
): readonly (readonly Layer[])[] {
  let from = 0;
  return Array.from({ length: shape.members }, () =>
    layersOf(shape).map((layer) => {
      const { inputs, outputs, taps } = layer;
      const at = room(inputs * outputs * taps);
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs * taps; i++)
          floats[at + ((o >> 2) * inputs * taps + i) * 4 + (o & 3)] = weights[from + o * inputs * taps + i]!;
      from += inputs * outputs * taps;
      const bias = room(outputs);
      floats.set(weights.subarray(from, from + outputs), bias);
      from += outputs;
      return { ...layer, weights: at, bias };
    }),
  );
}

function padded(rows: number): number {
  return Math.ceil(rows / LANES) * LANES;
}

/** Floats of one channel of so many rows, with its edges. */
function channelRoom(rows: number): number {
  return padded(rows) + 2 * EDGE;
}

/** Zeros before and after the rows of one channel. */
function silence(floats: Float32Array, channel: number, rows: number): void {
  floats.fill(0, channel, channel + EDGE);
  floats.fill(0, channel + EDGE + rows, channel + channelRoom(rows));
}

/** Mean of each two rows of a channel, into another. */
function halve(floats: Float32Array, from: number, to: number, rows: number): void {
  for (let i = 0; i < rows; i++)
    floats[to + EDGE + i] = (floats[from + EDGE + 2 * i]! + floats[from + EDGE + 2 * i + 1]!) / 2;
  silence(floats, to, rows);
}
