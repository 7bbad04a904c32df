import { AsignioError, MODALITIES } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import { isPrintable } from '../checks.ts';
import type { Scope } from '../destruction/scope.ts';

/** A legal hold as an operator states it (R8): by whom, by what document, over what, and when it is looked at again. */
export interface HoldTerms {
  /** The court or authority that asks for it, or the law that does. */
  readonly authority: string;
  /** File or docket number, the order's date: what somebody else finds it by. */
  readonly reference: string;
  readonly scope: Scope;
  /** When it is reviewed, ms since the epoch: in the future, and no more than {@link HOLD_REVIEW_MONTHS} away. */
  readonly reviewAt: EpochMs;
}

/** A hold is looked at again after so many months at most: our own number, so that none is forgotten. */
export const HOLD_REVIEW_MONTHS = 24;
/** Holds that one subject's data can be under at once. */
export const MOST_HOLDS = 64;

/**
 * Checks a hold as a whole (R8).
 * @throws AsignioError `ASIGNIO_HOLD_INVALID` naming what is missing.
 * @example
 * ```ts
 * checkHold({ authority: 'Circuit Court of Cook County', reference: '2026-L-001234', scope: 'all', reviewAt }, now);
 * ```
 */
export function checkHold(terms: HoldTerms, now: EpochMs): void {
  const { authority, reference, scope, reviewAt } = terms ?? {};
  if (!isPrintable(authority, 2, 200)) throw invalid('authority: who asks for it, 2-200 printable characters');
  if (!isPrintable(reference, 2, 200)) throw invalid('reference: of the order or case, 2-200 printable characters');
  if (scope !== 'all' && !MODALITIES.includes(scope)) throw invalid(`scope: all, or one of ${MODALITIES.join(', ')}`);
  checkReviewDate(reviewAt, now);
}

/**
 * Checks when a hold is to be looked at again.
 * @throws AsignioError `ASIGNIO_HOLD_INVALID`.
 */
export function checkReviewDate(reviewAt: EpochMs, now: EpochMs): void {
  const latest = addPeriod(now, { months: HOLD_REVIEW_MONTHS, days: 0 });
  if (!Number.isSafeInteger(reviewAt) || !(reviewAt > now) || reviewAt > latest)
    throw invalid(`reviewAt: a date in the future, within ${HOLD_REVIEW_MONTHS} months`);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_HOLD_INVALID', detail);
}
