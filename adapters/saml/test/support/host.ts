import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** An app that is served on this machine. */
export interface Host {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves an app, once its address is known: what it answers may name it. */
export async function hostOf(app: Express): Promise<Host> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
