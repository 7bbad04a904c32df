import { createHash } from 'node:crypto';
import type { EpochMs } from '@asignio/contracts';
import { addPeriod } from '../calendar.ts';
import { canonicalJson } from '../canonical.ts';
import { deepFreeze } from '../checks.ts';

/** The privacy rules that a member of staff acknowledges before acting in a role (R42). */
export interface StaffRules {
  /** Names this wording. */
  readonly version: string;
  readonly statements: readonly string[];
  /** An acknowledgement holds for so many calendar months. */
  readonly validMonths: number;
}

/**
 * Our own wording of what the published policy (section N) asks of staff. Acknowledged anew each year: NIST SP 800-53 Rev.
 * 5, PS-6 (access agreements) leaves the interval to the organisation.
 */
export const DEFAULT_STAFF_RULES: StaffRules = deepFreeze({
  version: '1',
  statements: [
    'I look at a person’s data only for the task that was given to me, and only as long as it takes.',
    'I never copy biometric data, identity documents or their keys out of this system.',
    'I disclose nothing to anybody outside without an agreement or a legal reference, and through the register alone.',
    'I know that what I do here is recorded under my name in a log that nobody can edit.',
    'I report a suspected loss or misuse of data at once, my own mistakes included.',
  ],
  validMonths: 12,
});

/** Hash of the rules as worded, hex. Edited rules are other rules, whatever their version says. */
export function staffRulesSha256({ version, statements }: StaffRules): string {
  return createHash('sha256').update(canonicalJson({ version, statements }), 'utf8').digest('hex');
}

/** That somebody read and accepted the rules. */
export interface Acknowledgement {
  readonly version: string;
  readonly sha256: string;
  readonly at: EpochMs;
}

/** Until when an acknowledgement holds; the past where it is of other rules than these. */
export function acknowledgedUntil(acknowledgement: Acknowledgement, rules: StaffRules): EpochMs {
  const { version, sha256, at } = acknowledgement;
  if (version !== rules.version || sha256 !== staffRulesSha256(rules)) return -Infinity;
  return addPeriod(at, { months: rules.validMonths, days: 0 });
}
