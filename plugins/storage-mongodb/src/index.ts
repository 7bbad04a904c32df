import { MongodbStorage } from './storage.ts';
import type { StorageMongodbOptions } from './options.ts';

export type { MongodbStorage } from './storage.ts';
export type { StorageMongodbOptions, TlsFiles } from './options.ts';

/**
 * Asignio on MongoDB 6.0 or later: any number of processes on any number of machines behave as one.
 *
 * A write is in the journals of a majority when its promise resolves, and every process reads it from then on.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const storage = storageMongodb({ uri: process.env.MONGODB_URI, keysUri: process.env.KEYS_URI });
 * const asignio = await createAsignio({ origins: ['https://app.example'], storage });
 * ```
 */
export function storageMongodb(options: StorageMongodbOptions): MongodbStorage {
  return new MongodbStorage(options);
}
