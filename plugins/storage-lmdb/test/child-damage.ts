/** Damages copies of a store in many places, reads each through, and tells what became of it. */
import { cpSync, closeSync, ftruncateSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AsignioError, tenantId } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import type { LmdbStorage } from '@asignio/storage-lmdb';

/** How many copies were refused as damaged, how many read as written, and what else happened. */
export interface DamageReport {
  readonly refused: number;
  readonly intact: number;
  readonly others: readonly string[];
}

const COPIES = 25;
const PAGE = 4096;
const tenant = tenantId('acme');
const [folder = '', damage = ''] = process.argv.slice(2);

function opened(path: string): LmdbStorage {
  return storageLmdb({ path, noSync: true });
}

async function write(path: string): Promise<void> {
  const storage = opened(path);
  await storage.open();
  for (let i = 0; i < 200; i++)
    await storage.insert(
      { tenant, kind: 'part', id: `part ${i}` },
      { i, text: 'x'.repeat((i * 7) % 900), bytes: new Uint8Array(i % 11 === 0 ? 9000 : 10) },
      { subject: `s${i % 5}`, due: i },
    );
  for (let i = 1; i <= 100; i++) await storage.append(tenant, 'audit', { sequence: i, id: `e${i}`, value: { i } });
  await storage.close();
}

async function readThrough(path: string): Promise<string> {
  const storage = opened(path);
  await storage.open();
  try {
    const query = { tenant, kind: 'part', limit: 1000 } as const;
    const read = [
      await storage.list(query),
      await storage.list({ ...query, subject: 's1' }),
      await storage.listDue({ kind: 'part', upTo: 1000, limit: 1000 }),
      await storage.readLog(tenant, 'audit', 1, 1000),
      await storage.logHead(tenant, 'audit'),
    ];
    await storage.insert({ tenant, kind: 'part', id: 'new' }, 1, { subject: 's1', due: 1 });
    await storage.append(tenant, 'audit', { sequence: 101, id: 'e101', value: 1 });
    return JSON.stringify(read);
  } finally {
    await storage.close();
  }
}

/** A number below `limit`, another one for each copy. */
function place(copy: number, limit: number): number {
  return (copy * 2_654_435_761 + 977 * copy) % limit;
}

function damageFile(path: string, copy: number): void {
  const file = openSync(path, 'r+');
  const { size } = statSync(path);
  const page = place(copy, size / PAGE) * PAGE;
  const flip = (at: number): void => {
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ (1 << (copy & 7));
    writeSync(file, byte, 0, 1, at);
  };
  if (damage === 'bit') flip(place(copy, size));
  else if (damage === 'header') flip(page + place(copy, 64));
  else if (damage === 'noise')
    writeSync(file, Buffer.from(Array.from({ length: PAGE }, (_, i) => place(copy + i, 256))), 0, PAGE, page);
  else if (damage === 'zeros') writeSync(file, Buffer.alloc(PAGE), 0, PAGE, page);
  else ftruncateSync(file, Math.max(1, place(copy, size)));
  closeSync(file);
}

const whole = join(folder, 'whole');
await write(whole);
const control = join(folder, 'control');
cpSync(whole, control, { recursive: true });
const expected = await readThrough(control);
let refused = 0;
let intact = 0;
const others: string[] = [];
for (let copy = 0; copy < COPIES; copy++) {
  const path = join(folder, `copy ${copy}`);
  cpSync(whole, path, { recursive: true });
  damageFile(join(path, 'data', 'data.mdb'), copy);
  try {
    if ((await readThrough(path)) === expected) intact++;
    else others.push(`${copy}: reads otherwise`);
  } catch (error) {
    if (error instanceof AsignioError && error.code === 'ASIGNIO_STORAGE_CORRUPT') refused++;
    else others.push(`${copy}: ${String(error)}`);
  }
  rmSync(path, { recursive: true });
}
process.send?.({ refused, intact, others } satisfies DamageReport);
process.disconnect();
