import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { Modality, Purpose } from '@asignio/contracts';
import type { CoreOptions } from '@asignio/core';
import { ADA, TENANT, codeOf, events, sample, watched } from './harness.js';
import { AuditChain } from '#src/audit/chain.js';
import { Egress } from '#src/governance/egress.js';
import { createGovernanceRecords } from '#src/governance/records.js';
import { Regions } from '#src/governance/regions.js';
import { createRepositories } from '#src/store/records.js';
import type { Permits } from '#src/subject/permits.js';
import { GERMANY, agreement, grantFor, makeGoverned, sign } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { VendorServer, comparisonAcme } from './support/vendor.js';

const DAY = 86_400_000;
const VENDOR = 'comparison-acme';

describe('the one way out', () => {
  let vendor: VendorServer;
  let system: Governed;

  beforeEach(async () => {
    vendor = await VendorServer.start();
    system = await makeGoverned({ vendors: [comparisonAcme(vendor)] });
  });

  afterEach(async () => {
    await system.dispose();
    await vendor.stop();
  });

  const vendors = () => system.core.governance.vendors;
  const rows = async () => (await system.core.governance.disclosures.list(TENANT, system.auditor)).items;
  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  const enrol = async (modality: Modality = 'signature') =>
    vendors().enrol(TENANT, { vendor: VENDOR, subject: ADA, modality, samples: [sample({ who: 'ada' })] });
  const compare = async (who = 'ada', modality: Modality = 'signature') =>
    vendors().compare(TENANT, { vendor: VENDOR, subject: ADA, modality, sample: sample({ who }) });

  async function ready(purposes: readonly Purpose[] = ['authentication', 'vendor-comparison']) {
    await sign(system.core, system.officer, system.clock.now());
    return grantFor(system.core, purposes);
  }

  async function again(options: Partial<CoreOptions>) {
    await system.close();
    system = await makeGoverned({
      folder: system.folder,
      clock: system.clock,
      vendors: [comparisonAcme(vendor)],
      ...options,
    });
  }

  /** That it was refused with the code, on record, with nothing sent and no row that says so. */
  async function refused(code: string, event: string, work: () => Promise<unknown>) {
    const before = (await of(event)).length;
    const sent = (await rows()).filter(({ state }) => state !== 'not-sent').length;
    const { connections } = vendor;
    expect(await codeOf(work())).to.equal(code);
    expect(vendor.connections, 'connections').to.equal(connections);
    expect((await of(event)).length, event).to.equal(before + 1);
    expect((await rows()).filter(({ state }) => state !== 'not-sent').length, 'rows').to.equal(sent);
  }

  it('R12: with an agreement, a consent and an allowed region the vendor is called, and answers by its calibration', async () => {
    await ready();
    await enrol();
    expect((await compare()).score).to.be.closeTo(8, 1e-9);
    expect((await compare('eve')).score).to.be.closeTo(-8, 1e-9);
    expect(await of('vendor.called')).to.have.length(3);
    expect(vendor.copies.size).to.equal(1);
    // Neither the host's id nor the pseudonym that audit and store know.
    const [entry] = await of('vendor.called');
    expect(vendor.requests.map(({ path }) => path).join()).to.not.match(new RegExp(`ada|${entry?.subject ?? '-'}`));
  });

  it('R12: no connection is opened without an agreement', async () => {
    await grantFor(system.core, ['vendor-comparison']);
    await refused('ASIGNIO_AGREEMENT_REQUIRED', 'vendor.denied', enrol);
  });

  it('R12: no connection is opened under an agreement that does not cover modality, purpose or region, or is not in force', async () => {
    await grantFor(system.core, ['vendor-comparison']);
    const now = system.clock.now();
    for (const [index, changes] of [
      { data: ['face' as const] },
      { purposes: ['risk-signal' as const] },
      { regions: ['FR'] },
      { validUntil: now + 1000 },
      { validFrom: now + DAY },
    ].entries()) {
      await again({ vendors: [vendorUnder(`dpa-x${index}`)] });
      await sign(system.core, system.officer, system.clock.now(), { ...changes, id: `dpa-x${index}` });
      system.clock.advance(1000);
      await refused('ASIGNIO_AGREEMENT_REQUIRED', 'vendor.denied', enrol);
    }
  });

  function vendorUnder(id: string) {
    const plugin = comparisonAcme(vendor);
    return { ...plugin, metadata: { ...plugin.metadata, agreement: id } };
  }

  it('R12: no connection is opened after the agreement was ended', async () => {
    await ready();
    await enrol();
    await system.core.governance.agreements.end(TENANT, system.officer, { id: 'dpa-7', reason: 'They were bought.' });
    await refused('ASIGNIO_AGREEMENT_REQUIRED', 'vendor.denied', compare);
    expect(await events(system.core)).to.include('agreement.ended');
  });

  it('R12: no connection is opened without a consent to just that, nor after it was withdrawn', async () => {
    await ready(['authentication']);
    await refused('ASIGNIO_CONSENT_REQUIRED', 'vendor.denied', enrol);
    const { consents } = await grantFor(system.core, ['vendor-comparison']);
    await enrol();
    await system.core.subjects.withdraw(TENANT, ADA, consents[0]?.id as never);
    await refused('ASIGNIO_CONSENT_REQUIRED', 'vendor.denied', enrol);
  });

  it('R12: a consent that goes between the first look and the call stops it, and the row says that nothing was sent', async () => {
    await ready();
    const { consents } = await grantFor(system.core, ['vendor-comparison']);
    await system.close();
    let withdraw: (() => Promise<unknown>) | undefined;
    system = await makeGoverned({
      folder: system.folder,
      clock: system.clock,
      vendors: [comparisonAcme(vendor)],
      wrap: (storage) =>
        watched(storage, async ({ name, kind }) => {
          if (name !== 'insert' || kind !== 'disclosure' || withdraw === undefined) return;
          const now = withdraw;
          withdraw = undefined;
          await now();
        }),
    });
    withdraw = async () => system.core.subjects.withdraw(TENANT, ADA, consents[0]?.id as never);
    await refused('ASIGNIO_CONSENT_REQUIRED', 'vendor.denied', enrol);
    expect((await rows()).map(({ state, copy }) => [state, copy])).to.deep.equal([['not-sent', null]]);
  });

  it('R12: a vendor without a calibration for the modality is not asked', async () => {
    await ready();
    await enrol();
    await again({ vendors: [comparisonAcme(vendor, { calibrations: {} })] });
    const { connections } = vendor;
    expect(await codeOf(compare())).to.equal('ASIGNIO_PLUGIN_INVALID');
    expect(vendor.connections).to.equal(connections);
  });

  it('R12: a vendor that holds no copy of the person is not asked', async () => {
    await ready();
    await refused('ASIGNIO_NOT_FOUND', 'vendor.denied', compare);
  });

  it('R11: for sale, lease, trade or marketing nothing leaves, whoever casts what', async () => {
    await ready();
    for (const purposes of [['sale'], ['vendor-comparison', 'marketing']])
      expect(
        await codeOf(
          system.core.governance.agreements.record(
            TENANT,
            system.officer,
            agreement(system.clock.now(), { id: 'dpa-sale', purposes: purposes as never }),
          ),
        ),
      ).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
    expect(await of('agreement.refused')).to.have.length(2);
  });

  it('R11: the gate itself knows no such purpose, and the denial is on record', async () => {
    await ready();
    const audit = new AuditChain(system.storage);
    const { clock } = system;
    const gate = new Egress({
      records: createGovernanceRecords(system.storage),
      repositories: createRepositories(system.storage),
      permits: { issue: () => expect.fail('consent was looked at first') } as unknown as Permits,
      regions: new Regions({ options: GERMANY, stores: [], audit, clock }),
      audit,
      clock,
    });
    const recipient = { name: 'Broker Ltd', region: 'DE', plugin: null, agreement: 'dpa-7' };
    const leaving = { tenant: TENANT, subject: 'nobody', data: ['signature'], fields: ['all'], recipient } as const;
    for (const purpose of ['sale', 'lease', 'trade', 'marketing', '__proto__', 'x\ny', '']) {
      let sent = false;
      const send = async () => {
        sent = true;
        return Promise.resolve();
      };
      const denied = (await of('egress.denied')).length;
      const basis = { ground: 'consent', reference: 'x' } as const;
      expect(await codeOf(gate.passOther({ ...leaving, purpose }, basis, send))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
      expect(await codeOf(gate.passSample({ ...leaving, purpose }, 'signature', send))).to.equal(
        'ASIGNIO_PURPOSE_FORBIDDEN',
      );
      expect(sent).to.equal(false);
      expect(await of('egress.denied')).to.have.length(denied + 2);
    }
    expect(await rows()).to.deep.equal([]);
  });

  it('R13: each row of the ledger names recipient, fields, purpose and basis, and is there before the call', async () => {
    await ready();
    let during: unknown;
    vendor.during = async () => {
      during = (await rows()).map(({ state }) => state);
    };
    await enrol();
    expect(during).to.deep.equal(['leaving']);
    const [row] = await rows();
    expect(row).to.deep.include({
      recipient: { name: 'Acme Matching GmbH', region: 'DE', plugin: VENDOR },
      data: ['signature'],
      fields: ['signature samples', 'name of the copy'],
      purpose: 'vendor-comparison',
      agreement: 'dpa-7',
      state: 'sent',
      copy: 'held',
    });
    expect(row?.basis.ground).to.equal('permit');
    const consents = await system.core.subjects.consents(TENANT, ADA);
    expect(consents.map(({ id }) => id)).to.include(row?.basis.reference);
    const [recorded] = await of('disclosure.recorded');
    const [called] = await of('vendor.called');
    expect(recorded?.sequence).to.be.below(called?.sequence as number);
  });

  it('R13: what could not be written in the ledger is not sent', async () => {
    await ready();
    await system.close();
    let full = false;
    system = await makeGoverned({
      folder: system.folder,
      clock: system.clock,
      vendors: [comparisonAcme(vendor)],
      wrap: (storage) =>
        watched(storage, ({ name, kind, args }) => {
          if (full && ((name === 'insert' && kind === 'disclosure') || JSON.stringify(args).includes('vendor.called')))
            throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE');
        }),
    });
    full = true;
    expect(await codeOf(enrol())).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    expect(vendor.connections).to.equal(0);
  });

  it('R13: a vendor that does not answer may have got it, and the ledger says so', async () => {
    await ready();
    vendor.broken = true;
    expect(await codeOf(enrol())).to.equal('ASIGNIO_VENDOR_UNAVAILABLE');
    expect((await rows()).map(({ state, copy }) => [state, copy])).to.deep.equal([['unanswered', 'held']]);
  });

  it('R13: the ledger of one person is found by the host’s id, and kept from who may not see it', async () => {
    await ready();
    await enrol();
    const { disclosures } = system.core.governance;
    const list = async (subject: string) =>
      (await disclosures.list(TENANT, system.officer, { subject: subjectId(subject) })).items.length;
    expect([await list('ada'), await list('bob')]).to.deep.equal([1, 0]);
    expect(await codeOf(disclosures.list(TENANT, { id: 'grace', role: 'auditor' }))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect((await system.core.subjects.held(TENANT, ADA)).recipients).to.deep.equal(['Acme Matching GmbH']);
  });

  describe('regions', () => {
    const abroad = (region: string) => {
      const plugin = comparisonAcme(vendor);
      return { ...plugin, metadata: { ...plugin.metadata, region } };
    };

    it('R32: no connection is opened to another region without a transfer mechanism', async () => {
      await again({ vendors: [abroad('US-VA')] });
      await sign(system.core, system.officer, system.clock.now(), { regions: ['US'] });
      await grantFor(system.core, ['vendor-comparison']);
      await refused('ASIGNIO_TRANSFER_REFUSED', 'vendor.denied', enrol);
      const [checked] = await of('transfer.checked').then((entries) => entries.slice(-1));
      expect(checked?.data).to.include({ to: 'US-VA', permitted: false });
    });

    it('R32: with one it goes, and row and audit name it', async () => {
      const mechanism = { kind: 'standard-contractual-clauses', id: '2021/914 module 2' } as const;
      await again({ vendors: [abroad('US-VA')] });
      await sign(system.core, system.officer, system.clock.now(), { regions: ['US'], mechanism });
      await grantFor(system.core, ['vendor-comparison']);
      await enrol();
      expect((await rows())[0]?.transfer).to.deep.equal({ by: mechanism.kind, id: mechanism.id });
      const [checked] = await of('transfer.checked').then((entries) => entries.slice(-1));
      expect(checked?.data).to.include({ from: 'DE', to: 'US-VA', by: mechanism.kind, permitted: true });
    });

    it('R32: no connection is opened where nobody said where the data are', async () => {
      await ready();
      await again({ regions: undefined as never });
      await refused('ASIGNIO_TRANSFER_REFUSED', 'vendor.denied', enrol);
    });

    it('R32: face of a person in Texas goes to no vendor, unless the agreement lifts it', async () => {
      const placeOf = (_tenant: unknown, subject: string) => (subject === 'ada' ? 'US-TX' : undefined);
      await again({ regions: { ...GERMANY, placeOf } });
      await ready();
      await grantFor(system.core, ['vendor-comparison'], 'face');
      await refused('ASIGNIO_TRANSFER_REFUSED', 'vendor.denied', async () => enrol('face'));
      await enrol('signature');
      await again({ regions: { ...GERMANY, placeOf }, vendors: [vendorUnder('dpa-tx')] });
      const lifts = [{ restriction: 'texas-face-voice', reason: 'Counsel advised so on 2026-01-15.' }];
      await sign(system.core, system.officer, system.clock.now(), { id: 'dpa-tx', lifts });
      await enrol('face');
    });

    it('R32: where a person is, is what was stored of it as well as what the host says now', async () => {
      await again({ regions: { ...GERMANY, placeOf: () => 'US-CO' } });
      await ready();
      await grantFor(system.core, ['vendor-comparison'], 'face');
      await enrol('face');
      await system.core.retention.setPlaces(TENANT, 'host', { subject: ADA, places: ['US-TX'] });
      await refused('ASIGNIO_TRANSFER_REFUSED', 'vendor.denied', async () => enrol('face'));
      await system.core.retention.setPlaces(TENANT, 'host', { subject: ADA, places: ['DE'] });
      await enrol('face');
    });

    it('R32: nothing is stored where the store is in no region of the tenant', async () => {
      const elsewhere = { deployment: 'US-VA', policy: { home: 'DE', allowed: [] } };
      await again({ regions: elsewhere });
      expect(await codeOf(grantFor(system.core, ['authentication']))).to.equal('ASIGNIO_TRANSFER_REFUSED');
      expect((await system.storage.list({ tenant: TENANT, kind: 'consent' })).records).to.deep.equal([]);
      expect((await system.storage.list({ tenant: TENANT, kind: 'subject' })).records).to.deep.equal([]);
      expect((await of('transfer.checked'))[0]?.data).to.include({ permitted: false, to: 'US-VA' });
      await again({ regions: { ...elsewhere, tenants: { acme: { home: 'US', allowed: [] } } } });
      expect(await codeOf(grantFor(system.core, ['authentication']))).to.equal('resolved');
    });
  });

  describe('what a vendor keeps', () => {
    it('R9: goes when the consent to it is withdrawn, and the row says so', async () => {
      await ready();
      const consents = await system.core.subjects.consents(TENANT, ADA);
      await enrol();
      const id = consents.find(({ purpose }) => purpose === 'vendor-comparison')?.id;
      await system.core.subjects.withdraw(TENANT, ADA, id as never);
      expect(vendor.copies.size).to.equal(0);
      expect((await rows()).map(({ copy }) => copy)).to.deep.equal(['destroyed']);
      expect(await of('vendor.destroyed')).to.have.length(1);
    });

    it('R9: goes at a later sweep when the vendor does not answer', async () => {
      await ready();
      const consents = await system.core.subjects.consents(TENANT, ADA);
      await enrol();
      vendor.broken = true;
      const id = consents.find(({ purpose }) => purpose === 'vendor-comparison')?.id;
      const { consent } = await system.core.subjects.withdraw(TENANT, ADA, id as never);
      expect(consent.state).to.equal('withdrawn');
      expect((await system.core.sweep()).failed).to.equal(1);
      expect((await rows()).map(({ copy }) => copy)).to.deep.equal(['held']);
      vendor.broken = false;
      expect((await system.core.sweep()).failed).to.equal(0);
      expect(vendor.copies.size).to.equal(0);
      expect((await rows()).map(({ copy }) => copy)).to.deep.equal(['destroyed']);
    });

    it('R9: is not called destroyed while a sample may still be on its way there', async () => {
      await ready();
      const consents = await system.core.subjects.consents(TENANT, ADA);
      const id = consents.find(({ purpose }) => purpose === 'vendor-comparison')?.id;
      vendor.during = async () => {
        vendor.during = () => Promise.resolve();
        await system.core.subjects.withdraw(TENANT, ADA, id as never);
        expect((await rows()).map(({ copy }) => copy)).to.deep.equal(['held']);
      };
      await enrol();
      await system.core.sweep();
      expect(vendor.copies.size).to.equal(0);
      expect((await rows()).map(({ copy }) => copy)).to.deep.equal(['destroyed']);
    });
  });

  it('a vendor’s own words reach nobody', async () => {
    await ready();
    vendor.broken = true;
    try {
      await enrol();
      expect.fail('resolved');
    } catch (error) {
      expect((error as Error).message).to.not.include('template');
    }
  });

  it('a plugin that is none, or two of one name, are refused when they are handed in', async () => {
    const plugin = comparisonAcme(vendor);
    for (const given of [
      [plugin, plugin],
      [{ ...plugin, destroy: undefined }],
      [{ ...plugin, metadata: { ...plugin.metadata, kind: 'storage' } }],
      [null],
    ]) {
      const code = await codeOf(makeGoverned({ vendors: given as never }));
      expect(code).to.match(/ASIGNIO_(OPTION|PLUGIN)_INVALID/);
    }
    await rm(system.folder, { recursive: true, force: true });
  });

  it('what is handed in malformed is refused by field', async () => {
    const good = { vendor: VENDOR, subject: ADA, modality: 'signature', samples: [sample({ who: 'ada' })] } as const;
    for (const wrong of [
      { ...good, modality: 'gait' },
      { ...good, samples: [] },
      { ...good, samples: [{ mediaType: 'a/b', bytes: 'text' }] },
      { ...good, samples: [{ mediaType: 'a/b', bytes: new Uint8Array(9 * 1024 * 1024) }] },
      { ...good, price: 1 },
      null,
    ])
      expect(await codeOf(vendors().enrol(TENANT, wrong as never))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await codeOf(vendors().enrol(TENANT, { ...good, vendor: 'nobody' }))).to.equal('ASIGNIO_NOT_FOUND');
    expect(await codeOf(vendors().enrol(TENANT, { ...good, modality: 'voice' }))).to.equal(
      'ASIGNIO_MODALITY_UNAVAILABLE',
    );
    expect(vendor.connections).to.equal(0);
  });
});
