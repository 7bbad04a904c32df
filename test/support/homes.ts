import { cp, lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { createAsignio } from 'asignio';
import type { Asignio } from 'asignio';
import type { StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { ownServer } from '@asignio/test-mongodb';
import { dataFolder } from './demo.js';

/** A store that a test may do anything to, whatever it is made of. */
export interface Home {
  /** Folder of the key file, and of all else. */
  readonly data: string;
  /** Opens the same store once more. */
  storage(): StoragePlugin;
  start(): Promise<Asignio>;
  /** Copies the records, as a backup would: all but the wrapped keys. Nothing must be open. */
  backUp(): Promise<void>;
  /** Puts the copy in the records' place. */
  restore(): Promise<void>;
  remove(): Promise<void>;
}

async function system(data: string, storage: StoragePlugin): Promise<Asignio> {
  return createAsignio({ origins: ['https://app.example'], data, storage, workers: 1 });
}

/** On the embedded store. */
export async function embeddedHome(): Promise<Home> {
  const data = await dataFolder();
  const path = join(data, 'store');
  const storage = (): StoragePlugin => storageLmdb({ path, noSync: true });
  const [records, copy] = [join(path, 'data'), join(data, 'backup')];
  return {
    data,
    storage,
    start: async () => system(data, storage()),
    backUp: async () => cp(records, copy, { recursive: true }),
    restore: async () => {
      await rm(records, { recursive: true });
      await cp(copy, records, { recursive: true });
    },
    remove: async () => rm(data, { recursive: true, force: true }),
  };
}

/** On two servers of MongoDB, one of them for the wrapped keys alone. Without a server the suite is pending. */
export async function sharedHome(context: Context): Promise<Home> {
  const data = await dataFolder();
  const copy = join(data, 'backup');
  const records = await ownServer(context, { folder: await folderIn(data, 'records') });
  const keys = await ownServer(context, { folder: await folderIn(data, 'keys') });
  const storage = (): StoragePlugin =>
    storageMongodb({ uri: `${records.uri}home`, keysUri: `${keys.uri}home_keys`, timeoutMs: 10_000 });
  return {
    data,
    storage,
    start: async () => system(data, storage()),
    backUp: async () => {
      await records.kill('SIGTERM');
      await cp(records.folder, copy, { recursive: true, filter: isKept });
      await records.start();
    },
    restore: async () => {
      await records.kill('SIGTERM');
      await rm(records.folder, { recursive: true });
      await cp(copy, records.folder, { recursive: true });
      await records.start();
    },
    remove: async () => {
      await records.remove();
      await keys.remove();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** A server leaves sockets among its files. */
async function isKept(path: string): Promise<boolean> {
  return !(await lstat(path)).isSocket();
}

async function folderIn(data: string, name: string): Promise<string> {
  const folder = join(data, name);
  await mkdir(folder);
  return folder;
}
