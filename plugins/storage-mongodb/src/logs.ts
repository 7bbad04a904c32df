import type { Model } from 'mongoose';
import type { LogEntry, TenantId } from '@asignio/contracts';
import { rangeOf, readAddress, within } from './address.ts';
import { corrupt, decode, encode } from './codec.ts';
import type { Patience } from './patience.ts';
import { BY_ENTRY, BY_SEQUENCE } from './schemas.ts';
import type { EntryDocument } from './schemas.ts';
import { bytesOf, conflict, tenantsAfter } from './shelf.ts';

/**
 * Append-only logs. Two unique indexes decide who gets a place and that an id is written once; nothing is ever removed,
 * so that the entry before is there for good once it was seen.
 */
export class Logs {
  private readonly model: Model<EntryDocument>;
  private readonly patience: Patience;

  constructor(model: Model<EntryDocument>, patience: Patience) {
    this.model = model;
    this.patience = patience;
  }

  async append(tenant: TenantId, name: string, { sequence, id, value }: LogEntry): Promise<LogEntry> {
    const log = within(tenant, name);
    const bytes = encode(sealOf(log, sequence, id), value);
    if (sequence > 1 && (await this.at(log, sequence - 1)) === undefined) return this.known(log, id);
    if (!(await this.patience.insert(this.model, { log, sequence, entry: id, value: bytes })))
      return this.known(log, id);
    return { sequence, id, value: decode(sealOf(log, sequence, id), bytes) };
  }

  async head(tenant: TenantId, name: string): Promise<LogEntry | undefined> {
    const log = within(tenant, name);
    const found = await this.patience.read(async () =>
      this.model.findOne({ log }).sort({ sequence: -1 }).hint(BY_SEQUENCE).lean<EntryDocument>(),
    );
    return found === null ? undefined : toEntry(found);
  }

  async read(tenant: TenantId, name: string, from: number, limit: number): Promise<readonly LogEntry[]> {
    const log = within(tenant, name);
    const found = await this.patience.read(async () =>
      this.model
        .find({ log, sequence: { $gte: from } })
        .sort({ sequence: 1 })
        .hint(BY_SEQUENCE)
        .limit(limit)
        .lean<EntryDocument[]>(),
    );
    return found.map(toEntry);
  }

  /** The first tenants after one that have an entry, in order: one look-up each. */
  async tenants(after: TenantId | undefined, limit: number): Promise<readonly TenantId[]> {
    return tenantsAfter(after, limit, async (from) => this.first({ $gte: from }));
  }

  /** Names of a tenant's logs: one look-up each. */
  async names(tenant: TenantId): Promise<readonly string[]> {
    const { start, end } = rangeOf(tenant);
    const found: string[] = [];
    for (let last = start; ;) {
      const log = await this.first({ $gt: last, $lt: end });
      if (log === undefined) return found;
      const named = readAddress(log);
      if (named === undefined) throw corrupt();
      found.push(named.id);
      last = log;
    }
  }

  /** The first log in a range. */
  private async first(log: { $gt?: string; $gte?: string; $lt?: string }): Promise<string | undefined> {
    const found = await this.patience.read(async () =>
      this.model.findOne({ log }, { log: 1 }).sort({ log: 1, sequence: 1 }).hint(BY_SEQUENCE).lean<EntryDocument>(),
    );
    return found?.log;
  }

  private async at(log: string, sequence: number): Promise<number | undefined> {
    const found = await this.patience.read(async () =>
      this.model.findOne({ log, sequence }, { sequence: 1 }).hint(BY_SEQUENCE).lean<EntryDocument>(),
    );
    return found?.sequence;
  }

  /** The entry of an id that is there already. */
  private async known(log: string, entry: string): Promise<LogEntry> {
    const found = await this.patience.read(async () =>
      this.model.findOne({ log, entry }).hint(BY_ENTRY).lean<EntryDocument>(),
    );
    if (found === null) throw conflict('The log does not go on there');
    return toEntry(found);
  }
}

/** What the checksum of a value covers, beside the value. */
function sealOf(log: string, sequence: number, entry: string): string {
  return JSON.stringify([log, sequence, entry]);
}

function toEntry(document: EntryDocument): LogEntry {
  const { log, sequence, entry } = document;
  return { sequence, id: entry, value: decode(sealOf(log, sequence, entry), bytesOf(document)) };
}
