import { table } from '../terminal.ts';
import { errorRates, scoreList } from './error-rates.ts';
import type { Rate } from './report.ts';
import type { TrialOutcome } from './run.ts';

/** How one group fares at the threshold that is everybody's. */
export interface GroupRates {
  readonly trials: number;
  readonly mated: number;
  readonly nonMated: number;
  /** False non-match rate and false match rate at that threshold, 95 % (Wilson). */
  readonly fnmr: Rate;
  readonly fmr: Rate;
  /** At a threshold of the group's own. */
  readonly eer: number | null;
  readonly fta: { readonly count: number; readonly of: number };
}

/** The report by a column. */
export interface GroupReport {
  readonly column: string;
  readonly threshold: number;
  readonly groups: { readonly [value: string]: GroupRates };
  /** Largest rate over the smallest one of groups in which any comparison failed so; `null` where there are no two. */
  readonly spread: { readonly fnmr: number | null; readonly fmr: number | null };
}

/** Of the standard normal at 97.5 %. */
const Z = 1.959964;

/** Error rates group by group, all at one threshold: whoever is let in or kept out more often than others stands out. */
export function groupReport(trials: readonly TrialOutcome[], column: string, threshold: number): GroupReport {
  const values = [...new Set(trials.map(({ group = '' }) => group))].toSorted();
  const groups = Object.fromEntries(
    values.map((value) => [
      value,
      ratesOf(
        trials.filter(({ group = '' }) => group === value),
        threshold,
      ),
    ]),
  );
  const spread = (rate: 'fnmr' | 'fmr'): number | null => {
    const rates = Object.values(groups).flatMap((group) => group[rate].rate ?? []);
    const smallest = Math.min(...rates.filter((one) => one > 0));
    return rates.length < 2 || !Number.isFinite(smallest) ? null : Math.max(...rates) / smallest;
  };
  return { column, threshold, groups, spread: { fnmr: spread('fnmr'), fmr: spread('fmr') } };
}

function ratesOf(trials: readonly TrialOutcome[], threshold: number): GroupRates {
  const scored = trials.flatMap(({ score, mated }) => (score === undefined ? [] : [{ score, mated, user: 0 }]));
  const mated = scored.filter((one) => one.mated);
  const nonMated = scored.filter((one) => !one.mated);
  return {
    trials: trials.length,
    mated: mated.length,
    nonMated: nonMated.length,
    fnmr: wilson(mated.filter(({ score }) => score < threshold).length, mated.length),
    fmr: wilson(nonMated.filter(({ score }) => score >= threshold).length, nonMated.length),
    eer: errorRates(scoreList(scored), [1], []).eer,
    fta: { count: trials.filter(({ failure }) => failure === 'acquire').length, of: trials.length },
  };
}

/**
 * A proportion with its 95 % interval (E. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
 * Journal of the American Statistical Association 22, 1927).
 */
export function wilson(count: number, of: number): Rate {
  if (of === 0) return { rate: null, low: null, high: null };
  const rate = count / of;
  const [square, whole] = [Z * Z, 1 + (Z * Z) / of];
  const middle = (rate + square / (2 * of)) / whole;
  const half = (Z / whole) * Math.sqrt((rate * (1 - rate)) / of + square / (4 * of * of));
  return { rate, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The report for people. */
export function formatGroups({ column, threshold, groups, spread }: GroupReport): string {
  const rows = Object.entries(groups).map(([value, { mated, nonMated, fnmr, fmr, eer, fta }]) => [
    value === '' ? '(none)' : value,
    cell(fnmr),
    cell(fmr),
    percent(eer),
    String(mated),
    String(nonMated),
    `${fta.count} of ${fta.of}`,
  ]);
  const header = [`by ${column}`, 'FNMR % 95 %', 'FMR % 95 %', 'EER %', 'mated', 'non-mated', 'not acquired'];
  return (
    `\nall groups at LLR ${threshold.toFixed(2)}\n${table([header, ...rows])}` +
    `largest over smallest rate: FNMR ${times(spread.fnmr)}, FMR ${times(spread.fmr)}\n`
  );
}

function percent(rate: number | null): string {
  return rate === null ? '-' : (100 * rate).toFixed(2);
}

function cell({ rate, low, high }: Rate): string {
  return rate === null ? '-' : `${percent(rate)} [${percent(low)}, ${percent(high)}]`;
}

function times(ratio: number | null): string {
  return ratio === null ? '-' : `${ratio.toFixed(1)} times`;
}
