import type { StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';

/** The tenant that is measured. */
export const TENANT = 'scale';

/** A store that is named by a URI of MongoDB, or by a folder. */
export function storageOf(location: string, noSync = false): StoragePlugin {
  return location.startsWith('mongodb') ? storageMongodb({ uri: location }) : storageLmdb({ path: location, noSync });
}
