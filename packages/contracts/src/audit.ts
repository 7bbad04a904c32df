/**
 * Names of the events that the audit chain holds. One name, one meaning; the requirement each one proves is in
 * `docs/requirements.md`.
 */
export const AUDIT_EVENTS = [
  'tenant.created',
  'notice.served',
  'policy.published',
  'consent.granted',
  'consent.withdrawn',
  'consent.stale',
  'collection.denied',
  'purpose.denied',
  'enrolment.completed',
  'enrolment.refused',
  'verification.accepted',
  'verification.rejected',
  'verification.inconclusive',
  'attack.detected',
  'attempts.locked',
  'attempts.disabled',
  'reference.adapted',
  'reference.revoked',
  'interaction.recorded',
  'template.decrypted',
  'key.wrapped',
  'retention.destroyed',
  'destruction.started',
  'destruction.certified',
  'confirmation.issued',
  'schedule.published',
] as const;
export type AuditEventName = (typeof AUDIT_EVENTS)[number];
