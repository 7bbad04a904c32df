/** A process of a system that is measured: it does what it is told, for as long as it is told, and counts. */
import { readFileSync } from 'node:fs';
import { createAsignio } from 'asignio';
import { Person } from '../support/person.js';
import { TENANT, storageOf } from './place.js';

/** What a process is to do. */
export type Order =
  | { readonly what: 'verify'; readonly people: number; readonly each: number; readonly seconds: number }
  | { readonly what: 'enrol'; readonly people: number; readonly seconds: number };

/** What it did. */
export interface Outcome {
  /** Of those that were done. */
  readonly times: readonly number[];
  readonly seconds: number;
  readonly accepted: number;
  /** Time of the processor that the process took for all of them, ms: it does not depend on what else the machine does. */
  readonly cpuMs: number;
  /** Of this process alone: pages of a mapped file are the operating system's to take back. */
  readonly ownMegabytes: number;
}

const DRAWINGS_TO_ENROL = 7;

const [location = '', data = '', label = ''] = process.argv.slice(2);
const asignio = await createAsignio({
  origins: ['https://app.example'],
  data,
  storage: storageOf(location),
  tenant: TENANT,
  workers: 1,
});
let named = 0;

function ownMegabytes(): number {
  const own = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return own === undefined ? process.memoryUsage().rss / 2 ** 20 : Number(own) / 1024;
}

function stranger(drawings: number): Person {
  const person = new Person(`${label} ${named++}`, TENANT);
  person.prepare(drawings);
  return person;
}

/** @returns whether this person's signature is one that can be enrolled. */
async function enrol(person: Person): Promise<boolean> {
  await person.agree(asignio.core);
  return person.enrol(asignio.core).then(
    () => true,
    () => false,
  );
}

/** Those who are measured, ready: drawings are made beforehand. */
async function ready(order: Order): Promise<readonly Person[]> {
  const people: Person[] = [];
  while (people.length < order.people) {
    if (order.what === 'enrol') people.push(stranger(DRAWINGS_TO_ENROL));
    else {
      const person = stranger(DRAWINGS_TO_ENROL);
      if (!(await enrol(person))) continue;
      person.prepare(order.each);
      people.push(person);
    }
  }
  return people;
}

async function work(order: Order, people: readonly Person[]): Promise<Outcome> {
  const times: number[] = [];
  let accepted = 0;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const isOver = (): boolean => performance.now() - begun > 1000 * order.seconds;
  const rounds = order.what === 'verify' ? order.each : 1;
  for (let round = 0; round < rounds && !isOver(); round++)
    for (const person of people) {
      if (isOver()) break;
      const at = performance.now();
      const result = order.what === 'verify' ? await person.verify(asignio.core) : await enrol(person);
      // Who was rejected too often waits, and costs nothing.
      if (result !== true && result !== 'accepted' && result !== 'rejected') continue;
      times.push(performance.now() - at);
      if (result !== 'rejected') accepted++;
    }
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000;
  return { times, cpuMs, seconds: (performance.now() - begun) / 1000, accepted, ownMegabytes: ownMegabytes() };
}

let people: readonly Person[] = [];
process.on('message', (message: { readonly prepare?: Order; readonly go?: Order }) => {
  void (async () => {
    if (message.prepare !== undefined) {
      people = await ready(message.prepare);
      process.send?.({ ready: true });
    } else if (message.go !== undefined) process.send?.(await work(message.go, people));
    else {
      await asignio.close();
      process.disconnect();
    }
  })();
});
process.send?.({ started: true });
