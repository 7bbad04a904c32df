/** What can be assessed (GDPR Art. 35; NIST SP 800-53A). */
export const ASSESSMENT_KINDS = [
  'impact-assessment',
  'legitimate-interest-assessment',
  'audit',
  'penetration-test',
  'vendor-review',
  'training',
] as const;
export type AssessmentKind = (typeof ASSESSMENT_KINDS)[number];
