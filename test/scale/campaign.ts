/**
 * How a system behaves as it grows: whole verifications, with the engine, by a process on a store of 1, 10,000 and 1,000,000
 * people; enrolments and verifications a second of 1, 2 and 4 processes. What is measured goes into a file of JSON, of which
 * `report.js` makes the page.
 *
 *   node .test/scale/campaign.js --out FILE [--store lmdb|mongodb] [--people 1,10000,1000000] [--folder DIR] [--uri mongodb://...]
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '@asignio/test-mongodb';
import { fill } from './fill.js';
import { storageOf } from './place.js';
import type { Order, Outcome } from './worker.js';

/** One store, measured. */
export interface Campaign {
  readonly store: string;
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly sizes: readonly Size[];
  readonly rates: readonly Rate[];
}
export interface Size {
  readonly people: number;
  readonly verifications: number;
  readonly p50: number;
  readonly p95: number;
  readonly ownMegabytes: number;
  /** People a second that were added before, with flushing left to the operating system. */
  readonly filled: number;
  /** Processes that wanted to run, on average, while it was measured. */
  readonly load: number;
}
export interface Rate {
  readonly processes: number;
  readonly people: number;
  readonly verifications: number;
  readonly enrolments: number;
}

const PROCESSES = [1, 2, 4];
const VERIFY: Order = { what: 'verify', people: 24, each: 20, seconds: 120 };
const TIMED = {
  verify: { ...VERIFY, people: 12, each: 60, seconds: 10 },
  enrol: { what: 'enrol', people: 150, seconds: 10 },
} as const;

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    store: { type: 'string', default: 'lmdb' },
    people: { type: 'string', default: '1,10000,1000000' },
    /** At which size rates are measured. */
    at: { type: 'string', default: '10000' },
    folder: { type: 'string' },
    uri: { type: 'string' },
  },
});

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'asignio-scale-'));
const server = values.store === 'mongodb' && values.uri === undefined ? await startServer() : undefined;
const location = values.store === 'mongodb' ? (values.uri ?? `${server?.uri ?? ''}scale`) : join(folder, 'store');
let label = 0;

async function message<T>(child: ChildProcess): Promise<T> {
  const [content] = (await once(child, 'message')) as [T];
  return content;
}

async function started(): Promise<ChildProcess> {
  const child = fork(new URL('./worker.js', import.meta.url), [location, folder, `run ${process.pid} ${label++}`]);
  await message(child);
  return child;
}

/** So many processes prepare, and then do the same at the same time. */
async function measure(processes: number, order: Order): Promise<readonly Outcome[]> {
  const children: ChildProcess[] = [];
  // One after the other: the first one makes the key file.
  for (let i = 0; i < processes; i++) children.push(await started());
  const tell = async <T>(content: object): Promise<readonly T[]> =>
    Promise.all(
      children.map(async (child) => {
        child.send(content);
        return message<T>(child);
      }),
    );
  await tell({ prepare: order });
  const outcomes = await tell<Outcome>({ go: order });
  for (const child of children) {
    child.send({});
    await once(child, 'exit');
  }
  return outcomes;
}

function quantile(values_: readonly number[], share: number): number {
  const sorted = values_.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const rateOf = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((sum, { times, seconds }) => sum + times.length / seconds, 0);

async function rates(people: number): Promise<Rate[]> {
  const found: Rate[] = [];
  for (const processes of PROCESSES) {
    const verifications = rateOf(await measure(processes, TIMED.verify));
    const enrolments = rateOf(await measure(processes, TIMED.enrol));
    found.push({ processes, people, verifications, enrolments });
    console.error(found.at(-1));
  }
  return found;
}

async function filled(from: number, to: number): Promise<number> {
  const storage = storageOf(location, true);
  await storage.open();
  const begun = performance.now();
  let told = begun;
  await fill(storage, from, to, (done) => {
    if (performance.now() - told < 15_000) return;
    told = performance.now();
    console.error(`${done} of ${to}, ${Math.round((done - from) / ((told - begun) / 1000))} a second`);
  });
  await storage.close();
  return (to - from) / ((performance.now() - begun) / 1000);
}

const sizes: Size[] = [];
const measuredRates: Rate[] = [];
const save = (): void => {
  const campaign: Campaign = {
    store: server === undefined ? values.store : `mongodb (${server.kind})`,
    node: process.version,
    processor: cpus()[0]?.model ?? '',
    cores: cpus().length,
    sizes,
    rates: measuredRates,
  };
  const text = `${JSON.stringify(campaign, undefined, 2)}\n`;
  if (values.out === undefined) console.log(text);
  else writeFileSync(values.out, text);
};
try {
  // So that the system makes its keys and stamps before there are others.
  await measure(1, { what: 'enrol', people: 1, seconds: 1 });
  let people = 0;
  for (const size of values.people.split(',').map(Number)) {
    const rate = await filled(people, size);
    people = size;
    const [outcome] = await measure(1, VERIFY);
    if (outcome === undefined) throw new Error('Nothing was measured');
    const { times, ownMegabytes } = outcome;
    sizes.push({
      people,
      verifications: times.length,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      ownMegabytes,
      filled: rate,
      load: loadavg()[0] ?? 0,
    });
    console.error(sizes.at(-1));
    if (people === Number(values.at)) measuredRates.push(...(await rates(people)));
    save();
  }
} finally {
  await server?.remove();
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
