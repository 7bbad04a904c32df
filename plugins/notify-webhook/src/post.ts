import http from 'node:http';
import https from 'node:https';

/** What a post takes. */
export interface Post {
  readonly url: string;
  readonly agent: http.Agent;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: string;
  readonly timeoutMs: number;
}

/** A post that no answer came to. Its message holds nothing of what was posted, nor of the address. */
export class Unanswered extends Error {
  constructor(cause: unknown) {
    const { code, name } = cause as { code?: unknown; name?: unknown };
    super(
      name === 'TimeoutError' || code === 'ABORT_ERR'
        ? 'the receiver did not answer in time'
        : 'the receiver cannot be reached',
    );
  }
}

/**
 * Posts, and resolves to the status of the answer. A redirection is an answer like any other, and is not followed: what is
 * told goes to the address that was configured and to no other. The body of the answer is not read.
 * @throws {@link Unanswered}
 */
export async function post({ url, agent, headers, body, timeoutMs }: Post): Promise<number> {
  const bytes = Buffer.from(body, 'utf8');
  const request = (url.startsWith('https:') ? https : http).request(url, {
    method: 'POST',
    agent,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': bytes.length },
    signal: AbortSignal.timeout(timeoutMs),
  });
  return new Promise((resolve, reject) => {
    request.once('error', (error) => reject(new Unanswered(error)));
    request.once('response', (response) => {
      response.on('error', () => undefined);
      // A short one lets the connection be used again; a long one is not waited for.
      if (Number(response.headers['content-length'] ?? Infinity) <= MAX_DRAINED) response.resume();
      else response.destroy();
      resolve(response.statusCode ?? 0);
    });
    request.end(bytes);
  });
}

/** Longest answer that is let run out, bytes. */
const MAX_DRAINED = 16_384;
