import type { CalibrationLine, CalibrationTable } from './calibration-types.ts';

/** Under which circumstances a comparison was made. */
export interface Circumstances {
  /** Whether pressure was compared too. */
  readonly pressure: boolean;
  /** Drawings in the reference. */
  readonly samples: number;
}

/** Ratios are kept within 1 : 10,000 and 10,000 : 1: the synthetic signers support no more. */
const MOST_LLR = Math.log(10_000);

/**
 * Log-likelihood ratio (natural log) of "same person" against "skilled forger" for a dissimilarity. It is a logistic
 * regression with equal priors (N. Brümmer and J. du Preez, "Application-independent evaluation of speaker detection",
 * Computer Speech and Language 20, 2006) on synthetic signers, one for each number of drawings, with and without pressure.
 */
export function likelihoodRatio(
  dissimilarity: number,
  { pressure, samples }: Circumstances,
  table: CalibrationTable,
): number {
  const lines = pressure ? table.withPressure : table.withoutPressure;
  const { offset, slope } = between(lines, samples);
  return Math.min(MOST_LLR, Math.max(-MOST_LLR, offset - slope * dissimilarity));
}

/** The line for this many drawings, interpolated between those of the table; beyond its ends the end's. */
function between(lines: readonly CalibrationLine[], samples: number): CalibrationLine {
  const next = lines.findIndex((line) => line.samples >= samples);
  const high = lines.at(next)!;
  const low = lines[next - 1] ?? high;
  if (next < 0 || low === high) return high;
  const part = (samples - low.samples) / (high.samples - low.samples);
  return {
    samples,
    offset: low.offset + part * (high.offset - low.offset),
    slope: low.slope + part * (high.slope - low.slope),
  };
}

/**
 * The log-likelihood ratio at which skilled forgers are accepted at this rate, after a shipped table; between its rows
 * interpolated in the logarithm of the rate, beyond its ends the end's.
 *
 * @param fmr - false match rate, 0..1
 * @example
 * ```ts
 * thresholdOf(CALIBRATION, 0.01); // accept from this score on: one skilled forgery in a hundred passes
 * ```
 */
export function thresholdOf(table: CalibrationTable, fmr: number): number {
  const rows = table.thresholds;
  const next = rows.findIndex((row) => row.fmr <= fmr);
  if (next === 0) return rows[0]!.llr;
  if (next < 0) return rows.at(-1)!.llr;
  const [above, below] = [rows[next - 1]!, rows[next]!];
  const part = Math.log(above.fmr / fmr) / Math.log(above.fmr / below.fmr);
  return above.llr + part * (below.llr - above.llr);
}
