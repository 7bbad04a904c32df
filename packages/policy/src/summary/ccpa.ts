import type { EpochMs, Purpose } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import { saleStatus } from './sale.ts';
import type { SaleStatus } from './sale.ts';

/** How many summaries a person gets in any twelve months: Cal. Civ. Code §1798.130(b). */
export const SUMMARIES = 2;
const WINDOW = { months: 12, days: 0 } as const;

/** Whether another summary is due to a person, and if not, from when. */
export interface SummaryLimit {
  /** How many are left now. */
  readonly remaining: number;
  /** When the next one can be had; `null` while there are some left. */
  readonly next: EpochMs | null;
}

/**
 * R25: two in any twelve months, which roll: each counts until the same date of the next year.
 * @param served when each was given, in any order
 * @example
 * ```ts
 * summaryLimit([Date.UTC(2026, 0, 10), Date.UTC(2026, 5, 1)], Date.UTC(2026, 8, 1));
 * // { remaining: 0, next: Date.UTC(2027, 0, 10) }
 * ```
 */
export function summaryLimit(served: readonly EpochMs[], now: EpochMs): SummaryLimit {
  const until = served
    .map((at) => addPeriod(at, WINDOW))
    .filter((end) => end > now)
    .sort((a, b) => a - b);
  const remaining = Math.max(0, SUMMARIES - until.length);
  return { remaining, next: remaining > 0 ? null : (until[until.length - SUMMARIES] ?? null) };
}

/** What is collected of a person, as far as a summary needs it: whether, never what. */
export interface SummaryFacts {
  readonly attributes: boolean;
  readonly biometrics: boolean;
  readonly activity: boolean;
  readonly location: boolean;
  readonly requests: boolean;
  /** Purposes that are agreed to now. */
  readonly purposes: readonly Purpose[];
  /** Names of recipients by what they were given. */
  readonly disclosedTo: { readonly biometrics: readonly string[]; readonly others: readonly string[] };
  /** When biometric data are destroyed, in a sentence. */
  readonly retention: string;
}

/** One category of personal information (Cal. Civ. Code §1798.140(v)(1)). */
export interface SummaryCategory {
  readonly category: string;
  readonly collected: boolean;
  readonly sources: readonly string[];
  readonly purposes: readonly string[];
  readonly disclosedTo: readonly string[];
  readonly retention: string;
}

/** What was collected, from where, why, and who was given it. */
export interface SummaryContent {
  readonly categories: readonly SummaryCategory[];
  readonly sale: SaleStatus;
}

const row = (
  category: string,
  collected: boolean,
  more: Omit<SummaryCategory, 'category' | 'collected'>,
): SummaryCategory => ({ category, collected, ...more });

const FROM_YOU = 'you';
const FROM_BROWSER = 'your browser, when you sign in';

/**
 * R25: the content of a summary under Cal. Civ. Code §1798.110. It is made of words about categories alone: 11 CCR §7024(d)
 * forbids to disclose unique biometric data in answer to a request, and there is nothing in {@link SummaryFacts} that could
 * hold any.
 */
export function summaryContent(facts: SummaryFacts): SummaryContent {
  const { disclosedTo } = facts;
  const biometric = facts.purposes.filter((purpose) => purpose !== 'location');
  return {
    categories: [
      row('Identifiers (name, e-mail address, telephone number)', facts.attributes, {
        sources: [FROM_YOU],
        purposes: ['telling you and your accounts apart'],
        disclosedTo: disclosedTo.others,
        retention: facts.retention,
      }),
      row('Biometric information (features of how you sign, sealed)', facts.biometrics, {
        sources: [FROM_YOU],
        purposes: biometric,
        disclosedTo: disclosedTo.biometrics,
        retention: facts.retention,
      }),
      row('Internet or other electronic network activity (attempts to sign in)', facts.activity, {
        sources: [FROM_BROWSER],
        purposes: ['keeping others out, and showing later what was done'],
        disclosedTo: disclosedTo.others,
        retention: 'ninety days after the last attempt; the log by number and not by name',
      }),
      row('Geolocation data', facts.location, {
        sources: [FROM_BROWSER],
        purposes: facts.purposes.filter((purpose) => purpose === 'location'),
        disclosedTo: [],
        retention: facts.retention,
      }),
      row('What you wrote to us (requests, complaints)', facts.requests, {
        sources: [FROM_YOU],
        purposes: ['answering you'],
        disclosedTo: [],
        retention: 'two years after the answer',
      }),
      row('Inferences drawn from any of it', false, {
        sources: [],
        purposes: [],
        disclosedTo: [],
        retention: 'none are drawn',
      }),
    ],
    sale: saleStatus(),
  };
}
