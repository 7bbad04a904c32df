/** Rotates all keys of a folder, and tells of every page, until it is done or killed. */
import { join } from 'node:path';
import { openMaintenance } from '@asignio/core';
import { keysFile } from '@asignio/keys-file';
import { storageLmdb } from '@asignio/storage-lmdb';

const [folder = '', round = '0'] = process.argv.slice(2);
// Later than the process before it, whose lease has run out by then.
const clock = { now: () => Date.now() + Number(round) * 120_000 };
const maintenance = await openMaintenance({
  storage: storageLmdb({ path: folder, noSync: true, clock }),
  keys: keysFile({ path: join(folder, 'keys.json') }),
  clock,
});
await maintenance.keys.rotate({ graceMs: 0, onProgress: ({ done }) => void process.send?.(done) });
await maintenance.close();
process.send?.('done');
process.disconnect();
