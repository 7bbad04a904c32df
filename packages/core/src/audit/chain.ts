import { AsignioError, STORAGE_LIMITS } from '@asignio/contracts';
import type { LogEntry, StoragePlugin, TenantId } from '@asignio/contracts';
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

/** A fact that waits for its place. */
interface Waiting {
  readonly fact: AuditFact;
  readonly resolve: (sequence: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** One hash chain per tenant over the store's append-only log. */
export class AuditChain {
  private readonly storage: StoragePlugin;
  private readonly watch: AppendWatch | undefined;
  /** What waits in this process, by tenant, while what came before is written; other processes are met by compare-and-set. */
  private readonly queues = new Map<TenantId, Waiting[]>();

  constructor(storage: StoragePlugin, watch?: AppendWatch) {
    this.storage = storage;
    this.watch = watch;
  }

  /**
   * In this order, and without waiting for each other where the store can append them together.
   * @throws AsignioError `ASIGNIO_FIELD_UNDECLARED` (R41), before any of them is written.
   */
  async append(tenant: TenantId, ...facts: readonly AuditFact[]): Promise<void> {
    if (facts.length === 0) return;
    await this.watch?.before(tenant);
    for (const { data } of facts) checkFields('audit', data);
    const places = await Promise.all(facts.map(async (fact) => this.enqueue(tenant, fact)));
    for (const sequence of places) await this.watch?.after(tenant, sequence);
  }

  /** For what the watch itself has to write. */
  async appendUnwatched(tenant: TenantId, fact: AuditFact): Promise<number> {
    checkFields('audit', fact.data);
    return this.enqueue(tenant, fact);
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

  private async enqueue(tenant: TenantId, fact: AuditFact): Promise<number> {
    return new Promise((resolve, reject) => {
      const queue = this.queues.get(tenant);
      const waiting = { fact, resolve, reject };
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const begun = [waiting];
      this.queues.set(tenant, begun);
      // Not at once: what the caller has more of goes with it.
      queueMicrotask(() => void this.drain(tenant, begun));
    });
  }

  /** Writes what waits, as much at a time as the store takes, until nothing does. Never rejects. */
  private async drain(tenant: TenantId, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) await this.writeAll(tenant, queue.splice(0, STORAGE_LIMITS.appendedTogether));
    this.queues.delete(tenant);
  }

  private async writeAll(tenant: TenantId, waiting: readonly Waiting[]): Promise<void> {
    if (waiting.length > 1 && (await this.writeTogether(tenant, waiting))) return;
    // One by one each has its own outcome; what was written after all is there under its id.
    for (const { fact, resolve, reject } of waiting) {
      try {
        resolve(await this.appendNow(tenant, fact));
      } catch (error) {
        reject(error);
      }
    }
  }

  /** @returns whether it could be done. */
  private async writeTogether(tenant: TenantId, waiting: readonly Waiting[]): Promise<boolean> {
    if (this.storage.appendAll === undefined) return false;
    try {
      let place: Place | undefined = await this.head(tenant);
      const entries: LogEntry[] = [];
      for (const { fact } of waiting) {
        const following = entryAfter(place, fact);
        entries.push(following.entry);
        ({ place } = following);
      }
      await this.storage.appendAll(tenant, AUDIT_LOG, entries);
      for (const [index, { resolve }] of waiting.entries()) resolve((entries[index] as LogEntry).sequence);
      return true;
    } catch {
      return false;
    }
  }

  private async appendNow(tenant: TenantId, fact: AuditFact): Promise<number> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const { entry } = entryAfter(await this.head(tenant), fact);
      try {
        return (await this.storage.append(tenant, AUDIT_LOG, entry)).sequence;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'The audit chain is written to by too many at once');
  }
}

/** Where a chain stands. */
type Place = Pick<AuditEntry, 'sequence' | 'hash'>;

/** The entry of a fact that follows a place, with its own place. */
function entryAfter(
  head: Place | undefined,
  { id, event, subject, at, data }: AuditFact,
): { entry: LogEntry; place: Place } {
  const sequence = (head?.sequence ?? 0) + 1;
  const value = { event, subject, at, data, previous: head?.hash ?? GENESIS };
  const hash = hashOf({ sequence, id, ...value });
  return { entry: { sequence, id, value: { ...value, hash } }, place: { sequence, hash } };
}
