import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';

const SEAL_BYTES = 12;

/** A hash of the listing and the position, so that a cursor of another listing, or a damaged one, is refused. */
function sealOf(listing: readonly string[], position: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([...listing, position]))
    .digest()
    .subarray(0, SEAL_BYTES);
}

/** Makes the cursor of a listing that goes on after a position. */
export function toCursor(listing: readonly string[], position: string): string {
  return Buffer.concat([sealOf(listing, position), Buffer.from(position, 'utf8')]).toString('base64url');
}

/**
 * Reads a cursor back to the position.
 * @throws AsignioError `ASIGNIO_STORAGE_INVALID` for one that this listing did not give.
 */
export function fromCursor(listing: readonly string[], cursor: unknown): string {
  if (typeof cursor !== 'string' || cursor.length > 4096) throw refuse();
  const bytes = Buffer.from(cursor, 'base64url');
  const position = bytes.subarray(SEAL_BYTES).toString('utf8');
  if (position === '' || toCursor(listing, position) !== cursor) throw refuse();
  return position;
}

function refuse(): AsignioError {
  return new AsignioError('ASIGNIO_STORAGE_INVALID', 'after is not a cursor of this listing');
}
