import type { Request } from 'express';
import { AsignioError } from '@asignio/contracts';
import type { Timer } from '../timer.ts';

/** How long a body may take to arrive, and how long a refused one may go on arriving before the line is cut. */
export const BODY_DEADLINE_MS = 10_000;
const LINGER_MS = 2_000;

/** What a body must be before a byte of it is read. */
export interface BodyRule {
  readonly mediaType: string;
  /** Bytes. */
  readonly limit: number;
}

/**
 * Checks content type, encoding and announced length, then reads at most `limit` bytes. Nothing is buffered beyond the
 * limit, nothing is decoded; a sender that is too slow is refused.
 * @throws AsignioError `ASIGNIO_MEDIA_TYPE`, `ASIGNIO_TOO_LARGE`, `ASIGNIO_REQUEST_INVALID`.
 */
export async function readBody(req: Request, rule: BodyRule, timer: Timer): Promise<Uint8Array> {
  checkHeaders(req, rule);
  if (Buffer.isBuffer(req.body)) return sized(req.body, rule.limit);
  if (req.readableEnded)
    throw new AsignioError('ASIGNIO_INTERNAL', 'Another body parser has consumed the request: mount asignio before it');
  const settled = new AbortController();
  try {
    return await Promise.race([collect(req, rule.limit, settled.signal), deadline(req, timer, settled.signal)]);
  } finally {
    settled.abort();
  }
}

/** Refuses by the headers alone. Public so that a refusal can come before the ceremony is looked up. */
export function checkHeaders(req: Request, rule: BodyRule): void {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const plain = parameters.every((parameter) => /^\s*(?:charset="?utf-8"?)?\s*$/.test(parameter));
  if (type.trim() !== rule.mediaType || !plain)
    throw new AsignioError('ASIGNIO_MEDIA_TYPE', `Send ${rule.mediaType}, in UTF-8`);
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new AsignioError('ASIGNIO_MEDIA_TYPE', 'Send the body as it is, without a content encoding');
  if (Number(req.headers['content-length'] ?? 0) > rule.limit) {
    drain(req);
    throw tooLarge(rule.limit);
  }
}

function sized(body: Buffer, limit: number): Uint8Array {
  if (body.length > limit) throw tooLarge(limit);
  return joined([body], body.length);
}

/** One array with memory of its own, not of Node's pool: the engine may transfer it to a worker. */
function joined(chunks: readonly Buffer[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function collect(req: Request, limit: number, settled: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      reject(tooLarge(limit));
    };
    const onEnd = (): void => resolve(joined(chunks, length));
    const onLost = (): void => reject(new AsignioError('ASIGNIO_REQUEST_INVALID', 'The body broke off'));
    req.on('data', onData).once('end', onEnd).once('close', onLost).once('error', onLost);
    settled.addEventListener('abort', () => {
      req.off('data', onData).off('end', onEnd).off('close', onLost).off('error', onLost);
      if (!req.readableEnded) drain(req);
    });
  });
}

async function deadline(req: Request, timer: Timer, settled: AbortSignal): Promise<never> {
  await timer.sleep(BODY_DEADLINE_MS, settled);
  if (settled.aborted) return new Promise<never>(() => undefined);
  throw new AsignioError('ASIGNIO_REQUEST_INVALID', 'The body took too long to arrive');
}

/**
 * Lets the rest of a refused body run past unread, so that its sender gets to see the answer, and cuts the line if it
 * does not end soon.
 */
function drain(req: Request): void {
  if (req.destroyed) return;
  const cut = setTimeout(() => req.destroy(), LINGER_MS);
  cut.unref();
  const clear = (): void => clearTimeout(cut);
  req.once('end', clear).once('close', clear).on('error', clear).resume();
}

function tooLarge(limit: number): AsignioError {
  return new AsignioError('ASIGNIO_TOO_LARGE', `At most ${limit} bytes`);
}
