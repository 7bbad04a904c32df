import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { OutgoingMessage } from '@asignio/contracts';

/** A secret as the option wants it. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** One request as it came in. */
export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * A real HTTP server of this test alone. It takes what the library of Standard Webhooks verifies with its secret; what it
 * answers, and whether it answers at all, the test says.
 */
export class Receiver {
  readonly secret: string;
  readonly received: Received[] = [];
  readonly taken: OutgoingMessage[] = [];
  readonly refusals: string[] = [];
  /** Called before anything else; what it returns is answered, `hang` not at all. */
  answer: (request: Received, count: number) => number | 'hang' | 'cut' | 'endless' | undefined = () => undefined;
  /** Bytes of endless answers that were sent. */
  poured = 0;
  private readonly server: http.Server;

  constructor(secret = newSecret(), tls?: { readonly cert: string; readonly key: string }) {
    this.secret = secret;
    const handle = (req: http.IncomingMessage, res: http.ServerResponse) => void this.handle(req, res);
    this.server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/asignio`;
  }

  private async handle(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const request = { headers: req.headers as Record<string, string>, body: Buffer.concat(parts).toString('utf8') };
    this.received.push(request);
    const scripted = this.answer(request, this.received.length);
    if (scripted === 'hang') return;
    if (scripted === 'cut') {
      req.socket.destroy();
      return;
    }
    if (scripted === 'endless') {
      this.pour(res);
      return;
    }
    res.statusCode = scripted ?? this.take(request);
    if (res.statusCode >= 300 && res.statusCode < 400) res.setHeader('location', '/elsewhere');
    res.end('thank you');
  }

  private pour(res: http.ServerResponse): void {
    const chunk = Buffer.alloc(16_384);
    const more = () => {
      while (!res.destroyed && res.write(chunk)) this.poured += chunk.length;
    };
    res.on('drain', more);
    more();
  }

  private take({ headers, body }: Received): number {
    try {
      const { type, data } = new Webhook(this.secret).verify(body, headers) as { type: string; data: OutgoingMessage };
      if (type !== 'asignio.message') return 400;
      this.taken.push(data);
      return 204;
    } catch (error) {
      this.refusals.push(String(error));
      return 401;
    }
  }
}
