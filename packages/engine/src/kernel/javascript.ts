import type { Aligner, Sequence } from './sequence.ts';

/**
 * Dynamic time warping as it is defined (H. Sakoe and S. Chiba, "Dynamic programming algorithm optimization for spoken word
 * recognition", IEEE TASSP 26, 1978): Euclidean distance of the vectors, steps (1,0), (0,1), (1,1) of equal weight, no band.
 * It is what the compiled kernel is checked against, and stands in for it where SIMD is missing.
 */
export const javascriptAligner: Aligner = {
  kind: 'javascript',
  distances: (probe, others, channels) => Float64Array.from(others, (other) => align(probe, other, channels)),
};

function align(a: Sequence, b: Sequence, channels: number): number {
  let above = new Float64Array(b.length + 1).fill(Infinity);
  let row = new Float64Array(b.length + 1).fill(Infinity);
  above[0] = 0;
  for (let i = 0; i < a.length; i++) {
    row[0] = Infinity;
    for (let j = 0; j < b.length; j++) {
      let sum = 1e-8;
      for (let k = 0; k < channels; k++) {
        const difference = a.data[k * a.length + i]! - b.data[k * b.length + j]!;
        sum += difference * difference;
      }
      row[j + 1] = Math.sqrt(sum) + Math.min(above[j]!, above[j + 1]!, row[j]!);
    }
    [above, row] = [row, above];
  }
  return above[b.length]! / (a.length + b.length);
}
