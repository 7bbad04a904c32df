import { expect } from 'chai';
import { compactVerify, importJWK } from 'jose';
import { subjectId } from '@asignio/contracts';
import type { RequestReminder } from '@asignio/core';
import { ADA, TENANT, asked, attempt, begin, codeOf, enrol, events, grant, makeSystem, sample } from './harness.js';
import type { System } from './harness.js';
import { appoint } from './support/staff.js';

const DAY = 86_400_000;
const BOB = subjectId('bob');
const SESSION = { tenant: TENANT, subject: ADA };

describe('what a person may ask for', () => {
  let system: System;
  let reminders: RequestReminder[];

  beforeEach(async () => {
    reminders = [];
    system = await makeSystem({ rights: { onReminder: (reminder) => reminders.push(reminder) } });
  });

  afterEach(async () => system.dispose());

  async function enrolled() {
    await grant(system.core);
    await enrol(system.core);
  }

  it('R27: a session alone, a biometric comparison alone, an old or another’s proof erases nothing, and is on record', async () => {
    await enrolled();
    const { proof } = asked(system);
    const { rights } = system.core;
    for (const wrong of [
      undefined,
      { ...proof, factors: ['signature'] },
      { ...proof, subject: BOB },
      { ...proof, at: system.clock.now() - 6 * 60_000 },
    ])
      for (const right of ['erase', 'ccpaDelete', 'resume'] as const)
        expect(await codeOf(rights[right]({ ...SESSION, proof: wrong as never }))).to.equal(
          'ASIGNIO_REQUESTER_UNVERIFIED',
        );
    expect((await events(system.core)).filter((event) => event === 'requester.refused')).to.have.length(12);
    expect(await rights.requests(SESSION)).to.deep.equal([]);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await rights.erase(asked(system));
    expect(await events(system.core)).to.include('requester.verified');
  });

  it('R27: a page learns whether it has to ask first', () => {
    expect(system.core.rights.check(asked(system)).factors).to.deep.equal(['password']);
    expect(() => system.core.rights.check(SESSION)).to.throw('Being signed in is not enough');
  });

  it('R20: a verified erasure runs the destruction, and the request says so with its certificate', async () => {
    await enrolled();
    const request = await system.core.rights.erase(asked(system));
    expect(request).to.deep.include({ type: 'erasure', law: 'gdpr', state: 'closed', outcome: 'done' });
    expect(request.exceptions.map(({ id, blocks }) => ({ id, blocks }))).to.deep.equal([
      { id: 'request-record', blocks: false },
    ]);
    const { keys } = await system.core.publicKeys(TENANT);
    await compactVerify(request.certificate as string, await importJWK(keys[0] as object, 'EdDSA'));
    expect(await events(system.core)).to.include.members(['requester.verified', 'request.opened', 'dsar.erasure']);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect((await system.core.rights.requests(SESSION)).map(({ id }) => id)).to.deep.equal([request.id]);
  });

  it('R20: an erasure that a crash cut short is finished and closed by the next sweep', async () => {
    await enrolled();
    let crash = true;
    const other = await makeSystem({
      folder: system.folder,
      clock: system.clock,
      wrap: (storage) =>
        new Proxy(storage, {
          get: (target, name) => {
            const method: unknown = Reflect.get(target, name);
            if (typeof method !== 'function') return method;
            return async (...args: unknown[]) => {
              const [key] = args as [{ kind?: string } | undefined];
              if (crash && name === 'remove' && key?.kind === 'reference') throw new Error('the power went');
              return Reflect.apply(method, target, args) as unknown;
            };
          },
        }),
    });
    await other.core.rights.erase(asked(other)).catch(() => undefined);
    const [open] = await other.core.rights.requests(SESSION);
    expect(open).to.deep.include({ state: 'open', outcome: null });
    crash = false;
    await other.core.sweep();
    const [closed] = await other.core.rights.requests(SESSION);
    expect(closed).to.deep.include({ id: open?.id, state: 'closed', outcome: 'done' });
    expect(closed?.certificate).to.be.a('string');
    expect(await events(other.core)).to.include('dsar.erasure');
    await other.close();
  });

  it('R21: restricted, data stay and are not processed: no sample reaches the engine, until the person lifts it', async () => {
    await enrolled();
    const open = await begin(system.core, 'verification');
    const { standing } = await system.core.rights.restrict(SESSION);
    expect(standing.restrictedAt).to.equal(system.clock.now());
    const seen = system.engine.seen.length;
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await codeOf(system.core.ceremonies.submit(open.handle, 'signature', sample({ who: 'ada' })))).to.not.equal(
      'resolved',
    );
    expect(await codeOf(begin(system.core, 'enrolment'))).to.equal('ASIGNIO_PROCESSING_RESTRICTED');
    expect(system.engine.seen.length).to.equal(seen);
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
    expect(await codeOf(system.core.rights.resume(SESSION))).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
    system.clock.advance(1);
    expect((await system.core.rights.resume(asked(system))).standing.restrictedAt).to.equal(null);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(await events(system.core)).to.include.members(['processing.restricted', 'processing.resumed']);
  });

  it('R21: a restriction that is written down late never undoes that it was lifted, and the other way round', async () => {
    await enrolled();
    const other = await makeSystem({ folder: system.folder, clock: system.clock });
    await system.core.rights.restrict(SESSION);
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'case' });
    const [late] = records;
    system.clock.advance(1000);
    await other.core.rights.resume(asked(other));
    // As if the process that took the restriction had died before it was done, and another found what it owed.
    const { tenant, kind, id, version, value } = late as NonNullable<typeof late>;
    const effects = [{ type: 'restrict', subject: (value as { subject: string }).subject, on: true, at: 0 }];
    await system.storage.replace({ tenant, kind, id }, { ...(value as object), effects }, { due: 0 }, version);
    await other.core.sweep();
    expect((await other.core.rights.standing(SESSION)).restrictedAt).to.equal(null);
    await other.close();
  });

  it('R23: an objection stops what it names at once, whatever was agreed, and later jobs leave the subject out', async () => {
    await enrolled();
    const { standing, request } = await system.core.rights.object(SESSION);
    expect(standing.objections).to.have.members(['improvement', 'vendor-comparison', 'location', 'transfer']);
    expect(request).to.deep.include({ type: 'objection', outcome: 'done' });
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await system.core.rights.object(SESSION, { purposes: ['authentication'] });
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    system.clock.advance(1);
    const retracted = await system.core.rights.retractObjection(asked(system), { purposes: ['authentication'] });
    expect(retracted.standing.objections).to.have.length(4);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect((await events(system.core)).filter((event) => event === 'objection.applied')).to.have.length(2);
    for (const purposes of [[], ['sale'], ['evaluation'], ['improvement', 'improvement']])
      expect(await codeOf(system.core.rights.object(SESSION, { purposes: purposes as never }))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
  });

  it('R26: deletion under CCPA destroys, names its exceptions and sources, and leaves the service as it was', async () => {
    await enrolled();
    const before = await begin(system.core, 'verification');
    const request = await system.core.rights.ccpaDelete(asked(system));
    expect(request).to.deep.include({ type: 'deletion', law: 'ccpa', outcome: 'done' });
    for (const { source } of request.exceptions) expect(source).to.match(/CCR|Civ\. Code/);
    expect(await events(system.core)).to.include('ccpa.deleted');
    expect(system.core.rights.sale()).to.deep.include({ sold: false, shared: false });
    // The same ways in, on the same terms, for whoever deleted and whoever never did.
    await enrolled();
    const after = await begin(system.core, 'verification');
    const stranger = await begin(system.core, 'verification', BOB);
    const terms = ({ view }: typeof before) => ({ ...view, id: '', expiresAt: 0 });
    expect(terms(after)).to.deep.equal(terms(before)).and.deep.equal(terms(stranger));
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R38: a complaint has a ticket, a deadline and a pointer to the regulator, and is answered by a person', async () => {
    const { request, regulators } = await system.core.rights.complain(SESSION, {
      statement: 'Nobody answers the telephone.\nTwice!',
      region: 'IE',
    });
    expect(regulators.map(({ region }) => region)).to.deep.equal(['IE']);
    expect(request).to.deep.include({
      type: 'complaint',
      state: 'open',
      statement: 'Nobody answers the telephone.\nTwice!',
    });
    expect(request.due).to.be.greaterThan(system.clock.now() + 27 * DAY);
    const officer = await appoint(system.core, 'olga', 'privacy-officer');
    const { reviews } = system.core;
    const [listed] = (await reviews.list(TENANT, officer, { state: 'open', type: 'complaint' })).items;
    expect(listed).to.deep.include({ id: request.id, statement: request.statement });
    expect(JSON.stringify(listed)).to.not.include('ada');
    await reviews.answer(TENANT, officer, { id: request.id, outcome: 'answered', answer: 'We have hired somebody.' });
    const answered = await system.core.rights.request(SESSION, request.id);
    expect(answered).to.deep.include({ state: 'closed', outcome: 'answered', answer: 'We have hired somebody.' });
    expect(await events(system.core)).to.include.members(['complaint.opened', 'complaint.closed']);
    expect(
      await codeOf(reviews.answer(TENANT, officer, { id: request.id, outcome: 'answered', answer: 'Again.' })),
    ).to.equal('ASIGNIO_CASE_CLOSED');
  });

  it('R38: what is written in a complaint is sealed in the store, and gone with an erasure', async () => {
    await enrolled();
    await system.core.rights.complain(SESSION, { statement: 'My neighbour Mallory saw it' });
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'case' });
    expect(Buffer.from(JSON.stringify(records)).toString()).to.not.include('Mallory');
    expect(await events(system.core)).to.include('complaint.opened');
    await system.core.rights.erase(asked(system));
    const complaint = (await system.core.rights.requests(SESSION)).find(({ type }) => type === 'complaint');
    expect(complaint?.statement).to.equal(null);
  });

  it('R38: a complaint that says nothing, or is of no place, is refused and opens nothing', async () => {
    for (const wrong of [
      {},
      { statement: '  ' },
      { statement: 'x'.repeat(4001) },
      { statement: 'Well', region: 'Mars' },
    ])
      expect(await codeOf(system.core.rights.complain(SESSION, wrong as never))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect((await system.storage.list({ tenant: TENANT, kind: 'case' })).records).to.deep.equal([]);
  });

  it('R18: deadlines are shown, extended once with a reason, reminded of, and overdue ones are listed', async () => {
    const { request } = await system.core.rights.complain(SESSION, { statement: 'It is slow' });
    const officer = await appoint(system.core, 'olga', 'privacy-officer');
    const { reviews } = system.core;
    system.clock.advance(request.due - 3 * DAY - system.clock.now());
    await system.core.sweep();
    await system.core.sweep();
    expect(reminders.map(({ id, overdue }) => ({ id, overdue }))).to.deep.equal([{ id: request.id, overdue: false }]);
    const extended = await reviews.extend(TENANT, officer, { id: request.id, reason: 'The cause is still unknown' });
    expect(extended.due).to.be.greaterThan(request.due + 50 * DAY);
    expect((await system.core.rights.request(SESSION, request.id)).extension?.reason).to.equal(
      'The cause is still unknown',
    );
    expect(
      await codeOf(reviews.extend(TENANT, officer, { id: request.id, reason: 'Still not known, I am afraid' })),
    ).to.equal('ASIGNIO_EXTENSION_REFUSED');
    expect((await reviews.list(TENANT, officer, { state: 'overdue' })).items).to.deep.equal([]);
    system.clock.advance(extended.due + DAY - system.clock.now());
    await system.core.sweep();
    expect(reminders.at(-1)).to.deep.include({ id: request.id, overdue: true });
    expect((await reviews.list(TENANT, officer, { state: 'overdue' })).items.map(({ id }) => id)).to.deep.equal([
      request.id,
    ]);
    expect(await events(system.core)).to.include.members(['request.extended', 'request.overdue']);
  });

  it('R18: a request that came by letter runs from its receipt', async () => {
    const officer = await appoint(system.core, 'olga', 'privacy-officer');
    const receivedAt = system.clock.now() - 10 * DAY;
    const opened = await system.core.reviews.open(TENANT, officer, { subject: ADA, type: 'access', receivedAt });
    expect(opened.openedAt).to.equal(receivedAt);
    expect((await system.core.rights.requests(SESSION)).map(({ id }) => id)).to.deep.equal([opened.id]);
    expect(
      await codeOf(
        system.core.reviews.open(TENANT, officer, {
          subject: ADA,
          type: 'access',
          receivedAt: system.clock.now() + DAY,
        }),
      ),
    ).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('requests are nobody else’s, and operators need the role', async () => {
    const { request } = await system.core.rights.complain(SESSION, { statement: 'It is slow' });
    expect(await codeOf(system.core.rights.request({ tenant: TENANT, subject: BOB }, request.id))).to.equal(
      'ASIGNIO_NOT_FOUND',
    );
    expect(await system.core.rights.requests({ tenant: TENANT, subject: BOB })).to.deep.equal([]);
    const reviewer = await appoint(system.core, 'rita', 'reviewer');
    const { reviews } = system.core;
    expect(await codeOf(reviews.answer(TENANT, reviewer, { id: request.id, outcome: 'done', answer: 'No' }))).to.equal(
      'ASIGNIO_ROLE_REQUIRED',
    );
    expect(await codeOf(reviews.list(TENANT, { id: 'eve', role: 'reviewer' }))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await codeOf(reviews.read(TENANT, reviewer, '../x'))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('the record of a closed request goes after two years, words and key with it', async () => {
    const { request } = await system.core.rights.complain(SESSION, { statement: 'It is slow' });
    const officer = await appoint(system.core, 'olga', 'privacy-officer');
    await system.core.reviews.answer(TENANT, officer, { id: request.id, outcome: 'answered', answer: 'Faster now.' });
    system.clock.advance(729 * DAY);
    await system.core.sweep();
    expect(await system.core.rights.requests(SESSION)).to.have.length(1);
    system.clock.advance(3 * DAY);
    await system.core.sweep();
    expect(await system.core.rights.requests(SESSION)).to.deep.equal([]);
    const keys = (await system.storage.list({ tenant: TENANT, kind: 'key' })).records.map(({ id }) => id);
    expect(keys).to.deep.equal(['tenant-root']);
  });
});
