import { FileCheckpoints } from './sink.ts';
import type { CheckpointsFileOptions } from './options.ts';

export { checkpointFileName } from './files.ts';
export type { FileCheckpoints } from './sink.ts';
export type { CheckpointsFileOptions } from './options.ts';

/**
 * A second place for the audit chain: one append-only file of signed checkpoints per tenant, a line each, in a folder that
 * its owner alone may read. Any number of processes may write to it. Put the folder where whoever can change the store
 * cannot change it: another volume, an append-only mount, another machine.
 *
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const checkpoints = checkpointsFile({ path: '/mnt/audit/asignio' });
 * await checkpoints.open();
 * await checkpoints.append(tenantId('acme'), jws);
 * ```
 */
export function checkpointsFile(options: CheckpointsFileOptions): FileCheckpoints {
  return new FileCheckpoints(options);
}
