import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import {
  ADA,
  TENANT,
  asked,
  attempt,
  begin,
  codeOf,
  enrol,
  events,
  grant,
  makeSystem,
  sample,
  watched,
} from './harness.js';
import type { System } from './harness.js';
import { appoint } from './support/staff.js';

const DAY = 86_400_000;
const BOB = subjectId('bob');
const SESSION = { tenant: TENANT, subject: ADA };
const STATEMENT = 'It was me, with a plaster on my finger';

describe('a decision that went against somebody', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
    await grant(system.core);
    await enrol(system.core);
  });

  afterEach(async () => system.dispose());

  const fail = async (times: number, subject = ADA) => {
    const answers = [];
    for (let n = 0; n < times; n++) {
      answers.push(await attempt(system.core, { who: 'mallory' }, subject));
      system.clock.advance(31_000);
    }
    return answers;
  };

  it('R24: a rejection keeps its reason, model and threshold version, and no score', async () => {
    await fail(1);
    const [decision, ...others] = await system.core.rights.decisions(SESSION);
    expect(others).to.deep.equal([]);
    expect(decision).to.deep.include({
      kind: 'rejected',
      reasons: ['below-threshold'],
      modalities: ['signature'],
      model: 'fake@1.0.0',
      threshold: { assurance: 'signature', fmr: 0.02 },
      contest: null,
      review: null,
    });
    expect(JSON.stringify(decision)).to.not.match(/score|-5/);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(await system.core.rights.decisions(SESSION)).to.have.length(1);
  });

  it('R24: a lockout keeps its reason too', async () => {
    await fail(5);
    const kinds = (await system.core.rights.decisions(SESSION)).map(({ kind, reasons }) => `${kind} ${reasons.join()}`);
    expect(kinds.filter((kind) => kind === 'locked attempts.locked')).to.have.length(1);
    expect(kinds).to.have.length(6);
  });

  it('R24: a rejected subject contests, a person decides and overrides; no ceremony becomes accepted by it', async () => {
    await fail(4);
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' }));
    await codeOf(system.core.ceremonies.complete(handle));
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_ATTEMPTS_WAIT');
    const [decision] = await system.core.rights.decisions(SESSION);
    const request = await system.core.rights.contest(SESSION, {
      decision: decision?.id as string,
      statement: STATEMENT,
    });
    expect(request).to.deep.include({ type: 'contest', state: 'open', statement: STATEMENT, decision: decision?.id });
    expect(request.due).to.be.greaterThan(system.clock.now() + 27 * DAY);
    expect((await system.core.rights.decisions(SESSION)).find(({ id }) => id === decision?.id)?.contest).to.equal(
      request.id,
    );

    const reviewer = await appoint(system.core, 'rita', 'reviewer');
    const { reviews } = system.core;
    const seen = await reviews.read(TENANT, reviewer, request.id);
    expect(seen.decision).to.deep.include({ id: decision?.id, model: 'fake@1.0.0' });
    expect(seen.request.statement).to.equal(STATEMENT);
    const verdict = { id: request.id, outcome: 'overridden', reason: 'A plaster explains it.' } as const;
    await reviews.decide(TENANT, reviewer, verdict);
    const answered = await system.core.rights.request(SESSION, request.id);
    expect(answered).to.deep.include({ state: 'closed', outcome: 'overridden', answer: 'A plaster explains it.' });

    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(0);
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.equal('ASIGNIO_NOT_VERIFIED');
    const log = await events(system.core);
    expect(log)
      .to.include.members(['decision.contested', 'decision.reviewed'])
      .and.not.include('verification.accepted');
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(await codeOf(reviews.decide(TENANT, reviewer, verdict))).to.equal('ASIGNIO_CASE_CLOSED');
  });

  it('R24: whoever is switched off after fifty failures is let try again by a person alone', async () => {
    await fail(50);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_ATTEMPTS_DISABLED');
    const off = (await system.core.rights.decisions(SESSION)).find(({ kind }) => kind === 'disabled');
    const request = await system.core.rights.contest(SESSION, { decision: off?.id as string, statement: STATEMENT });
    const reviewer = await appoint(system.core, 'rita', 'reviewer');
    await system.core.reviews.decide(TENANT, reviewer, { id: request.id, outcome: 'overridden', reason: 'An attack.' });
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R24: upheld, the decision stands with its reason, and the count as it was', async () => {
    await fail(5);
    const [decision] = await system.core.rights.decisions(SESSION);
    const request = await system.core.rights.contest(SESSION, {
      decision: decision?.id as string,
      statement: STATEMENT,
    });
    const reviewer = await appoint(system.core, 'rita', 'reviewer');
    await system.core.reviews.decide(TENANT, reviewer, {
      id: request.id,
      outcome: 'upheld',
      reason: 'Quite another hand.',
    });
    expect((await system.core.subjects.held(TENANT, ADA)).failedAttempts).to.equal(5);
    const kept = (await system.core.rights.decisions(SESSION)).find(({ id }) => id === decision?.id);
    expect(kept?.review).to.deep.equal({ outcome: 'upheld', at: system.clock.now() });
  });

  it('R24: one decision has one review, also of two who contest it at once', async () => {
    await fail(1);
    const other = await makeSystem({ folder: system.folder, clock: system.clock });
    const [decision] = await system.core.rights.decisions(SESSION);
    const input = { decision: decision?.id as string, statement: STATEMENT };
    const codes = await Promise.all([
      codeOf(system.core.rights.contest(SESSION, input)),
      codeOf(other.core.rights.contest(SESSION, input)),
    ]);
    expect(codes.sort()).to.deep.equal(['ASIGNIO_NOT_CONTESTABLE', 'resolved']);
    expect(await codeOf(system.core.rights.contest(SESSION, input))).to.equal('ASIGNIO_NOT_CONTESTABLE');
    expect((await events(system.core)).filter((event) => event === 'decision.contested')).to.have.length(1);
    await other.close();
  });

  it('R24: nobody contests another’s decision, and nobody decides without the role', async () => {
    await fail(1);
    const [decision] = await system.core.rights.decisions(SESSION);
    const input = { decision: decision?.id as string, statement: STATEMENT };
    expect(await codeOf(system.core.rights.contest({ tenant: TENANT, subject: BOB }, input))).to.equal(
      'ASIGNIO_NOT_FOUND',
    );
    expect(await codeOf(system.core.rights.contest(SESSION, { ...input, statement: ' ' }))).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
    const request = await system.core.rights.contest(SESSION, input);
    const officer = await appoint(system.core, 'olga', 'privacy-officer');
    const verdict = { id: request.id, outcome: 'overridden', reason: 'Because.' } as const;
    expect(await codeOf(system.core.reviews.decide(TENANT, officer, verdict))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(
      await codeOf(system.core.reviews.answer(TENANT, officer, { id: request.id, outcome: 'done', answer: 'No.' })),
    ).to.equal('ASIGNIO_REQUEST_INVALID');
    const complaint = await system.core.rights.complain(SESSION, { statement: 'Slow' });
    const reviewer = await appoint(system.core, 'rita', 'reviewer');
    expect(
      await codeOf(system.core.reviews.decide(TENANT, reviewer, { ...verdict, id: complaint.request.id })),
    ).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R24: a decision is kept for ninety days, and while it is contested', async () => {
    await fail(2);
    const [first, second] = await system.core.rights.decisions(SESSION);
    await system.core.rights.contest(SESSION, { decision: first?.id as string, statement: STATEMENT });
    system.clock.advance(91 * DAY);
    expect(
      await codeOf(system.core.rights.contest(SESSION, { decision: second?.id as string, statement: STATEMENT })),
    ).to.equal('ASIGNIO_NOT_CONTESTABLE');
    await system.core.sweep();
    expect((await system.core.rights.decisions(SESSION)).map(({ id }) => id)).to.deep.equal([first?.id]);
  });

  it('R24: what is kept of an unknown id, of one without enrolment and of one who failed is written by the same calls', async () => {
    const calls: string[] = [];
    const other = await makeSystem({
      folder: system.folder,
      clock: system.clock,
      wrap: (storage) => watched(storage, ({ name, kind }) => void calls.push(`${name} ${kind}`)),
    });
    await grant(other.core, BOB);
    const diary = async (subject: typeof ADA) => {
      calls.length = 0;
      expect(await attempt(other.core, { who: 'mallory' }, subject)).to.equal('ASIGNIO_NOT_VERIFIED');
      return calls.filter((call) => !/ (log|probe|reference|key)$/.test(call)).join('\n');
    };
    const failed = await diary(ADA);
    expect(failed).to.include('insert decision');
    expect(await diary(BOB)).to.equal(failed);
    expect(await diary(subjectId('nobody knows this name'))).to.equal(failed);
    const { records } = await other.storage.list({ tenant: TENANT, kind: 'decision' });
    expect(records).to.have.length(3);
    expect(
      new Set(
        records.map(({ value }) =>
          Object.keys(value as object)
            .sort()
            .join(),
        ),
      ).size,
    ).to.equal(1);
    await other.close();
  });

  it('R24: a contest that is open when the person is erased is closed as moot, and stays out of the reviewers’ way', async () => {
    await fail(1);
    const [decision] = await system.core.rights.decisions(SESSION);
    const request = await system.core.rights.contest(SESSION, {
      decision: decision?.id as string,
      statement: STATEMENT,
    });
    const erasure = await system.core.rights.erase(asked(system));
    expect(erasure.outcome).to.equal('done');
    const reviewer = await appoint(system.core, 'rita', 'reviewer');
    const { request: closed } = await system.core.reviews.read(TENANT, reviewer, request.id);
    expect(closed).to.deep.include({ state: 'closed', outcome: 'moot', statement: null });
    const verdict = { id: request.id, outcome: 'overridden', reason: 'Late.' } as const;
    expect(await codeOf(system.core.reviews.decide(TENANT, reviewer, verdict))).to.equal('ASIGNIO_CASE_CLOSED');
    await system.core.audit.verify(TENANT);
  });
});
