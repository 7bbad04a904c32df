import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';

/** What starts a retention clock. */
export type RetentionStart = 'last-interaction' | 'enrolment' | 'purpose-ended' | 'written-request';

/** One rule of when biometric data are destroyed. */
export interface RetentionRule {
  /** Stable; stands in certificates and audit entries. */
  readonly id: string;
  readonly from: RetentionStart;
  /** Calendar months, UTC. 0 is at once. */
  readonly months: number;
  /** The text that it follows. */
  readonly source: string;
  /** For people, to follow "Your data are destroyed". */
  readonly sentence: string;
}

/** When each clock started; those that have not are absent. */
export interface RetentionState {
  readonly enrolledAt: EpochMs;
  readonly lastInteraction: EpochMs;
  readonly purposeEndedAt?: EpochMs;
  readonly requestedAt?: EpochMs;
}

/** When data are destroyed, and by which rule. */
export interface DueDate {
  readonly due: EpochMs;
  readonly rule: string;
  readonly sentence: string;
}

/** A row of the public schedule. */
export interface ScheduleRow {
  readonly rule: string;
  readonly from: RetentionStart;
  readonly months: number;
  readonly source: string;
  readonly sentence: string;
}

/**
 * The published policy: three years after the last interaction, or on written request, or when the purpose is met,
 * whichever is first (BIPA, 740 ILCS 14/15(a)).
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
    id: 'written-request',
    from: 'written-request',
    months: 0,
    source: 'the published policy; GDPR Art. 17',
    sentence: 'at once when you withdraw your consent or ask us to',
  },
  {
    id: 'purpose-met',
    from: 'purpose-ended',
    months: 0,
    source: '740 ILCS 14/15(a)',
    sentence: 'when the reason for keeping them is gone',
  },
];

/** Stricter clocks of other laws, to be added where they apply; the earliest due date wins. */
export const JURISDICTION_RETENTION: Readonly<Record<'texas' | 'colorado', RetentionRule>> = {
  texas: {
    id: 'texas-purpose-1-year',
    from: 'purpose-ended',
    months: 12,
    source: 'Tex. Bus. & Com. Code §503.001(c)(3)',
    sentence: 'one year after the reason for keeping them is gone, at the latest',
  },
  colorado: {
    id: 'colorado-24-months',
    from: 'last-interaction',
    months: 24,
    source: 'C.R.S. 6-1-1314',
    sentence: 'twenty-four months after you last signed in or changed anything here',
  },
};

/**
 * The earliest date that a rule gives. Pure: the sweep, the subject's page and the schedule use the same rules.
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID` when no rule ever destroys.
 */
export function dueDate(state: RetentionState, rules: readonly RetentionRule[]): DueDate {
  let earliest: DueDate | undefined;
  for (const rule of rules) {
    const start = startOf(state, rule.from);
    if (start === undefined) continue;
    const due = addMonths(start, rule.months);
    if (earliest === undefined || due < earliest.due) earliest = { due, rule: rule.id, sentence: rule.sentence };
  }
  if (earliest === undefined)
    throw new AsignioError(
      'ASIGNIO_RETENTION_INVALID',
      'retention: a rule must run from enrolment or the last interaction',
    );
  return earliest;
}

/** Who did something with a subject's data. */
export interface Interaction {
  readonly by: 'subject' | 'operator' | 'batch';
}

/** R7: only the subject's own doing moves the clock, and only forward. */
export function recordInteraction<T extends Pick<RetentionState, 'lastInteraction'>>(
  state: T,
  interaction: Interaction,
  now: EpochMs,
): T {
  return interaction.by === 'subject' && now > state.lastInteraction ? { ...state, lastInteraction: now } : state;
}

/** The public schedule (R10), from the very rules that the sweep enforces. */
export function retentionSchedule(rules: readonly RetentionRule[]): readonly ScheduleRow[] {
  return rules.map(({ id, from, months, source, sentence }) => ({ rule: id, from, months, source, sentence }));
}

/** Calendar months in UTC; the 31st becomes the last day of a shorter month. */
export function addMonths(at: EpochMs, months: number): EpochMs {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

function startOf(state: RetentionState, from: RetentionStart): EpochMs | undefined {
  switch (from) {
    case 'last-interaction':
      return state.lastInteraction;
    case 'enrolment':
      return state.enrolledAt;
    case 'purpose-ended':
      return state.purposeEndedAt;
    case 'written-request':
      return state.requestedAt;
  }
}
