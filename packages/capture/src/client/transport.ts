import { ConnectionError, ProblemError, isRecord, retryAfter } from './problem.ts';

/** `fetch`, as the client uses it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** An answer that takes longer is a lost connection, ms. */
const PATIENCE_MS = 20_000;

/** Sends requests to where the router is mounted, and reads what comes back. */
export class Transport {
  readonly endpoint: string;
  readonly #fetch: Fetch;

  constructor(endpoint: string, fetcher: Fetch) {
    this.endpoint = endpoint.replace(/\/+$/, '');
    this.#fetch = fetcher;
  }

  /** @throws ProblemError, ConnectionError. */
  async call<Answer>(method: string, path: string, body?: unknown, mediaType = 'application/json'): Promise<Answer> {
    let response: Response;
    let answer: unknown;
    try {
      response = await this.#fetch(`${this.endpoint}${path}`, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          Accept: 'application/json, application/problem+json',
          ...(body === undefined ? {} : { 'Content-Type': mediaType }),
        },
        ...(body === undefined ? {} : { body: bytesOf(body) }),
      });
      answer = parsed(await response.text());
    } catch (cause) {
      throw new ConnectionError('The server could not be reached', { cause });
    }
    if (!response.ok)
      throw new ProblemError(response.status, answer, retryAfter(response.headers.get('Retry-After'), Date.now()));
    if (!isRecord(answer)) throw new ProblemError(response.status, undefined);
    return answer as Answer;
  }
}

function bytesOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  return body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
