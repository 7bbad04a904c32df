import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import type { ScheduleRow } from '../retention/schedule.ts';

/** How long a place is kept unless told, days. Our own choice: what is usual for somebody shows in a month. */
export const LOCATION_DAYS = 30;
const MAX_DAYS = 366;

/** @throws AsignioError `ASIGNIO_RETENTION_INVALID` for a lifetime that is none. */
export function checkLocationDays(days: number): number {
  if (!Number.isSafeInteger(days) || days < 1 || days > MAX_DAYS)
    throw new AsignioError('ASIGNIO_RETENTION_INVALID', `retention: places are kept for 1-${MAX_DAYS} days`);
  return days;
}

/**
 * R31: when a place is destroyed: after its own lifetime, and not later than the consent it rests on ends by itself.
 */
export function placeDue(capturedAt: EpochMs, consentValidUntil: EpochMs | null, days: number): EpochMs {
  return Math.min(addPeriod(capturedAt, { months: 0, days }), consentValidUntil ?? Infinity);
}

/** R10, R31: the row of the public schedule for places. */
export function locationScheduleRow(days: number): ScheduleRow {
  return {
    rule: `location-${days}-days`,
    from: 'capture',
    months: 0,
    days,
    source: 'the published policy, section K',
    sentence: `where a sign-in was: ${days} days after it, or at once when you take back your consent to that`,
    jurisdiction: null,
  };
}
