import { expect } from 'chai';
import { ADA, TENANT, attempt, begin, codeOf, enrol, events, grant, makeSystem, sample } from './harness.js';
import type { System } from './harness.js';

describe('attempt limits (NIST SP 800-63B-4, 3.2.3.3)', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
    await grant(system.core);
    await enrol(system.core);
  });

  afterEach(async () => system.dispose());

  const wrong = () => attempt(system.core, { who: 'mallory' });
  const right = () => attempt(system.core, { who: 'ada' });

  it('ask for 30 s after five failures, also of the right person', async () => {
    for (let n = 0; n < 5; n++) expect(await wrong()).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await right()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    system.clock.advance(29_999);
    expect(await right()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    system.clock.advance(1);
    expect(await right()).to.equal('accepted');
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(0);
  });

  it('switch the factor off at fifty failures, until it is enrolled again', async () => {
    for (let n = 0; n < 50; n++) {
      system.clock.advance(30_000);
      expect(await wrong()).to.equal('ASIGNIO_NOT_VERIFIED');
    }
    system.clock.advance(365 * 86_400_000);
    expect(await right()).to.equal('ASIGNIO_ATTEMPTS_DISABLED');
    await system.core.sweep();
    expect(await right()).to.equal('ASIGNIO_ATTEMPTS_DISABLED');
    await enrol(system.core);
    expect(await right()).to.equal('accepted');
  });

  it('write down the failure that locks and the one that disables, once each', async () => {
    for (let n = 0; n < 50; n++) {
      await wrong();
      system.clock.advance(30_000);
    }
    const written = (await events(system.core)).filter((event) => event.startsWith('attempts.'));
    expect(written).to.deep.equal(['attempts.locked', 'attempts.disabled']);
  });

  it('hold against 200 parallel attempts: no more than five are compared', async () => {
    const before = system.engine.seen.length;
    const codes = await Promise.all(Array.from({ length: 200 }, wrong));
    expect(system.engine.seen.length - before).to.be.at.most(5);
    expect(codes.filter((code) => code === 'ASIGNIO_NOT_VERIFIED').length).to.be.at.most(5);
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.be.at.most(5);
  });

  it('count an abandoned attempt as a failure once its ceremony has expired', async () => {
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' }));
    system.clock.advance(5 * 60_000);
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(1);
    expect((await system.core.sweep()).interrupted).to.equal(1);
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(1);
    expect(await codeOf(system.core.ceremonies.complete(handle))).to.match(/CEREMONY_(USED|EXPIRED)/);
  });

  it('do not wait longer when the clock is set back', async () => {
    for (let n = 0; n < 5; n++) await wrong();
    system.clock.advance(-86_400_000);
    expect(await right()).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    system.clock.advance(30_000);
    expect(await right()).to.equal('accepted');
  });
});
