import { AsignioError } from '@asignio/contracts';
import type { EpochMs } from '@asignio/contracts';
import { STAFF_ROLES } from './roles.ts';
import type { StaffRole } from './roles.ts';
import { acknowledgedUntil } from './rules.ts';
import type { Acknowledgement, StaffRules } from './rules.ts';

/** A role as it was granted to one member of staff. */
export interface RoleGrant {
  readonly role: StaffRole;
  readonly grantedAt: EpochMs;
  /** Pseudonym of who granted it, or `host`. */
  readonly by: string;
  /** `null` until it is taken away. */
  readonly until: EpochMs | null;
}

/** What is known of one member of staff. */
export interface StaffStanding {
  readonly acknowledgement: Acknowledgement | null;
  readonly grants: readonly RoleGrant[];
}

/** Somebody of whom nothing is known. */
export const NO_STAFF: StaffStanding = { acknowledgement: null, grants: [] };

/**
 * Whether the rules are acknowledged, as worded now, and not too long ago (R42).
 * @throws AsignioError `ASIGNIO_ROLE_REQUIRED`.
 */
export function checkAcknowledged({ acknowledgement }: StaffStanding, rules: StaffRules, now: EpochMs): void {
  if (acknowledgement === null)
    throw new AsignioError('ASIGNIO_ROLE_REQUIRED', 'The privacy rules were not acknowledged');
  // Asked the other way round, a time that is no number would never end it.
  if (!(now < acknowledgedUntil(acknowledgement, rules)))
    throw new AsignioError('ASIGNIO_ROLE_REQUIRED', 'The privacy rules must be acknowledged again');
}

/**
 * Whether somebody may act in a role now: granted, not ended, and under rules that they acknowledged (R29, R42).
 * @throws AsignioError `ASIGNIO_ROLE_REQUIRED`.
 * @example
 * ```ts
 * checkRole(standing, 'privacy-officer', DEFAULT_STAFF_RULES, clock.now());
 * ```
 */
export function checkRole(standing: StaffStanding, role: StaffRole, rules: StaffRules, now: EpochMs): void {
  checkAcknowledged(standing, rules, now);
  const held = standing.grants.some((grant) => grant.role === role && (grant.until === null || now < grant.until));
  if (!STAFF_ROLES.includes(role) || !held)
    throw new AsignioError('ASIGNIO_ROLE_REQUIRED', 'This role is not yours now');
}
