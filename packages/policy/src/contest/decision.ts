import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import type { Period } from '../calendar.ts';

/** What went against a person: a comparison that did not accept them, or a limit on attempts that was reached. */
export const DECISION_KINDS = ['rejected', 'inconclusive', 'locked', 'disabled'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/**
 * How long the reason for a decision is kept, and so can be contested: 90 days. No law gives a number; GDPR Art. 22(3)
 * asks for a way to contest, and R24 for the reason, model and threshold version to be there when somebody does. A decision
 * that is contested is kept until its review is closed, and from then on as long as the record of the request.
 */
export const DECISION_KEPT: Period = { months: 0, days: 90 };

/** When the record of a decision that nobody contested is destroyed. */
export function decisionKeptUntil(at: EpochMs): EpochMs {
  return addPeriod(at, DECISION_KEPT);
}

/**
 * Whether a decision can be contested now.
 * @throws AsignioError `ASIGNIO_NOT_CONTESTABLE` for one that is contested already, or too old.
 */
export function checkContestable(decision: { readonly at: EpochMs; readonly contested: boolean }, now: EpochMs): void {
  if (decision.contested) throw new AsignioError('ASIGNIO_NOT_CONTESTABLE', 'It is contested already');
  if (now >= decisionKeptUntil(decision.at))
    throw new AsignioError('ASIGNIO_NOT_CONTESTABLE', 'It is too long ago; nothing is kept of it');
}
