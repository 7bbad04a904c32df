import { LmdbStorage } from './storage.ts';
import type { StorageLmdbOptions } from './options.ts';

export type { LmdbStorage } from './storage.ts';
export type { StorageLmdbOptions } from './options.ts';

/**
 * The embedded store of Asignio: two LMDB environments in one folder, for any number of processes of one machine.
 *
 * A write is on disk when its promise resolves. Folders are readable by the owner alone.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const storage = storageLmdb({ path: './asignio-data' });
 * await storage.open();
 * ```
 */
export function storageLmdb(options: StorageLmdbOptions): LmdbStorage {
  return new LmdbStorage(options);
}
