import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Demo } from './app.ts';
import { HELP, UsageError, readArguments } from './arguments.ts';

/** What is under way when it is told to stop gets so long to finish; then it stops anyway. ms */
const GRACE_MS = 300;
const LAST_MS = 900;

/** Addresses that mean "every network this machine is in". */
const ANYWHERE = new Set(['0.0.0.0', '::']);

async function main(): Promise<void> {
  const { help, port, host, data, storage, origin, face } = readArguments(process.argv.slice(2), process.env);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  // Listening comes first: the port may be any free one, and the origins have it.
  const server = createServer().on('request', notYet);
  await listen(server, port, host);
  const own = originsOf(host, (server.address() as AddressInfo).port);
  const origins = origin === undefined ? own : [origin, ...own];
  const { createDemo } = await import('./app.ts');
  const demo = await createDemo({
    data,
    origins,
    proxied: origin !== undefined,
    face,
    ...(storage === undefined ? {} : { storage }),
  });
  server.off('request', notYet).on('request', demo.app);
  process.stdout.write(
    `Asignio demo: ${own[0]}\nKept in ${data}${storage === undefined ? '' : ' and on MongoDB'}. Ctrl-C stops it.\n`,
  );
  for (const other of ANYWHERE.has(host) ? own.slice(2) : []) process.stdout.write(`Also at ${other}\n`);
  stopOnSignal(server, demo);
}

const notYet: RequestListener = (_req, res) => {
  res.writeHead(503, { 'Retry-After': '1' }).end('Starting. Try again in a second.\n');
};

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      done();
    });
  });
}

/** Where its pages may be: the address, and for the machine itself both of its names. */
function originsOf(host: string, port: number): string[] {
  const origin = (name: string): string =>
    `http://${name.includes(':') ? `[${name}]` : name}${port === 80 ? '' : `:${port}`}`;
  const own = [origin('127.0.0.1'), origin('localhost')];
  if (['127.0.0.1', 'localhost'].includes(host)) return own;
  if (!ANYWHERE.has(host)) return [origin(host), ...own];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [
    ...own,
    ...addresses.filter((one) => !one.internal && !one.address.startsWith('fe80:')).map((one) => origin(one.address)),
  ];
}

function stopOnSignal(server: Server, demo: Demo): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), LAST_MS).unref();
    const closed = new Promise((done) => server.close(done));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
    await closed;
    await demo.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      stop().catch(() => process.exit(1));
    });
}

function complaint(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}. Try --help.`;
  const { code, port, address, message } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use. Choose another one: npm start -- --port ${(port ?? 0) + 1}`;
  if (code === 'EACCES') return `Port ${port} needs more rights. Choose one above 1023: npm start -- --port 3000`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address ${address ?? ''}. Choose another --host.`;
  return message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${complaint(error)}\n`);
  process.exit(1);
});
