import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';

const SEAL_BYTES = 12;

/** A hash of the listing and the position, so that a cursor of another listing, or a damaged one, is refused. */
function sealOf(what: string, prefix: Uint8Array, position: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`${what}\0${prefix.length}\0`)
    .update(prefix)
    .update(position)
    .digest()
    .subarray(0, SEAL_BYTES);
}

/** Makes the cursor that goes on after a position: what follows the listing's prefix in the last key seen. */
export function toCursor(what: string, prefix: Uint8Array, position: Uint8Array): string {
  return Buffer.concat([sealOf(what, prefix, position), position]).toString('base64url');
}

/**
 * Reads a cursor back to the position.
 * @throws AsignioError `ASIGNIO_STORAGE_INVALID` for one that this listing did not give.
 */
export function fromCursor(what: string, prefix: Uint8Array, cursor: unknown): Buffer {
  if (typeof cursor !== 'string' || cursor.length > 2048) throw refuse();
  const bytes = Buffer.from(cursor, 'base64url');
  const position = bytes.subarray(SEAL_BYTES);
  if (bytes.toString('base64url') !== cursor || position.length === 0) throw refuse();
  if (!bytes.subarray(0, SEAL_BYTES).equals(sealOf(what, prefix, position))) throw refuse();
  return position;
}

function refuse(): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_INVALID', 'after is not a cursor of this listing');
}
