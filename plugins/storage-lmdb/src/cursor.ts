import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';

const SCOPE_BYTES = 12;

/** A hash of what a listing lists, so that a cursor of another listing is refused. */
function scopeOf(prefix: Uint8Array, what: string): Buffer {
  return createHash('sha256').update(what).update(prefix).digest().subarray(0, SCOPE_BYTES);
}

/** Makes the cursor that goes on after a position: what follows the listing's prefix in the last key seen. */
export function toCursor(what: string, prefix: Uint8Array, position: Uint8Array): string {
  return Buffer.concat([scopeOf(prefix, what), position]).toString('base64url');
}

/**
 * Reads a cursor back to the position.
 * @throws AsignioError `ASIGNIO_STORAGE_INVALID` for one that this listing did not give.
 */
export function fromCursor(what: string, prefix: Uint8Array, cursor: unknown): Buffer {
  if (typeof cursor !== 'string' || cursor.length > 2048) throw refuse();
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.toString('base64url') !== cursor || bytes.length <= SCOPE_BYTES) throw refuse();
  if (!bytes.subarray(0, SCOPE_BYTES).equals(scopeOf(prefix, what))) throw refuse();
  return bytes.subarray(SCOPE_BYTES);
}

function refuse(): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_INVALID', 'after is not a cursor of this listing');
}
