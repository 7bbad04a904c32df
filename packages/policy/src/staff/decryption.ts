import { AsignioError } from '@asignio/contracts';
import type { StaffRole } from './roles.ts';

/** Who may have something opened: a part of the system, or a member of staff in a role. */
export type DecryptionRole = 'engine' | 'assertion' | 'egress' | StaffRole;

/** What is sealed. */
export type Sealed = 'template' | 'attribute' | 'document';

/** One row: this role may have this opened for these purposes. What stands in no row is never opened (R29). */
interface DecryptionRule {
  readonly role: DecryptionRole;
  readonly sealed: Sealed;
  readonly purposes: readonly string[];
}

const RULES: readonly DecryptionRule[] = [
  { role: 'engine', sealed: 'template', purposes: ['authentication', 'improvement'] },
  { role: 'assertion', sealed: 'attribute', purposes: ['assertion'] },
  { role: 'egress', sealed: 'document', purposes: ['identity-verification'] },
  { role: 'reviewer', sealed: 'document', purposes: ['identity-verification'] },
  { role: 'privacy-officer', sealed: 'document', purposes: ['identity-verification', 'legal-process'] },
  { role: 'privacy-officer', sealed: 'attribute', purposes: ['legal-process'] },
];

/**
 * Whether a role may have something opened for a purpose. No member of staff has a row for templates.
 * @throws AsignioError `ASIGNIO_ROLE_REQUIRED`.
 * @example
 * ```ts
 * checkDecryption('engine', 'template', 'authentication');
 * checkDecryption('administrator', 'template', 'authentication'); // throws ASIGNIO_ROLE_REQUIRED
 * ```
 */
export function checkDecryption(role: DecryptionRole, sealed: Sealed, purpose: string): void {
  const allowed = RULES.some((rule) => rule.role === role && rule.sealed === sealed && rule.purposes.includes(purpose));
  if (!allowed) throw new AsignioError('ASIGNIO_ROLE_REQUIRED', `The role ${role} opens no ${sealed} for ${purpose}`);
}
