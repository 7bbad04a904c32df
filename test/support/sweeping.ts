/** A process that starts Asignio at a later time, which sweeps, and says what became of that. */
import { fileURLToPath } from 'node:url';
import { createAsignio } from 'asignio';
import type { Asignio } from 'asignio';
import { storageMongodb } from '@asignio/storage-mongodb';
import { storageLmdb } from '@asignio/storage-lmdb';
import type { StoragePlugin } from '@asignio/contracts';

/** Starts Asignio on a store that is named by a URI, or by a folder, with a clock that is ahead by so many ms. */
export async function startAhead(location: string, data: string, aheadMs: number): Promise<Asignio> {
  const clock = { now: () => Date.now() + aheadMs };
  const storage: StoragePlugin = location.startsWith('mongodb:')
    ? storageMongodb({ uri: location, clock })
    : storageLmdb({ path: location, noSync: true, clock });
  return createAsignio({ origins: ['http://127.0.0.1'], data, storage, workers: 1, clock });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [location = '', data = '', ahead = ''] = process.argv.slice(2);
  const asignio = await startAhead(location, data, Number(ahead));
  await asignio.core.sweep();
  await asignio.close();
}
