import { AsignioError } from '@asignio/contracts';
import type { CheckpointSink, Clock, TenantId } from '@asignio/contracts';
import type { Signer } from '../signer.ts';
import { isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';
import type { AuditEntry } from './api.ts';
import type { StoredCheckpoint, TenantBook, TenantRecord } from './book.ts';
import type { AuditChain } from './chain.ts';
import { CHECKPOINT_TYPE, checkpointHash } from './checkpoint.ts';
import type { CheckpointClaims } from './checkpoint.ts';
import { GENESIS, hashOf, isEntry } from './entry.ts';
import { Faults } from './faults.ts';
import { ChainWalk } from './walk.ts';

/** Whoever loses the race for the next number begins again; each round has a winner. */
const MAX_TRIES = 16;

export interface CheckpointTools {
  readonly chain: AuditChain;
  readonly book: TenantBook;
  readonly signer: Pick<Signer, 'sign'>;
  readonly sink: CheckpointSink | undefined;
  readonly clock: Clock;
}

/**
 * Signs checkpoints and brings them to the second place. The checkpoint is written into the tenant's record first, by
 * compare-and-set, so that there is one of each number; then into the second place, then into the chain, which names it.
 * Whoever finds the record unsettled after a crash does the rest.
 */
export class Checkpoints {
  private readonly tools: CheckpointTools;

  constructor(tools: CheckpointTools) {
    this.tools = tools;
  }

  /** What the sweep does with a tenant whose time has come. */
  async due(record: Typed<TenantRecord>): Promise<void> {
    const { book, clock, sink } = this.tools;
    // Put off before it is tried: a chain that is broken is told of each time, and not gone along every minute.
    const current = await book.records.replace(record, { ...record.value, due: book.next(clock.now()) });
    if (sink === undefined) return;
    if (await this.grown(current)) await this.make(record.tenant);
    else await book.rest(await this.settle(current));
  }

  /** Signs what was added since the last checkpoint. @returns the newest checkpoint. */
  async make(tenant: TenantId): Promise<string | undefined> {
    this.place();
    for (let attempt = 0; attempt < MAX_TRIES; attempt++)
      try {
        return await this.makeNow(tenant);
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    throw new AsignioError('ASIGNIO_STORAGE_CONFLICT', 'Checkpoints are made by too many at once');
  }

  private async makeNow(tenant: TenantId): Promise<string | undefined> {
    const { book, chain, clock } = this.tools;
    if ((await chain.head(tenant)) === undefined && (await book.find(tenant)) === undefined) return undefined;
    const record = await this.settle(await book.ensure(tenant, clock.now()));
    if (!(await this.grown(record))) return record.value.checkpoint?.jws;
    const checkpoint = await this.sign(tenant, record.value.checkpoint);
    await this.settle(
      await book.records.replace(record, { ...record.value, checkpoint, settled: false, quiet: false }),
    );
    return checkpoint.jws;
  }

  /** Whether there is more in the chain than the last checkpoint and the entry that names it. */
  private async grown({ tenant, value }: Typed<TenantRecord>): Promise<boolean> {
    const head = await this.tools.chain.head(tenant);
    const { checkpoint } = value;
    if (checkpoint === null) return head !== undefined;
    if (head?.hash === checkpoint.head) return false;
    return head?.sequence !== checkpoint.sequence + 1 || head.id !== entryId(checkpoint.jws);
  }

  private async sign(tenant: TenantId, last: StoredCheckpoint | null): Promise<StoredCheckpoint> {
    const { signer, clock } = this.tools;
    const { sequence, hash } = await this.verified(tenant, last);
    const claims: CheckpointClaims = {
      version: 1,
      tenant,
      number: (last?.number ?? 0) + 1,
      sequence,
      head: hash,
      at: clock.now(),
      previous: last === null ? null : checkpointHash(last.jws),
    };
    const { number, head, at } = claims;
    return { number, sequence, head, at, jws: await signer.sign(tenant, CHECKPOINT_TYPE, claims) };
  }

  /** The end of the chain, when all since the last checkpoint fits. */
  private async verified(tenant: TenantId, last: StoredCheckpoint | null): Promise<{ sequence: number; hash: string }> {
    const { chain } = this.tools;
    const faults = new Faults();
    const start = last === null ? { sequence: 0, hash: GENESIS } : { sequence: last.sequence, hash: last.head };
    if (last !== null) checkSigned(await chain.read(tenant, last.sequence, 1), last);
    const walk = new ChainWalk(faults, undefined, start);
    for await (const page of chain.pages(tenant, start.sequence + 1)) {
      for (const entry of page) walk.take(entry);
      const [fault] = faults.list;
      if (fault !== undefined) throw new AsignioError('ASIGNIO_AUDIT_BROKEN', fault.detail);
    }
    return walk.end;
  }

  /** Makes sure that the newest checkpoint is in the second place and named in the chain. */
  private async settle(record: Typed<TenantRecord>): Promise<Typed<TenantRecord>> {
    const { chain, book } = this.tools;
    const { tenant, value } = record;
    if (value.settled || value.checkpoint === null) return record;
    const { jws, sequence, number, at } = value.checkpoint;
    await this.place().append(tenant, jws);
    await chain.appendUnwatched(tenant, {
      id: entryId(jws),
      event: 'audit.checkpoint',
      subject: null,
      at,
      data: { checkpoint: checkpointHash(jws), number, sequence },
    });
    return book.records.replace(record, { ...value, settled: true });
  }

  private place(): CheckpointSink {
    const { sink } = this.tools;
    if (sink === undefined)
      throw new AsignioError('ASIGNIO_CHECKPOINT_UNAVAILABLE', 'No second place is configured for checkpoints');
    return sink;
  }
}

/** Id of the entry that names a checkpoint: written once, whoever writes it. */
function entryId(jws: string): string {
  return `checkpoint:${checkpointHash(jws)}`;
}

/** The entry that was signed last must still be there as it was. */
function checkSigned([entry]: readonly AuditEntry[], { sequence, head, number }: StoredCheckpoint): void {
  if (entry === undefined || entry.sequence !== sequence)
    throw new AsignioError('ASIGNIO_AUDIT_BROKEN', `Entry ${sequence}, which checkpoint ${number} saw, is missing`);
  if (entry.hash !== head || !isEntry(entry) || hashOf(entry) !== head)
    throw new AsignioError('ASIGNIO_AUDIT_BROKEN', `Entry ${sequence} is not what checkpoint ${number} saw`);
}
