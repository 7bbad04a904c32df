import { loadAligner, type Sequence } from '../../../kernel/aligner.ts';
import { ALL_CHANNELS, EMBEDDING_CHANNELS, SHAPE_CHANNELS, type SignatureFeatures, type Variation } from '../types.ts';

/** Which of a drawing's rows are compared: shape and movement, these and pressure, or what the network made of them. */
export type View = 'shape' | 'full' | 'network';

/**
 * Distances of a drawing to others in one view, which all of them must have.
 */
export function distancesTo(
  probe: SignatureFeatures,
  others: readonly SignatureFeatures[],
  view: View,
): readonly number[] {
  const aligner = loadAligner();
  if (view !== 'network') return [...aligner.distances(probe, others, view === 'full' ? ALL_CHANNELS : SHAPE_CHANNELS)];
  return [...aligner.distances(embedded(probe), others.map(embedded), EMBEDDING_CHANNELS)];
}

function embedded({ length, embedding }: SignatureFeatures): Sequence {
  if (embedding === undefined) throw new TypeError('The drawing has no embedding');
  return { length, data: embedding };
}

/** Distances among drawings in one view: `result[i][j]`, zero on the diagonal. */
export function distancesAmong(drawings: readonly SignatureFeatures[], view: View): readonly (readonly number[])[] {
  const matrix = drawings.map(() => drawings.map(() => 0));
  for (const [i, drawing] of drawings.entries()) {
    const later = distancesTo(drawing, drawings.slice(i + 1), view);
    for (const [k, distance] of later.entries()) {
      matrix[i]![i + 1 + k] = distance;
      matrix[i + 1 + k]![i] = distance;
    }
  }
  return matrix;
}

/** A person's own variation, from the distances among two or more of their drawings. */
export function variationOf(matrix: readonly (readonly number[])[]): Variation {
  const others = matrix.map((row, i) => row.filter((_, j) => j !== i));
  return {
    nearest: average(others.map((row) => Math.min(...row))),
    mean: average(others.map(average)),
  };
}

/** Arithmetic mean. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
