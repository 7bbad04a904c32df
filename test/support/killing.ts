import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { createAsignio } from 'asignio';
import { tenantId } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { dataFolder, startDemo } from './demo.js';
import { Visitor } from './visitor.js';

/** A deterministic sequence of numbers in 0..1 (mulberry32). */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A customer is through with signing up, consent and enrolment well before that, and verifies from then on. */
const LONGEST_PAUSE_MS = 4000;

/** Every person comes from an address of their own, through a proxy: one address alone would be slowed down. */
const BEHIND_A_PROXY = ['--origin', 'https://demo.example'];
const addressOf = (person: number): Record<string, string> => ({ 'x-forwarded-for': `192.0.2.${person + 1}` });

/** What the visitors were told, to be held against what the store says after the last restart. */
interface Ledger {
  consents: number;
  enrolments: number;
  accepted: number;
  refused: number;
}

/**
 * Kills the demo with SIGKILL at a random moment of enrolments and verifications, restarts it on the same data, so many
 * times; then holds what was answered against what `GET /asignio/subjects/me` and the audit chain say.
 */
export async function killAndRestart(rounds: number, seed: number): Promise<void> {
  const random = sequence(seed);
  const data = await dataFolder();
  const told: Ledger = { consents: 0, enrolments: 0, accepted: 0, refused: 0 };
  const names: string[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const demo = await startDemo(data, {}, '0', BEHIND_A_PROXY);
      const work = customer(demo.url, round, told, names);
      const pause = random() * LONGEST_PAUSE_MS;
      await Promise.race([work, new Promise((done) => setTimeout(done, pause))]);
      await demo.stop('SIGKILL');
      await work;
    }
    // Otherwise the killings came too early to be worth anything.
    expect(told.enrolments).to.be.greaterThan(0);
    expect(told.accepted + told.refused).to.be.greaterThan(0);
    await reckon(data, told, names);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** Somebody who signs up, enrols, and verifies until the line goes dead. What was answered is told to the ledger. */
async function customer(url: string, round: number, told: Ledger, names: string[]): Promise<void> {
  const name = `person${round}`;
  const signer = createSigner({ seed: name });
  const visitor = new Visitor(url, new Map(), addressOf(round));
  try {
    if ((await visitor.form('/account', { name, passphrase: 'correct horse battery' })).status !== 303) return;
    names.push(name);
    if ((await visitor.consent()).status === 201) told.consents++;
    if ((await visitor.enrol(() => signer.sign())).status === 200) told.enrolments++;
    for (;;) {
      const { status } = await visitor.verify(undefined, signer.sign());
      if (status === 200) told.accepted++;
      else if (status === 401) told.refused++;
      else return;
    }
  } catch (error) {
    // The line went dead, as it was meant to.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function reckon(data: string, told: Ledger, names: readonly string[]): Promise<void> {
  const demo = await startDemo(data, {}, '0', BEHIND_A_PROXY);
  try {
    const held = { consents: 0, enrolments: 0 };
    for (const [person, name] of names.entries()) {
      const visitor = new Visitor(demo.url, new Map(), addressOf(100 + person));
      const signedIn = await visitor.form('/sign-in/passphrase', { name, passphrase: 'correct horse battery' });
      expect(signedIn.status, `${name} can sign in: ${signedIn.text}`).to.equal(303);
      const { status, text, json } = await visitor.get('/asignio/subjects/me');
      expect(status, text).to.equal(200);
      held.consents += json.consents.length as number;
      held.enrolments += json.enrolments.length as number;
      expect(json.consents.length, `${name} has at most the one consent that was given`).to.be.at.most(1);
      expect(json.enrolments.length).to.be.at.most(1);
    }
    // What was answered is there; what was cut off may be there too, once.
    expect(held.consents).to.be.at.least(told.consents);
    expect(held.enrolments).to.be.at.least(told.enrolments);
  } finally {
    await demo.stop();
  }
  const counts = await auditCounts(data);
  expect(counts['verification.accepted'] ?? 0).to.be.at.least(told.accepted);
  expect((counts['verification.rejected'] ?? 0) + (counts['verification.inconclusive'] ?? 0)).to.be.at.least(
    told.refused,
  );
  expect(counts['interaction.recorded'] ?? 0).to.equal(counts['verification.accepted'] ?? 0);
}

/** Reads and verifies the chain in the store itself, and counts its events, each of which is there once. */
export async function auditCounts(data: string, storage?: StoragePlugin): Promise<Record<string, number>> {
  const asignio = await createAsignio({
    origins: ['http://127.0.0.1'],
    data,
    workers: 1,
    ...(storage === undefined ? {} : { storage }),
  });
  try {
    const tenant = tenantId('default');
    await asignio.core.audit.verify(tenant);
    const counts: Record<string, number> = {};
    const ids = new Set<string>();
    for (let from = 1; ;) {
      const page = await asignio.core.audit.read(tenant, from, 1000);
      for (const { id, event } of page) {
        expect(ids.has(id), `${event} is written once`).to.equal(false);
        ids.add(id);
        counts[event] = (counts[event] ?? 0) + 1;
      }
      if (page.length < 1000) return counts;
      from += page.length;
    }
  } finally {
    await asignio.close();
  }
}
