import { AsignioError } from '@asignio/contracts';
import type { Purpose } from '@asignio/contracts';

/** Kinds of personal data that a purpose is about. */
export const PII_TYPES = ['biometric', 'location'] as const;
export type PiiType = (typeof PII_TYPES)[number];

/** What the policy knows of a purpose. */
export interface PurposeRule {
  /** Whether people may be asked for it. `evaluation` is for registered research data sets alone (R39). */
  readonly ofSubjects: boolean;
  readonly pii: PiiType;
  /** How data are processed for it, as a consent record states it. */
  readonly processing: string;
}

const RULES = {
  authentication: { ofSubjects: true, pii: 'biometric', processing: 'automated 1:1 comparison' },
  improvement: { ofSubjects: true, pii: 'biometric', processing: 'measuring and training of the comparison' },
  'vendor-comparison': {
    ofSubjects: true,
    pii: 'biometric',
    processing: 'automated 1:1 comparison by a processor under agreement',
  },
  location: {
    ofSubjects: true,
    pii: 'location',
    processing: 'comparison of the place of a sign-in with earlier ones, rounded to about ten kilometres',
  },
  transfer: { ofSubjects: true, pii: 'biometric', processing: 'transfer to the recipient that the notice names' },
  evaluation: { ofSubjects: false, pii: 'biometric', processing: 'measuring of error rates' },
} as const satisfies Record<Purpose, PurposeRule>;

// A table of its own, and not the array of the contracts: who pushes a purpose there has not made it known here.
const TABLE: ReadonlyMap<unknown, PurposeRule> = new Map(Object.entries(RULES));

/**
 * Narrows to a purpose that exists. Sale, lease, trade and marketing do not, and no cast brings them in (R11).
 * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN`.
 * @example
 * ```ts
 * checkPurpose('authentication'); // 'authentication'
 * checkPurpose('marketing');      // throws ASIGNIO_PURPOSE_FORBIDDEN
 * ```
 */
export function checkPurpose(value: unknown): Purpose {
  if (!TABLE.has(value))
    throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN', 'There is no such purpose, and none can be added');
  return value as Purpose;
}

/**
 * Narrows to a purpose that a person can be asked for.
 * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN`, also for `evaluation`.
 */
export function checkSubjectPurpose(value: unknown): Purpose {
  const purpose = checkPurpose(value);
  if (!purposeRule(purpose).ofSubjects)
    throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN', 'Evaluation is for registered data sets, never for subjects');
  return purpose;
}

/** What the policy knows of a purpose. */
export function purposeRule(purpose: Purpose): PurposeRule {
  return RULES[purpose];
}
