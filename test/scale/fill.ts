/**
 * Fills a store with people, so many in all: each a subject, a consent, a wrapped key and a reference, under pseudonyms that
 * are spread as those of a system are. Nobody of them can sign in.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import { tenantId } from '@asignio/contracts';
import type { RecordKind, StoragePlugin } from '@asignio/contracts';
import { TENANT } from './place.js';

/** Bytes that stand for a sealed reference, and for a wrapped key. */
const REFERENCE_BYTES = 1024;
const WRAPPED_BYTES = 64;
const AT_ONCE = 500;
const PSEUDONYM_LENGTH = 22;
const FAR_AWAY = 4_000_000_000_000;

const spread = createCipheriv('aes-256-ecb', Buffer.alloc(32, 7), null).setAutoPadding(false);

/** Somebody's pseudonym, evenly spread over the store. */
function pseudonymOf(person: number): string {
  const block = Buffer.alloc(16);
  block.writeUInt32BE(person);
  return spread.update(block).toString('base64url').slice(0, PSEUDONYM_LENGTH);
}

async function add(storage: StoragePlugin, person: number): Promise<void> {
  const subject = pseudonymOf(person);
  const keyOf = (kind: RecordKind, id: string) => ({ tenant: tenantId(TENANT), kind, id }) as const;
  const due = FAR_AWAY + person;
  const consent = `consent-${subject}`;
  const id = `reference-${subject}`;
  await storage.insert(
    keyOf('subject', subject),
    { life: id, createdAt: 1, lastInteraction: 1, due, rule: 'filled' },
    { subject, due },
  );
  await storage.insert(
    keyOf('consent', consent),
    { consent: { id: consent, purposes: ['authentication'] }, subject, effects: [] },
    { subject },
  );
  await storage.insert(
    keyOf('key', id),
    { wrapped: { keyId: 'filled', bytes: randomBytes(WRAPPED_BYTES) }, subject, modality: 'signature', createdAt: 1 },
    { subject },
  );
  await storage.insert(
    keyOf('reference', id),
    { subject, modality: 'signature', consent, key: id, sealed: randomBytes(REFERENCE_BYTES), generation: 1 },
    { subject },
  );
}

/** Adds those from one number up to another, many at once. */
export async function fill(
  storage: StoragePlugin,
  from: number,
  to: number,
  onProgress: (done: number) => void,
): Promise<void> {
  for (let at = from; at < to; at += AT_ONCE) {
    const some = Math.min(AT_ONCE, to - at);
    await Promise.all(Array.from({ length: some }, async (_, i) => add(storage, at + i)));
    onProgress(at + some);
  }
}
