import { createHash } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import type { AuditEventName, EpochMs, LogEntry, StoragePlugin, TenantId } from '@asignio/contracts';
import type { Audit, AuditEntry } from '../api.ts';
import { isConflict } from '../store/repository.ts';

const LOG = 'audit';
const GENESIS = '0'.repeat(64);
const PAGE = 1000;
/** A loser of the race for the next sequence reads the head again; each round has a winner. */
const MAX_TRIES = 1000;

/** What an entry says, before it has its place in the chain. */
export interface AuditFact {
  /** Unique in the tenant's chain: written once however often it is appended. */
  readonly id: string;
  readonly event: AuditEventName;
  /** Pseudonym, or `null` for the tenant as a whole. */
  readonly subject: string | null;
  readonly at: EpochMs;
  readonly data: AuditEntry['data'];
}

/** One hash chain per tenant over the store's append-only log. */
export class AuditChain implements Audit {
  private readonly storage: StoragePlugin;
  /** One append at a time in this process; other processes are met by compare-and-set. */
  private readonly tails = new Map<TenantId, Promise<unknown>>();

  constructor(storage: StoragePlugin) {
    this.storage = storage;
  }

  async append(tenant: TenantId, fact: AuditFact): Promise<void> {
    const turn = (this.tails.get(tenant) ?? Promise.resolve()).then(
      () => this.appendNow(tenant, fact),
      () => this.appendNow(tenant, fact),
    );
    this.tails.set(tenant, turn);
    try {
      await turn;
    } finally {
      if (this.tails.get(tenant) === turn) this.tails.delete(tenant);
    }
  }

  async read(tenant: TenantId, from = 1, limit = PAGE): Promise<readonly AuditEntry[]> {
    return (await this.storage.readLog(tenant, LOG, from, limit)).map(toEntry);
  }

  async verify(tenant: TenantId): Promise<{ entries: number; head: string }> {
    let previous = GENESIS;
    let sequence = 0;
    for (;;) {
      const page = await this.read(tenant, sequence + 1);
      for (const entry of page) {
        sequence++;
        if (entry.sequence !== sequence || entry.previous !== previous || entry.hash !== hashOf(entry))
          throw new AsignioError('ASIGNIO_AUDIT_BROKEN', `The audit chain is broken at entry ${sequence}`);
        previous = entry.hash;
      }
      if (page.length < PAGE) return { entries: sequence, head: previous };
    }
  }

  private async appendNow(tenant: TenantId, fact: AuditFact): Promise<void> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const head = await this.storage.logHead(tenant, LOG);
      const previous = head === undefined ? GENESIS : toEntry(head).hash;
      const sequence = (head?.sequence ?? 0) + 1;
      const { id, event, subject, at, data } = fact;
      const value = { event, subject, at, data, previous };
      const hash = hashOf({ sequence, id, ...value });
      try {
        await this.storage.append(tenant, LOG, { sequence, id, value: { ...value, hash } });
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The audit chain is written to by too many at once');
  }
}

function toEntry(entry: LogEntry): AuditEntry {
  const value = entry.value as unknown as Omit<AuditEntry, 'sequence' | 'id'>;
  return { sequence: entry.sequence, id: entry.id, ...value };
}

/** SHA-256 over a fixed order of fields, the data's keys sorted. */
function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  // An entry that was tampered with may have none.
  const data = Object.entries((entry.data as AuditEntry['data'] | undefined | null) ?? {}).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const text = JSON.stringify([entry.sequence, entry.id, entry.at, entry.event, entry.subject, data, entry.previous]);
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
