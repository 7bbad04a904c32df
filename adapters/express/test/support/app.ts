import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import { asignioRouter } from '@asignio/express';
import type { RouterOptions } from '@asignio/express';
import express from 'express';
import type { Express } from 'express';
import { FakeCore } from './fake-core.js';
import { FakeTimer } from './fake-timer.js';

export const ORIGIN = 'https://app.example';

/** An answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json(): Record<string, unknown>;
}

/** A request; headers are sent as given, with none added that the test did not name. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

/** A host application with the router mounted, listening on a loopback port. */
export interface Host {
  readonly core: FakeCore;
  readonly timer: FakeTimer;
  readonly port: number;
  ask(request: Ask): Promise<Reply>;
  /** As a page of the host would: with Origin, and JSON where there is a body. */
  page(method: string, path: string, options?: { json?: unknown; headers?: OutgoingHttpHeaders }): Promise<Reply>;
  begin(body: unknown, headers?: OutgoingHttpHeaders): Promise<{ id: string; cookie: string; reply: Reply }>;
  sample(id: string, cookie: string, headers?: OutgoingHttpHeaders): Promise<Reply>;
  close(): Promise<void>;
}

/** Starts one. Whoever sends `X-User` counts as signed in: the host's session in short. */
export async function startHost(
  options: Partial<RouterOptions> = {},
  prepare: (app: Express) => void = () => undefined,
): Promise<Host> {
  const core = new FakeCore();
  const timer = new FakeTimer();
  const app = express();
  prepare(app);
  app.use(
    '/asignio',
    asignioRouter(core, {
      origins: [ORIGIN],
      subject: (req) => req.get('x-user'),
      rateLimit: false,
      clock: { now: () => core.now },
      timer,
      ...options,
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = (request: Ask): Promise<Reply> => send(port, request);
  const page: Host['page'] = (method, path, { json, headers = {} } = {}) =>
    ask({
      method,
      path,
      headers: { origin: ORIGIN, ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
  return {
    core,
    timer,
    port,
    ask,
    page,
    async begin(body, headers = {}) {
      const reply = await page('POST', '/asignio/ceremonies', { json: body, headers });
      const cookie = (reply.headers['set-cookie']?.at(-1) ?? '').split(';')[0] ?? '';
      return { id: String(reply.json()['id']), cookie, reply };
    },
    sample: (id, cookie, headers = {}) =>
      ask({
        method: 'PUT',
        path: `/asignio/ceremonies/${id}/samples/signature`,
        headers: { origin: ORIGIN, cookie, 'content-type': SIGNATURE_MEDIA_TYPE, ...headers },
        body: '{"format":"asignio-signature/1"}',
      }),
    close: () => stop(server),
  };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function send(port: number, { method = 'GET', path, headers = {}, body }: Ask): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
