import type { TenantId } from '@asignio/contracts';
import type { AuditReport, InspectOptions } from './api.ts';
import { CheckpointVerifier } from './checkpoint.ts';
import type { KeySet } from './checkpoint.ts';
import { inspectChain } from './inspect.ts';
import { entriesOf } from './lines.ts';

/** What {@link inspectExport} is given. */
export interface ExportedChain extends Pick<InspectOptions, 'onProgress' | 'partial'> {
  /** A whole export in JSON lines, in pieces of any size. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many entries it has, as far as it is known, for the progress. */
  readonly total?: number;
  /** Checkpoints, and the keys that they are verified with; without them the chain's own hashes alone are. */
  readonly checkpoints?: {
    readonly lines: readonly string[];
    readonly keys: KeySet;
    /** Whose chain it should be. */
    readonly tenant: TenantId;
  };
}

/**
 * Verifies an export without a store or a secret: what an auditor does elsewhere. Every byte counts: a line that is not
 * exactly what an export writes is a fault.
 * @example
 * ```ts
 * const report = await inspectExport({
 *   bytes: createReadStream('audit.jsonl'),
 *   checkpoints: { tenant, keys: JSON.parse(readFileSync('jwks.json', 'utf8')), lines },
 * });
 * ```
 */
export async function inspectExport(given: ExportedChain): Promise<AuditReport> {
  const { bytes, total = 0, checkpoints, partial = false, onProgress } = given;
  return inspectChain({
    pages: entriesOf(bytes),
    total,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(checkpoints === undefined
      ? {}
      : {
          checkpoints: {
            read: () => each(checkpoints.lines),
            verifier: await CheckpointVerifier.of(checkpoints.tenant, checkpoints.keys),
            partial,
          },
        }),
  });
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
