import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import { ADA, TENANT, attempt, enrol, grant, makeSystem, watched } from './harness.js';
import type { System } from './harness.js';

const HOUR = 3_600_000;

describe('templates that are opened', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
    await grant(system.core);
    await enrol(system.core);
  });

  afterEach(async () => system.dispose());

  async function openings() {
    const entries = await system.core.audit.read(TENANT);
    return entries.filter(({ event }) => event.startsWith('template.'));
  }

  it('R29: each is on record before the engine has the key, with role and purpose, once a ceremony', async () => {
    expect((await openings()).map(({ data }) => data['act'])).to.deep.equal(['enrolment']);
    let during: string[] = [];
    system.engine.during = async () => {
      during = (await openings()).map(({ event }) => event);
    };
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(during).to.deep.equal(['template.decrypted', 'template.decrypted']);
    const [, entry] = await openings();
    expect(entry?.data).to.include({
      role: 'engine',
      purpose: 'authentication',
      modality: 'signature',
      act: 'comparison',
      references: 1,
    });
  });

  it('R29: a refusal leaves as many entries for an unknown subject as for a known one, and says that nothing was opened', async () => {
    const bob = subjectId('bob');
    await grant(system.core, bob);
    const added: Record<string, string[]> = {};
    for (const [name, subject] of [
      ['enrolled', ADA],
      ['agreed', bob],
      ['unknown', subjectId('nobody')],
    ] as const) {
      const before = (await system.core.audit.read(TENANT)).length;
      await attempt(system.core, { who: 'eve', score: -5 }, subject);
      added[name] = (await system.core.audit.read(TENANT)).slice(before).map(({ event }) => event);
    }
    expect(added['enrolled']).to.include('template.decrypted');
    for (const name of ['agreed', 'unknown']) {
      expect(added[name]).to.include('template.withheld').and.to.not.include('template.decrypted');
      expect(added[name]).to.have.length(added['enrolled']?.length as number);
    }
  });

  it('R29: a key that could not be put on record does not reach the engine', async () => {
    await system.close();
    let full = false;
    system = await makeSystem({
      folder: system.folder,
      clock: system.clock,
      wrap: (storage) =>
        watched(storage, ({ name, args }) => {
          if (full && name === 'append' && JSON.stringify(args).includes('template.decrypted')) throw new Error('full');
        }),
    });
    full = true;
    await attempt(system.core, { who: 'ada' }).catch(() => undefined);
    expect(system.engine.seen).to.deep.equal([]);
  });

  it('R29: what teaches a reference is on record as well', async () => {
    system.clock.advance(7 * HOUR);
    expect(await attempt(system.core, { who: 'ada', score: 9 })).to.equal('accepted');
    expect((await openings()).map(({ data }) => data['act'])).to.deep.equal(['enrolment', 'comparison', 'adaptation']);
  });
});
