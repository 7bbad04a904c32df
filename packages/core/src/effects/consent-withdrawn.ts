import type { EpochMs } from '@asignio/contracts';
import type { ConsentRecord } from '@asignio/policy';
import type { Effect } from './effect.ts';

/** The audit entry of a withdrawal; its id makes it single, whoever writes it. */
export function consentWithdrawn(
  { id, purpose, modality }: ConsentRecord,
  subject: string,
  at: EpochMs,
): Extract<Effect, { type: 'audit' }> {
  return {
    type: 'audit',
    id: `consent:${id}:withdrawn`,
    event: 'consent.withdrawn',
    subject,
    at,
    data: { consent: id, purpose, modality },
  };
}
