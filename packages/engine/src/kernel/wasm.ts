import { instantiate } from './module.ts';
import { MOST_CHANNELS, MOST_ROWS, type Aligner, type Sequence } from './sequence.ts';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly align: (
    a: number,
    b: number,
    border: number,
    n: number,
    m: number,
    channels: number,
    stride: number,
  ) => number;
}

// Floats, not bytes. The kernel has no data of its own.
const A = 256;
const ROWS_A = MOST_ROWS + 4;
const B = A + ROWS_A * MOST_CHANNELS;
const ROWS_B = MOST_ROWS + 8;
const BORDER = B + ROWS_B * MOST_CHANNELS;
const END = BORDER + ROWS_B;

/**
 * The compiled kernel: WebAssembly with 128-bit SIMD, made by `scripts/build-kernel.mjs`. Its memory is overwritten with
 * zeros after each call, so no reference outlives its comparison there.
 * @throws Error where the file is missing or the machine has no SIMD.
 */
export function createWasmAligner(): Aligner {
  const { memory, align } = instantiate('dtw') as Exports;
  const floats = new Float32Array(memory.buffer, 0, END);

  return {
    kind: 'wasm-simd',
    distances: (probe, others, channels) => {
      const longest = others.reduce((most, other) => Math.max(most, other.length), 0);
      if (probe.length > MOST_ROWS || longest > MOST_ROWS || channels > MOST_CHANNELS)
        throw new RangeError('The sequence is longer than the kernel takes');
      const out = new Float64Array(others.length);
      try {
        writeBlocks(floats, probe, channels);
        for (const [i, other] of others.entries()) {
          const stride = writeBackwards(floats, other, channels);
          const cost = align(A * 4, B * 4, BORDER * 4, probe.length, other.length, channels, stride * 4);
          out[i] = cost / (probe.length + other.length);
        }
        return out;
      } finally {
        floats.fill(0, A, A + (probe.length + 4) * channels);
        floats.fill(0, B, B + (longest + 6) * channels);
        floats.fill(0, BORDER, BORDER + longest + 8);
      }
    },
  };
}

/** Blocks of four rows; within a block, channel by channel. */
function writeBlocks(floats: Float32Array, { data, length }: Sequence, channels: number): void {
  const padded = (length + 3) & ~3;
  for (let k = 0; k < channels; k++) {
    const from = k * length;
    for (let i = 0; i < padded; i++)
      floats[A + (i >> 2) * 4 * channels + k * 4 + (i & 3)] = i < length ? data[from + i]! : 0;
  }
}

/** Channel by channel, backwards in time, three zeros at either end. Returns the floats from channel to channel. */
function writeBackwards(floats: Float32Array, { data, length }: Sequence, channels: number): number {
  const stride = length + 6;
  for (let k = 0; k < channels; k++) {
    const to = B + k * stride;
    const from = k * length + length - 1;
    floats.fill(0, to, to + 3);
    for (let j = 0; j < length; j++) floats[to + 3 + j] = data[from - j]!;
    floats.fill(0, to + 3 + length, to + stride);
  }
  return stride;
}
