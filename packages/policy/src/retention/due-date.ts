import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import { checkRetention } from './rules.ts';
import type { RetentionRule, RetentionStart } from './rules.ts';

/** When each clock started, ms since the epoch; those that have not are absent. */
export interface RetentionState {
  readonly enrolledAt: EpochMs;
  readonly lastInteraction: EpochMs;
  readonly purposeEndedAt?: EpochMs;
  readonly withdrawnAt?: EpochMs;
  readonly requestedAt?: EpochMs;
  /** Of one probe: when it was captured. */
  readonly capturedAt?: EpochMs;
}

/** When data are destroyed, and by which rule. */
export interface DueDate {
  readonly due: EpochMs;
  /** Id of the rule. */
  readonly rule: string;
  readonly sentence: string;
}

const FIELD = {
  'last-interaction': 'lastInteraction',
  enrolment: 'enrolledAt',
  'purpose-ended': 'purposeEndedAt',
  withdrawal: 'withdrawnAt',
  'written-request': 'requestedAt',
  capture: 'capturedAt',
} as const satisfies Record<RetentionStart, keyof RetentionState>;

/**
 * The earliest date that a rule gives (R6). Pure: the sweep, the subject's page and the schedule use the same rules. Of
 * two rules with one date, the first counts.
 *
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID` when a rule or a time is wrong, or when no rule ever destroys.
 * @example
 * ```ts
 * const at = Date.UTC(2024, 1, 29);
 * const { due } = dueDate({ enrolledAt: at, lastInteraction: at }, DEFAULT_RETENTION);
 * new Date(due).toISOString(); // '2027-02-28T23:59:59.999Z'
 * ```
 */
export function dueDate(state: RetentionState, rules: readonly RetentionRule[]): DueDate {
  checkRetention(rules);
  const dates = rules.flatMap(({ id, from, months, days = 0, sentence }) => {
    const start = state[FIELD[from]];
    return start === undefined ? [] : [{ due: addPeriod(start, { months, days }), rule: id, sentence }];
  });
  const [first, ...others] = dates;
  if (first === undefined) throw new AsignioError('ASIGNIO_RETENTION_INVALID', 'retention: no clock has started');
  return others.reduce((earliest, date) => (date.due < earliest.due ? date : earliest), first);
}

/**
 * When a probe that is kept to recognise its replay is destroyed, if the subject's data are not before.
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`, also when no rule runs from capture.
 */
export function probeDueDate(capturedAt: EpochMs, rules: readonly RetentionRule[]): DueDate {
  if (!rules.some(({ from }) => from === 'capture'))
    throw new AsignioError('ASIGNIO_RETENTION_INVALID', 'retention: a rule must run from capture, to keep probes by');
  return dueDate({ enrolledAt: capturedAt, lastInteraction: capturedAt, capturedAt }, rules);
}

/** Who did something with a subject's data. */
export interface Interaction {
  readonly by: 'subject' | 'operator' | 'batch';
}

/**
 * R7: only the subject's own doing moves the clock, and only forward. An interaction that is told late, told twice, or
 * dated by a clock that was set back changes nothing.
 */
export function recordInteraction<T extends Pick<RetentionState, 'lastInteraction'>>(
  state: T,
  interaction: Interaction,
  now: EpochMs,
): T {
  if (interaction.by !== 'subject' || !Number.isSafeInteger(now) || now <= state.lastInteraction) return state;
  return { ...state, lastInteraction: now };
}
