import { loadAligner } from '../../../kernel/aligner.ts';
import { ALL_CHANNELS, SHAPE_CHANNELS, type SignatureFeatures, type Variation } from '../types.ts';

/** Distances of a drawing to others, by shape and movement alone or with pressure too. */
export function distancesTo(
  probe: SignatureFeatures,
  others: readonly SignatureFeatures[],
  pressure: boolean,
): readonly number[] {
  return [...loadAligner().distances(probe, others, pressure ? ALL_CHANNELS : SHAPE_CHANNELS)];
}

/** Distances among drawings: `result[i][j]`, zero on the diagonal. */
export function distancesAmong(
  drawings: readonly SignatureFeatures[],
  pressure: boolean,
): readonly (readonly number[])[] {
  const matrix = drawings.map(() => drawings.map(() => 0));
  for (const [i, drawing] of drawings.entries()) {
    const later = distancesTo(drawing, drawings.slice(i + 1), pressure);
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
