import { AsignioError, PURPOSES } from '@asignio/contracts';
import type { Purpose } from '@asignio/contracts';

const KNOWN: ReadonlySet<unknown> = new Set(PURPOSES);

/**
 * Narrows to a purpose that exists. Sale, lease, trade and marketing do not, and no cast brings them in (R11).
 * @throws AsignioError `ASIGNIO_PURPOSE_FORBIDDEN`.
 */
export function checkPurpose(value: unknown): Purpose {
  if (!KNOWN.has(value)) throw new AsignioError('ASIGNIO_PURPOSE_FORBIDDEN');
  return value as Purpose;
}
