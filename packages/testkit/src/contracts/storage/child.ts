/** The child process of `processes.ts`: opens the store that it is told of, does its job, and tells. */
import { setTimeout as delay } from 'node:timers/promises';
import type { StoragePlugin } from '@asignio/contracts';
import { appendNext } from './logs.ts';
import { stepBytes } from './processes.ts';
import type { ChildJob, ChildReport } from './processes.ts';
import { increment } from './races.ts';
import { ACME, keyOf } from './world.ts';

const TTL_MS = 60_000;

async function tell(report: ChildReport): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.send?.(report, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

/** Writes until it is killed: a record with indexes, a key record, a log entry, and only then says so. */
async function writeForEver(storage: StoragePlugin, round: number): Promise<void> {
  const subject = `round ${round}`;
  let key = await storage.insert(keyOf(subject, 'key'), -1, { subject });
  for (let step = 0; ; step++) {
    await storage.insert(keyOf(`${round} ${step}`, 'part'), stepBytes(round, step), { subject, due: round });
    key = await storage.replace(key, step, { subject }, key.version);
    await storage.append(ACME, subject, { sequence: step + 1, id: `${round} ${step}`, value: step });
    await tell({ kind: 'written', step });
  }
}

/** Takes the lease, holds it for a moment, gives it back; the fence it had. */
async function holdLease(storage: StoragePlugin, holder: string): Promise<number> {
  for (;;) {
    const lease = await storage.acquireLease('work', holder, TTL_MS);
    if (lease !== undefined) {
      await storage.releaseLease(lease);
      return lease.fence;
    }
    await delay(1);
  }
}

async function work(storage: StoragePlugin, job: ChildJob): Promise<void> {
  if (job.kind === 'write') {
    await writeForEver(storage, job.round);
    return;
  }
  const values: number[] = [];
  for (let i = 0; i < job.count; i++) {
    if (job.kind === 'append') values.push(await appendNext(storage, `${job.name} ${i}`));
    else if (job.kind === 'increment') values.push(await increment(storage, 'counter'));
    else values.push(await holdLease(storage, job.name));
  }
  await tell({ kind: 'done', values });
}

const [module = '', location = '', job = ''] = process.argv.slice(2);
const { default: make } = (await import(module)) as { default: (location: string) => StoragePlugin };
const storage = make(location);
await storage.open();
await work(storage, JSON.parse(job) as ChildJob);
await storage.close();
process.disconnect();
