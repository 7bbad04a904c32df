import type { EpochMs, Modality, TenantId } from '@asignio/contracts';

/** What was destroyed (R9). */
export interface DestructionFacts {
  readonly id: string;
  readonly tenant: TenantId;
  /** Never the host's id of the subject: the certificate outlives the data. */
  readonly pseudonym: string;
  readonly scope: Modality | 'all';
  /** Id of the retention rule, or of the request. */
  readonly reason: string;
  readonly startedAt: EpochMs;
  readonly completedAt: EpochMs;
  /** Records destroyed, by kind. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The content of a certificate of destruction; the caller signs it as a JWS. */
export function certificateClaims(facts: DestructionFacts) {
  const { id, tenant, pseudonym, scope, reason, startedAt, completedAt, counts } = facts;
  return {
    type: 'certificate of destruction',
    id,
    tenant,
    subject: pseudonym,
    scope,
    reason,
    startedAt: new Date(startedAt).toISOString(),
    completedAt: new Date(completedAt).toISOString(),
    destroyed: counts,
    method:
      'data keys destroyed first, which makes every copy of a reference unreadable, backups included; then all records deleted',
  };
}
