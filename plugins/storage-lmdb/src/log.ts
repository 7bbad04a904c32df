import { AsignioError } from '@asignio/contracts';
import type { LogEntry, TenantId } from '@asignio/contracts';
import { endOf, entryAddress, entryIdAddress, logPrefix, readLogName, tenantPrefix } from './address.ts';
import { corrupt, decode, encode } from './codec.ts';
import { entries } from './environment.ts';
import type { Environment, Tree } from './environment.ts';
import { tenantsOf } from './tenants.ts';

/** B-trees of {@link Logs}. */
export const LOG_TREES = ['entries', 'entryIds'] as const;

/** Append-only logs, each with its own row of sequence numbers. */
export class Logs {
  private readonly environment: Environment;
  private readonly entries: Tree;
  private readonly ids: Tree;

  constructor(environment: Environment) {
    this.environment = environment;
    this.entries = environment.tree('entries');
    this.ids = environment.tree('entryIds');
  }

  async append(tenant: TenantId, log: string, entry: LogEntry): Promise<LogEntry> {
    const prepared = prepare(tenant, log, entry);
    const { address, bytes, idAddress } = prepared;
    const stored = await this.environment.write(() => {
      const known = this.ids.get(idAddress);
      if (known !== undefined) return this.at(tenant, log, decode(idAddress, known));
      this.checkNext(tenant, log, entry.sequence);
      this.put(prepared);
      return undefined;
    });
    return stored ?? toEntry(address, bytes);
  }

  async appendAll(tenant: TenantId, log: string, following: readonly LogEntry[]): Promise<void> {
    const prepared = following.map((entry) => prepare(tenant, log, entry));
    await this.environment.write(() => {
      this.checkNext(tenant, log, following[0]?.sequence);
      for (const entry of prepared) {
        if (this.ids.doesExist(entry.idAddress))
          throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'An entry of this id is there already');
        this.put(entry);
      }
    });
  }

  async head(tenant: TenantId, log: string): Promise<LogEntry | undefined> {
    return this.environment.read(() => this.newest(tenant, log));
  }

  async read(tenant: TenantId, log: string, from: number, limit: number): Promise<readonly LogEntry[]> {
    return this.environment.read(() => {
      const start = entryAddress(tenant, log, from);
      const found: LogEntry[] = [];
      for (const { key, value } of entries(this.entries, { start, end: endOf(logPrefix(tenant, log)) })) {
        found.push(toEntry(Buffer.from(key), value));
        if (found.length >= limit) break;
      }
      return found;
    });
  }

  async tenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]> {
    return tenantsOf(this.environment, this.entries, after, limit);
  }

  /** Names of a tenant's logs: one look-up each. */
  async names(tenant: TenantId): Promise<readonly string[]> {
    return this.environment.read(() => {
      const found: string[] = [];
      const end = endOf(tenantPrefix(tenant));
      let start = tenantPrefix(tenant);
      for (;;) {
        const [key] = this.entries.getKeys({ start, end, limit: 1 });
        if (key === undefined) return found;
        const name = readLogName(tenant, key);
        found.push(name);
        start = endOf(logPrefix(tenant, name));
      }
    });
  }

  private checkNext(tenant: TenantId, log: string, sequence: number | undefined): void {
    const head = this.newest(tenant, log)?.sequence ?? 0;
    if (sequence !== head + 1) throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', `The log goes on at ${head + 1}`);
  }

  private put({ address, bytes, idAddress, idBytes }: Prepared): void {
    this.entries.putSync(address, bytes);
    this.ids.putSync(idAddress, idBytes);
  }

  private at(tenant: TenantId, log: string, sequence: unknown): LogEntry {
    if (typeof sequence !== 'number') throw corrupt();
    const address = entryAddress(tenant, log, sequence);
    const bytes = this.entries.get(address);
    if (bytes === undefined) throw corrupt('A log names an entry that is not there');
    return toEntry(address, bytes);
  }

  private newest(tenant: TenantId, log: string): LogEntry | undefined {
    const prefix = logPrefix(tenant, log);
    for (const { key, value } of this.entries.getRange({
      start: endOf(prefix),
      end: prefix,
      reverse: true,
      limit: 1,
    }))
      return toEntry(Buffer.from(key), value);
    return undefined;
  }
}

/** An entry as both B-trees hold it. */
interface Prepared {
  readonly address: Buffer;
  readonly bytes: Buffer;
  readonly idAddress: Buffer;
  readonly idBytes: Buffer;
}

function prepare(tenant: TenantId, log: string, { sequence, id, value }: LogEntry): Prepared {
  const address = entryAddress(tenant, log, sequence);
  const idAddress = entryIdAddress(tenant, log, id);
  return { address, bytes: encode(address, [id, value]), idAddress, idBytes: encode(idAddress, sequence) };
}

function toEntry(address: Buffer, bytes: Uint8Array): LogEntry {
  const [id, value] = decode(address, bytes) as readonly [string, LogEntry['value']];
  return { sequence: Number(address.readBigUInt64BE(address.length - 8)), id, value };
}
