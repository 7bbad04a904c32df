/**
 * A process that lets somebody agree, enrol and sign in, and then waits: for a heap dump, or for its end. Its parent looks at
 * what of it is left where.
 *
 *   node keeping.js (FOLDER | mongodb://...) DATA NAME
 */
import { writeHeapSnapshot } from 'node:v8';
import { createAsignio } from 'asignio';
import type { StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { Person } from './person.js';

/** Times that the person signs in. */
const VERIFICATIONS = 3;

const [location = '', data = '', name = ''] = process.argv.slice(2);
const storage: StoragePlugin = location.startsWith('mongodb:')
  ? storageMongodb({ uri: location })
  : storageLmdb({ path: location });
const say = (level: string) => (fields: unknown, text?: string) => console.log(level, fields, text);
const asignio = await createAsignio({
  origins: ['https://app.example'],
  data,
  storage,
  workers: 1,
  logger: { error: say('error'), warn: say('warn'), info: say('info') } as never,
});
const person = new Person(name);
await person.agree(asignio.core);
await person.enrol(asignio.core);
const decisions: string[] = [];
for (let n = 0; n < VERIFICATIONS; n++) decisions.push(await person.verify(asignio.core));
process.on('message', (message: { readonly heap?: string }) => {
  if (message.heap !== undefined) process.send?.({ heap: writeHeapSnapshot(message.heap) });
  else void asignio.close().then(() => process.disconnect());
});
process.send?.({ decisions });
