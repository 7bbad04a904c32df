/**
 * What a sweep costs, with 10,000 and 1,000,000 people stored, of whom 0.1 % and 1 % are due.
 *
 *   node .test/scale/sweep.js [--people 10000,1000000] [--due 0.001,0.01]
 *
 * Each person has a subject, a consent, a reference and a key: four records. Flushing is left to the operating system.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock, tenantId } from '@asignio/contracts';
import type { Engine, RecordKind, StoragePlugin } from '@asignio/contracts';
import { createCore } from '@asignio/core';
import { keysFile } from '@asignio/keys-file';
import { DEFAULT_RETENTION, defaultNotices } from '@asignio/policy';
import { storageLmdb } from '@asignio/storage-lmdb';

const TENANT = tenantId('scale');
const AT_ONCE = 2000;
const YEAR = 366 * 86_400_000;
const PSEUDONYM_LENGTH = 22;

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '10000,1000000' },
    due: { type: 'string', default: '0.001,0.01' },
  },
});

/** The sweep of a destruction asks the engine for nothing. */
const NO_ENGINE = { warm: async () => undefined, close: async () => undefined } as unknown as Engine;

/** Somebody's pseudonym, evenly spread over the store as the keyed hashes of a system are. */
const spread = createCipheriv('aes-256-ecb', Buffer.alloc(32, 7), null).setAutoPadding(false);
function pseudonymOf(person: number): string {
  const block = Buffer.alloc(16);
  block.writeUInt32BE(person);
  return spread.update(block).toString('base64url').slice(0, PSEUDONYM_LENGTH);
}

async function enrol(storage: StoragePlugin, person: number, lastInteraction: number): Promise<void> {
  const subject = pseudonymOf(person);
  const keyOf = (kind: RecordKind, id: string) => ({ tenant: TENANT, kind, id }) as const;
  const record = {
    life: `life-${person}`,
    createdAt: lastInteraction,
    lastInteraction,
    due: lastInteraction + 3 * YEAR,
    rule: 'last-interaction-3-years',
  };
  const consent = { id: `c${person}`, subject, state: 'granted', schemaVersion: 'ISO/IEC TS 27560:2023 asignio/2' };
  const key = {
    subject,
    modality: 'signature',
    createdAt: lastInteraction,
    wrapped: { keyId: '1', bytes: randomBytes(60) },
  };
  const reference = {
    subject,
    modality: 'signature',
    variant: 'finger',
    key: `k${person}`,
    sealed: randomBytes(1024),
    adaptations: [],
  };
  await storage.insert(keyOf('subject', subject), record, { subject, due: record.due });
  await storage.insert(keyOf('consent', `c${person}`), { consent, subject, effects: [] }, { subject });
  await storage.insert(keyOf('reference', `r${person}`), reference, { subject });
  await storage.insert(keyOf('key', `k${person}`), key, { subject });
}

/** Memory of this process alone: pages of a mapped file are the operating system's to take back. */
function ownMegabytes(): number {
  const own = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return own === undefined ? process.memoryUsage().rss / 2 ** 20 : Number(own) / 1024;
}

/** Enrols, opens a system, and sweeps: once with nothing due, then for each share with so many due. */
async function measure(people: number, shares: readonly number[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'asignio-sweep-'));
  const storage = storageLmdb({ path: join(folder, 'store'), noSync: true });
  const start = systemClock.now();
  let now = start;
  await storage.open();
  const core = await createCore({
    storage,
    keys: keysFile({ path: join(folder, 'keys.json'), create: true }),
    engine: () => NO_ENGINE,
    notices: defaultNotices({ controller: { name: 'Scale', contact: 'scale@example.test' } }),
    retention: DEFAULT_RETENTION,
    sweepEveryMs: 0,
    clock: { now: () => now },
  });
  // The first of the people are the first to be due: a day apart, share by share.
  const counts = shares.map((share) => Math.round(people * share));
  const before = (nth: number) => counts.slice(0, nth).reduce((sum, count) => sum + count, 0);
  const dayOf = (person: number) => {
    const nth = counts.findIndex((_, index) => person < before(index + 1));
    return nth === -1 ? 1000 : nth + 1;
  };
  const begun = performance.now();
  for (let person = 0; person < people; person += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, people - person) }, (_, n) => person + n);
    await Promise.all(some.map(async (one) => enrol(storage, one, start + dayOf(one) * 86_400_000)));
  }
  const written = Math.round((people / (performance.now() - begun)) * 1000);
  for (const [nth, expected] of [[-1, 0], ...counts.map((count, index) => [index, count])] as [number, number][]) {
    // A day after the one share is due, and a day before the next.
    now = nth === -1 ? start : start + 3 * YEAR + (nth + 1) * 86_400_000 + 43_200_000;
    global.gc?.();
    const idle = ownMegabytes();
    let peak = idle;
    const watch = setInterval(() => (peak = Math.max(peak, ownMegabytes())), 50);
    const from = performance.now();
    const { destroyed, failed } = await core.sweep();
    const ms = performance.now() - from;
    clearInterval(watch);
    if (destroyed !== expected || failed > 0)
      throw new Error(`${destroyed} destroyed, not ${expected}; ${failed} failed`);
    const rate = expected === 0 ? '-' : Math.round((expected / ms) * 1000);
    console.log(
      `| ${people} | ${expected} | ${ms.toFixed(0)} | ${rate} | ${idle.toFixed(0)} | ${peak.toFixed(0)} | ${written} |`,
    );
  }
  await core.close();
  rmSync(folder, { recursive: true, force: true });
}

console.log(
  '| people | due | sweep ms | destroyed a second | own memory before MB | peak MB | people written a second |',
);
console.log('|---|---|---|---|---|---|---|');
for (const people of values.people.split(',').map(Number)) await measure(people, values.due.split(',').map(Number));
