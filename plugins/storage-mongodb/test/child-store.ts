import { storageMongodb } from '@asignio/storage-mongodb';
import type { MongodbStorage } from '@asignio/storage-mongodb';

/** How the contract suite's child processes open the store. */
export default function store(uri: string): MongodbStorage {
  return storageMongodb({ uri });
}
