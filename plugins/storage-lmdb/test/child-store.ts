import { storageLmdb } from '@asignio/storage-lmdb';
import type { LmdbStorage } from '@asignio/storage-lmdb';

/** How the contract suite's child processes open the store. */
export default function store(path: string): LmdbStorage {
  return storageLmdb({ path, noSync: true });
}
