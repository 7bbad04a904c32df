import { AsignioError } from '@asignio/contracts';
import type { EpochMs, Purpose } from '@asignio/contracts';

/** What stands between a subject's consent and a permit. */
export interface Standing {
  /** R21: since when the subject's data are kept and not processed; `null` when they are not restricted. */
  readonly restrictedAt: EpochMs | null;
  /** R23: purposes that the subject has objected to, whatever was agreed before. */
  readonly objections: readonly Purpose[];
  /** R34: a subject under 16 without a guardian's signed agreement. */
  readonly minorAlone: boolean;
}

/** A subject of whom nothing of the kind is known. */
export const UNHINDERED: Standing = { restrictedAt: null, objections: [], minorAlone: false };

/**
 * Whether consent is enough.
 * @throws AsignioError `ASIGNIO_MINOR_BLOCKED` (R34), `ASIGNIO_PROCESSING_RESTRICTED` (R21), `ASIGNIO_PURPOSE_OBJECTED` (R23).
 */
export function checkStanding(standing: Standing, purpose: Purpose): void {
  if (standing.minorAlone) throw new AsignioError('ASIGNIO_MINOR_BLOCKED');
  if (standing.restrictedAt !== null) throw new AsignioError('ASIGNIO_PROCESSING_RESTRICTED');
  if (standing.objections.includes(purpose)) throw new AsignioError('ASIGNIO_PURPOSE_OBJECTED');
}
