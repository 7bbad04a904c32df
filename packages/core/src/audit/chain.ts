import { AsignioError } from '@asignio/contracts';
import type { StoragePlugin, TenantId } from '@asignio/contracts';
import { checkFields } from '@asignio/policy';
import type { AuditEntry } from '../api.ts';
import { isConflict } from '../store/repository.ts';
import { AUDIT_LOG, AUDIT_PAGE, GENESIS, hashOf, toEntry } from './entry.ts';
import type { AuditFact } from './entry.ts';

export type { AuditFact } from './entry.ts';

/** A loser of the race for the next sequence reads the head again; each round has a winner. */
const MAX_TRIES = 1000;

/** Told of every append, so that it is known when a tenant's next checkpoint is due. */
export interface AppendWatch {
  /** Before an entry is written. */
  before(tenant: TenantId): Promise<void>;
  /** After it was written at this place. */
  after(tenant: TenantId, sequence: number): Promise<void>;
}

/** One hash chain per tenant over the store's append-only log. */
export class AuditChain {
  private readonly storage: StoragePlugin;
  private readonly watch: AppendWatch | undefined;
  /** One append at a time in this process; other processes are met by compare-and-set. */
  private readonly tails = new Map<TenantId, Promise<unknown>>();

  constructor(storage: StoragePlugin, watch?: AppendWatch) {
    this.storage = storage;
    this.watch = watch;
  }

  /** @throws AsignioError `ASIGNIO_FIELD_UNDECLARED` (R41), before the entry is written. */
  async append(tenant: TenantId, fact: AuditFact): Promise<void> {
    await this.watch?.before(tenant);
    const sequence = await this.appendUnwatched(tenant, fact);
    await this.watch?.after(tenant, sequence);
  }

  /** For what the watch itself has to write. */
  async appendUnwatched(tenant: TenantId, fact: AuditFact): Promise<number> {
    checkFields('audit', fact.data);
    const turn = (this.tails.get(tenant) ?? Promise.resolve()).then(
      () => this.appendNow(tenant, fact),
      () => this.appendNow(tenant, fact),
    );
    this.tails.set(tenant, turn);
    try {
      return await turn;
    } finally {
      if (this.tails.get(tenant) === turn) this.tails.delete(tenant);
    }
  }

  async read(tenant: TenantId, from = 1, limit = AUDIT_PAGE): Promise<readonly AuditEntry[]> {
    return (await this.storage.readLog(tenant, AUDIT_LOG, from, limit)).map(toEntry);
  }

  async head(tenant: TenantId): Promise<AuditEntry | undefined> {
    const head = await this.storage.logHead(tenant, AUDIT_LOG);
    return head === undefined ? undefined : toEntry(head);
  }

  /** Entries from a sequence on, page by page, up to what is the end when it gets there. */
  async *pages(tenant: TenantId, from = 1): AsyncGenerator<readonly AuditEntry[]> {
    for (let next = from; ;) {
      const page = await this.read(tenant, next);
      if (page.length > 0) yield page;
      if (page.length < AUDIT_PAGE) return;
      // Whatever a store that was tampered with says, the next page is a later one.
      next = Math.max(next, (page.at(-1) as AuditEntry).sequence) + 1;
    }
  }

  private async appendNow(tenant: TenantId, fact: AuditFact): Promise<number> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const head = await this.head(tenant);
      const previous = head?.hash ?? GENESIS;
      const sequence = (head?.sequence ?? 0) + 1;
      const { id, event, subject, at, data } = fact;
      const value = { event, subject, at, data, previous };
      const hash = hashOf({ sequence, id, ...value });
      try {
        return (await this.storage.append(tenant, AUDIT_LOG, { sequence, id, value: { ...value, hash } })).sequence;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The audit chain is written to by too many at once');
  }
}
