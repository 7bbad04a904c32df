import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { compactVerify, importJWK } from 'jose';
import { subjectId } from '@asignio/contracts';
import type { Notice } from '@asignio/policy';
import { fakeClock } from '@asignio/testkit';
import {
  ADA,
  asked,
  NOTICES,
  TENANT,
  attempt,
  begin,
  codeOf,
  enrol,
  events,
  grant,
  makeSystem,
  sample,
} from './harness.js';
import type { System } from './harness.js';

const YEAR = 366 * 86_400_000;

describe('privacy, as the core enforces it', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  async function consentOf(subject = ADA) {
    const [consent] = await system.core.subjects.consents(TENANT, subject);
    return (consent as NonNullable<typeof consent>).id;
  }

  async function enrolled() {
    await grant(system.core);
    await enrol(system.core);
  }

  it('R1: without a live consent no sample reaches the engine, and the refusal is on record', async () => {
    expect(await codeOf(begin(system.core, 'enrolment'))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(system.engine.seen).to.deep.equal([]);
    expect((await events(system.core)).filter((event) => event === 'collection.denied')).to.have.length(2);
  });

  it('R1: consent withdrawn in the middle of an enrolment stops it before the next sample is parsed', async () => {
    await grant(system.core);
    const { handle } = await begin(system.core, 'enrolment');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.subjects.withdraw(TENANT, ADA, await consentOf());
    const seen = system.engine.seen.length;
    expect(await codeOf(system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' })))).to.not.equal(
      'resolved',
    );
    expect(system.engine.seen.length).to.equal(seen);
  });

  it('R2: the receipt is signed, verifies with the published key, and holds what was agreed and the name', async () => {
    const { receipts } = await grant(system.core);
    const { keys } = await system.core.publicKeys(TENANT);
    const { payload, protectedHeader } = await compactVerify(
      receipts[0] as string,
      await importJWK(keys[0] as object, 'EdDSA'),
    );
    expect(protectedHeader.typ).to.equal('asignio-consent-receipt+jws');
    const text = Buffer.from(payload).toString();
    const notice = await system.core.subjects.notice(TENANT, 'en');
    expect(text).to.include(notice.sha256).and.to.include('Ada Lovelace').and.to.include('authentication');
    expect(await events(system.core)).to.include('consent.granted');
  });

  it('R2: a release with a wrong hash, an unknown purpose or no name is refused and changes nothing', async () => {
    const notice = await system.core.subjects.notice(TENANT, 'en');
    const good = {
      tenant: TENANT,
      subject: ADA,
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: notice.version,
      noticeSha256: notice.sha256,
      language: 'en',
      signature: { method: 'typed-name', name: 'Ada' },
    } as const;
    for (const wrong of [
      { ...good, noticeSha256: '0'.repeat(64) },
      { ...good, noticeVersion: '1999-01-01' },
      { ...good, purposes: ['sale' as 'authentication'] },
      { ...good, purposes: [] },
      { ...good, signature: { method: 'typed-name', name: ' ' } as const },
    ])
      expect(await codeOf(system.core.subjects.grant(wrong))).to.match(
        /ASIGNIO_(CONSENT_INVALID|NOTICE_UNKNOWN|PURPOSE_FORBIDDEN)/,
      );
    expect(await system.core.subjects.consents(TENANT, ADA)).to.deep.equal([]);
    expect((await system.storage.list({ tenant: TENANT, kind: 'subject' })).records).to.deep.equal([]);
  });

  it('R4: withdrawing blocks the next verification, destroys the reference and certifies it', async () => {
    await enrolled();
    const { consent, certificate } = await system.core.subjects.withdraw(TENANT, ADA, await consentOf());
    expect(consent.state).to.equal('withdrawn');
    expect(certificate).to.be.a('string');
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.deep.equal([]);
    expect(await events(system.core)).to.include.members([
      'consent.withdrawn',
      'destruction.started',
      'destruction.certified',
    ]);
  });

  it('R4: a verification whose consent goes between sample and decision is not accepted', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.subjects.withdraw(TENANT, ADA, await consentOf());
    expect(await codeOf(system.core.ceremonies.complete(handle))).to.not.equal('resolved');
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.not.equal('resolved');
    expect(await events(system.core)).to.not.include('verification.accepted');
  });

  it('R4: a decision already made cannot be redeemed after the withdrawal', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(handle);
    await system.core.subjects.withdraw(TENANT, ADA, await consentOf());
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.not.equal('resolved');
  });

  it('R4: consent withdrawn while the engine compares does not end in an acceptance', async () => {
    await enrolled();
    const id = await consentOf();
    system.engine.during = async () => {
      system.engine.during = () => Promise.resolve();
      await system.core.subjects.withdraw(TENANT, ADA, id);
    };
    expect(await attempt(system.core, { who: 'ada' })).to.not.equal('accepted');
  });

  it('R4: takes back every copy of the agreement, and the page shows none as granted', async () => {
    await grant(system.core);
    system.clock.advance(1000);
    await grant(system.core);
    await enrol(system.core);
    const before = await system.core.subjects.consents(TENANT, ADA);
    expect(before.map(({ state }) => state)).to.deep.equal(['expired', 'granted']);
    await system.core.subjects.withdraw(TENANT, ADA, before[1]?.id as never);
    const after = await system.core.subjects.consents(TENANT, ADA);
    expect(after.map(({ state }) => state)).to.deep.equal(['withdrawn', 'withdrawn']);
    expect((await events(system.core)).filter((event) => event === 'consent.withdrawn')).to.have.length(2);
  });

  it('R4: may be given anew after a withdrawal', async () => {
    await enrolled();
    await system.core.subjects.withdraw(TENANT, ADA, await consentOf());
    await grant(system.core);
    await enrol(system.core);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R9: after erasure the evidence of consent names nobody, not even by pseudonym', async () => {
    await enrolled();
    const [stored] = (await system.storage.list({ tenant: TENANT, kind: 'subject' })).records;
    await system.core.rights.erase(asked(system));
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'consent' });
    expect(records).to.have.length(1);
    expect(JSON.stringify(records)).to.not.include(stored?.id);
  });

  it('R5: consent to one modality or purpose is none to another', async () => {
    await grant(system.core, subjectId('bob'));
    expect(await codeOf(begin(system.core, 'enrolment', ADA))).to.equal('ASIGNIO_CONSENT_REQUIRED');
  });

  it('R6: the sweep destroys what is due, one sweep after, and not a day before', async () => {
    await enrolled();
    const { retention } = await system.core.subjects.held(TENANT, ADA);
    const due = (retention as NonNullable<typeof retention>).due;
    system.clock.set(due - 86_400_000);
    expect((await system.core.sweep()).destroyed).to.equal(0);
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
    system.clock.set(due);
    expect((await system.core.sweep()).destroyed).to.equal(1);
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.deep.equal([]);
    expect(await events(system.core)).to.include('retention.destroyed');
    expect((await system.core.sweep()).destroyed).to.equal(0);
  });

  it("R7: signing in moves the due date; somebody else's failed attempts and an operator's reading do not", async () => {
    await enrolled();
    const before = (await system.core.subjects.held(TENANT, ADA)).retention?.due as number;
    system.clock.advance(YEAR / 2);
    await attempt(system.core, { who: 'mallory' });
    await system.core.subjects.held(TENANT, ADA);
    await system.core.audit.read(TENANT);
    await system.core.sweep();
    expect((await system.core.subjects.held(TENANT, ADA)).retention?.due).to.equal(before);
    await attempt(system.core, { who: 'ada' });
    expect((await system.core.subjects.held(TENANT, ADA)).retention?.due).to.be.greaterThan(before);
    expect(await events(system.core)).to.include('interaction.recorded');
  });

  it('R9: erasure leaves nothing that can be found or opened, and the chain stays valid', async () => {
    await enrolled();
    await attempt(system.core, { who: 'ada' });
    const { certificate } = await system.core.rights.erase(asked(system));
    const { keys } = await system.core.publicKeys(TENANT);
    const { payload } = await compactVerify(certificate as string, await importJWK(keys[0] as object, 'EdDSA'));
    expect(Buffer.from(payload).toString()).to.not.match(/\bada\b|Lovelace/);
    for (const kind of ['subject', 'reference', 'probe', 'attempts', 'ceremony'] as const)
      expect((await system.storage.list({ tenant: TENANT, kind })).records, kind).to.deep.equal([]);
    expect((await system.storage.list({ tenant: TENANT, kind: 'key' })).records.map(({ id }) => id)).to.deep.equal([
      'tenant-root',
    ]);
    expect(await system.core.subjects.held(TENANT, ADA)).to.deep.include({
      enrolments: [],
      consents: [],
      retention: null,
    });
    await system.core.audit.verify(TENANT);
    expect(await codeOf(system.core.rights.erase(asked(system)))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R9: a person may come back after erasure and be erased again', async () => {
    await enrolled();
    await system.core.rights.erase(asked(system));
    system.clock.advance(1000);
    await enrolled();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await system.core.rights.erase(asked(system));
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.deep.equal([]);
  });

  it('R28: neither the subject id nor the signed name stands in the store or the audit', async () => {
    const subject = subjectId('ada.canary@example.test');
    await grant(system.core, subject);
    await enrol(system.core, subject);
    await attempt(system.core, { who: subject }, subject);
    await begin(system.core, 'verification', subject);
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'consent' });
    expect(JSON.stringify(records)).to.not.include('Lovelace');
    expect(JSON.stringify(await system.core.audit.read(TENANT))).to.not.match(/canary|Lovelace/);
    await system.close();
    const files = await readdir(system.folder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes('Lovelace'), file.name).to.equal(false);
      // The fake engine does not seal its parts, so the id is looked for where the real one seals: without the parts.
      if (file.name !== 'data.mdb' || !file.parentPath.includes('data'))
        expect(bytes.includes('canary'), file.name).to.equal(false);
    }
    system = await makeSystem();
  });

  it('R33: a material change of the notice makes consents stale until they are given again; a minor one does not', async () => {
    const clock = fakeClock();
    const [english] = NOTICES.filter(({ language }) => language === 'en') as [Notice];
    const minor = {
      ...english,
      version: `${english.version}.1`,
      material: false,
      supersedes: english.version,
      whatChanged: 'Clearer words.',
      effectiveAt: clock.now() + 1000,
    };
    const material = {
      ...english,
      version: `${english.version}.2`,
      material: true,
      supersedes: minor.version,
      whatChanged: 'We keep it longer.',
      effectiveAt: clock.now() + 2000,
    };
    const other = await makeSystem({ clock, notices: [english, minor, material] });
    await grant(other.core);
    await enrol(other.core);
    clock.advance(1000);
    expect(await attempt(other.core, { who: 'ada' })).to.equal('accepted');
    clock.advance(1000);
    expect(await attempt(other.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect((await other.core.subjects.consents(TENANT, ADA))[0]?.state).to.equal('stale');
    expect(await codeOf(begin(other.core, 'verification', ADA, true))).to.equal('ASIGNIO_CONSENT_STALE');
    await grant(other.core);
    expect(await attempt(other.core, { who: 'ada' })).to.equal('accepted');
    await other.dispose();
  });

  it('keeps tenants apart: the same subject id is another person, with another pseudonym', async () => {
    await enrolled();
    expect(await system.core.subjects.consents('other' as typeof TENANT, ADA)).to.deep.equal([]);
    const { handle } = await begin(system.core, 'verification');
    expect(await codeOf(system.core.ceremonies.view({ ...handle, tenant: 'other' as typeof TENANT }))).to.equal(
      'ASIGNIO_CEREMONY_UNKNOWN',
    );
  });

  it("never shows one subject another's consent or receipt", async () => {
    await enrolled();
    const eve = subjectId('eve');
    expect(await codeOf(system.core.subjects.receipt(TENANT, eve, await consentOf()))).to.equal('ASIGNIO_NOT_FOUND');
    expect(await codeOf(system.core.subjects.withdraw(TENANT, eve, await consentOf()))).to.equal('ASIGNIO_NOT_FOUND');
  });
});
