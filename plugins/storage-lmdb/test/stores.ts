import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import type { Clock, StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import type { LmdbStorage } from '@asignio/storage-lmdb';

const folders = new Map<StoragePlugin, TemporaryFolder>();

/** A store in a folder of its own. A killed process loses nothing without flushing either, so tests need none. */
export function freshStore(clock?: Clock): LmdbStorage {
  const folder = temporaryFolder();
  const storage = storageLmdb({ path: folder.path, noSync: true, ...(clock === undefined ? {} : { clock }) });
  folders.set(storage, folder);
  return storage;
}

export function folderOf(storage: StoragePlugin): string {
  const folder = folders.get(storage);
  if (folder === undefined) throw new Error('not made by freshStore');
  return folder.path;
}

/** Another plugin on the same folder. */
export function sameStore(storage: StoragePlugin, clock: Clock): LmdbStorage {
  return storageLmdb({ path: folderOf(storage), noSync: true, clock });
}

export function removeStore(storage: StoragePlugin): void {
  folders.get(storage)?.remove();
  folders.delete(storage);
}
