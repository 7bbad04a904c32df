import type { Modality, ModelId } from '@asignio/contracts';
import type { ResearchDataset } from '@asignio/policy';
import { table } from '../terminal.ts';
import { bootstrap, quantile } from './bootstrap.ts';
import type { Interval } from './bootstrap.ts';
import { errorRates, scoreList } from './error-rates.ts';
import type { ScoreList } from './error-rates.ts';
import { formatGroups, groupReport } from './groups.ts';
import type { GroupReport } from './groups.ts';
import { userOf } from './protocol.ts';
import type { Protocol } from './protocol.ts';
import type { RunResult, TrialOutcome } from './run.ts';

/** False match rates at which FNMR is reported. */
export const REPORTED_FMRS = [1e-2, 1e-3, 1e-4, 1e-5] as const;
/** Rule of 3 (ISO/IEC 19795-1): a rate of `f` is supported by at least 3 / f non-mated comparisons. */
const RULE_OF_3 = 3;

/** A rate with its 95 % confidence interval, 0..1; `null` where there was nothing to measure. */
export interface Rate {
  readonly rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Error rates of one set of comparisons at one global threshold. */
export interface Rates {
  readonly mated: number;
  readonly nonMated: number;
  readonly eer: Rate;
  /** By FMR: `1e-2` to `1e-5`. `supported` says whether there are enough non-mated comparisons for that FMR. */
  readonly fnmr: { readonly [fmr: string]: Rate & { readonly supported: boolean } };
  /** Mean of the EERs of each user apart. */
  readonly meanUserEer: number | null;
}

/** What `--json` writes. Rates are 0..1, times ms. */
export interface Report {
  readonly format: 'asignio-evaluation/1';
  readonly modality: Modality;
  readonly model: ModelId;
  readonly dataset: ResearchDataset;
  readonly counts: {
    readonly users: number;
    readonly models: number;
    readonly trials: number;
    readonly mated: number;
    readonly nonMated: number;
    readonly kinds: { readonly [kind: string]: number };
  };
  readonly overall: Rates;
  readonly kinds: { readonly [kind: string]: Rates };
  readonly fta: { readonly count: number; readonly of: number; readonly rate: number };
  readonly fte: { readonly count: number; readonly of: number; readonly rate: number };
  readonly refusedEnrolmentSamples: number;
  /** Trials that failed for a reason of ours: they are in no rate. */
  readonly faults: number;
  /** Presentation attacks found, by kind of trial. */
  readonly attacks: { readonly [kind: string]: number };
  readonly decisions: {
    readonly threshold: number;
    /** The skilled FMR that the threshold stands for. */
    readonly fmr: number;
    readonly accepted: { readonly [kind: string]: number };
  };
  /** Absent where nothing was grouped. */
  readonly by?: GroupReport;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  readonly comparisonsPerSecond: number | null;
  readonly workers: number;
  readonly bootstrap: { readonly seed: number; readonly unit: 'user'; readonly level: 0.95 };
}

/** What the report is made of. */
export interface ReportInput {
  readonly modality: Modality;
  readonly model: ModelId;
  readonly dataset: ResearchDataset;
  readonly protocol: Protocol;
  readonly result: RunResult;
  readonly threshold: number;
  readonly fmr: number;
  readonly workers: number;
  readonly seed: number;
  /** Column to group by. */
  readonly by?: string;
}

/** One set of comparisons: all mated ones against the non-mated ones of a kind, or of all. */
export interface Comparison {
  readonly kind: string;
  readonly list: ScoreList;
  readonly mated: number;
  readonly nonMated: number;
}

export function makeReport(input: ReportInput): Report {
  const { protocol, result, seed } = input;
  const { trials } = result;
  const users = userIndex(protocol);
  const rates = (comparison: Comparison) => ratesOf(comparison, users.size, seed);
  const latencies = Float64Array.from(
    trials.flatMap(({ elapsedMs }) => (elapsedMs === undefined ? [] : [elapsedMs])),
  ).sort();
  const at = (part: number) => (latencies.length === 0 ? null : quantile(latencies, part));
  const attempted = trials.filter(({ failure }) => failure !== 'enrol' && failure !== 'fault');
  return {
    format: 'asignio-evaluation/1',
    modality: input.modality,
    model: input.model,
    dataset: input.dataset,
    counts: {
      users: users.size,
      models: protocol.models.size,
      trials: trials.length,
      mated: trials.filter(({ mated }) => mated).length,
      nonMated: trials.filter(({ mated }) => !mated).length,
      kinds: countBy(trials),
    },
    overall: rates(overall(trials, users)),
    kinds: Object.fromEntries(byKind(trials, users).map((comparison) => [comparison.kind, rates(comparison)])),
    fta: share(attempted.filter(({ failure }) => failure === 'acquire').length, attempted.length),
    fte: share(result.notEnrolled.size, protocol.models.size),
    refusedEnrolmentSamples: result.refusedSamples,
    faults: trials.filter(({ failure }) => failure === 'fault').length,
    attacks: countBy(trials.filter(({ attack }) => attack)),
    decisions: {
      threshold: input.threshold,
      fmr: input.fmr,
      accepted: countBy(trials.filter(({ decision }) => decision === 'accepted')),
    },
    ...(input.by === undefined ? {} : { by: groupReport(trials, input.by, input.threshold) }),
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    comparisonsPerSecond: latencies.length === 0 ? null : (1000 * latencies.length) / result.comparingMs,
    workers: input.workers,
    bootstrap: { seed, unit: 'user', level: 0.95 },
  };
}

/** The users of a protocol, numbered. */
export function userIndex(protocol: Protocol): ReadonlyMap<string, number> {
  return new Map([...new Set([...protocol.models.keys()].map(userOf))].map((user, index) => [user, index]));
}

function overall(trials: readonly TrialOutcome[], users: ReadonlyMap<string, number>): Comparison {
  return comparisonOf('overall', trials, users);
}

/** For each kind of non-mated trial, its comparisons together with all mated ones. */
export function byKind(trials: readonly TrialOutcome[], users: ReadonlyMap<string, number>): readonly Comparison[] {
  const kinds = new Set(trials.filter(({ mated }) => !mated).map(({ kind }) => kind));
  return [...kinds].map((kind) =>
    comparisonOf(
      kind,
      trials.filter((trial) => trial.mated || trial.kind === kind),
      users,
    ),
  );
}

function comparisonOf(kind: string, trials: readonly TrialOutcome[], users: ReadonlyMap<string, number>): Comparison {
  const scored = trials.flatMap(({ score, mated, model }) =>
    score === undefined ? [] : [{ score, mated, user: users.get(userOf(model)) ?? 0 }],
  );
  const mated = scored.filter((one) => one.mated).length;
  return { kind, list: scoreList(scored), mated, nonMated: scored.length - mated };
}

function ratesOf({ list, mated, nonMated }: Comparison, users: number, seed: number): Rates {
  const all = Array.from({ length: users }, () => 1);
  const { eer, fnmr } = errorRates(list, all, REPORTED_FMRS);
  const intervals = bootstrap(list, users, REPORTED_FMRS, seed);
  return {
    mated,
    nonMated,
    eer: rateOf(eer, intervals.eer),
    fnmr: Object.fromEntries(
      REPORTED_FMRS.map((fmr, index) => [
        fmr.toExponential(),
        { ...rateOf(fnmr[index] ?? null, intervals.fnmr[index] ?? null), supported: nonMated * fmr >= RULE_OF_3 },
      ]),
    ),
    meanUserEer: meanUserEer(list, users),
  };
}

function meanUserEer(list: ScoreList, users: number): number | null {
  const rates: number[] = [];
  for (let user = 0; user < users; user++) {
    const alone = Array.from({ length: users }, (_, index) => Number(index === user));
    const { eer } = errorRates(list, alone, []);
    if (eer !== null) rates.push(eer);
  }
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

function rateOf(rate: number | null, interval: Interval): Rate {
  return { rate, low: interval?.[0] ?? null, high: interval?.[1] ?? null };
}

function share(count: number, of: number): { count: number; of: number; rate: number } {
  return { count, of, rate: of === 0 ? 0 : count / of };
}

function countBy(trials: readonly TrialOutcome[]): { [kind: string]: number } {
  const counts = new Map<string, number>();
  for (const { kind } of trials) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The report for people: percent with intervals, in aligned columns. */
export function formatReport(report: Report): string {
  const { counts, overall: all, kinds, latencyMs, fta, fte, dataset } = report;
  const header = [
    '',
    'EER %',
    '95 %',
    ...REPORTED_FMRS.map((fmr) => `FNMR % at FMR ${Number((100 * fmr).toPrecision(3))} %`),
    'mated',
    'non-mated',
  ];
  const rows = [...Object.entries(kinds), ['overall', all] as const].map(([kind, rates]) => [
    kind,
    percent(rates.eer.rate),
    range(rates.eer),
    ...Object.values(rates.fnmr).map((rate) => `${percent(rate.rate)} ${range(rate)}${rate.supported ? '' : ' *'}`),
    String(rates.mated),
    String(rates.nonMated),
  ]);
  const unsupported = Object.values({ all, ...kinds }).some(({ fnmr }) =>
    Object.values(fnmr).some(({ supported }) => !supported),
  );
  const lines = [
    `${report.modality}, model ${report.model.name} ${report.model.version}; ${counts.users} users, ${counts.models} models, ${counts.trials} trials\n`,
    `data set ${dataset.name}; source: ${dataset.source}; licence: ${dataset.licence}; jurisdiction: ${dataset.jurisdiction}\n\n`,
    table([header, ...rows]),
    unsupported ? '* too few non-mated comparisons for this FMR (rule of 3)\n' : '',
    `\nfailed to acquire ${fta.count} of ${fta.of}, failed to enrol ${fte.count} of ${fte.of}`,
    `, attacks found ${formatCounts(report.attacks)}, faults ${report.faults}\n`,
    `accepted at LLR ${report.decisions.threshold.toFixed(2)} (FMR ${100 * report.decisions.fmr} % by the shipped table): ${formatCounts(report.decisions.accepted)}\n`,
    `comparison p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)} ms; `,
    `${report.comparisonsPerSecond?.toFixed(0) ?? '-'} a second with ${report.workers} workers\n`,
    report.by === undefined ? '' : formatGroups(report.by),
  ];
  return lines.join('');
}

function formatCounts(counts: { readonly [kind: string]: number }): string {
  return (
    Object.entries(counts)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ') || 'none'
  );
}

function percent(rate: number | null): string {
  return rate === null ? '-' : (100 * rate).toFixed(2);
}

function range({ low, high }: Rate): string {
  return low === null || high === null ? '[-]' : `[${percent(low)}, ${percent(high)}]`;
}

function ms(value: number | null): string {
  return value === null ? '-' : value.toFixed(2);
}
