import { AsignioError } from '@asignio/contracts';

/** The error of a key that cannot be had. What happened underneath goes in by name alone: a message could quote what was sent. */
export function unavailable(detail: string, cause?: unknown): AsignioError {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return new AsignioError('ASIGNIO_KEY_UNAVAILABLE', typeof code === 'string' ? `${detail} (${code})` : detail);
}

/** The error of something that is not what was wrapped. */
export function refused(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_KEY_REFUSED', detail);
}
