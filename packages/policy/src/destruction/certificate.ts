import { AsignioError } from '@asignio/contracts';
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
  /** What others who had copies said of theirs. */
  readonly confirmations?: readonly Confirmation[];
}

/** That somebody else has destroyed their copies (R9). */
export interface Confirmation {
  /** Who had them. */
  readonly recipient: string;
  /** What they find their own record of it by; `null` where they gave none. */
  readonly reference: string | null;
  readonly at: EpochMs;
}

const PSEUDONYM = /^[A-Za-z0-9_-]{22}$/;

/**
 * The content of a certificate of destruction; the caller signs it as a JWS. Times are ISO 8601; a clock that was set
 * back meanwhile does not end it before it began.
 *
 * @throws AsignioError `ASIGNIO_ID_INVALID` for a subject that is not named by pseudonym, `ASIGNIO_INTERNAL` for counts
 * that are none.
 */
export function certificateClaims(facts: DestructionFacts) {
  const { id, tenant, pseudonym, scope, reason, startedAt, completedAt, counts, confirmations = [] } = facts;
  if (!PSEUDONYM.test(pseudonym))
    throw new AsignioError('ASIGNIO_ID_INVALID', 'A certificate names its subject by pseudonym');
  if (!Object.values(counts).every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new AsignioError('ASIGNIO_INTERNAL', 'A certificate counts what was destroyed');
  return {
    type: 'certificate of destruction',
    id,
    tenant,
    subject: pseudonym,
    scope,
    reason,
    startedAt: new Date(startedAt).toISOString(),
    completedAt: new Date(Math.max(startedAt, completedAt)).toISOString(),
    destroyed: { ...counts },
    confirmed: confirmations.map(({ recipient, reference, at }) => ({
      recipient,
      reference,
      at: new Date(at).toISOString(),
    })),
    method:
      'data keys destroyed first, which makes every copy of a reference unreadable, backups included; then all records deleted',
  };
}
