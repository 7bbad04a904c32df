import type { AuditReport } from './api.ts';
import { CheckpointEvidence } from './evidence.ts';
import type { CheckpointVerifier } from './checkpoint.ts';
import { Faults } from './faults.ts';
import { ChainWalk } from './walk.ts';

/** What {@link inspectChain} goes along, and by what. */
export interface Inspection {
  /** The chain, page by page; anything that is no entry is a fault. */
  readonly pages: AsyncIterable<readonly unknown[]>;
  /** How many entries there will be, as far as it is known. */
  readonly total: number;
  readonly checkpoints?: {
    /** Reads them; called again where the chain names one that was added meanwhile. */
    readonly read: () => AsyncIterable<string>;
    readonly verifier: CheckpointVerifier;
    readonly partial: boolean;
  };
  readonly onProgress?: (done: number, total: number) => void;
}

/** Verifies a chain against its own hashes and the checkpoints. */
export async function inspectChain({ pages, total, checkpoints, onProgress }: Inspection): Promise<AuditReport> {
  const faults = new Faults();
  const evidence =
    checkpoints === undefined
      ? undefined
      : await CheckpointEvidence.read(checkpoints.read(), checkpoints.verifier, faults, checkpoints.partial);
  const walk = new ChainWalk(faults, evidence);
  for await (const page of pages) {
    for (const entry of page) walk.take(entry);
    onProgress?.(walk.end.sequence, Math.max(total, walk.end.sequence));
  }
  walk.finish();
  if (checkpoints !== undefined && !checkpoints.partial && walk.named.size > 0)
    await missing(walk, checkpoints, faults);
  const { sequence, hash } = walk.end;
  return {
    entries: sequence,
    head: hash,
    whole: faults.count === 0,
    faults: faults.list,
    faultCount: faults.count,
    checkpoints:
      evidence === undefined ? null : { count: evidence.count, upTo: walk.upTo, at: evidence.newest?.at ?? null },
  };
}

/** Checkpoints that the chain names must be in the second place. */
async function missing(
  walk: ChainWalk,
  { read, verifier }: NonNullable<Inspection['checkpoints']>,
  faults: Faults,
): Promise<void> {
  const now = await CheckpointEvidence.read(read(), verifier, new Faults(), true);
  const lost = [...walk.named].filter(([hash]) => !now.has(hash)).map(([, sequence]) => sequence);
  const [first] = lost;
  if (first === undefined) return;
  const detail =
    lost.length === 1
      ? `Entry ${first} names a checkpoint that is not in the second place`
      : `${lost.length} entries, the first at ${first}, name checkpoints that are not in the second place`;
  faults.add({ kind: 'checkpoint', sequence: first, detail });
}
