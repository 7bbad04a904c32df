import { AsignioError, toProblem } from '@asignio/contracts';
import type { ErrorRequestHandler } from 'express';
import type { BridgeLogger } from './options/host.ts';
import { pageHeaders } from './pages/headers.ts';

/** The last handler of a bridge: what went wrong as `application/problem+json`, without a word of anybody's. */
export function explain(logger: BridgeLogger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const known = error instanceof AsignioError ? error : new AsignioError(codeOf(error));
    if (known.status >= 500) logger.error({ error: failureName(error) }, 'asignio: a sign-in failed');
    if (res.headersSent) {
      next(error);
      return;
    }
    res
      .status(known.status)
      .set(pageHeaders({ forms: [] }))
      .type('application/problem+json')
      .send(JSON.stringify(toProblem(known)));
  };
}

/** What a log may say of a failure: its code or the name of its class, never its words. */
export function failureName(error: unknown): string {
  if (error instanceof AsignioError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

/** A body that the parser refused is the sender's fault. */
function codeOf(error: unknown): 'ASIGNIO_REQUEST_INVALID' | 'ASIGNIO_INTERNAL' {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? 'ASIGNIO_REQUEST_INVALID' : 'ASIGNIO_INTERNAL';
}
