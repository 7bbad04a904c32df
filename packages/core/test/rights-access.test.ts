import { expect } from 'chai';
import { RECORD_KINDS, subjectId } from '@asignio/contracts';
import type { StoredValue } from '@asignio/contracts';
import { ADA, TENANT, asked, attempt, begin, codeOf, enrol, events, grant, makeSystem, sample } from './harness.js';
import type { System } from './harness.js';

const DAY = 86_400_000;
const BOB = subjectId('bob');
const SESSION = { tenant: TENANT, subject: ADA };

/** Sealed bytes of a person's records, as whoever leaked them would write them. */
function bytesIn(value: StoredValue, into: string[] = []): string[] {
  if (value instanceof Uint8Array) into.push(Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex'));
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) bytesIn(item, into);
  return into;
}

describe('what a person is told', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
    await grant(system.core);
    await enrol(system.core);
    await attempt(system.core, { who: 'ada' });
    await attempt(system.core, { who: 'mallory' });
  });

  afterEach(async () => system.dispose());

  it('R18: holds data, purposes, recipients and retention, with decisions, requests and the log', async () => {
    await system.core.rights.rectify(asked(system), { email: 'ada@example.test' });
    const { request, report } = await system.core.rights.access(asked(system));
    expect(request).to.deep.include({ type: 'access', outcome: 'done' });
    expect(request.due).to.be.greaterThan(system.clock.now() + 27 * DAY);
    expect(report.attributes).to.deep.equal({ email: 'ada@example.test' });
    expect(report.purposes.map(({ purpose, state }) => `${purpose} ${state}`)).to.deep.equal([
      'authentication granted',
    ]);
    expect(report.purposes[0]?.why).to.not.equal('');
    expect(report.recipients).to.deep.equal([]);
    expect(report.retention?.due).to.be.greaterThan(system.clock.now());
    expect(report.retentionSchedule.length).to.be.greaterThan(0);
    expect(report.decisions.map(({ kind }) => kind)).to.deep.equal(['rejected']);
    expect(report.requests.map(({ type }) => type)).to.deep.equal(['rectification']);
    expect(report.log.map(({ event }) => event)).to.include.members(['consent.granted', 'verification.accepted']);
    expect(report.regulators.length).to.be.greaterThan(30);
    expect(await events(system.core)).to.include('dsar.access');
  });

  it('R18: leaves no store out: whatever the store finds for the person is in it, of every kind that there is', async () => {
    const { pseudonym } = (await system.core.rights.access(asked(system))).report;
    const planted: string[] = [];
    const value = {
      note: 'planted',
      sealed: new Uint8Array(9),
      state: 'not-sent',
      recipient: { name: 'X', region: 'EU', plugin: null },
      data: [],
      fields: [],
      owed: [],
      copy: null,
      at: 0,
      purpose: 'transfer',
      basis: { ground: 'consent', reference: 'x' },
      agreement: null,
    };
    for (const kind of RECORD_KINDS) {
      const found = await system.storage.list({ tenant: TENANT, kind, subject: pseudonym });
      if (found.records.length > 0) continue;
      await system.storage.insert({ tenant: TENANT, kind, id: `planted ${kind}` }, value, { subject: pseudonym });
      planted.push(`${kind} planted ${kind}`);
    }
    const stored: string[] = [];
    for (const kind of RECORD_KINDS)
      for (const { id } of (await system.storage.list({ tenant: TENANT, kind, subject: pseudonym, limit: 1000 }))
        .records)
        stored.push(`${kind} ${id}`);
    const { records } = (await system.core.rights.access(asked(system))).report;
    const told = records.map(({ kind, id }) => `${kind} ${id}`);
    expect(told).to.include.members([...planted, ...stored]);
    expect(records.find(({ kind, id }) => kind === 'part' && id === 'planted part')?.value).to.deep.include({
      note: 'planted',
      sealed: '9 sealed bytes',
    });
    expect(new Set(records.map(({ kind }) => kind))).to.deep.equal(new Set(RECORD_KINDS));
  });

  it('R18: gives out no reference, key or other bytes, and nothing of anybody else', async () => {
    await grant(system.core, BOB);
    await enrol(system.core, BOB);
    const text = JSON.stringify((await system.core.rights.access(asked(system))).report);
    for (const kind of ['reference', 'key', 'probe', 'consent', 'ceremony'] as const)
      for (const { value } of (await system.storage.list({ tenant: TENANT, kind, limit: 1000 })).records)
        for (const bytes of bytesIn(value)) expect(text).to.not.include(bytes);
    const bob = (await system.core.rights.access(asked(system, BOB))).report.pseudonym;
    expect(text).to.not.include(bob);
  });

  it('R27: is not told to whoever merely found the session', async () => {
    for (const ask of ['access', 'ccpaSummary'] as const)
      expect(await codeOf(system.core.rights[ask](SESSION))).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
    expect(await codeOf(system.core.rights.rectify(SESSION, { email: 'eve@example.test' }))).to.equal(
      'ASIGNIO_REQUESTER_UNVERIFIED',
    );
    expect(await system.core.rights.requests(SESSION)).to.deep.equal([]);
  });

  it('R19: attributes are put right, sealed in the store, and removed when the person says so', async () => {
    const { rights } = system.core;
    const { attributes, request } = await rights.rectify(asked(system), {
      name: 'Ada King',
      phone: '+44 20 7946 0000',
    });
    expect(attributes).to.deep.equal({ name: 'Ada King', phone: '+44 20 7946 0000' });
    expect(request).to.deep.include({ type: 'rectification', outcome: 'done' });
    const stored = await system.storage.list({ tenant: TENANT, kind: 'attribute' });
    // Beside them there is how to reach the person, which the release told.
    const records = stored.records.filter(({ id }) => !id.startsWith('contact:'));
    expect(records).to.have.length(2);
    for (const { value } of records)
      expect(Buffer.from((value as { sealed: Uint8Array }).sealed).toString()).to.not.include('Ada');
    system.clock.advance(1);
    expect((await rights.rectify(asked(system), { name: 'Ada Lovelace', phone: null })).attributes).to.deep.equal({
      name: 'Ada Lovelace',
    });
    for (const wrong of [{}, { email: 'no address' }, { phone: 'call me' }, { name: '\u202Eevil' }, { nickname: 'A' }])
      expect(await codeOf(rights.rectify(asked(system), wrong)), JSON.stringify(wrong)).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    expect(await codeOf(rights.rectify(asked(system, BOB), { name: 'Bob' }))).to.equal('ASIGNIO_NOT_FOUND');
    expect((await system.storage.list({ tenant: TENANT, kind: 'attribute', subject: 'bob' })).records).to.deep.equal(
      [],
    );
  });

  it('R19: after enrolling anew the old reference is revoked and no longer compares', async () => {
    const [old] = (await system.core.subjects.held(TENANT, ADA)).enrolments;
    system.clock.advance(1000);
    await enrol(system.core);
    const { enrolments } = await system.core.subjects.held(TENANT, ADA);
    expect(enrolments).to.have.length(1);
    expect(enrolments[0]?.id).to.not.equal(old?.id);
    expect(
      (await system.storage.list({ tenant: TENANT, kind: 'key', limit: 100 })).records.map(({ id }) => id),
    ).to.not.include(old?.id);
    expect(await events(system.core)).to.include('reference.revoked');
  });

  it('R19: a reference that is revoked is gone with its key and never compares again', async () => {
    const [enrolment] = (await system.core.subjects.held(TENANT, ADA)).enrolments;
    const open = await begin(system.core, 'verification');
    const other = { enrolment: enrolment?.id as string };
    expect(await codeOf(system.core.rights.revokeReference(SESSION, other))).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
    expect(await codeOf(system.core.rights.revokeReference(asked(system, BOB), other))).to.equal('ASIGNIO_NOT_FOUND');
    const request = await system.core.rights.revokeReference(asked(system), other);
    expect(request).to.deep.include({ type: 'revocation', outcome: 'done' });
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.deep.equal([]);
    expect((await system.storage.list({ tenant: TENANT, kind: 'key' })).records.map(({ id }) => id)).to.not.include(
      enrolment?.id,
    );
    expect((await system.storage.list({ tenant: TENANT, kind: 'probe' })).records).to.deep.equal([]);
    const seen = system.engine.seen.length;
    expect(await codeOf(system.core.ceremonies.submit(open.handle, 'signature', sample({ who: 'ada' })))).to.not.equal(
      'resolved',
    );
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(system.engine.seen.length).to.equal(seen);
    expect(await events(system.core)).to.include('reference.revoked');
    await enrol(system.core);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R25: two summaries in twelve months, the third refused with the next date, and never biometric data', async () => {
    const { rights } = system.core;
    const first = await rights.ccpaSummary(asked(system));
    const day = system.clock.now();
    expect(first.request).to.deep.include({ type: 'summary', law: 'ccpa', outcome: 'done' });
    expect(first.summary).to.deep.include({ remaining: 1, next: null });
    expect(
      first.summary.categories.filter(({ collected }) => collected).map(({ category }) => category),
    ).to.have.length(2);
    system.clock.advance(100 * DAY);
    expect((await rights.ccpaSummary(asked(system))).summary.remaining).to.equal(0);
    system.clock.advance(100 * DAY);
    const refused = await rights
      .ccpaSummary(asked(system))
      .catch((error: unknown) => error as { code: string; message: string; retryAfterMs: number });
    const next = new Date(day);
    next.setUTCFullYear(next.getUTCFullYear() + 1);
    expect(refused).to.deep.include({
      code: 'ASIGNIO_SUMMARY_LIMIT',
      retryAfterMs: next.getTime() - system.clock.now(),
    });
    expect((refused as { message: string }).message).to.include(next.toISOString().slice(0, 10));
    system.clock.advance(next.getTime() - system.clock.now() - 1);
    expect(await codeOf(rights.ccpaSummary(asked(system)))).to.equal('ASIGNIO_SUMMARY_LIMIT');
    system.clock.advance(1);
    expect((await rights.ccpaSummary(asked(system))).summary).to.deep.include({ remaining: 0 });
    const log = await events(system.core);
    expect(log.filter((event) => event === 'ccpa.summary')).to.have.length(3);
    expect(log.filter((event) => event === 'ccpa.refused')).to.have.length(2);

    const text = JSON.stringify(first.summary);
    for (const kind of ['reference', 'key', 'probe'] as const)
      for (const { value } of (await system.storage.list({ tenant: TENANT, kind })).records)
        for (const bytes of bytesIn(value)) expect(text).to.not.include(bytes);
    expect(text).to.not.match(/[A-Za-z0-9_-]{22,}/);
  });

  it('R25: of three that are asked for at once, by two processes, two are served', async () => {
    const other = await makeSystem({ folder: system.folder, clock: system.clock });
    const codes = await Promise.all(
      [system, other, system].map(async (one) => codeOf(one.core.rights.ccpaSummary(asked(one)))),
    );
    expect(codes.sort()).to.deep.equal(['ASIGNIO_SUMMARY_LIMIT', 'resolved', 'resolved']);
    await other.close();
  });

  it('R20: an erasure takes attributes and decisions too', async () => {
    await system.core.rights.rectify(asked(system), { name: 'Ada King' });
    await system.core.rights.erase(asked(system));
    for (const kind of ['attribute', 'decision', 'reference', 'probe', 'subject'] as const)
      expect((await system.storage.list({ tenant: TENANT, kind })).records, kind).to.deep.equal([]);
    expect(await system.core.rights.decisions(SESSION)).to.deep.equal([]);
  });
});
