import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError } from '@asignio/contracts';
import type { AuditEntry } from '@asignio/core';
import { claimUnder } from '@asignio/policy';
import type { Scope } from '@asignio/policy';
import { fakeClock } from '@asignio/testkit';
import { ADA, TENANT, asked, attempt, begin, enrol, grant, makeSystem, sample, watched } from '../harness.js';
import type { System } from '../harness.js';
import { memory, memoryStorage, peek } from './memory-storage.js';
import type { Memory } from './memory-storage.js';

const DAY = 86_400_000;
const YEAR = 366 * DAY;
const SCOPES = ['all', 'signature', 'voice'] as const satisfies readonly Scope[];

type Deed =
  | 'grant'
  | 'withdraw'
  | 'erase'
  | 'enrol'
  | 'verify'
  | 'fail'
  | 'place'
  | 'release'
  | 'end'
  | 'sweep'
  | 'minutes'
  | 'hours'
  | 'months'
  | 'years'
  | 'back';

/** Withdrawal, hold and sweep are what the races are about. */
const DEEDS: readonly Deed[] = [
  'grant',
  'withdraw',
  'erase',
  'enrol',
  'verify',
  'verify',
  'fail',
  'place',
  'place',
  'release',
  'release',
  'end',
  'sweep',
  'sweep',
  'sweep',
  'minutes',
  'hours',
  'months',
  'years',
  'back',
];

/** Errors that a process may meet when others do the same at once; anything else is a fault. */
const MEETING =
  /^ASIGNIO_(CEREMONY_|CONSENT_|DESTRUCTION_|HOLD_INVALID|CASE_CLOSED|NOT_FOUND|NOT_VERIFIED|ATTEMPTS_|STORAGE_CONFLICT|PERMIT_INVALID|KEY_UNAVAILABLE|REQUESTER_UNVERIFIED)/;

/** What somebody outside knows, who sees when each request is sent and answered. */
class Witness {
  /** Grants sent, and those not answered yet. */
  sent = 0;
  open = 0;
  /** All was taken back, and answered, and nothing has been granted since. */
  gone = false;
  readonly wrong: string[] = [];
  /** Samples that the engine has compared. */
  readonly compared = new Set<string>();
  /** Holds that stand for sure: placed and answered, their release not sent. */
  readonly holds = new Map<string, { readonly scope: Scope; readonly kept: ReadonlySet<string> }>();
  private readonly memory: Memory;

  constructor(store: Memory) {
    this.memory = store;
  }

  /** What a hold of a scope keeps of what there is at this moment: enrolments that can be opened, and the evidence. */
  covered(scope: Scope): ReadonlySet<string> {
    if (scope === 'voice') return new Set();
    const keys = new Set(peek(this.memory, 'key').map(({ id }) => id));
    const references = peek(this.memory, 'reference').filter(({ value }) => keys.has((value as { key: string }).key));
    const names = new Set(references.map(({ id }) => id));
    const probes = peek(this.memory, 'probe').filter(({ value }) =>
      names.has((value as { reference: string }).reference),
    );
    const consents = peek(this.memory, 'consent').filter(
      ({ id, value }) => (value as { subject: unknown }).subject !== null && keys.has(`evidence.${id}`),
    );
    return new Set([...references, ...probes, ...consents].map(({ kind, id }) => `${kind} ${id}`));
  }

  /** Notes what a hold has let go. */
  look(): void {
    const there = this.covered('all');
    for (const [id, { kept }] of this.holds)
      for (const name of kept) if (!there.has(name)) this.wrong.push(`${name} was destroyed under the hold ${id}`);
  }
}

interface World {
  readonly system: System;
  readonly witness: Witness;
  /** Of this deed alone. */
  readonly number: number;
}

/** Notes that all is taken back, unless a grant was under way at the same time. */
async function takeBack(witness: Witness, work: () => Promise<unknown>): Promise<void> {
  const { sent, open } = witness;
  await work();
  if (open === 0 && sent === witness.sent) witness.gone = true;
}

async function verify({ system: { core }, witness, number }: World): Promise<void> {
  const before = { gone: witness.gone, sent: witness.sent };
  const { handle } = await begin(core, 'verification');
  const tag = `${handle.id} ${number}`;
  try {
    await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada', score: 9, tag }));
    await core.ceremonies.complete(handle);
    await core.ceremonies.redeem(handle);
    if (before.gone && before.sent === witness.sent) witness.wrong.push('redeemed without a consent');
  } finally {
    if (before.gone && before.sent === witness.sent && witness.compared.has(tag))
      witness.wrong.push('compared without a consent');
  }
}

const DO: { readonly [D in Deed]: (world: World) => Promise<unknown> } = {
  grant: async ({ system: { core }, witness }) => {
    witness.sent++;
    witness.open++;
    witness.gone = false;
    await grant(core).finally(() => witness.open--);
  },
  withdraw: async ({ system: { core }, witness }) =>
    takeBack(witness, async () => {
      for (const { id, state } of await core.subjects.consents(TENANT, ADA))
        if (state === 'granted') await core.subjects.withdraw(TENANT, ADA, id);
    }),
  erase: async ({ system, witness }) => takeBack(witness, async () => system.core.rights.erase(asked(system))),
  enrol: async ({ system: { core } }) => enrol(core),
  verify,
  fail: async ({ system: { core } }) => attempt(core, { who: 'mallory' }),
  place: async ({ system: { core, clock }, witness, number }) => {
    const scope = SCOPES[number % SCOPES.length] as Scope;
    const { id } = await core.holds.place(TENANT, 'host', {
      subject: ADA,
      authority: 'A court',
      reference: `case ${number}`,
      scope,
      reviewAt: clock.now() + DAY,
    });
    witness.holds.set(id, { scope, kept: witness.covered(scope) });
  },
  release: async ({ system: { core }, witness }) => {
    const [id] = witness.holds.keys();
    if (id === undefined) return;
    witness.look();
    witness.holds.delete(id);
    await core.holds.release(TENANT, 'host', { id });
  },
  end: async ({ system: { core } }) => core.retention.endPurpose(TENANT, 'host', { subject: ADA }),
  sweep: async ({ system: { core } }) => core.sweep({ confirmClock: true }),
  minutes: async ({ system: { clock } }) => clock.advance(20 * 60_000),
  hours: async ({ system: { clock } }) => clock.advance(7 * 3_600_000),
  months: async ({ system: { clock } }) => clock.advance(100 * DAY),
  years: async ({ system: { clock } }) => clock.advance(4 * YEAR),
  back: async ({ system: { clock } }) => clock.advance(-2 * YEAR),
};

/** No destruction that a hold forbade stands in the chain between the hold's placing and its release. */
function checkOrder(entries: readonly AuditEntry[]): void {
  const standing = new Map<unknown, Scope>();
  for (const { event, data, sequence } of entries) {
    if (event === 'hold.placed') standing.set(data['hold'], data['scope'] as Scope);
    if (event === 'hold.released') standing.delete(data['hold']);
    if (event === 'destruction.started')
      expect(claimUnder(data['scope'] as Scope, [...standing.values()], null), `entry ${sequence}`).to.not.equal(
        undefined,
      );
  }
}

async function chain({ core }: System): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (;;) {
    const page = await core.audit.read(TENANT, all.length + 1, 1000);
    all.push(...page);
    if (page.length < 1000) return all;
  }
}

/** Nothing is kept that is due, nothing half done, nothing said twice. */
async function checkEnd(first: System, second: System, store: Memory, witness: Witness): Promise<void> {
  const { core, clock } = first;
  const sweep = async () => {
    for (const system of [first, second]) expect((await system.core.sweep({ confirmClock: true })).failed).to.equal(0);
  };
  witness.look();
  expect(witness.wrong).to.deep.equal([]);
  for (const { id } of (await core.holds.list(TENANT, 'host')).items) await core.holds.release(TENANT, 'host', { id });
  clock.advance(20 * 60_000);
  await sweep();
  const states = (await core.subjects.consents(TENANT, ADA)).map(({ state }) => state);
  if (!states.includes('granted')) expect(peek(store, 'reference'), 'references without a consent').to.deep.equal([]);
  for (const { value } of peek(store, 'destruction')) expect(value).to.include({ state: 'done' });
  for (const { value } of peek(store, 'subject')) {
    const { orders = [], effects = [], takings = [], holds = [] } = value as { [name: string]: unknown[] };
    expect([...orders, ...effects, ...takings, ...holds], 'what is left on the subject').to.deep.equal([]);
  }
  const references = peek(store, 'reference');
  const names = references.map(({ id }) => id);
  for (const { value } of peek(store, 'probe')) expect(names).to.include((value as { reference: string }).reference);

  // After every date that anything was given, however often the clock was set back since.
  clock.advance(100 * YEAR);
  await sweep();
  // A ceremony that was interrupted is decided by the first, and readable for minutes.
  clock.advance(20 * 60_000);
  await sweep();
  for (const kind of ['subject', 'reference', 'probe', 'ceremony'] as const)
    expect(peek(store, kind), `${kind} past its date`).to.deep.equal([]);
  const keys = peek(store, 'key').filter(({ id, subject }) => subject !== undefined && !id.startsWith('case.'));
  expect(keys, 'keys of nobody').to.deep.equal([]);
  for (const { value } of peek(store, 'consent')) expect(value, 'whose consent it was').to.include({ subject: null });
  await core.audit.verify(TENANT);
  const entries = await chain(first);
  expect(new Set(entries.map(({ id }) => id)).size, 'no entry twice').to.equal(entries.length);
  const count = (event: string) => entries.filter((entry) => entry.event === event).length;
  expect(count('destruction.certified')).to.equal(count('destruction.started'));
  expect(count('hold.released')).to.equal(count('hold.placed'));
  checkOrder(entries);
}

/**
 * Withdrawal, hold, release, sweep, verification, enrolment, grant and erasure of one person by two processes on one store,
 * in random order, mixed at every call of the store, under a clock that jumps.
 */
export async function race(runs: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'asignio-races-'));
  const line = fc.array(fc.constantFrom(...DEEDS), { minLength: 2, maxLength: 7 });
  try {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), line, line, line, async (scheduler, a, b, c) => {
        let mixed = false;
        let number = 0;
        const mix = async () => {
          if (mixed) await scheduler.schedule(Promise.resolve());
        };
        const clock = fakeClock();
        const store = memory();
        const witness = new Witness(store);
        const start = async () => {
          const storage = watched(memoryStorage(store, clock), mix);
          const system = await makeSystem({ folder, clock, storage });
          const { compare } = system.engine;
          system.engine.compare = async (request) => {
            const { tag } = JSON.parse(Buffer.from(request.sample.bytes).toString()) as { tag?: string };
            if (tag !== undefined) witness.compared.add(tag);
            return compare(request);
          };
          return system;
        };
        const first = await start();
        const second = await start();
        try {
          await grant(first.core);
          await enrol(first.core);
          const run = async (system: System, deeds: readonly Deed[]) => {
            for (const deed of deeds)
              await DO[deed]({ system, witness, number: number++ }).catch((error: unknown) => {
                if (!(error instanceof AsignioError) || !MEETING.test(error.code)) throw error;
              });
          };
          mixed = true;
          await scheduler.waitFor(Promise.all([run(first, a), run(second, b), run(first, c)]));
          mixed = false;
          await checkEnd(first, second, store, witness);
        } finally {
          mixed = false;
          await second.close();
          await first.close();
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
