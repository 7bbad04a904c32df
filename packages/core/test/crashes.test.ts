import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import { fakeClock } from '@asignio/testkit';
import { ADA, asked, TENANT, attempt, begin, enrol, grant, makeSystem, sample } from './harness.js';
import { dyingAt } from './dying.js';
import type { System } from './harness.js';

/** Runs `scenario` with a crash at each write in turn, restarts, sweeps, and lets `check` look at what is left. */
async function crashEverywhere(
  prepare: (system: System) => Promise<void>,
  scenario: (system: System) => Promise<void>,
  check: (system: System, completed: boolean) => Promise<void>,
): Promise<void> {
  let points = 0;
  for (const after of [false, true]) {
    for (let write = 1; write < 200; write++) {
      const clock = fakeClock();
      const first = await makeSystem({ clock });
      await prepare(first);
      await first.close();
      let writes = () => 0;
      const second = await makeSystem({
        clock,
        folder: first.folder,
        wrap: (plain) => {
          const dying = dyingAt(write, after, plain);
          writes = dying.writes;
          return dying.storage;
        },
      }).catch(() => undefined);
      let completed = second !== undefined;
      if (second !== undefined) {
        try {
          await scenario(second);
        } catch {
          completed = false;
        }
        await second.close().catch(() => undefined);
      }
      const third = await makeSystem({ clock, folder: first.folder });
      clock.advance(20 * 60_000);
      await third.core.sweep();
      await check(third, completed);
      await third.core.audit.verify(TENANT);
      await third.close();
      await rm(first.folder, { recursive: true, force: true });
      points++;
      if (writes() < write) break;
    }
  }
  // Before and after each of several writes, or the test looked at nothing.
  expect(points).to.be.at.least(8);
}

async function tally(system: System) {
  const entries = await system.core.audit.read(TENANT);
  const count = (event: string) => entries.filter((entry) => entry.event === event).length;
  return { count, held: await system.core.subjects.held(TENANT, ADA) };
}

describe('a process that dies at any write', () => {
  it('of a rejected verification leaves exactly one decision, one count, one audit entry, or none that was answered', async () => {
    await crashEverywhere(
      async ({ core }) => {
        await grant(core);
        await enrol(core);
      },
      async ({ core }) => {
        const { handle } = await begin(core, 'verification');
        await core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' }));
        await core.ceremonies.complete(handle).catch((error: unknown) => {
          if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_NOT_VERIFIED') throw error;
        });
      },
      async (system, completed) => {
        const { count, held } = await tally(system);
        const decided = count('verification.rejected') + count('verification.inconclusive');
        expect(decided).to.be.at.most(1);
        if (completed) expect(decided).to.equal(1);
        // Whoever had a sample compared has it counted, whether the answer came or not.
        if (decided === 1) expect(held.failedAttempts).to.equal(1);
        expect(held.failedAttempts).to.be.at.most(1);
      },
    );
  }).timeout(120_000);

  it('of an accepted verification loses nothing that was answered and doubles nothing', async () => {
    await crashEverywhere(
      async ({ core }) => {
        await grant(core);
        await enrol(core);
      },
      async ({ core }) => {
        const { handle } = await begin(core, 'verification');
        await core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
        await core.ceremonies.complete(handle);
        await core.ceremonies.redeem(handle);
      },
      async (system, completed) => {
        const { count, held } = await tally(system);
        expect(count('verification.accepted') + count('verification.inconclusive')).to.be.at.most(1);
        expect(count('interaction.recorded')).to.equal(count('verification.accepted'));
        if (completed) expect(count('verification.accepted')).to.equal(1);
        if (count('verification.accepted') === 1) {
          expect(held.failedAttempts).to.equal(0);
          expect(held.enrolments[0]?.recentProbes).to.equal(1);
        }
      },
    );
  }).timeout(120_000);

  it('of an enrolment leaves a whole reference with its audit entry, or nothing', async () => {
    await crashEverywhere(
      async ({ core }) => {
        await grant(core);
      },
      async ({ core }) => {
        await enrol(core);
      },
      async (system, completed) => {
        const { count, held } = await tally(system);
        expect(held.enrolments.length).to.equal(count('enrolment.completed'));
        if (completed) expect(held.enrolments).to.have.length(1);
        const keys = (await system.storage.list({ tenant: TENANT, kind: 'key' })).records;
        const own = keys.filter(({ id }) => id !== 'tenant-root' && !id.startsWith('evidence.'));
        const references = (await system.storage.list({ tenant: TENANT, kind: 'reference' })).records;
        expect(own.map(({ id }) => id)).to.deep.equal(references.map(({ id }) => id));
      },
    );
  }).timeout(120_000);

  it('of a consent leaves it with its audit entry, or not at all', async () => {
    await crashEverywhere(
      () => Promise.resolve(),
      async ({ core }) => {
        await grant(core);
      },
      async (system, completed) => {
        const { count, held } = await tally(system);
        expect(held.consents.length).to.equal(count('consent.granted'));
        if (completed) expect(held.consents).to.have.length(1);
      },
    );
  }).timeout(120_000);

  it('of a withdrawal finishes it, or has not begun it', async () => {
    await crashEverywhere(
      async ({ core }) => {
        await grant(core);
        await enrol(core);
      },
      async ({ core }) => {
        const [consent] = await core.subjects.consents(TENANT, ADA);
        await core.subjects.withdraw(TENANT, ADA, (consent as NonNullable<typeof consent>).id);
      },
      async (system, completed) => {
        const { count, held } = await tally(system);
        const withdrawn = held.consents.every(({ state }) => state === 'withdrawn');
        if (completed) expect(withdrawn).to.equal(true);
        expect(count('consent.withdrawn')).to.equal(withdrawn ? 1 : 0);
        expect(count('destruction.certified')).to.equal(withdrawn ? 1 : 0);
        expect(held.enrolments).to.have.length(withdrawn ? 0 : 1);
      },
    );
  }).timeout(120_000);

  it('of a withdrawal leaves no probe of an earlier sign-in', async () => {
    await crashEverywhere(
      async ({ core }) => {
        await grant(core);
        await enrol(core);
        expect(await attempt(core, { who: 'ada' })).to.equal('accepted');
      },
      async ({ core }) => {
        const [consent] = await core.subjects.consents(TENANT, ADA);
        await core.subjects.withdraw(TENANT, ADA, (consent as NonNullable<typeof consent>).id);
      },
      async (system) => {
        const { held } = await tally(system);
        const left = held.consents.some(({ state }) => state === 'granted') ? 1 : 0;
        for (const kind of ['reference', 'probe'] as const)
          expect((await system.storage.list({ tenant: TENANT, kind })).records, kind).to.have.length(left);
      },
    );
  }).timeout(120_000);

  it('of a destruction that is due finishes it, with both of its audit entries', async () => {
    await crashEverywhere(
      async (system) => {
        await grant(system.core);
        await enrol(system.core);
        system.clock.set((await system.core.subjects.held(TENANT, ADA)).retention?.due as number);
      },
      async ({ core }) => {
        await core.sweep();
      },
      async (system) => {
        const { count, held } = await tally(system);
        expect(held.enrolments).to.deep.equal([]);
        expect(held.retention).to.equal(null);
        expect(count('destruction.certified')).to.equal(1);
        expect(count('retention.destroyed')).to.equal(1);
      },
    );
  }).timeout(120_000);

  it('of an erasure finishes it, or has not begun it', async () => {
    await crashEverywhere(
      async ({ core }) => {
        await grant(core);
        await enrol(core);
      },
      async (system) => {
        await system.core.rights.erase(asked(system));
      },
      async (system, completed) => {
        const { count, held } = await tally(system);
        const gone = held.consents.length === 0;
        if (completed) expect(gone).to.equal(true);
        expect(count('destruction.certified')).to.equal(gone ? 1 : 0);
        expect(held.enrolments).to.have.length(gone ? 0 : 1);
        expect(held.retention === null).to.equal(gone);
      },
    );
  }).timeout(120_000);
});
