import { AsignioError, toProblem } from '@asignio/contracts';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from './options.ts';

/** What the router knows of a request before any handler runs. */
export interface RequestNote {
  /** Made here, never taken from the client. */
  readonly requestId: string;
  /** Path of the route as the table has it; `''` where none matched. */
  route: string;
}

/**
 * Turns whatever went wrong into a problem document (RFC 9457), and tells the operator of what is ours to mend.
 */
export function problemHandler(logger: Logger, noteOf: (req: Request) => RequestNote) {
  return (thrown: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const { requestId, route } = noteOf(req);
    const error = understood(thrown);
    if (error.status >= 500) logger.error({ requestId, route, ...diagnosis(thrown) }, 'asignio: a request failed');
    else if (error.code === 'ASIGNIO_ORIGIN_REFUSED' || error.code === 'ASIGNIO_RATE_LIMITED')
      logger.warn({ requestId, route, code: error.code }, 'asignio: a request was refused');
    if (res.headersSent || res.destroyed) {
      res.destroy();
      return;
    }
    if (error.retryAfterMs !== undefined)
      res.setHeader('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
    res.setHeader('Cache-Control', 'no-store');
    res
      .status(error.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...toProblem(error), instance: `urn:uuid:${requestId}` }));
  };
}

function understood(thrown: unknown): AsignioError {
  if (thrown instanceof AsignioError) return thrown.code === 'ASIGNIO_NOT_VERIFIED' ? notVerified() : thrown;
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  if (status === 404) return new AsignioError('ASIGNIO_NOT_FOUND');
  // Express: a path that does not percent-decode, a range or precondition of a static file that cannot be.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AsignioError('ASIGNIO_REQUEST_INVALID', 'The address or a header is malformed');
  return new AsignioError('ASIGNIO_INTERNAL');
}

/** One body for the rejected, the unknown and the not enrolled, whatever the core had to say about it. */
function notVerified(): AsignioError {
  return new AsignioError('ASIGNIO_NOT_VERIFIED');
}

/** Where it happened, without messages: those of other people's errors may quote anything. */
function diagnosis(thrown: unknown, depth = 0): object {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    error: thrown.name,
    ...(thrown instanceof AsignioError ? { code: thrown.code, detail: thrown.message } : {}),
    frames: frames.map((frame) => frame.trim()),
    ...(thrown.cause === undefined || depth > 3 ? {} : { cause: diagnosis(thrown.cause, depth + 1) }),
  };
}
