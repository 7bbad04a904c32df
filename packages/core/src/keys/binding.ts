import { createHash } from 'node:crypto';
import type { KeyRecord } from '../store/records.ts';

/**
 * What a data key is bound to when it is wrapped: its record's id, subject and modality, and the sealed references that it
 * may open. A record that is changed in any of these, or moved to another's place, does not open.
 */
export function keyBinding(id: string, facts: Pick<KeyRecord, 'subject' | 'modality' | 'opens'>): string {
  const { subject, modality, opens } = facts;
  return JSON.stringify(
    opens === undefined ? ['asignio-key/1', id, subject, modality] : ['asignio-key/2', id, subject, modality, ...opens],
  );
}

/** Names sealed bytes: SHA-256, base64url. */
export function sealDigest(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('base64url');
}
