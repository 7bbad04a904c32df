import { AsignioError } from '@asignio/contracts';
import { isOf, isPrintable } from '../checks.ts';

/** What starts a retention clock. `capture` is of one probe, kept to recognise its replay; all others are of a subject. */
export const RETENTION_STARTS = [
  'last-interaction',
  'enrolment',
  'purpose-ended',
  'withdrawal',
  'written-request',
  'capture',
] as const;
export type RetentionStart = (typeof RETENTION_STARTS)[number];

/** Laws with a clock of their own, by the place or the name that people know them by. */
export const JURISDICTIONS = ['illinois', 'texas', 'washington', 'colorado', 'california', 'gdpr', 'uk'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

/** One rule of when biometric data are destroyed. */
export interface RetentionRule {
  /** Stable; stands in certificates and audit entries. */
  readonly id: string;
  readonly from: RetentionStart;
  /** Calendar months, UTC. With no days either, at once. */
  readonly months: number;
  /** Days of 24 hours, in place of months. 0 unless told. */
  readonly days?: number;
  /** The text that it follows. */
  readonly source: string;
  /** For people, to follow "Your data are destroyed". */
  readonly sentence: string;
  /** Where the law is that asks for it; a rule without applies everywhere. */
  readonly jurisdiction?: Jurisdiction;
}

/**
 * The published policy: three years after the last interaction, or on withdrawal or written request, or when the purpose
 * is met, whichever is first (BIPA, 740 ILCS 14/15(a)); and a probe of a sign-in after 90 days.
 */
export const DEFAULT_RETENTION: readonly RetentionRule[] = [
  {
    id: 'last-interaction-3-years',
    from: 'last-interaction',
    months: 36,
    source: '740 ILCS 14/15(a)',
    sentence: 'three years after you last signed in or changed anything here',
  },
  {
    id: 'purpose-met',
    from: 'purpose-ended',
    months: 0,
    source: '740 ILCS 14/15(a); C.R.S. 6-1-1314(2)',
    sentence: 'when the reason for keeping them is gone',
  },
  {
    id: 'withdrawal',
    from: 'withdrawal',
    months: 0,
    source: 'the published policy; GDPR Art. 7(3) and 17(1)(b)',
    sentence: 'at once when you withdraw your consent',
  },
  {
    id: 'written-request',
    from: 'written-request',
    months: 0,
    source: 'the published policy; GDPR Art. 17(1)',
    sentence: 'at once when you ask us to',
  },
  {
    id: 'probe-90-days',
    from: 'capture',
    months: 0,
    days: 90,
    source: 'the published policy',
    sentence: '90 days after the sign-in that they are of',
  },
];

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MAX_MONTHS = 1200;
const MAX_DAYS = 36_525;

/**
 * Checks a set of rules as a whole: each is well-formed, no id stands twice, and at least one runs from what always
 * happens, so that nothing is kept for ever.
 *
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID` naming the rule.
 */
export function checkRetention(rules: readonly RetentionRule[]): void {
  const ids = new Set<string>();
  for (const rule of rules) {
    const { id, from, months, days = 0, source, sentence } = rule;
    const complaint =
      (!isOf(ID, id) && 'needs an id of a-z 0-9 -') ||
      (ids.has(id) && 'stands twice') ||
      (!RETENTION_STARTS.includes(from) && 'runs from what is no start of a clock') ||
      (!isCount(months, MAX_MONTHS) && `needs months of 0-${MAX_MONTHS}`) ||
      (!isCount(days, MAX_DAYS) && `needs days of 0-${MAX_DAYS}`) ||
      (months > 0 && days > 0 && 'has months and days; state one of them') ||
      (!isPrintable(source, 1, 300) && 'must name its source') ||
      (!isPrintable(sentence, 1, 300) && 'must say it in a sentence');
    if (complaint !== false) throw invalid(`the rule ${id} ${complaint}`);
    ids.add(id);
  }
  if (!rules.some(({ from }) => from === 'last-interaction' || from === 'enrolment'))
    throw invalid('a rule must run from enrolment or the last interaction');
}

function isCount(value: unknown, max: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

function invalid(complaint: string): AsignioError {
  return new AsignioError('ASIGNIO_RETENTION_INVALID', `retention: ${complaint}`);
}
