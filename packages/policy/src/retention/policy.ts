import { createHash } from 'node:crypto';
import type { EpochMs } from '@asignio/contracts';
import { canonicalJson } from '../canonical.ts';
import { deepFreeze } from '../checks.ts';
import type { Region } from '../egress/regions.ts';
import { dueDate, probeDueDate } from './due-date.ts';
import type { DueDate, RetentionState } from './due-date.ts';
import { checkProfiles, profilesOf, together } from './profiles.ts';
import type { RetentionProfile } from './profiles.ts';
import { checkRetention } from './rules.ts';
import type { RetentionRule } from './rules.ts';

/** The rules that a system runs with: those for everybody, and those of the places where somebody is. */
export interface RetentionPolicy {
  /** For everybody. */
  readonly base: readonly RetentionRule[];
  readonly profiles: readonly RetentionProfile[];
  /** Every rule that can apply to anybody: what is published (R10). */
  readonly rules: readonly RetentionRule[];
  /** SHA-256, hex, of all of it: another one gives other dates. */
  readonly sha256: string;
  /** The rules of a person of these places. */
  rulesFor(places: readonly Region[]): readonly RetentionRule[];
  /** R6: when a person's data are destroyed. Throws as {@link dueDate}. */
  due(state: RetentionState, places: readonly Region[]): DueDate;
  /** When a probe is destroyed that is kept to recognise its replay. */
  probeDue(capturedAt: EpochMs): EpochMs;
}

/**
 * Checks and freezes the rules of a system.
 *
 * @throws AsignioError `ASIGNIO_RETENTION_INVALID`.
 * @example
 * ```ts
 * const policy = createRetentionPolicy(DEFAULT_RETENTION, RETENTION_PROFILES);
 * policy.due({ enrolledAt, lastInteraction }, ['US-CO']).rule; // 'colorado-24-months'
 * ```
 */
export function createRetentionPolicy(
  base: readonly RetentionRule[],
  profiles: readonly RetentionProfile[],
): RetentionPolicy {
  checkRetention(base);
  checkProfiles(base, profiles);
  const kept = deepFreeze(structuredClone({ base, profiles }));
  /** By the jurisdictions that apply; there are few. */
  const sets = new Map<string, readonly RetentionRule[]>();
  const rulesFor = (places: readonly Region[]): readonly RetentionRule[] => {
    const applying = places.length === 0 ? [] : profilesOf(places, kept.profiles);
    const name = applying.map(({ jurisdiction }) => jurisdiction).join(' ');
    const known = sets.get(name);
    if (known !== undefined) return known;
    const rules = together([kept.base, ...applying.map((profile) => profile.rules)]);
    sets.set(name, rules);
    return rules;
  };
  return {
    ...kept,
    rules: together([kept.base, ...kept.profiles.map(({ rules }) => rules)]),
    sha256: createHash('sha256').update(canonicalJson(kept), 'utf8').digest('hex'),
    rulesFor,
    due: (state, places) => dueDate(state, rulesFor(places)),
    probeDue: (capturedAt) => probeDueDate(capturedAt, kept.base).due,
  };
}
