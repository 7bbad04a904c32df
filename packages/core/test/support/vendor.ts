import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { AsignioError } from '@asignio/contracts';
import type {
  ComparisonPlugin,
  IdentityCheckResult,
  IdentityVerificationPlugin,
  PluginMetadata,
  RawSample,
  RiskSignalPlugin,
} from '@asignio/contracts';

const MODEL = { name: 'acme-matcher', version: '4.2.0' };

/** A vendor's service on a port of its own. It keeps what it gets, and a diary of connections and requests. */
export class VendorServer {
  /** Connections that were opened, whether anything came over them or not. */
  connections = 0;
  readonly requests: { readonly path: string; readonly body: string }[] = [];
  readonly copies = new Map<string, string>();
  readonly checks = new Map<string, number>();
  readonly signals: unknown[] = [];
  /** Answers with an error of its own making. */
  broken = false;
  words = 'with a template in it';
  /** Takes requests and never answers. */
  silent = false;
  /** Runs before each answer. */
  during: () => Promise<void> = () => Promise.resolve();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void (async () => {
        const { status, body } = await this.answer(request).catch(() => ({
          status: 500,
          body: this.words,
        }));
        if (!this.silent) response.writeHead(status).end(JSON.stringify(body));
      })();
    });
    this.server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<VendorServer> {
    const vendor = new VendorServer();
    vendor.server.listen(0, '127.0.0.1');
    await once(vendor.server, 'listening');
    return vendor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const path = `${request.method ?? ''} ${request.url ?? ''}`;
    this.requests.push({ path, body });
    await this.during();
    if (this.broken) throw new Error('broken');
    const [kind, id = ''] = (request.url ?? '').slice(1).split('/');
    const given = body === '' ? {} : (JSON.parse(body) as { who?: string; side?: string });
    if (kind === 'copies') return this.copy(request.method ?? '', id, given.who);
    if (kind === 'checks') return this.check(request.method ?? '', id, body);
    this.signals.push(JSON.parse(body));
    return { status: 200, body: {} };
  }

  private copy(method: string, id: string, who: string | undefined): { status: number; body: unknown } {
    if (method === 'DELETE') return { status: this.copies.delete(id) ? 200 : 404, body: {} };
    if (who === undefined) return { status: 422, body: {} };
    if (method === 'PUT') this.copies.set(id, who);
    const held = this.copies.get(id);
    if (held === undefined) return { status: 404, body: {} };
    return { status: 200, body: { raw: held === who ? 90 : 10, model: MODEL } };
  }

  private check(method: string, id: string, body: string): { status: number; body: unknown } {
    if (method === 'DELETE') return { status: this.checks.delete(id) ? 200 : 404, body: {} };
    this.checks.set(id, body.length);
    const outcome = body.includes('forged') ? 'refused' : 'verified';
    return { status: 200, body: { outcome, reasons: outcome === 'refused' ? ['altered'] : [] } };
  }
}

/** One call of a vendor's service, in the words of the contract. */
async function call(url: string, method: string, body: unknown, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { connection: 'close' },
    });
    if (response.ok) return await response.json();
  } catch (error) {
    throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE', undefined, { cause: error });
  }
  if (response.status === 404) throw new AsignioError('ASIGNIO_NOT_FOUND');
  if (response.status === 422) throw new AsignioError('ASIGNIO_SAMPLE_INVALID');
  throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE');
}

async function destroyed(url: string, signal: AbortSignal): Promise<void> {
  try {
    await call(url, 'DELETE', undefined, signal);
  } catch (error) {
    if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_NOT_FOUND') throw error;
  }
}

function contents({ bytes }: RawSample): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    throw new AsignioError('ASIGNIO_SAMPLE_INVALID');
  }
}

/** What a plugin does after it is closed: nothing. */
function gate(): { readonly check: () => void; readonly close: () => Promise<void> } {
  let closed = false;
  return {
    check: () => {
      if (closed) throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE', 'The plugin is closed');
    },
    close: async () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

const METADATA = { version: '1.0.0', capabilities: [], region: 'DE', agreement: 'dpa-7' } as const;

/** A matcher over HTTP. */
export function comparisonAcme({ url }: { url: string }, changes: Partial<ComparisonPlugin> = {}): ComparisonPlugin {
  const metadata: PluginMetadata = { ...METADATA, name: 'comparison-acme', kind: 'comparison', data: ['samples'] };
  const { check, close } = gate();
  return {
    metadata,
    modalities: ['signature', 'face'],
    calibrations: {
      signature: { slope: 0.2, offset: -10, range: { min: 0, max: 100 }, model: MODEL, source: 'made up, 2026-01' },
      face: { slope: 0.2, offset: -12, range: { min: 0, max: 100 }, model: MODEL, source: 'made up, 2026-01' },
    },
    enrol: async ({ copy, samples, signal }) => {
      check();
      await call(`${url}/copies/${copy}`, 'PUT', contents(samples[0] as RawSample), signal);
    },
    compare: async ({ copy, sample, signal }) => {
      check();
      return (await call(`${url}/copies/${copy}`, 'POST', contents(sample), signal)) as {
        raw: number;
        model: typeof MODEL;
      };
    },
    destroy: async ({ copy, signal }) => {
      check();
      await destroyed(`${url}/copies/${copy}`, signal);
    },
    close,
    ...changes,
  };
}

/** An ID check over HTTP. */
export function idvAcme({ url }: { url: string }): IdentityVerificationPlugin {
  const { check, close } = gate();
  return {
    metadata: { ...METADATA, name: 'idv-acme', kind: 'identity-verification', data: ['images of documents'] },
    reasons: ['altered', 'expired', 'unreadable'],
    check: async ({ check: id, images, document, country, signal }) => {
      check();
      const sent = images.map(({ side, bytes }) => ({ side, bytes: Buffer.from(bytes).toString('latin1') }));
      return (await call(`${url}/checks/${id}`, 'PUT', { document, country, sent }, signal)) as IdentityCheckResult;
    },
    destroy: async ({ check: id, signal }) => {
      check();
      await destroyed(`${url}/checks/${id}`, signal);
    },
    close,
  };
}

/** A risk engine over HTTP. */
export function riskAcme({ url }: { url: string }): RiskSignalPlugin {
  const { check, close } = gate();
  return {
    metadata: { ...METADATA, name: 'risk-acme', kind: 'risk-signal', data: ['coarse signals'] },
    share: async ({ subject, signals, at, signal }) => {
      check();
      await call(`${url}/signals`, 'POST', { subject, signals, at }, signal);
    },
    close,
  };
}
