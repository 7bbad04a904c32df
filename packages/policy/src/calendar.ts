import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';

/** A length of time as laws state it. */
export interface Period {
  /** Calendar months, UTC. */
  readonly months: number;
  /** Days of 24 hours. */
  readonly days: number;
}

const DAY_MS = 86_400_000;

/**
 * The moment a period after another, in UTC. Where the month that is reached has no such day (the 31st, or 29 February in
 * a common year), it is the last millisecond of its last day, so that a later start never gives an earlier end.
 *
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID` when either is no time that a date can hold.
 */
export function addPeriod(at: EpochMs, { months, days }: Period): EpochMs {
  const end = addMonths(at, months) + days * DAY_MS;
  if (!Number.isSafeInteger(at) || !Number.isFinite(new Date(end).getTime()))
    throw new AsignioError('ASIGNIO_RETENTION_INVALID', 'retention: a time is outside of the calendar');
  return end;
}

function addMonths(at: EpochMs, months: number): EpochMs {
  const start = new Date(at);
  const month = start.getUTCMonth() + months;
  const lastDay = new Date(0);
  lastDay.setUTCFullYear(start.getUTCFullYear(), month + 1, 0);
  if (start.getUTCDate() > lastDay.getUTCDate()) return lastDay.getTime() + DAY_MS - 1;
  const end = new Date(at);
  end.setUTCFullYear(start.getUTCFullYear(), month, start.getUTCDate());
  return end.getTime();
}
