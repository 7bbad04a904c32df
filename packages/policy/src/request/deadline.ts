import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import type { Period } from '../calendar.ts';
import { isPrintable } from '../checks.ts';
import type { RequestLaw } from './types.ts';

/** How long a law gives to answer a request. */
export interface DeadlineRule {
  readonly law: RequestLaw;
  /** From the receipt of the request. */
  readonly answer: Period;
  /** From the receipt too: the latest that an extension can give. */
  readonly extended: Period;
  /** The text that it follows. */
  readonly source: string;
}

const RULES: Readonly<Record<RequestLaw, DeadlineRule>> = {
  gdpr: {
    law: 'gdpr',
    answer: { months: 1, days: 0 },
    extended: { months: 3, days: 0 },
    source: 'GDPR Art. 12(3): one month, extended by two further months where necessary',
  },
  ccpa: {
    law: 'ccpa',
    answer: { months: 0, days: 45 },
    extended: { months: 0, days: 90 },
    source: 'Cal. Civ. Code §1798.130(a)(2)(A); 11 CCR §7021(b): 45 calendar days, at most 90',
  },
};

/** What a law gives, for schedules and pages. */
export function deadlineRule(law: RequestLaw): DeadlineRule {
  return RULES[law];
}

/**
 * When a request must be answered. Months run from date to date (Regulation 1182/71, Art. 3(2)(c)), to the last moment of
 * the last day where the month that is reached has no such date; a last day that is a holiday is not put off, though that
 * regulation would let it be. CCPA's are calendar days.
 *
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID` when the time is none.
 * @example
 * ```ts
 * new Date(requestDue('gdpr', Date.UTC(2026, 0, 31))).toISOString(); // '2026-02-28T23:59:59.999Z'
 * ```
 */
export function requestDue(law: RequestLaw, receivedAt: EpochMs): EpochMs {
  return addPeriod(receivedAt, RULES[law].answer);
}

/** An extension: when it was decided, and why. */
export interface Extension {
  readonly at: EpochMs;
  readonly due: EpochMs;
}

/**
 * The one extension that a law allows, told to the person before the first deadline with its reason.
 * @throws AsignioError `ASIGNIO_EXTENSION_REFUSED` for a second one, one after the deadline, or one without a reason.
 */
export function extendRequest(
  request: { readonly law: RequestLaw; readonly openedAt: EpochMs; readonly due: EpochMs; readonly extended: boolean },
  reason: string,
  now: EpochMs,
): Extension {
  if (!isPrintable(reason, 10, 1000)) throw refused('Say why, in a sentence that the person can read');
  if (request.extended) throw refused('It was extended once, and no law gives a second time');
  if (now > request.due) throw refused('The deadline has passed');
  return { at: now, due: addPeriod(request.openedAt, RULES[request.law].extended) };
}

function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_EXTENSION_REFUSED', detail);
}

const DAY_MS = 86_400_000;
/** Operators are reminded so long before a deadline, ms: a week; then daily once it has passed. */
const REMIND_BEFORE_MS = 7 * DAY_MS;

/** When the sweep looks at an open request next, to remind whoever must answer it. */
export function nextReminder(due: EpochMs, now: EpochMs): EpochMs {
  const early = due - REMIND_BEFORE_MS;
  if (now < early) return early;
  return now < due ? due : now + DAY_MS;
}

/**
 * How long the record of a request is kept once it is closed: 24 months.
 * Source: 11 CCR §7101(a), which asks for records of requests and answers for at least that long.
 */
export const REQUEST_KEPT: Period = { months: 24, days: 0 };

/** When the record of a closed request is destroyed. */
export function requestKeptUntil(closedAt: EpochMs): EpochMs {
  return addPeriod(closedAt, REQUEST_KEPT);
}
