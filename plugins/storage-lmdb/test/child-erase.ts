/** Inserts, replaces and removes key records until it is killed, and says so after each. */
import { tenantId } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';

const [path = '', round = ''] = process.argv.slice(2);
const storage = storageLmdb({ path, noSync: true });
await storage.open();
for (let step = 0; ; step++) {
  const key = { tenant: tenantId('acme'), kind: 'key', id: `${round} ${step}` } as const;
  const record = await storage.insert(key, { step }, { subject: 's' });
  await storage.replace(key, { step: step + 1 }, {}, record.version);
  if (step % 3 !== 0) await storage.remove(key);
  process.send?.(step);
}
