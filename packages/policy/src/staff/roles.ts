/**
 * What members of staff may act as. Least privilege: an operator acts in one role at a time, and each method of an
 * operator names the roles that it takes.
 */
export const STAFF_ROLES = ['auditor', 'reviewer', 'privacy-officer', 'security-officer', 'administrator'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** What each role is for, in words for whoever grants it. */
export const ROLE_DUTIES: Readonly<Record<StaffRole, string>> = {
  auditor: 'reads the audit chain, the registers and the ledgers; changes nothing',
  reviewer: 'reviews contested decisions and identity documents',
  'privacy-officer': 'answers the rights of persons, places holds, records agreements, approves disclosures',
  'security-officer': 'records assessments, opens incidents, rotates keys',
  administrator: 'grants and takes away roles',
};
