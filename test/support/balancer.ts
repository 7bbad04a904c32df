import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A client says with this header which address it wants to seem to come from. */
export const SEEMING_ADDRESS = 'x-test-address';

/** Hands each request to the next of several servers, as a load balancer without sticky sessions does. */
export class Balancer {
  /** Addresses of the servers that are in use. */
  readonly servers: string[] = [];
  /** What was handed to which server. */
  readonly handed: { readonly server: string; readonly method: string; readonly path: string }[] = [];
  private readonly server = createServer((req, res) => this.hand(req, res));
  private turn = 0;

  /** Starts listening; the address. */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private hand(req: IncomingMessage, res: ServerResponse): void {
    const server = this.servers[this.turn++ % this.servers.length] ?? '';
    const { method = '', url = '' } = req;
    this.handed.push({ server, method, path: url });
    const { [SEEMING_ADDRESS]: seeming = '192.0.2.1', ...headers } = req.headers;
    const onward = request(
      new URL(url, server),
      { method, headers: { ...headers, 'x-forwarded-for': String(seeming) } },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      },
    );
    onward.on('error', () => {
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    });
    req.pipe(onward);
  }
}

/** A line to a server that can be cut: what is in it is lost, what comes is refused. */
export class Line {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private isCut = false;

  constructor(port: number) {
    this.server = createTcpServer((near) => {
      if (this.isCut) {
        near.destroy();
        return;
      }
      const far = connect({ host: '127.0.0.1', port });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.open.add(one);
        one
          .on('error', () => other.destroy())
          .on('close', () => {
            this.open.delete(one);
            other.destroy();
          });
      }
      near.pipe(far);
      far.pipe(near);
    });
  }

  /** The near end, which listens from the first time it is asked for. */
  async port(): Promise<number> {
    if (!this.server.listening) {
      this.server.listen(0, '127.0.0.1');
      await once(this.server, 'listening');
    }
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
