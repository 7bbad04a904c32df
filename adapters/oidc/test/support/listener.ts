import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that listens on this machine, and what it was sent. */
export interface Listener {
  readonly url: string;
  readonly received: readonly { readonly path: string; readonly body: string }[];
  close(): Promise<void>;
}

/** @param answer status and headers of every answer */
export async function listen(
  answer: { readonly status: number; readonly headers?: Record<string, string> } = { status: 200 },
): Promise<Listener> {
  const received: { path: string; body: string }[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      received.push({ path: req.url ?? '', body });
      res.writeHead(answer.status, answer.headers).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
