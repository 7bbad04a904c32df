import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError } from '@asignio/contracts';
import { ADA, asked, TENANT, attempt, begin, enrol, grant, makeSystem, sample, watched } from './harness.js';
import type { System } from './harness.js';

type Deed = 'grant' | 'withdraw' | 'erase' | 'enrol' | 'verify' | 'fail' | 'sweep' | 'jump' | 'later';
const DEEDS: readonly Deed[] = ['grant', 'withdraw', 'erase', 'enrol', 'verify', 'fail', 'sweep', 'jump', 'later'];
/** What somebody outside, who sees when each request is sent and answered, knows of the consent. */
interface Witness {
  /** Grants sent, and those not answered yet. */
  sent: number;
  open: number;
  /** All was taken back, and answered, and nothing has been granted since. */
  gone: boolean;
  /** Ceremonies that were begun and redeemed while all was taken back. */
  readonly wrong: string[];
}

/** Errors that a process may meet when others do the same at once; anything else is a fault. */
const MEETING =
  /^ASIGNIO_(CEREMONY_|CONSENT_|DESTRUCTION_|NOT_FOUND|NOT_VERIFIED|ATTEMPTS_|STORAGE_CONFLICT|PERMIT_INVALID|KEY_UNAVAILABLE|REQUESTER_UNVERIFIED)/;

async function withdraw({ core }: System): Promise<void> {
  for (const { id, state } of await core.subjects.consents(TENANT, ADA))
    if (state === 'granted') await core.subjects.withdraw(TENANT, ADA, id);
}

async function verify({ core }: System, witness: Witness): Promise<void> {
  const before = { ...witness };
  const { handle } = await begin(core, 'verification');
  await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada', score: 9 }));
  await core.ceremonies.complete(handle);
  await core.ceremonies.redeem(handle);
  if (before.gone && before.sent === witness.sent) witness.wrong.push(handle.id);
}

/** Notes that all is taken back, unless a grant was under way at the same time. */
async function takeBack(witness: Witness, work: () => Promise<unknown>): Promise<void> {
  const { sent, open } = witness;
  await work();
  if (open === 0 && sent === witness.sent) witness.gone = true;
}

const DO: { readonly [D in Deed]: (system: System, witness: Witness) => Promise<unknown> } = {
  grant: async ({ core }, witness) => {
    witness.sent++;
    witness.open++;
    witness.gone = false;
    await grant(core).finally(() => witness.open--);
  },
  withdraw: async (system, witness) => takeBack(witness, async () => withdraw(system)),
  erase: async (system, witness) => takeBack(witness, async () => system.core.rights.erase(asked(system))),
  enrol: async ({ core }) => enrol(core),
  verify,
  fail: async ({ core }) => attempt(core, { who: 'mallory' }),
  sweep: async ({ core }) => core.sweep(),
  jump: async ({ clock }) => clock.advance(20 * 60_000),
  later: async ({ clock }) => clock.advance(7 * 3_600_000),
};

async function check(system: System): Promise<void> {
  const { core, storage } = system;
  const all = async (kind: 'reference' | 'key' | 'probe' | 'subject' | 'ceremony' | 'attribute' | 'message') =>
    (await storage.list({ tenant: TENANT, kind, limit: 1000 })).records;
  const references = await all('reference');
  const granted = (await core.subjects.consents(TENANT, ADA)).some(({ state }) => state === 'granted');
  if (!granted) expect(references, 'references without a consent').to.deep.equal([]);
  const keys = (await all('key')).map(({ id }) => id).filter((id) => id !== 'tenant-root');
  expect(
    keys.filter((id) => !id.startsWith('evidence.')),
    'a key for each reference, and no other',
  ).to.have.members(references.map(({ value }) => (value as { key: string }).key));
  const names = references.map(({ id }) => id);
  for (const { value } of await all('probe')) expect(names).to.include((value as { reference: string }).reference);
  const held = await core.subjects.held(TENANT, ADA);
  expect(held.retention === null, 'a due date while anything is held').to.equal(held.consents.length === 0);
  if (held.consents.length === 0) {
    expect(keys, 'keys of nobody').to.deep.equal([]);
    expect([...(await all('attribute')), ...(await all('message'))], 'a way to reach nobody').to.deep.equal([]);
  }
  for (const { value } of await all('ceremony'))
    expect((value as { effects: unknown[] }).effects, 'what a decision owes').to.deep.equal([]);
  await core.audit.verify(TENANT);
  const entries = await core.audit.read(TENANT, 1, 1000);
  expect(new Set(entries.map(({ id }) => id)).size, 'no entry twice').to.equal(entries.length);
  const count = (event: string) => entries.filter((entry) => entry.event === event).length;
  expect(count('interaction.recorded')).to.equal(count('verification.accepted'));
  expect(count('destruction.certified')).to.equal(count('destruction.started'));
  const decided = entries.filter(({ id }) => id.endsWith(':decision')).length;
  expect(count('verification.accepted') + count('enrolment.completed')).to.be.at.most(decided);
}

describe('any deeds of two processes, mixed at every call of the store', () => {
  it('accept nobody without a consent, and leave nothing that is nobody’s', async function () {
    this.timeout(60_000);
    const line = fc.array(fc.constantFrom(...DEEDS), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), line, line, line, async (scheduler, a, b, c) => {
        let mixed = false;
        const mix = async () => {
          if (mixed) await scheduler.schedule(Promise.resolve());
        };
        const first = await makeSystem({ wrap: (storage) => watched(storage, mix) });
        const { folder, clock } = first;
        const second = await makeSystem({ folder, clock, wrap: (storage) => watched(storage, mix) });
        try {
          await grant(first.core);
          await enrol(first.core);
          const witness: Witness = { sent: 0, open: 0, gone: false, wrong: [] };
          const run = async (system: System, deeds: readonly Deed[]) => {
            for (const deed of deeds)
              await DO[deed](system, witness).catch((error: unknown) => {
                if (!(error instanceof AsignioError) || !MEETING.test(error.code)) throw error;
              });
          };
          mixed = true;
          const all = Promise.all([run(first, a), run(second, b), run(first, c)]);
          await scheduler.waitFor(all);
          mixed = false;
          expect(witness.wrong).to.deep.equal([]);
          clock.advance(20 * 60_000);
          expect((await first.core.sweep()).failed).to.equal(0);
          await second.core.sweep();
          await check(first);
        } finally {
          mixed = false;
          await second.close();
          await first.dispose();
        }
      }),
      { numRuns: Number(process.env['ASIGNIO_RUNS'] ?? 40), endOnFailure: true },
    );
  });
});
