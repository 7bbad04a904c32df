import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import type { DocumentInput, Operator } from '@asignio/core';
import { DEFAULT_DOCUMENT_RULE } from '@asignio/policy';
import { ADA, TENANT, attempt, codeOf, enrol, watched } from './harness.js';
import { grantFor, makeGoverned, sign } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { appoint } from './support/staff.js';
import { VendorServer, idvAcme } from './support/vendor.js';

const DAY = 86_400_000;
const LIFETIME = DEFAULT_DOCUMENT_RULE.keptMs;

function image(text: string): Uint8Array {
  return Buffer.concat([Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(text)]);
}

const PASSPORT: DocumentInput = {
  document: 'passport',
  country: 'DE',
  images: [{ side: 'front', mediaType: 'image/jpeg', bytes: image('C01X00T47') }],
  basis: { ground: 'consent', signedName: 'Ada Lovelace' },
};

describe('identity documents', () => {
  let vendor: VendorServer;
  let system: Governed;
  let reviewer: Operator;

  beforeEach(async () => {
    vendor = await VendorServer.start();
    system = await makeGoverned({ vendors: [idvAcme(vendor)] });
    reviewer = await appoint(system.core, 'rita', 'reviewer');
  });

  afterEach(async () => {
    await system.dispose();
    await vendor.stop();
  });

  const documents = () => system.core.governance.documents;
  const store = async (changes: Partial<DocumentInput> = {}, subject = ADA) =>
    documents().store(TENANT, subject, { ...PASSPORT, ...changes });
  const check = async (id: string) => documents().check(TENANT, ADA, { id, vendor: 'idv-acme' });
  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  const count = async (kind: 'document' | 'key') =>
    (await system.storage.list({ tenant: TENANT, kind })).records.filter(({ id }) => id !== 'tenant-root').length;

  it('R37: is stored sealed, with class, purpose and lifetime of its own', async () => {
    const view = await store();
    expect(view).to.deep.include({
      class: 'government-id',
      purpose: 'identity-verification',
      ground: 'consent',
      sides: ['front'],
      due: view.storedAt + LIFETIME,
    });
    expect((await of('iddoc.stored'))[0]?.data).to.include({ class: 'government-id', kind: 'passport' });
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'document' });
    const raw = Buffer.from(
      JSON.stringify(records, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
      ),
    ).toString();
    expect(raw).to.not.match(/C01X00T47|Lovelace/);
  });

  it('R37: is purged by the sweep when it is due, key and all, and no sign-in puts that off', async () => {
    await grantFor(system.core, ['authentication']);
    await enrol(system.core);
    const keys = await count('key');
    await store();
    system.clock.advance(LIFETIME - 1);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await system.core.sweep();
    expect(await count('document')).to.equal(1);
    system.clock.advance(1);
    expect(await documents().list(TENANT, ADA)).to.have.length(1);
    await system.core.sweep();
    expect([await count('document'), await count('key')]).to.deep.equal([0, keys]);
    expect(await of('iddoc.purged')).to.have.length(1);
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
  });

  it('R37: is checked under an agreement for this class of data, and destroyed here and there when its purpose is met', async () => {
    await sign(system.core, system.officer, system.clock.now());
    const { id } = await store();
    expect(await check(id)).to.deep.equal({ outcome: 'verified', reasons: [] });
    expect(await count('document')).to.equal(0);
    expect(vendor.checks.size).to.equal(0);
    const { items } = await system.core.governance.disclosures.list(TENANT, system.auditor);
    expect(items.map(({ data, purpose, copy }) => [data, purpose, copy])).to.deep.equal([
      [['government-id'], 'identity-verification', 'destroyed'],
    ]);
    const events = (await system.core.audit.read(TENANT)).map(({ event }) => event);
    expect(events).to.include.members(['iddoc.opened', 'vendor.called', 'iddoc.checked', 'iddoc.purged']);
    expect(events.indexOf('vendor.called')).to.be.below(events.indexOf('iddoc.opened'));
  });

  it('R37: what the vendor refuses is destroyed as well, and the reasons are on record', async () => {
    await sign(system.core, system.officer, system.clock.now());
    const { id } = await store({ images: [{ side: 'front', mediaType: 'image/jpeg', bytes: image('forged') }] });
    expect(await check(id)).to.deep.equal({ outcome: 'refused', reasons: ['altered'] });
    expect((await of('iddoc.checked'))[0]?.data).to.include({ outcome: 'refused', reasons: 'altered' });
    expect(await count('document')).to.equal(0);
  });

  it('R37: no connection is opened without an agreement for this class of data, and the document is not opened', async () => {
    const { id } = await store();
    expect(await codeOf(check(id))).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    await sign(system.core, system.officer, system.clock.now(), { data: ['face'], purposes: ['vendor-comparison'] });
    expect(await codeOf(check(id))).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(vendor.connections).to.equal(0);
    expect(await of('iddoc.opened')).to.deep.equal([]);
    expect(await of('vendor.denied')).to.have.length(2);
  });

  it('R37: a vendor that does not answer leaves the document for another try, until it is due', async () => {
    await sign(system.core, system.officer, system.clock.now());
    const { id } = await store();
    vendor.broken = true;
    expect(await codeOf(check(id))).to.equal('ASIGNIO_VENDOR_UNAVAILABLE');
    vendor.broken = false;
    expect((await check(id)).outcome).to.equal('verified');
    const due = await store();
    system.clock.advance(LIFETIME);
    expect(await codeOf(check(due.id))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R29: staff open one in a role that may, with a reason, on record before it is open', async () => {
    const { id } = await store();
    const ask = { id, purpose: 'identity-verification', reason: 'The vendor was unsure.' } as const;
    const [front] = await documents().open(TENANT, reviewer, ask);
    expect(Buffer.from(front?.bytes ?? []).toString('latin1')).to.contain('C01X00T47');
    expect((await of('iddoc.opened'))[0]?.data).to.include({ role: 'reviewer', purpose: 'identity-verification' });
    for (const operator of [system.auditor, { id: 'rita', role: 'privacy-officer' } as const])
      expect(await codeOf(documents().open(TENANT, operator, ask))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await codeOf(documents().open(TENANT, reviewer, { ...ask, purpose: 'legal-process' }))).to.equal(
      'ASIGNIO_ROLE_REQUIRED',
    );
    expect(await codeOf(documents().open(TENANT, reviewer, { ...ask, reason: '' }))).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
    expect(await of('iddoc.opened')).to.have.length(1);
    const { items } = await documents().listAll(TENANT, reviewer);
    expect(items.map(({ id: listed }) => listed)).to.deep.equal([id]);
  });

  it('R37: a person sees and purges their own, and nobody else’s', async () => {
    const { id } = await store();
    const bob = subjectId('bob');
    expect(await documents().list(TENANT, bob)).to.deep.equal([]);
    expect(await codeOf(documents().purge(TENANT, bob, { id }))).to.equal('ASIGNIO_NOT_FOUND');
    expect(await codeOf(documents().check(TENANT, bob, { id, vendor: 'idv-acme' }))).to.equal('ASIGNIO_NOT_FOUND');
    await documents().purge(TENANT, ADA, { id });
    expect(await count('document')).to.equal(0);
    expect(await codeOf(documents().purge(TENANT, ADA, { id }))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R9: goes with the person, and so does what a vendor was sent of it', async () => {
    await sign(system.core, system.officer, system.clock.now());
    await grantFor(system.core, ['authentication']);
    const { id } = await store();
    vendor.broken = true;
    await check(id).catch(() => undefined);
    vendor.checks.set('left behind', 1);
    vendor.broken = false;
    const proof = { subject: ADA, at: system.clock.now(), factors: ['password'] as const };
    await system.core.rights.erase({ tenant: TENANT, subject: ADA, proof });
    await system.core.sweep();
    expect(await count('document')).to.equal(0);
    const { items } = await system.core.governance.disclosures.list(TENANT, system.auditor);
    expect(items.map(({ copy }) => copy)).to.deep.equal(['destroyed']);
  });

  it('R37: what is no image of a document, or without a basis, is refused, on record, and nothing is kept', async () => {
    const wrong: unknown[] = [
      { ...PASSPORT, images: [] },
      { ...PASSPORT, images: [{ side: 'front', mediaType: 'image/png', bytes: image('x') }] },
      { ...PASSPORT, images: [{ side: 'front', mediaType: 'image/jpeg', bytes: 'text' }] },
      { ...PASSPORT, images: [{ side: 'front', mediaType: 'image/jpeg', bytes: new Uint8Array(4 * 1024 * 1024) }] },
      {
        ...PASSPORT,
        images: (['front', 'back'] as const).map((side) => ({
          side,
          mediaType: 'image/jpeg',
          bytes: Buffer.concat([image('x'), new Uint8Array(2 * 1024 * 1024)]),
        })),
      },
      { ...PASSPORT, images: [PASSPORT.images[0], PASSPORT.images[0]] },
      { ...PASSPORT, basis: undefined },
      { ...PASSPORT, basis: { ground: 'legitimate-interest', reference: 'x' } },
      { ...PASSPORT, basis: { ground: 'consent', signedName: '' } },
      { ...PASSPORT, country: 'Germany' },
      { ...PASSPORT, document: 'library-card' },
      null,
    ];
    for (const input of wrong)
      expect(await codeOf(documents().store(TENANT, ADA, input as DocumentInput))).to.match(
        /^ASIGNIO_(REQUEST_INVALID|TOO_LARGE|MEDIA_TYPE)$/,
      );
    expect(await of('iddoc.refused')).to.have.length(wrong.length);
    expect([await count('document'), await count('key')]).to.deep.equal([0, 0]);
  });

  it('one whose storing stopped half way is nowhere to be seen, and tidied up', async () => {
    let dead = false;
    const other = await makeGoverned({
      wrap: (storage) =>
        watched(storage, ({ name, kind }) => {
          if (name === 'replace' && kind === 'document') dead = true;
          if (dead) throw new Error('killed');
        }),
    });
    await other.core.governance.documents.store(TENANT, ADA, PASSPORT).catch(() => undefined);
    await other.close().catch(() => undefined);
    system.clock.set(other.clock.now());
    const again = await makeGoverned({ folder: other.folder, clock: other.clock });
    expect(await again.core.governance.documents.list(TENANT, ADA)).to.deep.equal([]);
    other.clock.advance(DAY);
    await again.core.sweep();
    expect((await again.storage.list({ tenant: TENANT, kind: 'document' })).records).to.deep.equal([]);
    expect((await again.storage.list({ tenant: TENANT, kind: 'key' })).records.map(({ id }) => id)).to.deep.equal([
      'tenant-root',
    ]);
    await again.dispose();
  });

  it('R8: under hold it is kept past its date, and goes when the hold is released', async () => {
    await grantFor(system.core, ['authentication']);
    const { id } = await store();
    const hold = await system.core.holds.place(TENANT, system.officer, {
      subject: ADA,
      authority: 'Amtsgericht Berlin',
      reference: '7 Gs 12/26',
      scope: 'all',
      reviewAt: system.clock.now() + LIFETIME + DAY,
    });
    system.clock.advance(LIFETIME);
    await system.core.sweep();
    await system.core.sweep();
    expect(await count('document')).to.equal(1);
    expect(await of('iddoc.purged')).to.deep.equal([]);
    expect(await documents().list(TENANT, ADA)).to.have.length(1);
    expect(await codeOf(check(id))).to.equal('ASIGNIO_NOT_FOUND');
    const ask = { id, reason: 'The court asks for it.' };
    expect(await codeOf(documents().open(TENANT, reviewer, { ...ask, purpose: 'identity-verification' }))).to.equal(
      'ASIGNIO_NOT_FOUND',
    );
    expect(await documents().open(TENANT, system.officer, { ...ask, purpose: 'legal-process' })).to.have.length(1);
    await system.core.holds.release(TENANT, system.officer, { id: hold.id });
    expect(await count('document')).to.equal(0);
    expect(await of('iddoc.purged')).to.have.length(1);
  });
});
