import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import { ADA, TENANT, codeOf, enrol } from './harness.js';
import { grantFor, makeGoverned } from './support/governed.js';
import type { Governed } from './support/governed.js';

const SHOP = { id: 'https://shop.example', name: 'The Shop', region: 'DE' };
const KNOWN = { name: 'Ada Lovelace', email: 'ada@lovelace.example', phone: '+4930123456' };

describe('what relying parties are told', () => {
  let system: Governed;

  beforeEach(async () => {
    system = await makeGoverned();
    await grantFor(system.core, ['authentication']);
    await enrol(system.core);
    await releases().keep(TENANT, ADA, KNOWN);
  });

  afterEach(async () => system.dispose());

  const releases = () => system.core.governance.releases;
  const assert = async (requested: readonly string[], party = SHOP.id, subject = ADA) =>
    system.core.governance.assertion(TENANT, subject, party, requested);
  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  const rows = async () => (await system.core.governance.disclosures.list(TENANT, system.auditor)).items;

  it('R14: only what was asked for and released to just that party is told, and the ledger has its row', async () => {
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: ['name', 'email'] });
    const told = await assert(['email', 'phone']);
    expect(told.attributes).to.deep.equal({ email: KNOWN.email });
    expect((await of('assertion.issued'))[0]?.data).to.include({ party: SHOP.id, attributes: 'email' });
    expect(
      (await rows()).map(({ fields, purpose, state, basis }) => [fields, purpose, state, basis.ground]),
    ).to.deep.equal([[['identifier for this party', 'email'], 'assertion', 'sent', 'consent']]);
    expect((await system.core.subjects.held(TENANT, ADA)).recipients).to.deep.equal([SHOP.name]);
  });

  it('R14: a template, a score or anything else that is asked for is not in it', async () => {
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: ['name'] });
    const told = await assert(['name', 'template', 'score', 'reference', 'sub', '__proto__', 'constructor', 'release']);
    expect(Object.keys(told)).to.have.members(['subject', 'attributes']);
    expect(told.attributes).to.deep.equal({ name: KNOWN.name });
    expect(JSON.stringify(told)).to.not.match(/score|template|reference/);
    for (const attribute of ['template', 'score', 'address'])
      expect(await codeOf(releases().grant(TENANT, ADA, { party: SHOP, attributes: [attribute as 'name'] }))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    expect(await codeOf(releases().keep(TENANT, ADA, { template: 'x' } as never))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('R14: a party to which nothing was released, or no longer, is told nothing, not even an identifier', async () => {
    expect(await codeOf(assert(['name']))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: ['name'] });
    expect(await codeOf(assert(['name'], 'https://other.example'))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    await releases().withdraw(TENANT, ADA, SHOP.id);
    expect(await codeOf(assert(['name']))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    expect(await codeOf(assert(['name'], SHOP.id, subjectId('nobody')))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    expect(await of('assertion.denied')).to.have.length(4);
    expect(await rows()).to.deep.equal([]);
  });

  it('R14: a release of nothing tells an identifier alone', async () => {
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: [] });
    expect((await assert(['name', 'email', 'phone'])).attributes).to.deep.equal({});
  });

  it('R14: two parties, or two tenants, get identifiers that have nothing in common, each the same every time', async () => {
    const other = { ...SHOP, id: 'https://other.example' };
    for (const party of [SHOP, other]) await releases().grant(TENANT, ADA, { party, attributes: [] });
    const [one, again, elsewhere] = [await assert([]), await assert([]), await assert([], other.id)];
    expect(one.subject).to.equal(again.subject).and.to.not.equal(elsewhere.subject);
    const chain = JSON.stringify(await system.core.audit.read(TENANT));
    for (const { subject } of [one, elsewhere]) expect(chain).to.not.include(subject);
  });

  it('R14: of a person whose data are restricted nothing is told', async () => {
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: ['name'] });
    const who = {
      tenant: TENANT,
      subject: ADA,
      proof: { subject: ADA, at: system.clock.now(), factors: ['password'] },
    } as const;
    await system.core.rights.restrict(who);
    expect(await codeOf(assert(['name']))).to.equal('ASIGNIO_PROCESSING_RESTRICTED');
    expect(await rows()).to.deep.equal([]);
  });

  it('R32: a party in another country is told on the person’s own consent, and the row names it', async () => {
    await releases().grant(TENANT, ADA, { party: { ...SHOP, region: 'US' }, attributes: ['name'] });
    await assert(['name']);
    expect((await rows())[0]?.transfer.by).to.equal('explicit-consent');
  });

  it('R28: attributes are sealed, and gone with the person', async () => {
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: ['email'] });
    const stored = async () => {
      const { records } = await system.storage.list({ tenant: TENANT, kind: 'attribute' });
      return records;
    };
    expect((await stored()).length).to.be.above(0);
    expect(JSON.stringify(await stored())).to.not.match(/lovelace|4930123456/i);
    expect(JSON.stringify(await system.core.audit.read(TENANT))).to.not.match(/lovelace|4930123456/i);
  });

  it('of somebody who never agreed to anything nothing is kept', async () => {
    const bob = subjectId('bob');
    expect(await codeOf(releases().keep(TENANT, bob, KNOWN))).to.equal('ASIGNIO_NOT_FOUND');
    expect(await codeOf(releases().grant(TENANT, bob, { party: SHOP, attributes: [] }))).to.equal('ASIGNIO_NOT_FOUND');
    expect(await releases().list(TENANT, bob)).to.deep.equal([]);
  });

  it('what is malformed is refused by field, without its value', async () => {
    for (const wrong of [
      { email: 'no address' },
      { email: 'a@b' },
      { phone: '030 123' },
      { name: '' },
      { name: '\u202eevil' },
      {},
      [],
      null,
      'Ada',
    ])
      expect(await codeOf(releases().keep(TENANT, ADA, wrong as never)), JSON.stringify(wrong)).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    for (const party of [{ ...SHOP, region: 'Germany' }, { ...SHOP, id: '' }, { id: 'x' }, null])
      expect(await codeOf(releases().grant(TENANT, ADA, { party: party as never, attributes: [] }))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    expect(await codeOf(assert('name' as never))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await codeOf(releases().withdraw(TENANT, ADA, 'https://unknown.example'))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R32: without a statement of regions nobody is told anything', async () => {
    await releases().grant(TENANT, ADA, { party: SHOP, attributes: ['name'] });
    await system.close();
    const { folder, clock } = system;
    system = await makeGoverned({ folder, clock, regions: undefined as never });
    expect(await codeOf(assert(['name']))).to.equal('ASIGNIO_TRANSFER_REFUSED');
  });
});
