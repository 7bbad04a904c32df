/** Writes until the disk is full, alone and many at once, then makes room and writes again. */
import { AsignioError, tenantId } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';

export interface FullDiskReport {
  /** Writes that were said to be done. */
  readonly kept: number;
  /** Codes of those that were refused. */
  readonly refusals: readonly string[];
  /** Records by id, by subject, by due time. */
  readonly listings: readonly number[];
  /** Rejections that nobody handled, which would end a process. */
  readonly unhandled: number;
  readonly afterwards: string;
}

let unhandled = 0;
process.on('unhandledRejection', () => {
  unhandled++;
});
const tenant = tenantId('acme');
const storage = storageLmdb({ path: process.argv[2] ?? '' });
await storage.open();
const refusals = new Set<string>();
const kept: string[] = [];
let count = 0;

async function write(): Promise<boolean> {
  const id = `part ${count++}`;
  try {
    await storage.insert({ tenant, kind: 'part', id }, new Uint8Array(50_000).fill(count), { subject: 's', due: 1 });
    kept.push(id);
    return true;
  } catch (error) {
    refusals.add(error instanceof AsignioError ? error.code : String(error));
    return false;
  }
}

let refused = 0;
while (refused < 3) if (!(await write())) refused++;
await Promise.all(Array.from({ length: 40 }, write));
const query = { tenant, kind: 'part', limit: 1000 } as const;
const listings = [
  (await storage.list(query)).records.length,
  (await storage.list({ ...query, subject: 's' })).records.length,
  (await storage.listDue({ kind: 'part', upTo: 1, limit: 1000 })).records.length,
];
const before = kept.length;
for (const id of kept.slice(0, 4)) await storage.remove({ tenant, kind: 'part', id });
const afterwards = (await write()) ? 'written' : 'refused';
await storage.close();
const report: FullDiskReport = { kept: before, refusals: [...refusals], listings, unhandled, afterwards };
console.log(JSON.stringify(report));
