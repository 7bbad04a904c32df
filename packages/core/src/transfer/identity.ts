import { randomUUID } from 'node:crypto';
import { SYSTEM_TENANT } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';
import { Repository } from '../store/repository.ts';

interface Identity {
  readonly store: string;
}

/** Names a store, wherever its content is carried; made at its first export. */
export async function identityOf(storage: StoragePlugin): Promise<string> {
  const records = new Repository<Identity>(storage, 'maintenance', () => ({}));
  return (await records.insertOnce(SYSTEM_TENANT, 'identity', { store: randomUUID() })).value.store;
}
