import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from './find.ts';
import type { ServerProgram } from './find.ts';

/** What serves: MongoDB itself, or FerretDB over SQLite, which scans where MongoDB uses an index. */
export type ServerKind = 'mongod' | 'FerretDB';

export interface ServerOptions {
  /** Folder of its files; one of its own, removed at the end, unless told. */
  readonly folder?: string;
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** Port to listen on; a free one unless told. */
  readonly port?: number;
  /** Files of a certificate, of its key, and of both, in PEM: it speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly both: string };
}

/** A server that a test started and may do anything to. */
export interface MongodbServer {
  readonly kind: ServerKind;
  /** Without a database's name. */
  readonly uri: string;
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** Stops it with SIGSTOP: connections stay, and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends it and leaves its files. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on its files and its port. */
  start(): Promise<void>;
  /** Ends it and removes the files that it made a folder for. */
  remove(): Promise<void>;
}

const READY_MS = 30_000;

/**
 * Starts the server of this machine that tests use.
 * @returns `undefined` where there is none
 */
export async function startServer(options: ServerOptions = {}): Promise<MongodbServer | undefined> {
  const program = findProgram();
  if (program === undefined) return undefined;
  const server = new Server(program, { host: '127.0.0.1', ...options }, options.port ?? (await freePort()));
  await server.start();
  return server;
}

class Server implements MongodbServer {
  readonly kind: ServerKind;
  readonly port: number;
  readonly folder: string;
  private readonly program: ServerProgram;
  private readonly options: ServerOptions & { readonly host: string };
  private child: ChildProcess | undefined;

  constructor(program: ServerProgram, options: ServerOptions & { readonly host: string }, port: number) {
    this.kind = program.kind;
    this.program = program;
    this.options = options;
    this.port = port;
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'asignio-mongodb-'));
  }

  get uri(): string {
    return `mongodb://${this.options.host}:${this.port}/`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async start(): Promise<void> {
    const child = spawn(this.program.path, this.program.kind === 'mongod' ? this.ofMongod() : this.ofFerretdb(), {
      // FerretDB ends when its input does, and so with whoever started it.
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = `${complaint}${chunk.toString()}`.slice(-2000);
    });
    // It does not keep the process alive that it ends with.
    child.unref();
    for (const stream of [child.stdin, child.stderr]) (stream as unknown as { unref(): void }).unref();
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const begun = performance.now(); ; await delay(20)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`The MongoDB server ended with ${child.exitCode ?? child.signalCode}: ${complaint}`);
      if (await answers(this.options.host, this.port)) return;
      if (performance.now() - begun > READY_MS) throw new Error(`The MongoDB server does not answer: ${complaint}`);
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    if (this.options.folder === undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private ofMongod(): string[] {
    const { host, tls } = this.options;
    const args = ['--dbpath', this.folder, '--bind_ip', host, '--port', String(this.port), '--quiet'];
    if (tls !== undefined)
      args.push('--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', tls.both, '--tlsCAFile', tls.cert);
    if (tls !== undefined) args.push('--tlsAllowConnectionsWithoutCertificates');
    return args;
  }

  private ofFerretdb(): string[] {
    const { host, tls } = this.options;
    const args = ['-data', this.folder, '-listen', `${host}:${this.port}`];
    return tls === undefined ? args : [...args, '-cert', tls.cert, '-key', tls.key];
  }
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
