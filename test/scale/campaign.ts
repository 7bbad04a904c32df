/**
 * How a system behaves as it grows: whole verifications, with the engine, by a process on a store of 1, 10,000 and 1,000,000
 * people; enrolments and verifications a second of 1, 2 and 4 processes. What is measured goes into a file of JSON, of which
 * `report.js` makes the page.
 *
 *   node .test/scale/campaign.js --out FILE [--store lmdb|mongodb] [--people 1,10000,1000000] [--at 10000] [--rounds 6] [--folder DIR [--filled]] [--uri mongodb://...]
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  /** Processes that wanted to run, on average over a minute, after each round. */
  readonly load: readonly number[];
  readonly sizes: readonly Size[];
  readonly rates: readonly Rate[];
}
export interface Size {
  readonly people: number;
  readonly verifications: number;
  readonly p50: number;
  readonly p95: number;
  /** Time of the processor for one verification, ms. */
  readonly cpuMs: number;
  readonly ownMegabytes: number;
  /** People a second that were added before, with flushing left to the operating system; 0 where they were there already. */
  readonly filled: number;
}
export interface Rate {
  readonly processes: number;
  readonly people: number;
  readonly verifications: number;
  readonly enrolments: number;
}

/** Between two lines that tell how far the filling is, ms. */
const TELL_MS = 15_000;
const PROCESSES = [1, 2, 4];
const VERIFY: Order = { what: 'verify', people: 8, each: 12, seconds: 60 };
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
    /** The sizes take turns, so that what else the machine does meets all of them. */
    rounds: { type: 'string', default: '6' },
    /** Of the stores, which stay; with `filled` those that an earlier campaign left there are measured. */
    folder: { type: 'string' },
    filled: { type: 'boolean', default: false },
    uri: { type: 'string' },
  },
});

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'asignio-scale-'));
const server = values.store === 'mongodb' && values.uri === undefined ? await startServer() : undefined;
const base = values.uri ?? server?.uri ?? '';
let label = 0;

/** One store of a size. */
interface Subject {
  readonly people: number;
  readonly location: string;
  readonly data: string;
}

async function message<T>(child: ChildProcess): Promise<T> {
  const [content] = (await once(child, 'message')) as [T];
  return content;
}

async function started({ location, data }: Subject): Promise<ChildProcess> {
  const child = fork(new URL('./worker.js', import.meta.url), [location, data, `run ${process.pid} ${label++}`]);
  await message(child);
  return child;
}

/** So many processes prepare, and then do the same at the same time. */
async function measure(subject: Subject, processes: number, order: Order): Promise<readonly Outcome[]> {
  const children: ChildProcess[] = [];
  // One after the other: the first one makes the key file.
  for (let i = 0; i < processes; i++) children.push(await started(subject));
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

function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const rateOf = (outcomes: readonly Outcome[]): number =>
  sum(outcomes.map(({ times, seconds }) => times.length / seconds));

async function ratesOf(subject: Subject): Promise<Rate[]> {
  const found: Rate[] = [];
  for (const processes of PROCESSES) {
    const verifications = rateOf(await measure(subject, processes, TIMED.verify));
    const enrolments = rateOf(await measure(subject, processes, TIMED.enrol));
    found.push({ processes, people: subject.people, verifications, enrolments });
    console.error(found.at(-1));
  }
  return found;
}

/** @returns people a second. */
async function filled({ location, people }: Subject): Promise<number> {
  const storage = storageOf(location, true);
  await storage.open();
  const begun = performance.now();
  let told = begun;
  await fill(storage, 0, people, (done) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    console.error(`${done} of ${people}, ${Math.round(done / ((told - begun) / 1000))} a second`);
  });
  await storage.close();
  return people / ((performance.now() - begun) / 1000);
}

function sizeOf({ people }: Subject, outcomes: readonly Outcome[], rate: number): Size {
  const times = outcomes.flatMap((outcome) => outcome.times);
  return {
    people,
    verifications: times.length,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    cpuMs: sum(outcomes.map(({ cpuMs }) => cpuMs)) / times.length,
    ownMegabytes: quantile(
      outcomes.map(({ ownMegabytes }) => ownMegabytes),
      0.5,
    ),
    filled: rate,
  };
}

try {
  const subjects = values.people.split(',').map((text): Subject => {
    const data = join(folder, text);
    const location = values.store === 'mongodb' ? base.replace(/\/?(\?|$)/, `/scale_${text}$1`) : join(data, 'store');
    return { people: Number(text), location, data };
  });
  const speeds = new Map<Subject, number>();
  const outcomes = new Map<Subject, Outcome[]>(subjects.map((subject) => [subject, []]));
  for (const subject of values.filled ? [] : subjects) {
    mkdirSync(subject.data, { recursive: true });
    // So that the system makes its keys and stamps before there is anything else.
    await measure(subject, 1, { what: 'enrol', people: 1, seconds: 1 });
    speeds.set(subject, await filled(subject));
  }
  const load: number[] = [];
  let rates: Rate[] = [];
  const save = (): void => {
    const sizes = subjects.map((subject) => sizeOf(subject, outcomes.get(subject) ?? [], speeds.get(subject) ?? 0));
    const campaign: Campaign = {
      store: server === undefined ? values.store : `mongodb (${server.kind})`,
      node: process.version,
      processor: cpus()[0]?.model ?? '',
      cores: cpus().length,
      load,
      sizes,
      rates,
    };
    const text = `${JSON.stringify(campaign, undefined, 2)}\n`;
    if (values.out === undefined) console.log(text);
    else writeFileSync(values.out, text);
    console.error(text);
  };
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const subject of subjects) outcomes.get(subject)?.push(...(await measure(subject, 1, VERIFY)));
    load.push(Number((loadavg()[0] ?? 0).toFixed(1)));
  }
  save();
  const [subject] = subjects.filter(({ people }) => people === Number(values.at));
  if (subject !== undefined) rates = await ratesOf(subject);
  save();
} finally {
  await server?.remove();
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
