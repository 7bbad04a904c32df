/** A row of feature vectors in time, stored channel after channel: `data[channel * length + row]`. */
export interface Sequence {
  readonly length: number;
  readonly data: Float32Array;
}

/** What the kernels take at most. */
export const MOST_ROWS = 1024;
export const MOST_CHANNELS = 32;

/** Computes alignment distances. `channels`: how many of the leading channels count. */
export interface Aligner {
  readonly kind: 'wasm-simd' | 'javascript';
  /**
   * Distance of one sequence to each of the others: the cost of the cheapest monotone alignment, over the sum of both
   * lengths.
   */
  distances(probe: Sequence, others: readonly Sequence[], channels: number): Float64Array;
}
