import { randomBytes } from 'node:crypto';
import { storageMongodb } from '@asignio/storage-mongodb';
import type { MongodbStorage, StorageMongodbOptions } from '@asignio/storage-mongodb';
import type { SharedServer } from '@asignio/test-mongodb';
import mongoose from 'mongoose';

/** A name for databases that no other test has. */
export function freshDatabase(): string {
  return `asignio_test_${randomBytes(6).toString('hex')}`;
}

/** A URI of a database on a server. */
export function uriOf({ uri }: Pick<SharedServer, 'uri'>, database: string): string {
  return uri.replace(/\/(\?|$)/, `/${database}$1`);
}

/** A store in databases of its own. */
export function storeOn(uri: string, options: Partial<StorageMongodbOptions> = {}): MongodbStorage {
  return storageMongodb({ uri, ...options });
}

/** Removes the databases of a store. */
export async function dropStore(uri: string): Promise<void> {
  const connection = await mongoose.createConnection(uri, { serverSelectionTimeoutMS: 5000 }).asPromise();
  try {
    await connection.dropDatabase();
    await connection.useDb(`${connection.name}_keys`).dropDatabase();
  } finally {
    await connection.close();
  }
}
