import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';

/** How old a person is, as coarsely as R34 needs it. Only this is ever stored. */
export const AGE_BANDS = ['under-13', '13-15', '16-plus'] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

/** What a host says of a person's age: one of the two. A birth date is turned into a band and forgotten. */
export interface AgeStatement {
  readonly band?: AgeBand;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string;
}

/**
 * From this age on a person agrees alone: 16.
 * Source: the published policy, section P; GDPR Art. 8(1) (16 unless a member state says less); Cal. Civ. Code
 * §1798.120(c).
 */
export const AGE_OF_CONSENT = 16;
const CHILD_BELOW = 13;
const OLDEST = 130;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The band of a statement, at a moment. Who was born on 29 February is a year older on 1 March of a common year. A date is
 * taken as of UTC: on the birthday itself somebody far to the east is a few hours older than this says, never younger.
 *
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID` for a statement that is none.
 * @example
 * ```ts
 * ageBand({ birthDate: '2012-05-01' }, Date.UTC(2026, 3, 30)); // '13-15'
 * ```
 */
export function ageBand(statement: AgeStatement, now: EpochMs): AgeBand {
  const { band, birthDate } = statement;
  if ((band === undefined) === (birthDate === undefined))
    throw invalid('State an age band or a birth date, and one only');
  if (birthDate !== undefined) {
    const age = yearsOld(parse(birthDate), now);
    if (age < 0 || age > OLDEST) throw invalid('That birth date is not of a living person');
    return age < CHILD_BELOW ? 'under-13' : age < AGE_OF_CONSENT ? '13-15' : '16-plus';
  }
  if (!AGE_BANDS.includes(band as AgeBand)) throw invalid(`An age band is one of ${AGE_BANDS.join(', ')}`);
  return band as AgeBand;
}

/** Whether somebody of a band needs a guardian. */
export function isMinor(band: AgeBand): boolean {
  return band !== '16-plus';
}

/**
 * Until when a guardian's agreement for a minor can last: twelve months, after which the age is stated anew; and never
 * into the month in which the minor turns 16, where the birth date was stated: from then on they agree themselves. Only
 * the month is given away by that, and only in the last year.
 */
export function custodialUntil(statement: AgeStatement, now: EpochMs): EpochMs {
  const year = addPeriod(now, { months: 12, days: 0 });
  if (statement.birthDate === undefined) return year;
  const { year: born, month } = parse(statement.birthDate);
  const of16 = new Date(0);
  of16.setUTCFullYear(born + AGE_OF_CONSENT, month - 1, 1);
  return Math.min(year, of16.getTime());
}

/** When somebody of a band is 16 for certain, so that a record that they are blocked serves nothing any more. */
export function certainly16(band: AgeBand, now: EpochMs): EpochMs {
  const youngest = band === 'under-13' ? 0 : band === '13-15' ? CHILD_BELOW : AGE_OF_CONSENT;
  return addPeriod(now, { months: 12 * (AGE_OF_CONSENT - youngest), days: 0 });
}

interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function parse(value: unknown): DateParts {
  const [, year, month, day] = (typeof value === 'string' ? DATE.exec(value) : null) ?? [];
  const parts = { year: Number(year), month: Number(month), day: Number(day) };
  const date = new Date(0);
  date.setUTCFullYear(parts.year, parts.month - 1, parts.day);
  // A date that does not exist comes back as another one.
  if (date.getUTCMonth() !== parts.month - 1 || date.getUTCDate() !== parts.day)
    throw invalid('A birth date is a day of the calendar, YYYY-MM-DD');
  return parts;
}

function yearsOld({ year, month, day }: DateParts, now: EpochMs): number {
  const today = new Date(now);
  const before = today.getUTCMonth() + 1 < month || (today.getUTCMonth() + 1 === month && today.getUTCDate() < day);
  return today.getUTCFullYear() - year - (before ? 1 : 0);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_REQUEST_INVALID', detail);
}
