import { AsignioError, ERRORS } from '@asignio/contracts';
import type { ErrorCode } from '@asignio/contracts';

/** An error on its way between threads, which lose an error's class and own fields. */
export interface ErrorEnvelope {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterMs?: number;
  readonly findings?: readonly { readonly code: string; readonly message: string }[];
  /** Class and stack frames of an error that is not ours; never its message, which may quote the sample. */
  readonly fault?: { readonly name: string; readonly frames: string };
}

/** What a worker answers. */
export type Reply<T = unknown> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorEnvelope };

/** In the worker: packs whatever was thrown. What is not an AsignioError becomes `ASIGNIO_ENGINE_FAILED`. */
export function packError(error: unknown): ErrorEnvelope {
  if (error instanceof AsignioError)
    return {
      code: error.code,
      detail: error.message,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      ...(error.findings === undefined ? {} : { findings: error.findings }),
    };
  const code = 'ASIGNIO_ENGINE_FAILED';
  const detail = ERRORS[code].title;
  if (!(error instanceof Error)) return { code, detail };
  return { code, detail, fault: { name: error.name, frames: framesOf(error) } };
}

/**
 * On the pool's side: the value, or the error as it was thrown.
 * @throws AsignioError the worker's; `ASIGNIO_ENGINE_FAILED` when the answer is not an answer.
 */
export function unpackReply(reply: unknown): unknown {
  const answer = reply as Partial<Extract<Reply, { ok: true }>> | undefined;
  if (answer?.ok === true) return answer.value;
  const error = (reply as Partial<Extract<Reply, { ok: false }>> | undefined)?.error;
  if (error === undefined || !Object.hasOwn(ERRORS, error.code)) throw new AsignioError('ASIGNIO_ENGINE_FAILED');
  const { code, detail, retryAfterMs, findings, fault } = error;
  throw new AsignioError(code, detail, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(findings === undefined ? {} : { findings }),
    ...(fault === undefined ? {} : { cause: faultOf(fault) }),
  });
}

/** The stack without its message, which stands before the frames and may look like some. */
function framesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message);
  if (at < 0) return '';
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}

function faultOf({ name, frames }: { readonly name: string; readonly frames: string }): Error {
  const error = new Error(`${name} in a worker`);
  error.stack = `${error.message}\n${frames}`;
  return error;
}
