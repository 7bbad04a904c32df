import { AsignioError } from '@asignio/contracts';
import { EEA, isRegion, mayBeOf } from '../egress/regions.ts';
import type { Region } from '../egress/regions.ts';
import { checkRetention, DEFAULT_RETENTION, JURISDICTIONS } from './rules.ts';
import type { Jurisdiction, RetentionRule } from './rules.ts';

/** What the law of some places asks for. Not legal advice: data, with the text that each number follows. */
export interface RetentionProfile {
  readonly jurisdiction: Jurisdiction;
  /** Whom it is about: persons of these places, ISO 3166. */
  readonly places: readonly Region[];
  /** The law, as it is cited. */
  readonly law: string;
  /** They add to the rules of the system: of all that apply to somebody, the earliest date wins. */
  readonly rules: readonly RetentionRule[];
}

const GDPR_RULES = (jurisdiction: 'gdpr' | 'uk', law: string): readonly RetentionRule[] => [
  {
    id: `${jurisdiction}-need-ended`,
    from: 'purpose-ended',
    months: 0,
    source: `${law} Art. 5(1)(e), 17(1)(a)`,
    sentence: 'at once when they are no longer needed for what they were collected for',
    jurisdiction,
  },
  {
    id: `${jurisdiction}-withdrawal`,
    from: 'withdrawal',
    months: 0,
    source: `${law} Art. 17(1)(b)`,
    sentence: 'at once when you withdraw your consent',
    jurisdiction,
  },
];

/** The laws that the defaults know, in the order of the published schedule. */
export const RETENTION_PROFILES: readonly RetentionProfile[] = [
  {
    jurisdiction: 'illinois',
    places: ['US-IL'],
    law: 'Biometric Information Privacy Act, 740 ILCS 14',
    rules: [
      {
        id: 'illinois-last-interaction-3-years',
        from: 'last-interaction',
        months: 36,
        source: '740 ILCS 14/15(a)',
        sentence: 'three years after you last signed in or changed anything here, at the latest',
        jurisdiction: 'illinois',
      },
      {
        id: 'illinois-purpose-met',
        from: 'purpose-ended',
        months: 0,
        source: '740 ILCS 14/15(a)',
        sentence: 'when the reason for keeping them is gone',
        jurisdiction: 'illinois',
      },
    ],
  },
  {
    jurisdiction: 'texas',
    places: ['US-TX'],
    law: 'Capture or Use of Biometric Identifier Act, Tex. Bus. & Com. Code §503.001',
    rules: [
      {
        id: 'texas-purpose-1-year',
        from: 'purpose-ended',
        months: 12,
        source: 'Tex. Bus. & Com. Code §503.001(c)(3)',
        sentence: 'one year after the reason for keeping them is gone, at the latest',
        jurisdiction: 'texas',
      },
    ],
  },
  {
    jurisdiction: 'washington',
    places: ['US-WA'],
    law: 'HB 1493, RCW 19.375; My Health My Data Act, RCW 19.373',
    rules: [
      {
        id: 'washington-need-ended',
        from: 'purpose-ended',
        months: 0,
        source: 'RCW 19.375.020(4)(b): no longer than is reasonably necessary',
        sentence: 'at once when they are no longer needed for the service that you enrolled for',
        jurisdiction: 'washington',
      },
      {
        id: 'washington-request-45-days',
        from: 'written-request',
        months: 0,
        days: 45,
        source: 'RCW 19.373.040: within 45 days of the request',
        sentence: '45 days after you ask us to, at the latest',
        jurisdiction: 'washington',
      },
    ],
  },
  {
    jurisdiction: 'colorado',
    places: ['US-CO'],
    law: 'Colorado Privacy Act as amended by HB 24-1130, C.R.S. 6-1-1314',
    rules: [
      {
        id: 'colorado-24-months',
        from: 'last-interaction',
        months: 24,
        source: 'C.R.S. 6-1-1314(2)',
        sentence: 'twenty-four months after you last signed in or changed anything here',
        jurisdiction: 'colorado',
      },
      {
        id: 'colorado-need-ended-45-days',
        from: 'purpose-ended',
        months: 0,
        days: 45,
        source: 'C.R.S. 6-1-1314(2): within 45 days of finding that they are not needed',
        sentence: '45 days after the reason for keeping them is gone, at the latest',
        jurisdiction: 'colorado',
      },
    ],
  },
  {
    jurisdiction: 'california',
    places: ['US-CA'],
    law: 'California Consumer Privacy Act, Cal. Civ. Code §1798.100',
    rules: [
      {
        id: 'california-need-ended',
        from: 'purpose-ended',
        months: 0,
        source: 'Cal. Civ. Code §1798.100(a)(3): no longer than is reasonably necessary',
        sentence: 'at once when they are no longer needed for what they were collected for',
        jurisdiction: 'california',
      },
      {
        id: 'california-request-45-days',
        from: 'written-request',
        months: 0,
        days: 45,
        source: 'Cal. Civ. Code §1798.105(a), §1798.130(a)(2)',
        sentence: '45 days after you ask us to, at the latest',
        jurisdiction: 'california',
      },
    ],
  },
  {
    jurisdiction: 'gdpr',
    places: EEA,
    law: 'General Data Protection Regulation (EU) 2016/679',
    rules: GDPR_RULES('gdpr', 'GDPR'),
  },
  {
    jurisdiction: 'uk',
    places: ['GB'],
    law: 'UK GDPR; Data Protection Act 2018',
    rules: GDPR_RULES('uk', 'UK GDPR'),
  },
];

/** What each law asks for. */
export const JURISDICTION_RETENTION = Object.fromEntries(
  RETENTION_PROFILES.map(({ jurisdiction, rules }) => [jurisdiction, rules]),
) as Readonly<Record<Jurisdiction, readonly RetentionRule[]>>;

/**
 * The default rules with those of the places named, for a whole system: a stricter law shortens, and none lengthens. Who is
 * known to be of a place gets its rules without this.
 *
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID` for a place that is not known.
 * @example
 * ```ts
 * createAsignio({ origins, retention: retentionRules({ jurisdictions: ['colorado'] }) });
 * ```
 */
export function retentionRules(options: { readonly jurisdictions: readonly Jurisdiction[] }): readonly RetentionRule[] {
  const unknown = options.jurisdictions.find((place) => !JURISDICTIONS.includes(place));
  if (unknown !== undefined)
    throw new AsignioError(
      'ASIGNIO_RETENTION_INVALID',
      `retention: there are no rules of ${unknown}; known are ${JURISDICTIONS.join(', ')}`,
    );
  return together([DEFAULT_RETENTION, ...options.jurisdictions.map((place) => JURISDICTION_RETENTION[place])]);
}

/** Most places that one person can be of. */
export const MOST_PLACES = 8;

/**
 * Checks where a person is, as somebody states it.
 * @throws AsignioError `ASIGNIO_REQUEST_INVALID`.
 */
export function checkPlaces(places: readonly Region[]): readonly Region[] {
  const isList = Array.isArray(places) && places.length <= MOST_PLACES && places.every(isRegion);
  if (!isList)
    throw new AsignioError('ASIGNIO_REQUEST_INVALID', `places: up to ${MOST_PLACES} codes of ISO 3166, such as US-IL`);
  return [...new Set(places)].sort();
}

/** The profiles of persons of these places. One of whom only the country is known may be of any of its states. */
export function profilesOf(
  places: readonly Region[],
  profiles: readonly RetentionProfile[] = RETENTION_PROFILES,
): readonly RetentionProfile[] {
  return profiles.filter((profile) => profile.places.some((of) => places.some((place) => mayBeOf(place, of))));
}

/**
 * Checks a set of profiles: each names its places, its law and right rules, and no id means two things.
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`.
 */
export function checkProfiles(base: readonly RetentionRule[], profiles: readonly RetentionProfile[]): void {
  for (const { jurisdiction, places, law, rules } of profiles) {
    const isRight =
      JURISDICTIONS.includes(jurisdiction) && places.length > 0 && places.every(isRegion) && law.trim() !== '';
    if (!isRight) throw invalid(`the profile ${jurisdiction} names its jurisdiction, places of ISO 3166 and law`);
    checkRetention(together([base, rules]));
  }
  const known = new Map<string, string>();
  for (const rule of [base, ...profiles.map(({ rules }) => rules)].flat()) {
    const text = JSON.stringify(rule);
    if ((known.get(rule.id) ?? text) !== text) throw invalid(`the rule ${rule.id} means two things`);
    known.set(rule.id, text);
  }
}

/** Rules of several sets, each once. */
export function together(sets: readonly (readonly RetentionRule[])[]): readonly RetentionRule[] {
  return [...new Map(sets.flat().map((rule) => [rule.id, rule])).values()];
}

function invalid(complaint: string): AsignioError {
  return new AsignioError('ASIGNIO_RETENTION_INVALID', `retention: ${complaint}`);
}
