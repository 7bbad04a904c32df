/** Who can stand for a person under 16. */
export const GUARDIAN_RELATIONS = ['parent', 'legal-guardian', 'court-appointed'] as const;
export type GuardianRelation = (typeof GUARDIAN_RELATIONS)[number];

/** How a guardian was verified (16 CFR 312.5(b)(2) lists ways that are reasonable for a parent's consent). */
export const GUARDIAN_EVIDENCE = [
  'government-id',
  'signed-form',
  'video-call',
  'in-person',
  'court-order',
  'birth-certificate',
] as const;
export type GuardianEvidence = (typeof GUARDIAN_EVIDENCE)[number];
