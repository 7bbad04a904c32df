import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { ParsedOptions } from './options.ts';
import { unavailable } from './refusals.ts';
import { Token } from './token.ts';

/** Longest answer that is read, bytes: that of a key with many versions. */
const MAX_ANSWER = 4 * 2 ** 20;
const MAX_SOCKETS = 16;
/** The first pause before a call is made again is up to so long, ms; each one after it up to twice as long. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** Answers of a server that may give another one soon: eventually consistent, busy, on its way up or down, sealed. */
const TRY_AGAIN = new Set([412, 429, 472, 473, 500, 502, 503, 504]);

/** What the server answered. */
export interface Answer {
  readonly status: number;
  /** The parsed body; empty where it is none. */
  readonly body: { readonly data?: unknown; readonly errors?: unknown };
}

/** One call. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`. */
  readonly path: string;
  readonly body?: object;
  /** Whether it does no harm when it is made twice. @default true */
  readonly repeatable?: boolean;
  /** @default true */
  readonly withToken?: boolean;
}

/** Calls a Vault over one pool of connections. */
export class VaultClient {
  private readonly options: ParsedOptions;
  private readonly token: Token;
  private agent: http.Agent | undefined;

  constructor(options: ParsedOptions) {
    this.options = options;
    this.token = new Token(options.token);
  }

  /** @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` where the file of certificates or the token cannot be read. */
  async open(): Promise<void> {
    const { address, caFile } = this.options;
    const settings = { keepAlive: true, maxSockets: MAX_SOCKETS };
    this.agent = address.startsWith('https:')
      ? new https.Agent({ ...settings, minVersion: 'TLSv1.2', ...(caFile === undefined ? {} : { ca: readCa(caFile) }) })
      : new http.Agent(settings);
    await this.token.get();
  }

  close(): void {
    this.agent?.destroy();
    this.agent = undefined;
    this.token.forget();
  }

  get isOpen(): boolean {
    return this.agent !== undefined;
  }

  /**
   * Makes a call, again and again where that may help. Pauses grow and are random, so that many processes do not come back
   * at once.
   * @returns an answer that is not one of a passing trouble.
   * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE`.
   */
  async call(call: Call): Promise<Answer> {
    const { retries } = this.options;
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
      const last = attempt >= retries || call.repeatable === false;
      let answer: Answer;
      try {
        answer = await this.send(call);
      } catch (error) {
        if (this.agent === undefined) throw unavailable('The key provider is not open');
        if (!(error instanceof Trouble)) throw error;
        if (last) throw unavailable(error.message, error);
        continue;
      }
      if (answer.status === 403 && !renewed && call.withToken !== false) {
        renewed = true;
        if (await this.token.renew()) {
          attempt--;
          continue;
        }
      }
      if (!TRY_AGAIN.has(answer.status)) return answer;
      if (last)
        throw unavailable(
          `The key server is ${answer.status === 503 ? 'sealed or down' : 'busy or in trouble'}: it answered ${answer.status}`,
        );
    }
  }

  private async send({ method, path, body, withToken = true }: Call): Promise<Answer> {
    const { address, namespace, timeoutMs } = this.options;
    const { agent } = this;
    if (agent === undefined) throw unavailable('The key provider is not open');
    const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body), 'utf8');
    const headers: http.OutgoingHttpHeaders = {
      accept: 'application/json',
      // Answered by none but a Vault: a request that was forged through a browser or a proxy cannot carry it.
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': text.length }),
      ...(withToken ? { 'x-vault-token': await this.token.get() } : {}),
    };
    const request = (address.startsWith('https:') ? https : http).request(`${address}/v1/${path}`, {
      method,
      headers,
      agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    try {
      return await exchange(request, text);
    } catch (error) {
      throw new Trouble(error);
    } finally {
      text?.fill(0);
    }
  }
}

/** A call that failed on the way. */
class Trouble extends Error {
  readonly code: string | undefined;
  constructor(cause: unknown) {
    const { code, name } = cause as { code?: unknown; name?: unknown };
    const isTimeout = name === 'TimeoutError' || code === 'ABORT_ERR';
    super(isTimeout ? 'The key server did not answer in time' : 'The key server cannot be reached');
    this.code = !isTimeout && typeof code === 'string' ? code : undefined;
  }
}

async function exchange(request: http.ClientRequest, text: Buffer | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      response.on('data', (part: Buffer) => {
        length += part.length;
        parts.push(part);
        if (length > MAX_ANSWER) request.destroy(new Error('The answer is too long'));
      });
      response.once('error', reject);
      response.once('close', () => {
        // Cut off in the middle; does nothing where it came to its end.
        reject(new Error('The answer was cut off'));
      });
      response.once('end', () => {
        const bytes = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, body: parse(bytes) });
        bytes.fill(0);
        for (const part of parts) part.fill(0);
      });
    });
    request.end(text);
  });
}

function parse(bytes: Buffer): Answer['body'] {
  try {
    const body = JSON.parse(bytes.toString('utf8')) as unknown;
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}

function readCa(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unavailable('The file of certificates cannot be read', error);
  }
}
