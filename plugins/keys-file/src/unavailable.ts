import { AsignioError } from '@asignio/contracts';

/** The error of a key that cannot be had. */
export function unavailable(detail: string, cause?: unknown): AsignioError {
  return new AsignioError('ASIGNIO_KEY_UNAVAILABLE', detail, cause === undefined ? {} : { cause });
}
