import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { isInEea, isRegion, mayBeOf } from '../egress/regions.ts';
import type { Region } from '../egress/regions.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Who must be told of a compromise, by when, and which text says so. */
export interface IncidentRule {
  readonly id: string;
  /** Whose persons it is about: `EU` for the European Economic Area. */
  readonly place: Region;
  readonly whom: 'authority' | 'persons';
  /** ms after it was discovered. */
  readonly within: number;
  /** Only if so many persons of the place are concerned. */
  readonly fromPersons: number;
  /** Only where the risk for the persons is high. */
  readonly highRisk: boolean;
  readonly source: string;
}

/**
 * Deadlines that a law states as a figure. "Without undue delay" binds as well, and before them: they are the latest
 * moment, not the planned one.
 */
export const INCIDENT_RULES: readonly IncidentRule[] = [
  {
    id: 'gdpr-authority-72-hours',
    place: 'EU',
    whom: 'authority',
    within: 72 * HOUR,
    fromPersons: 1,
    highRisk: false,
    source: 'GDPR Art. 33(1)',
  },
  {
    id: 'uk-authority-72-hours',
    place: 'GB',
    whom: 'authority',
    within: 72 * HOUR,
    fromPersons: 1,
    highRisk: false,
    source: 'UK GDPR Art. 33(1)',
  },
  {
    id: 'gdpr-persons',
    place: 'EU',
    whom: 'persons',
    // Art. 34(1) has no figure: "without undue delay". Ours is that of the authority's notice.
    within: 72 * HOUR,
    fromPersons: 1,
    highRisk: true,
    source: 'GDPR Art. 34(1), without undue delay; the figure is ours',
  },
  {
    id: 'uk-persons',
    place: 'GB',
    whom: 'persons',
    within: 72 * HOUR,
    fromPersons: 1,
    highRisk: true,
    source: 'UK GDPR Art. 34(1), without undue delay; the figure is ours',
  },
  {
    id: 'texas-authority-30-days',
    place: 'US-TX',
    whom: 'authority',
    within: 30 * DAY,
    fromPersons: 250,
    highRisk: false,
    source: 'Tex. Bus. & Com. Code §521.053(i)',
  },
  {
    id: 'texas-persons-60-days',
    place: 'US-TX',
    whom: 'persons',
    within: 60 * DAY,
    fromPersons: 1,
    highRisk: false,
    source: 'Tex. Bus. & Com. Code §521.053(b)',
  },
  {
    id: 'california-persons-30-days',
    place: 'US-CA',
    whom: 'persons',
    within: 30 * DAY,
    fromPersons: 1,
    highRisk: false,
    source: 'Cal. Civ. Code §1798.82(a), as amended by SB 446 from 1 January 2026',
  },
  {
    id: 'colorado-persons-30-days',
    place: 'US-CO',
    whom: 'persons',
    within: 30 * DAY,
    fromPersons: 1,
    highRisk: false,
    source: 'C.R.S. 6-1-716(2)',
  },
  {
    id: 'colorado-authority-30-days',
    place: 'US-CO',
    whom: 'authority',
    within: 30 * DAY,
    fromPersons: 500,
    highRisk: false,
    source: 'C.R.S. 6-1-716(2)',
  },
  {
    id: 'washington-persons-30-days',
    place: 'US-WA',
    whom: 'persons',
    within: 30 * DAY,
    fromPersons: 1,
    highRisk: false,
    source: 'RCW 19.255.010',
  },
  {
    id: 'washington-authority-30-days',
    place: 'US-WA',
    whom: 'authority',
    within: 30 * DAY,
    fromPersons: 501,
    highRisk: false,
    source: 'RCW 19.255.010',
  },
];

/** What is known of a compromise when it is reported. */
export interface IncidentFacts {
  readonly discoveredAt: EpochMs;
  /** Where the persons are, with how many of each; `EU` for the European Economic Area. */
  readonly persons: readonly { readonly place: Region; readonly count: number }[];
  readonly highRisk: boolean;
}

/** One thing that must be done. */
export interface IncidentDeadline {
  readonly rule: string;
  readonly whom: IncidentRule['whom'];
  readonly place: string;
  readonly due: EpochMs;
  readonly source: string;
}

/**
 * The deadlines of a compromise (R30), the earliest first. A place that may hold another counts for it: of persons of
 * whom only `US` is known the clocks of every listed state run.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID`.
 * @example
 * ```ts
 * incidentDeadlines({ discoveredAt: now, persons: [{ place: 'EU', count: 12 }], highRisk: false })[0]?.due; // now + 72 h
 * ```
 */
export function incidentDeadlines(facts: IncidentFacts): readonly IncidentDeadline[] {
  const { discoveredAt, persons, highRisk } = facts;
  if (!Number.isSafeInteger(discoveredAt)) throw invalid('discoveredAt: a time in ms');
  for (const { place, count } of persons)
    if (!(place === 'EU' || isRegion(place)) || !Number.isSafeInteger(count) || count < 0)
      throw invalid('persons: places of ISO 3166 or EU, each with how many');
  return INCIDENT_RULES.filter((rule) => (highRisk || !rule.highRisk) && concerned(rule, persons) >= rule.fromPersons)
    .map(({ id, whom, place, within, source }) => ({ rule: id, whom, place, due: discoveredAt + within, source }))
    .sort((a, b) => a.due - b.due || (a.rule < b.rule ? -1 : 1));
}

function concerned(rule: IncidentRule, persons: IncidentFacts['persons']): number {
  return persons
    .filter(({ place }) => {
      if (rule.place === 'EU') return place === 'EU' || isInEea(place);
      return place !== 'EU' && mayBeOf(place, rule.place);
    })
    .reduce((sum, { count }) => sum + count, 0);
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_REQUEST_INVALID', detail);
}
