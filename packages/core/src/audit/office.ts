import { AsignioError } from '@asignio/contracts';
import type { CheckpointSink, Clock, StoragePlugin, TenantId } from '@asignio/contracts';
import type { Signer } from '../signer.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Audit, AuditEntry, AuditReport, ExportOptions, InspectOptions } from './api.ts';
import { TenantBook } from './book.ts';
import type { CheckpointSchedule } from './book.ts';
import { AuditChain } from './chain.ts';
import { Checkpoints } from './checkpoints.ts';
import { CheckpointVerifier } from './checkpoint.ts';
import { checkExport, exportChain } from './export.ts';
import { inspectChain } from './inspect.ts';

export interface AuditTools {
  readonly storage: StoragePlugin;
  readonly signer: Pick<Signer, 'sign' | 'publicKeys'>;
  readonly clock: Clock;
  /** The second place. */
  readonly sink: CheckpointSink | undefined;
  readonly schedule: CheckpointSchedule;
}

/** The chains of all tenants, and what is known of them; without a schedule, no checkpoint is ever due. */
export function createChain(
  storage: StoragePlugin,
  clock: Clock,
  schedule: CheckpointSchedule | undefined,
): { readonly chain: AuditChain; readonly book: TenantBook } {
  const book = new TenantBook(storage, clock, schedule, async (tenant, at) => {
    // A chain that was begun before there were such records goes on as it is.
    if ((await chain.head(tenant)) === undefined)
      await chain.appendUnwatched(tenant, {
        id: 'tenant:created',
        event: 'tenant.created',
        subject: null,
        at,
        data: {},
      });
  });
  const chain: AuditChain = new AuditChain(storage, book);
  return { chain, book };
}

/** Puts the rooms of the audit together. */
export function createAudit({ storage, signer, clock, sink, schedule }: AuditTools): {
  readonly chain: AuditChain;
  readonly api: Audit;
  readonly duty: SweepDuty;
} {
  const { chain, book } = createChain(storage, clock, sink === undefined ? undefined : schedule);
  const checkpoints = new Checkpoints({ chain, book, signer, sink, clock });
  return {
    chain,
    api: new AuditOffice(chain, checkpoints, signer, sink),
    duty: async (walk) => walk(book.records, async (record) => checkpoints.due(record)),
  };
}

/** {@link Audit} over the store and the second place. */
class AuditOffice implements Audit {
  private readonly chain: AuditChain;
  private readonly checkpoints: Checkpoints;
  private readonly signer: Pick<Signer, 'publicKeys'>;
  private readonly sink: CheckpointSink | undefined;

  constructor(
    chain: AuditChain,
    checkpoints: Checkpoints,
    signer: Pick<Signer, 'publicKeys'>,
    sink: CheckpointSink | undefined,
  ) {
    this.chain = chain;
    this.checkpoints = checkpoints;
    this.signer = signer;
    this.sink = sink;
  }

  read(tenant: TenantId, from?: number, limit?: number): Promise<readonly AuditEntry[]> {
    return this.chain.read(tenant, from, limit);
  }

  async verify(tenant: TenantId): Promise<Pick<AuditReport, 'entries' | 'head' | 'checkpoints'>> {
    const { entries, head, checkpoints, faults, faultCount } = await this.inspect(tenant);
    const [first] = faults;
    if (first === undefined) return { entries, head, checkpoints };
    const more = faultCount === 1 ? '' : ` (and ${faultCount - 1} more)`;
    throw new AsignioError(
      'ASIGNIO_AUDIT_BROKEN',
      `The audit chain is broken at entry ${first.sequence}: ${first.detail}${more}`,
    );
  }

  async inspect(tenant: TenantId, options: InspectOptions = {}): Promise<AuditReport> {
    const { chain, sink, signer } = this;
    const { onProgress, partial = false } = options;
    const given = options.checkpoints === undefined ? undefined : await listOf(options.checkpoints);
    const read = given === undefined ? sink && (() => sink.read(tenant)) : () => each(given);
    const total = (await chain.head(tenant))?.sequence ?? 0;
    // A tenant that never was gets no keys by being asked about.
    const something = total > 0 || (read !== undefined && !(await isEmpty(read())));
    const keys = options.keys ?? (something ? await signer.publicKeys(tenant) : { keys: [] });
    const verifier = await CheckpointVerifier.of(tenant, keys);
    return inspectChain({
      pages: chain.pages(tenant),
      total,
      ...(read === undefined ? {} : { checkpoints: { read, verifier, partial } }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  }

  async *export(tenant: TenantId, options: ExportOptions): AsyncGenerator<string> {
    checkExport(options);
    const total = (await this.chain.head(tenant))?.sequence ?? 0;
    yield* exportChain(this.chain.pages(tenant), total, options);
  }

  checkpoint(tenant: TenantId): Promise<string | undefined> {
    return this.checkpoints.make(tenant);
  }
}

async function listOf(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function isEmpty(lines: AsyncIterable<string>): Promise<boolean> {
  for await (const _ of lines) return false;
  return true;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
