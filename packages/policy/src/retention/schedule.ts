import { addPeriod } from '../calendar.ts';
import { checkRetention, RETENTION_STARTS } from './rules.ts';
import type { Jurisdiction, RetentionRule, RetentionStart } from './rules.ts';

/** A row of the public schedule. */
export interface ScheduleRow {
  readonly rule: string;
  readonly from: RetentionStart;
  readonly months: number;
  readonly days: number;
  readonly source: string;
  readonly sentence: string;
  readonly jurisdiction: Jurisdiction | null;
}

/**
 * The public schedule (R10), from the very rules that the sweep enforces.
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`.
 */
export function retentionSchedule(rules: readonly RetentionRule[]): readonly ScheduleRow[] {
  checkRetention(rules);
  return rules.map(({ id, from, months, days = 0, source, sentence, jurisdiction = null }) => ({
    rule: id,
    from,
    months,
    days,
    source,
    sentence,
    jurisdiction,
  }));
}

/** The strictest rule of each start that has one, in the order of {@link RETENTION_STARTS}. */
export function strictestRules(rules: readonly RetentionRule[]): readonly RetentionRule[] {
  checkRetention(rules);
  return RETENTION_STARTS.flatMap((start) =>
    rules
      .filter(({ from }) => from === start)
      .sort((a, b) => lengthOf(a) - lengthOf(b))
      .slice(0, 1),
  );
}

/** Length from a day after which no four years are longer: months and days can be compared by it. */
function lengthOf({ months, days = 0 }: RetentionRule): number {
  return addPeriod(Date.UTC(2024, 2, 1), { months, days });
}
