import { expect } from 'chai';
import { compactVerify, importJWK } from 'jose';
import { subjectId } from '@asignio/contracts';
import type { ConsentId } from '@asignio/contracts';
import type { GrantRequest, Operator } from '@asignio/core';
import type { AgeStatement } from '@asignio/policy';
import { ADA, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';
import { appoint } from './support/staff.js';

const CHILD = ADA;
const PARENT = subjectId('parent');
const STRANGER = subjectId('stranger');
const CHILD_SESSION = { tenant: TENANT, subject: CHILD };

describe('people under 16', () => {
  let system: System;
  let officer: Operator;
  /** 13 at the fake clock's start, 16 in June two years later. */
  let age: AgeStatement;

  beforeEach(async () => {
    system = await makeSystem();
    officer = await appoint(system.core, 'olga', 'privacy-officer');
    age = { birthDate: `${new Date(system.clock.now()).getUTCFullYear() - 14}-06-15` };
  });

  afterEach(async () => system.dispose());

  async function release(): Promise<Omit<GrantRequest, 'tenant' | 'subject' | 'age'>> {
    const notice = await system.core.subjects.notice(TENANT, 'en');
    return {
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: notice.version,
      noticeSha256: notice.sha256,
      language: 'en',
      signature: { method: 'typed-name', name: 'Annabella Milbanke' },
    };
  }

  const own = async (statement?: AgeStatement, subject = CHILD) =>
    system.core.subjects.grant({
      ...(await release()),
      tenant: TENANT,
      subject,
      ...(statement === undefined ? {} : { age: statement }),
    });

  const verify = async (guardian = PARENT, child = CHILD) =>
    system.core.reviews.verifyGuardian(TENANT, officer, {
      guardian,
      child,
      relation: 'parent',
      evidence: 'birth-certificate',
      reference: 'safe 3, folder 12',
    });

  const agree = async (statement: AgeStatement = age, guardian = PARENT, child = CHILD) =>
    system.core.guardians.agree(asked(system, guardian), { ...(await release()), child, age: statement });

  const kinds = async (...names: readonly ('subject' | 'reference' | 'key' | 'consent' | 'custody')[]) => {
    const counts = [];
    for (const kind of names) counts.push((await system.storage.list({ tenant: TENANT, kind })).records.length);
    return counts;
  };

  it('R34: under 16 nobody agrees alone, by birth date or by band, and nothing is stored of the attempt', async () => {
    for (const statement of [age, { band: 'under-13' }, { band: '13-15' }] as const)
      expect(await codeOf(own(statement))).to.equal('ASIGNIO_MINOR_BLOCKED');
    expect(await kinds('subject', 'consent', 'custody')).to.deep.equal([0, 0, 0]);
    expect((await events(system.core)).filter((event) => event === 'minor.blocked')).to.have.length(3);
    expect(await codeOf(enrol(system.core))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    expect(await codeOf(own({ band: '16-plus' }))).to.equal('resolved');
    expect(await codeOf(own({ birthDate: 'yesterday' }))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('R34: where the age must be known, nobody agrees without it', async () => {
    const strict = await makeSystem({ rights: { requireAge: true } });
    expect(await codeOf(grant(strict.core))).to.equal('ASIGNIO_AGE_REQUIRED');
    await strict.dispose();
  });

  it('R34: a birth date is stored nowhere', async () => {
    await verify();
    await agree();
    const { birthDate = '' } = age;
    for (const kind of ['subject', 'consent', 'custody', 'case'] as const)
      expect(JSON.stringify((await system.storage.list({ tenant: TENANT, kind })).records)).to.not.include(birthDate);
    expect(JSON.stringify(await system.core.audit.read(TENANT))).to.not.include(birthDate);
  });

  it('R34: a verified guardian signs, and the child enrols and signs in', async () => {
    const verified = await verify();
    expect(verified).to.deep.include({ state: 'verified', relation: 'parent', ageBand: null });
    const { consents, receipts } = await agree();
    expect(consents[0]?.state).to.equal('granted');
    const { keys } = await system.core.publicKeys(TENANT);
    await compactVerify(receipts[0] as string, await importJWK(keys[0] as object, 'EdDSA'));
    await enrol(system.core);
    expect(await attempt(system.core, { who: CHILD })).to.equal('accepted');
    const [ward] = await system.core.guardians.wards({ tenant: TENANT, subject: PARENT });
    expect(ward).to.deep.include({ state: 'signed', child: CHILD, ageBand: '13-15' });
    expect(await system.core.rights.standing(CHILD_SESSION)).to.deep.include({ ageBand: '13-15', minorAlone: false });
    expect(await events(system.core)).to.include.members(['custodian.verified', 'custodian.agreed']);
  });

  it('R34: a guardian of nobody, of another child, or whom nobody verified is refused, and it is on record', async () => {
    expect(await codeOf(agree())).to.equal('ASIGNIO_GUARDIAN_UNVERIFIED');
    await verify();
    const other = { child: subjectId('another child') };
    const parent = asked(system, PARENT);
    const stranger = asked(system, STRANGER);
    const { guardians } = system.core;
    for (const attempted of [
      async () => agree(age, STRANGER),
      async () => agree(age, PARENT, other.child),
      async () => guardians.review(parent, other),
      async () => guardians.remove(parent, other),
      async () => guardians.tell(parent, { ...other, age }),
      async () => guardians.withdraw(parent, { ...other, consent: 'x' as ConsentId }),
      async () => guardians.review(stranger, { child: CHILD }),
      async () => guardians.remove(stranger, { child: CHILD }),
      async () => guardians.tell(stranger, { child: CHILD, age }),
    ])
      expect(await codeOf(attempted())).to.equal('ASIGNIO_GUARDIAN_UNVERIFIED');
    expect((await events(system.core)).filter((event) => event === 'custodian.refused')).to.have.length(10);
    expect(await kinds('consent', 'subject')).to.deep.equal([0, 0]);
    expect(await guardians.wards({ tenant: TENANT, subject: STRANGER })).to.deep.equal([]);
  });

  it('R34: nobody is made a guardian without the role, of themselves, of somebody else’s ward, or under age', async () => {
    const { reviews } = system.core;
    const input = {
      guardian: PARENT,
      child: CHILD,
      relation: 'parent',
      evidence: 'in-person',
      reference: 'x',
    } as const;
    expect(await codeOf(reviews.verifyGuardian(TENANT, { id: 'eve', role: 'privacy-officer' }, input))).to.equal(
      'ASIGNIO_ROLE_REQUIRED',
    );
    for (const wrong of [
      { ...input, guardian: CHILD },
      { ...input, relation: 'uncle' },
      { ...input, evidence: 'a feeling' },
      { ...input, reference: '' },
    ])
      expect(await codeOf(reviews.verifyGuardian(TENANT, officer, wrong as typeof input))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    await verify();
    expect(await codeOf(verify(STRANGER))).to.equal('ASIGNIO_REQUEST_INVALID');
    await agree();
    expect(await codeOf(verify(CHILD, STRANGER))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('R27, R34: a guardian’s session alone signs, sees and destroys nothing', async () => {
    await verify();
    await agree();
    const session = { tenant: TENANT, subject: PARENT };
    const { guardians } = system.core;
    for (const attempted of [
      async () => guardians.agree(session, { ...(await release()), child: CHILD, age }),
      async () => guardians.review(session, { child: CHILD }),
      async () => guardians.remove(session, { child: CHILD }),
      async () => guardians.tell(session, { child: CHILD, age }),
    ])
      expect(await codeOf(attempted())).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
  });

  it('R34: found out late, a minor is blocked at once and what was collected is destroyed', async () => {
    await own();
    await enrol(system.core);
    const { blocked, certificate } = await system.core.reviews.reportMinor(TENANT, officer, {
      subject: CHILD,
      age: { band: '13-15' },
    });
    expect(blocked).to.equal(true);
    expect(certificate).to.be.a('string');
    expect(await kinds('subject', 'reference')).to.deep.equal([0, 0]);
    expect(await attempt(system.core, { who: CHILD })).to.equal('ASIGNIO_NOT_VERIFIED');
    // The block outlives what was destroyed: they do not come back alone by saying nothing.
    expect(await codeOf(own())).to.equal('ASIGNIO_MINOR_BLOCKED');
    expect(await system.core.rights.standing(CHILD_SESSION)).to.deep.include({ ageBand: '13-15', minorAlone: true });
    const { report } = await system.core.rights.access(asked(system, CHILD));
    expect(report.records.filter(({ kind }) => kind === 'custody')).to.have.length(1);
  });

  it('R34: found out late by the host, or by a release, the same', async () => {
    await own();
    await enrol(system.core);
    expect(await codeOf(own({ band: 'under-13' }))).to.equal('ASIGNIO_MINOR_BLOCKED');
    expect(await kinds('subject', 'reference')).to.deep.equal([0, 0]);
    await own(undefined, STRANGER);
    await enrol(system.core, STRANGER);
    const told = await system.core.guardians.stateAge(TENANT, { subject: STRANGER, age: { band: 'under-13' } });
    expect(told).to.deep.include({ blocked: true });
    expect(await kinds('subject', 'reference')).to.deep.equal([0, 0]);
  });

  it('R34: found out late by a guardian, what the child agreed to alone goes, and the guardian can agree anew', async () => {
    await own();
    await enrol(system.core);
    await verify();
    await system.core.guardians.tell(asked(system, PARENT), { child: CHILD, age });
    expect(await kinds('subject', 'reference')).to.deep.equal([0, 0]);
    await agree();
    await enrol(system.core);
    expect(await attempt(system.core, { who: CHILD })).to.equal('accepted');
  });

  it('R34: a guardian who agrees for a child that agreed alone before begins from nothing', async () => {
    await own();
    await enrol(system.core);
    await verify();
    await agree();
    expect(await kinds('reference')).to.deep.equal([0]);
    expect(await codeOf(enrol(system.core))).to.equal('resolved');
    const { report } = await system.core.rights.access(asked(system, CHILD));
    expect(report.records.filter(({ kind }) => kind === 'custody')).to.have.length(2);
  });

  it('R34: a release that meets the discovery leaves nothing that is processed or kept', async () => {
    let met = false;
    const other = await makeSystem({ folder: system.folder, clock: system.clock });
    const racing = await makeSystem({
      folder: system.folder,
      clock: system.clock,
      wrap: (storage) =>
        new Proxy(storage, {
          get: (target, name) => {
            const method: unknown = Reflect.get(target, name);
            if (typeof method !== 'function') return method;
            return async (...args: unknown[]) => {
              const [key] = args as [{ kind?: string } | undefined];
              if (name === 'insert' && key?.kind === 'consent' && !met) {
                met = true;
                await other.core.guardians.stateAge(TENANT, { subject: CHILD, age: { band: '13-15' } });
              }
              return Reflect.apply(method, target, args) as unknown;
            };
          },
        }),
    });
    expect(await codeOf(grant(racing.core))).to.equal('ASIGNIO_MINOR_BLOCKED');
    expect(met).to.equal(true);
    expect(await kinds('subject', 'reference')).to.deep.equal([0, 0]);
    expect(await codeOf(enrol(racing.core))).to.not.equal('resolved');
    await racing.close();
    await other.close();
  });

  it('R34: the guardian reviews what is held, takes back an agreement as easily as it was given, and removes all', async () => {
    await verify();
    const { consents } = await agree();
    await enrol(system.core);
    const held = await system.core.guardians.review(asked(system, PARENT), { child: CHILD });
    expect(held.enrolments).to.have.length(1);
    const { consent } = await system.core.guardians.withdraw(
      { tenant: TENANT, subject: PARENT },
      { child: CHILD, consent: consents[0]?.id as ConsentId },
    );
    expect(consent.state).to.equal('withdrawn');
    expect(await attempt(system.core, { who: CHILD })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await kinds('reference')).to.deep.equal([0]);
    await agree();
    await enrol(system.core);
    const request = await system.core.guardians.remove(asked(system, PARENT), { child: CHILD });
    expect(request).to.deep.include({ type: 'erasure', outcome: 'done' });
    expect(await kinds('subject', 'reference')).to.deep.equal([0, 0]);
  });

  it('R34: at 16 the guardian’s agreement ends by itself, and the person agrees for themselves', async () => {
    await verify();
    await agree();
    await enrol(system.core);
    const ends = Date.parse(`${Number(age.birthDate?.slice(0, 4)) + 16}-06-01T00:00:00Z`);
    // It lasts a year at most, so it is renewed on the way.
    for (let years = 0; years < 2; years++) {
      system.clock.advance(360 * 86_400_000);
      await agree();
    }
    expect(await attempt(system.core, { who: CHILD })).to.equal('accepted');
    system.clock.advance(ends - system.clock.now() - 1);
    expect(await attempt(system.core, { who: CHILD })).to.equal('accepted');
    system.clock.advance(1);
    expect(await attempt(system.core, { who: CHILD })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await codeOf(agree())).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await codeOf(own())).to.equal('ASIGNIO_MINOR_BLOCKED');
    system.clock.advance(14 * 86_400_000);
    expect(await codeOf(own(age))).to.equal('resolved');
    expect(await system.core.guardians.wards({ tenant: TENANT, subject: PARENT })).to.deep.equal([]);
    expect((await system.core.subjects.held(TENANT, CHILD)).enrolments).to.deep.equal([]);
    await enrol(system.core);
    expect(await attempt(system.core, { who: CHILD })).to.equal('accepted');
    expect(await codeOf(system.core.guardians.review(asked(system, PARENT), { child: CHILD }))).to.equal(
      'ASIGNIO_GUARDIAN_UNVERIFIED',
    );
    expect(await events(system.core)).to.include('minor.grown');
  });

  it('R34: a guardianship that ends takes what the guardian agreed to with it', async () => {
    await verify();
    await agree();
    await enrol(system.core);
    const ended = await system.core.reviews.endGuardianship(TENANT, officer, { child: CHILD });
    expect(ended.state).to.equal('ended');
    expect(await attempt(system.core, { who: CHILD })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await kinds('reference', 'subject')).to.deep.equal([0, 0]);
    expect(await codeOf(agree())).to.equal('ASIGNIO_GUARDIAN_UNVERIFIED');
    expect(await events(system.core)).to.include('custodian.ended');
    // What showed who stood for whom is gone, but for the least that keeps a minor from coming back alone.
    expect(await kinds('custody')).to.deep.equal([1]);
    const keys = (await system.storage.list({ tenant: TENANT, kind: 'key' })).records.map(({ id }) => id);
    expect(keys).to.deep.equal(['tenant-root']);
    expect(await codeOf(system.core.reviews.endGuardianship(TENANT, officer, { child: CHILD }))).to.equal(
      'ASIGNIO_NOT_FOUND',
    );
  });

  it('R34: that somebody is under 16 is forgotten when they are 16 for certain', async () => {
    await system.core.guardians.stateAge(TENANT, { subject: CHILD, age: { band: '13-15' } });
    system.clock.advance(3 * 365 * 86_400_000);
    await system.core.sweep();
    expect(await kinds('custody')).to.deep.equal([1]);
    system.clock.advance(2 * 86_400_000);
    await system.core.sweep();
    expect(await kinds('custody')).to.deep.equal([0]);
    expect(await codeOf(own())).to.equal('resolved');
  });

  it('R34: an erased guardian stands for nobody: the child is alone at once, and what was agreed to for them goes', async () => {
    await verify();
    await agree();
    await enrol(system.core);
    await own(undefined, PARENT);
    await system.core.rights.erase(asked(system, PARENT));
    expect(await attempt(system.core, { who: CHILD })).to.equal('ASIGNIO_NOT_VERIFIED');
    await system.core.sweep();
    expect(await kinds('reference', 'subject')).to.deep.equal([0, 0]);
    expect(await events(system.core)).to.include('custodian.ended');
  });

  it('R34: of an erased child nothing is left with the guardian', async () => {
    await verify();
    await agree();
    await system.core.rights.erase(asked(system, CHILD));
    expect(await kinds('custody')).to.deep.equal([1]);
    const keys = (await system.storage.list({ tenant: TENANT, kind: 'key' })).records.map(({ id }) => id);
    expect(keys).to.deep.equal(['tenant-root']);
    expect(await system.core.guardians.wards({ tenant: TENANT, subject: PARENT })).to.deep.equal([]);
  });
});
