import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { StoragePlugin } from '@asignio/contracts';
import { ACME, AUDIT, keyOf, pattern, seeded, walk, withCursor } from './world.ts';
import type { ChildStore, Scenario, StorageContractOptions } from './world.ts';

/** What a child process is told to do; see `child.ts`. */
export type ChildJob =
  | { readonly kind: 'append' | 'increment'; readonly name: string; readonly count: number }
  | { readonly kind: 'lease'; readonly name: string; readonly count: number }
  | { readonly kind: 'write'; readonly round: number };

/** What a child tells: that a write has resolved, or that it is done. */
export type ChildReport =
  | { readonly kind: 'written'; readonly step: number }
  | { readonly kind: 'done'; readonly values: readonly number[] };

const WRITERS = 3;
const PER_WRITER = 30;

/** The bytes that the killed writer writes at a step, of many lengths. */
export function stepBytes(round: number, step: number): Uint8Array {
  return pattern(round * 10_000 + step, (step * 997) % 9000);
}

/** Several processes on one store behave as one; one that is killed loses nothing. */
export function processTests(scenario: Scenario, { spawn, kills = 20 }: StorageContractOptions): void {
  if (spawn === undefined) return;

  const together = async (storage: StoragePlugin, kind: 'append' | 'increment' | 'lease'): Promise<number[][]> => {
    const store = await spawn(storage);
    return Promise.all(
      Array.from({ length: WRITERS }, async (_, i) => run(store, { kind, name: `p${i}`, count: PER_WRITER })),
    );
  };
  const numbers = Array.from({ length: WRITERS * PER_WRITER }, (_, i) => i + 1);

  scenario('loses and doubles no log entry of several processes', async ({ storage }) => {
    const got = await together(storage, 'append');
    assert.deepEqual(
      got.flat().sort((a, b) => a - b),
      numbers,
    );
    const log = await storage.readLog(ACME, AUDIT, 1, 1000);
    assert.deepEqual(
      log.map((entry) => entry.sequence),
      numbers,
    );
    for (const [i, sequences] of got.entries())
      for (const [j, sequence] of sequences.entries()) assert.equal(log[sequence - 1]?.id, `p${i} ${j}`);
  });

  scenario('loses no increment of several processes', async ({ storage }) => {
    const got = await together(storage, 'increment');
    assert.deepEqual(
      got.flat().sort((a, b) => a - b),
      numbers,
    );
    assert.equal((await storage.get(keyOf('counter', 'attempts')))?.value, numbers.length);
  });

  scenario('gives every holder of a lease, in several processes, a fence of its own', async ({ storage }) => {
    const fences = (await together(storage, 'lease')).flat();
    assert.equal(fences.length, numbers.length);
    assert.equal(new Set(fences).size, fences.length);
  });

  scenario(`loses nothing and tears nothing when a writer is killed, ${kills} times`, async ({ storage }) => {
    const store = await spawn(storage);
    const next = seeded(kills);
    let writes = 0;
    for (let round = 0; round < kills; round++) {
      const written = await killed(store, round, Math.floor(next() * 12));
      await verifyRound(storage, round, written);
      writes += written + 1;
      // The store is not left locked by the dead.
      await storage.insert(keyOf(`after ${round}`, 'notice'), round);
    }
    assert.ok(writes >= kills);
  });
}

/** Runs a job to its end and gives what the child tells. */
async function run(store: ChildStore, job: ChildJob): Promise<number[]> {
  const child = start(store, job);
  const values: number[] = [];
  child.on('message', (report: ChildReport) => {
    if (report.kind === 'done') values.push(...report.values);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0, 'the child process ends well');
  return values;
}

/** Kills a writer some writes after its first, and gives the last step that it has told to be written. */
async function killed(store: ChildStore, round: number, after: number): Promise<number> {
  const child = start(store, { kind: 'write', round });
  let last = -1;
  child.on('message', (report: ChildReport) => {
    if (report.kind !== 'written') return;
    last = report.step;
    if (report.step >= after) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  assert.ok(signal === 'SIGKILL' || process.platform === 'win32', 'the child was killed and did not fail before');
  return last;
}

function start({ module, location }: ChildStore, job: ChildJob): ChildProcess {
  return fork(new URL('./child.js', import.meta.url), [module.href, location, JSON.stringify(job)]);
}

/** What was told to be written is there; what was being written is there wholly or not at all. */
async function verifyRound(storage: StoragePlugin, round: number, last: number): Promise<void> {
  const subject = `round ${round}`;
  const found = await walk((after) =>
    storage.list(withCursor({ tenant: ACME, kind: 'part', subject, limit: 50 } as const, after)),
  );
  const due = (
    await walk((after) => storage.listDue(withCursor({ kind: 'part', upTo: round, limit: 50 } as const, after)))
  ).filter((record) => record.subject === subject);
  assert.deepEqual(new Set(due.map(({ id }) => id)), new Set(found.map(({ id }) => id)), 'indexes agree');
  assert.ok(found.length === last + 1 || found.length === last + 2, `${found.length} records for step ${last}`);
  for (let step = 0; step < found.length; step++) {
    const record = await storage.get(keyOf(`${round} ${step}`, 'part'));
    assert.equal(Buffer.compare(record?.value as Uint8Array, stepBytes(round, step)), 0, 'the value is whole');
  }
  const key = await storage.get(keyOf(subject, 'key'));
  assert.ok(((key?.value ?? -1) as number) >= last, 'the replaced record is not behind');
  const log = await storage.readLog(ACME, subject, 1, 1000);
  assert.ok(log.length === last + 1 || log.length === last + 2);
  for (const [i, entry] of log.entries()) assert.deepEqual([entry.sequence, entry.value], [i + 1, i]);
}
