import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { RECORD_KINDS } from '@asignio/contracts';
import type { ConsentId } from '@asignio/contracts';
import { ADA, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem, sample, watched } from './harness.js';
import type { System } from './harness.js';
import { grantFor, makeGoverned, sign } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { VendorServer, comparisonAcme } from './support/vendor.js';

const KEPT = ['destruction', 'hold', 'disclosure', 'case'] as const;
/** Kinds of which the rooms' own tests plant what is right, and those that are of nobody. */
const ELSEWHERE = [
  'key',
  'consent',
  'custody',
  'bridge',
  'tenant',
  'notice',
  'agreement',
  'staff',
  'register',
  'retention',
  'maintenance',
];

describe('a destruction, as the core carries it out', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  async function pseudonym(): Promise<string> {
    const [record] = (await system.storage.list({ tenant: TENANT, kind: 'subject' })).records;
    return record?.id as string;
  }

  it('R9: an old backup of the store, without the keys of then, opens nothing of an erased person', async () => {
    await grant(system.core);
    await enrol(system.core);
    const [{ id }] = (await system.core.subjects.consents(TENANT, ADA)) as unknown as [{ id: ConsentId }];
    expect(await codeOf(system.core.subjects.receipt(TENANT, ADA, id))).to.equal('resolved');
    await system.close();
    const backup = await mkdtemp(join(tmpdir(), 'asignio-backup-'));
    await cp(join(system.folder, 'data'), backup, { recursive: true });
    system = await makeSystem({ folder: system.folder, clock: system.clock });
    expect((await system.core.rights.erase(asked(system))).outcome).to.equal('done');
    await system.close();
    await rm(join(system.folder, 'data'), { recursive: true });
    await cp(backup, join(system.folder, 'data'), { recursive: true });
    await rm(backup, { recursive: true });

    system = await makeSystem({ folder: system.folder, clock: system.clock });
    // The records are back as they were, and nothing in them can be read or compared.
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
    expect(await codeOf(system.core.subjects.receipt(TENANT, ADA, id))).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    let compared = false;
    system.engine.compare = () => {
      compared = true;
      return Promise.reject(new Error('a reference was opened'));
    };
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(compared).to.equal(false);
  });

  it('R9: takes every record that the store finds by the person, but for the evidence that names nobody', async () => {
    await grant(system.core);
    const subject = await pseudonym();
    for (const kind of RECORD_KINDS) {
      if (ELSEWHERE.includes(kind)) continue;
      const known = await system.storage.get({ tenant: TENANT, kind, id: 'planted' });
      if (kind === 'subject' || known !== undefined) continue;
      // Of the form that the rooms' own steps can read: effects, modalities and a reference of theirs.
      const value = {
        subject,
        effects: [],
        owed: [],
        modalities: ['signature'],
        modality: 'signature',
        reference: 'x',
        copy: null,
      };
      await system.storage.insert({ tenant: TENANT, kind, id: 'planted' }, value, { subject });
    }
    await system.core.rights.erase(asked(system));
    for (const kind of RECORD_KINDS) {
      const { records } = await system.storage.list({ tenant: TENANT, kind, subject });
      if (!(KEPT as readonly string[]).includes(kind)) expect(records, kind).to.deep.equal([]);
    }
    for (const kind of KEPT)
      expect(await system.storage.get({ tenant: TENANT, kind, id: 'planted' }), kind).to.not.equal(undefined);
  });

  it('R4: an erasure that dies before the consents are taken back takes them back when it is finished', async () => {
    for (let call = 1; ; call++) {
      await grant(system.core);
      let seen = 0;
      const dying = await makeSystem({
        folder: system.folder,
        clock: system.clock,
        wrap: (storage) =>
          watched(storage, () => {
            if (seen > 0 && ++seen > call) throw new Error('killed');
          }),
      });
      seen = 1;
      const code = await codeOf(dying.core.rights.erase(asked(dying)));
      seen = 0;
      await dying.close();
      await system.core.sweep();
      const gone = (await system.core.subjects.consents(TENANT, ADA)).length === 0;
      if (!gone) await system.core.rights.erase(asked(system));
      const all = await events(system.core);
      const count = (event: string) => all.filter((one) => one === event).length;
      expect(count('consent.withdrawn'), `call ${call}`).to.equal(count('consent.granted'));
      if (code === 'resolved') break;
    }
  }).timeout(120_000);

  it('R9: the certificate names the person by pseudonym alone, and what was destroyed by kind', async () => {
    await grant(system.core);
    await enrol(system.core);
    const subject = await pseudonym();
    const { certificate } = await system.core.rights.erase(asked(system));
    const claims = decodeJwt(certificate as string) as { subject: string; destroyed: Record<string, number> };
    expect(claims.subject).to.equal(subject);
    expect(claims.destroyed).to.include({ references: 1, evidence: 1 });
    expect(JSON.stringify(claims)).to.not.match(/\bada\b|Lovelace/);
  });
});

describe('a destruction that reaches a vendor', () => {
  let vendor: VendorServer;
  let system: Governed;

  beforeEach(async () => {
    vendor = await VendorServer.start();
    system = await makeGoverned({ vendors: [comparisonAcme(vendor)] });
    await sign(system.core, system.officer, system.clock.now());
    await grantFor(system.core, ['authentication', 'vendor-comparison']);
    await system.core.governance.vendors.enrol(TENANT, {
      vendor: 'comparison-acme',
      subject: ADA,
      modality: 'signature',
      samples: [sample({ who: 'ada' })],
    });
  });

  afterEach(async () => {
    await system.dispose();
    await vendor.stop();
  });

  it('R9: the certificate says what the vendor confirmed', async () => {
    const { certificate } = await system.core.rights.erase(asked(system));
    expect(vendor.copies.size).to.equal(0);
    const { confirmed } = decodeJwt(certificate as string) as { confirmed: { recipient: string }[] };
    expect(confirmed).to.have.length(1);
    expect(confirmed[0]?.recipient).to.equal('Acme Matching GmbH');
  });

  it('R9: while the vendor does not answer, all else is destroyed, nothing is certified, and a sweep finishes it', async () => {
    vendor.broken = true;
    const request = await system.core.rights.erase(asked(system));
    expect(request).to.include({ state: 'open', certificate: null });
    const [destruction] = (await system.core.subjects.held(TENANT, ADA)).destructions;
    expect(destruction).to.include({ state: 'running', lastError: 'ASIGNIO_VENDOR_UNAVAILABLE' });
    expect(await events(system.core)).to.not.include('destruction.certified');
    expect((await system.core.subjects.consents(TENANT, ADA)).length).to.equal(0);
    // Whoever came back now would be destroyed there with the copy of before.
    expect(await codeOf(grantFor(system.core, ['authentication']))).to.equal('ASIGNIO_DESTRUCTION_BEGUN');
    vendor.broken = false;
    await system.core.sweep();
    expect(vendor.copies.size).to.equal(0);
    const done = await system.core.rights.request(asked(system), request.id);
    expect(done).to.include({ state: 'closed', outcome: 'done' });
    expect(done.certificate).to.be.a('string');
  });

  it('R8: a copy at a vendor stays under hold though its consent is withdrawn, and goes at the release', async () => {
    const { id } = await system.core.holds.place(TENANT, 'host', {
      subject: ADA,
      authority: 'A court',
      reference: 'case 17',
      scope: 'signature',
      reviewAt: system.clock.now() + 86_400_000,
    });
    const consents = await system.core.subjects.consents(TENANT, ADA);
    const consent = consents.find(({ purpose }) => purpose === 'vendor-comparison')?.id as ConsentId;
    await system.core.subjects.withdraw(TENANT, ADA, consent);
    await system.core.sweep();
    expect(vendor.copies.size).to.equal(1);
    await system.core.holds.release(TENANT, 'host', { id });
    expect(vendor.copies.size).to.equal(0);
  });
});
