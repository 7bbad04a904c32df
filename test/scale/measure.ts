/**
 * How a store behaves as it grows: what one verification asks of it, with 1, 10,000 and 1,000,000 people in it.
 *
 *   node .test/scale/measure.js [--folder DIR | --uri mongodb://...] [--people 1,10000,1000000]
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tenantId } from '@asignio/contracts';
import type { RecordKind, StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';

const TENANT = tenantId('scale');
/** Bytes that stand for a sealed reference. */
const REFERENCE_BYTES = 1024;
const AT_ONCE = 2000;
const VERIFICATIONS = 2000;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    uri: { type: 'string' },
    people: { type: 'string', default: '1,10000,1000000' },
  },
});

function keyOf(kind: RecordKind, id: string) {
  return { tenant: TENANT, kind, id } as const;
}

/** What is stored of one person, under three of the kinds that a verification reads. */
async function enrol(storage: StoragePlugin, person: number): Promise<void> {
  const subject = `p${person}`;
  await storage.insert(keyOf('subject', subject), { due: 1 }, { due: 4_000_000_000_000 + person });
  await storage.insert(keyOf('consent', `c${person}`), { granted: true }, { subject });
  await storage.insert(keyOf('reference', `r${person}`), randomBytes(REFERENCE_BYTES), { subject });
}

/** The store's part of one verification: eleven calls, four of them writes. */
async function verify(storage: StoragePlugin, person: number, nth: number): Promise<void> {
  const subject = `p${person}`;
  const ceremony = await storage.insert(keyOf('ceremony', `v${nth}`), { state: 'open' }, { subject, due: nth });
  await storage.get(keyOf('subject', subject));
  await storage.list({ tenant: TENANT, kind: 'consent', subject });
  await storage.list({ tenant: TENANT, kind: 'reference', subject });
  await storage.get(keyOf('attempts', subject));
  const decided = await storage.replace(ceremony, { state: 'decided' }, { subject, due: nth }, ceremony.version);
  const head = (await storage.logHead(TENANT, 'audit'))?.sequence ?? 0;
  await storage.append(TENANT, 'audit', { sequence: head + 1, id: `v${nth}`, value: { subject } });
  await storage.get(keyOf('ceremony', `v${nth}`));
  await storage.listDue({ kind: 'ceremony', upTo: -1 });
  await storage.remove(decided, decided.version);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Memory of this process alone: pages of a mapped file are the operating system's to take back. */
function ownMegabytes(): number {
  const own = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return own === undefined ? process.memoryUsage().rss / 2 ** 20 : Number(own) / 1024;
}

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'asignio-scale-'));
const storage: StoragePlugin =
  values.uri === undefined ? storageLmdb({ path: folder, noSync: true }) : storageMongodb({ uri: values.uri });
await storage.open();
let enrolled = 0;
let nth = 0;
console.log('| people | p50 ms | p95 ms | own memory MB | enrolments a second |');
console.log('|---|---|---|---|---|');
for (const people of values.people.split(',').map(Number)) {
  const begun = performance.now();
  const before = enrolled;
  while (enrolled < people) {
    const some = Math.min(AT_ONCE, people - enrolled);
    await Promise.all(Array.from({ length: some }, async (_, i) => enrol(storage, enrolled + i)));
    enrolled += some;
  }
  const rate = (enrolled - before) / ((performance.now() - begun) / 1000);
  const times: number[] = [];
  for (let i = 0; i < VERIFICATIONS; i++) {
    // A stride that is prime to all numbers of people: everybody's turn comes, in no order of the store's.
    const person = (i * 7_919) % people;
    const at = performance.now();
    await verify(storage, person, nth++);
    times.push(performance.now() - at);
  }
  times.sort((a, b) => a - b);
  const resident = ownMegabytes();
  console.log(
    `| ${people} | ${quantile(times, 0.5).toFixed(2)} | ${quantile(times, 0.95).toFixed(2)} | ${resident.toFixed(0)} | ${rate.toFixed(0)} |`,
  );
}
await storage.close();
if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
