import { expect } from 'chai';
import { AsignioError, ceremonyId, subjectId } from '@asignio/contracts';
import { ADA, ORIGIN, TENANT, attempt, begin, codeOf, enrol, events, grant, makeSystem, sample } from './harness.js';
import type { System } from './harness.js';

describe('ceremonies', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  async function enrolled() {
    await grant(system.core);
    await enrol(system.core);
  }

  it('enrols with five samples and verifies with one', async () => {
    await enrolled();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(await events(system.core)).to.include.members(['enrolment.completed', 'verification.accepted']);
  });

  it('exchanges an accepted verification for its proof once', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(handle);
    const proof = await system.core.ceremonies.redeem(handle);
    expect(proof).to.deep.include({
      subject: ADA,
      acr: 'urn:asignio:acr:signature',
      amr: ['signature'],
      ceremony: handle.id,
    });
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.equal('ASIGNIO_CEREMONY_USED');
  });

  it('lets one of ten simultaneous redemptions win', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(handle);
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(system.core.ceremonies.redeem(handle))));
    expect(codes.filter((code) => code === 'resolved')).to.have.length(1);
  });

  it('does not redeem later than a minute after the decision', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(handle);
    system.clock.advance(60_000);
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.equal('ASIGNIO_CEREMONY_EXPIRED');
  });

  it('never redeems a rejected verification or an enrolment', async () => {
    await grant(system.core);
    const enrolment = await begin(system.core, 'enrolment');
    for (let n = 0; n < 5; n++)
      await system.core.ceremonies.submit(enrolment.handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(enrolment.handle);
    expect(await codeOf(system.core.ceremonies.redeem(enrolment.handle))).to.equal('ASIGNIO_CEREMONY_ORDER');
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' }));
    expect(await codeOf(system.core.ceremonies.complete(handle))).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.equal('ASIGNIO_NOT_VERIFIED');
  });

  it('decides once when two complete at once', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    const codes = await Promise.all([0, 1, 2].map(() => codeOf(system.core.ceremonies.complete(handle))));
    expect(codes.filter((code) => code === 'resolved')).to.have.length(1);
    expect((await events(system.core)).filter((event) => event === 'verification.accepted')).to.have.length(1);
  });

  it('takes one sample of two sent at once, and counts one attempt', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    const codes = await Promise.all(
      [0, 1].map(() => codeOf(system.core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' })))),
    );
    expect(codes.sort()).to.deep.equal(['ASIGNIO_CEREMONY_ORDER', 'resolved']);
    await codeOf(system.core.ceremonies.complete(handle));
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(1);
  });

  it('refuses a used, an expired and an unknown ceremony', async () => {
    await enrolled();
    const used = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(used.handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(used.handle);
    expect(await codeOf(system.core.ceremonies.complete(used.handle))).to.equal('ASIGNIO_CEREMONY_USED');
    const late = await begin(system.core, 'verification');
    system.clock.advance(5 * 60_000);
    expect(await codeOf(system.core.ceremonies.submit(late.handle, 'signature', sample({ who: 'ada' })))).to.equal(
      'ASIGNIO_CEREMONY_EXPIRED',
    );
    expect((await system.core.ceremonies.view(late.handle)).state).to.equal('expired');
    const unknown = { ...late.handle, id: ceremonyId('nothing') };
    expect(await codeOf(system.core.ceremonies.view(unknown))).to.equal('ASIGNIO_CEREMONY_UNKNOWN');
  });

  it('refuses to complete before the samples are there', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    expect(await codeOf(system.core.ceremonies.complete(handle))).to.equal('ASIGNIO_CEREMONY_ORDER');
    const enrolment = await begin(system.core, 'enrolment');
    await system.core.ceremonies.submit(enrolment.handle, 'signature', sample({ who: 'ada' }));
    expect(await codeOf(system.core.ceremonies.complete(enrolment.handle))).to.equal('ASIGNIO_CEREMONY_ORDER');
  });

  it('is open to the browser that began it alone', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    for (const stolen of [
      { ...handle, binding: '' },
      { ...handle, binding: 'x'.repeat(43) },
      { ...handle, origin: 'https://evil.example' },
    ])
      expect(await codeOf(system.core.ceremonies.view(stolen))).to.equal('ASIGNIO_CEREMONY_UNKNOWN');
  });

  it('goes on only with the subject who was signed in when it began', async () => {
    await grant(system.core);
    const { handle } = await begin(system.core, 'enrolment');
    const { requester: _, ...signedOut } = handle;
    expect(await codeOf(system.core.ceremonies.view(signedOut))).to.equal('ASIGNIO_SIGN_IN_REQUIRED');
    const other = { ...handle, requester: subjectId('eve') };
    expect(await codeOf(system.core.ceremonies.view(other))).to.equal('ASIGNIO_CEREMONY_SUBJECT');
  });

  it('enrols nobody who is not signed in', async () => {
    await grant(system.core);
    expect(await codeOf(begin(system.core, 'enrolment', ADA, false))).to.equal('ASIGNIO_SIGN_IN_REQUIRED');
  });

  it('refuses a modality that is not installed and an assurance that is not configured', async () => {
    const request = { tenant: TENANT, kind: 'verification', subject: ADA, signedIn: false, origin: ORIGIN } as const;
    expect(await codeOf(system.core.ceremonies.begin({ ...request, modalities: ['face'] }))).to.equal(
      'ASIGNIO_MODALITY_UNAVAILABLE',
    );
    expect(await codeOf(system.core.ceremonies.begin({ ...request, modalities: [] }))).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
    expect(await codeOf(system.core.ceremonies.begin({ ...request, modalities: ['signature', 'voice'] }))).to.equal(
      'ASIGNIO_MODALITY_UNAVAILABLE',
    );
    expect(
      await codeOf(system.core.ceremonies.begin({ ...request, modalities: ['signature'], assurance: 'triple' })),
    ).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('tells an enrolling person what to do better, and forgets the poor drawing', async () => {
    await grant(system.core);
    const { handle } = await begin(system.core, 'enrolment');
    const poor = sample({ who: 'ada', quality: 'ASIGNIO_QUALITY_TOO_SHORT' });
    expect(await codeOf(system.core.ceremonies.submit(handle, 'signature', poor))).to.equal(
      'ASIGNIO_QUALITY_TOO_SHORT',
    );
    expect((await system.core.ceremonies.view(handle)).samples.signature).to.deep.equal({ needed: 5, received: 0 });
  });

  it('refuses drawings that differ too much, and leaves nothing of them', async () => {
    await grant(system.core);
    const { handle } = await begin(system.core, 'enrolment');
    for (const who of ['ada', 'ada', 'eve', 'ada', 'ada'])
      await system.core.ceremonies.submit(handle, 'signature', sample({ who }));
    expect(await codeOf(system.core.ceremonies.complete(handle))).to.equal('ASIGNIO_ENROLMENT_REFUSED');
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.deep.equal([]);
    const keys = await system.storage.list({ tenant: TENANT, kind: 'key' });
    expect(keys.records.map(({ id }) => id).filter((id) => id === handle.id)).to.deep.equal([]);
  });

  it('replaces the reference when enrolled again: the old one and its key are gone', async () => {
    await enrolled();
    const [before] = (await system.core.subjects.held(TENANT, ADA)).enrolments;
    system.clock.advance(1000);
    await enrol(system.core);
    const { enrolments } = await system.core.subjects.held(TENANT, ADA);
    expect(enrolments).to.have.length(1);
    expect(enrolments[0]?.id).not.to.equal(before?.id);
    expect(await system.storage.get({ tenant: TENANT, kind: 'key', id: before?.id as string })).to.equal(undefined);
    expect(await events(system.core)).to.include('reference.revoked');
  });

  it('counts nothing and decides nothing when the engine is busy, and lets the same ceremony go on', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    system.engine.fault = new AsignioError('ASIGNIO_ENGINE_BUSY', undefined, { retryAfterMs: 1000 });
    expect(await codeOf(system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' })))).to.equal(
      'ASIGNIO_ENGINE_BUSY',
    );
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(0);
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    expect((await system.core.ceremonies.complete(handle)).decision).to.equal('accepted');
  });

  it('refuses a replay as an attack, whatever its score', async () => {
    await enrolled();
    expect(await attempt(system.core, { who: 'ada', replay: true, score: 50 })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await events(system.core)).to.include('attack.detected');
  });

  it('never accepts a score that is not a number', async () => {
    await enrolled();
    expect(await attempt(system.core, { who: 'ada', score: 'NaN' })).to.equal('ASIGNIO_NOT_VERIFIED');
  });

  describe('an unknown subject, one without enrolment, and one who is rejected', () => {
    it('look the same, and cost the engine the same', async () => {
      await enrolled();
      await grant(system.core, subjectId('bob'));
      const seen = [];
      for (const subject of ['ada', 'bob', 'nobody'].map(subjectId)) {
        const { view, handle } = await begin(system.core, 'verification', subject);
        const work = system.engine.decoys + system.engine.seen.length;
        const receipt = await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' }));
        const error = await system.core.ceremonies.complete(handle).catch((cause: unknown) => cause);
        const { id: _, ...rest } = await system.core.ceremonies.view(handle);
        seen.push({
          begun: Object.keys(view),
          receipt,
          code: (error as AsignioError).code,
          message: (error as AsignioError).message,
          rest: { ...rest, expiresAt: 0 },
          work: system.engine.decoys + system.engine.seen.length - work,
        });
      }
      expect(seen[1]).to.deep.equal(seen[0]);
      expect(seen[2]).to.deep.equal(seen[0]);
    });

    it('take a malformed sample with the same face', async () => {
      await enrolled();
      const answers = [];
      for (const subject of ['ada', 'nobody'].map(subjectId)) {
        const { handle } = await begin(system.core, 'verification', subject);
        const receipt = await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'x', malformed: true }));
        answers.push({ receipt, code: await codeOf(system.core.ceremonies.complete(handle)) });
      }
      expect(answers[0]).to.deep.equal(answers[1]);
      expect(answers[0]?.code).to.equal('ASIGNIO_NOT_VERIFIED');
    });

    it('are locked alike', async () => {
      await enrolled();
      for (const subject of ['ada', 'nobody'].map(subjectId)) {
        const codes = [];
        for (let n = 0; n < 6; n++) codes.push(await attempt(system.core, { who: 'mallory' }, subject));
        expect(codes).to.deep.equal([...Array<string>(5).fill('ASIGNIO_NOT_VERIFIED'), 'ASIGNIO_ATTEMPTS_WAIT']);
      }
    });
  });

  it('adds a strong probe of a later sitting to a provisional reference, once, and says so', async () => {
    await enrolled();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments[0]?.established).to.equal(false);
    system.clock.advance(7 * 3_600_000);
    expect(await attempt(system.core, { who: 'ada', score: 2 })).to.equal('accepted');
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments[0]?.established).to.equal(false);
    expect(await attempt(system.core, { who: 'ada', score: 9 })).to.equal('accepted');
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments[0]?.established).to.equal(true);
    expect((await events(system.core)).filter((event) => event === 'reference.adapted')).to.have.length(1);
  });
});
