import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import type { LegalInput, Operator } from '@asignio/core';
import { ADA, TENANT, codeOf, watched } from './harness.js';
import { grantFor, makeGoverned, noticesAskingFor } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { appoint } from './support/staff.js';

const BOB = subjectId('bob');

describe('disclosures by legal process and merger', () => {
  let system: Governed;
  let approver: Operator;

  beforeEach(async () => {
    system = await makeGoverned();
    approver = await appoint(system.core, 'root', 'administrator');
    await grantFor(system.core, ['authentication']);
  });

  afterEach(async () => system.dispose());

  const legal = () => system.core.governance.legal;
  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  const rows = async () => (await system.core.governance.disclosures.list(TENANT, system.auditor)).items;

  const ORDER: LegalInput = {
    disclosure: {
      kind: 'legal-process',
      reference: 'AG Berlin 7 Gs 12/26',
      recipient: 'Amtsgericht Berlin',
      region: 'DE',
      scope: { data: ['attribute'], fields: ['e-mail'], because: 'The order names the address alone.' },
    },
    subjects: [ADA],
  };
  const merger = (data: LegalInput['disclosure']['scope']['data'], subjects = [ADA]): LegalInput => ({
    disclosure: {
      kind: 'merger',
      reference: 'Deal 7 of 2026',
      recipient: 'Successor AG',
      region: 'DE',
      scope: { data, fields: ['all of it'], because: 'The business goes on with the successor.' },
    },
    subjects,
    notice: { version: noticesAskingFor()[0]?.version as string, language: 'en' },
  });

  it('R16: goes ahead when another person approves, with a row for each person and an entry that names all of it', async () => {
    const { id, state } = await legal().request(TENANT, system.officer, ORDER);
    expect(state).to.equal('requested');
    expect(await rows()).to.deep.equal([]);
    const done = await legal().approve(TENANT, approver, { id });
    expect(done).to.include({ state: 'disclosed', disclosed: 1, persons: 1 });
    const [row] = await rows();
    expect(row?.basis).to.deep.equal({ ground: 'legal-process', reference: ORDER.disclosure.reference });
    expect(row?.fields).to.include('e-mail');
    expect((await of('legal.disclosed'))[0]?.data).to.include({
      reference: ORDER.disclosure.reference,
      recipient: ORDER.disclosure.recipient,
      fields: 'e-mail',
      disclosed: 1,
    });
    expect(JSON.stringify(await system.core.audit.read(TENANT))).to.not.match(/grace|root/);
  });

  it('R16: without a reference, a scope or a recipient it is refused, on record, and nothing is changed', async () => {
    const { disclosure } = ORDER;
    const wrong: unknown[] = [
      { ...ORDER, disclosure: { ...disclosure, reference: undefined } },
      { ...ORDER, disclosure: { ...disclosure, scope: undefined } },
      { ...ORDER, disclosure: { ...disclosure, scope: { ...disclosure.scope, fields: [] } } },
      { ...ORDER, disclosure: { ...disclosure, recipient: '' } },
      { ...ORDER, disclosure: { ...disclosure, kind: 'curiosity' } },
      { ...ORDER, subjects: [] },
    ];
    for (const input of wrong)
      expect(await codeOf(legal().request(TENANT, system.officer, input as LegalInput))).to.equal(
        'ASIGNIO_LEGAL_REFUSED',
      );
    expect(await codeOf(legal().request(TENANT, system.officer, null as never))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await of('legal.refused')).to.have.length(wrong.length + 1);
    expect((await legal().list(TENANT, system.auditor)).items).to.deep.equal([]);
  });

  it('R16: nobody approves what they asked for themselves, in whatever role', async () => {
    const { id } = await legal().request(TENANT, system.officer, ORDER);
    await appoint(system.core, 'grace', 'administrator');
    for (const self of [system.officer, { id: 'grace', role: 'administrator' } as const])
      expect(await codeOf(legal().approve(TENANT, self, { id }))).to.equal('ASIGNIO_LEGAL_REFUSED');
    expect(await codeOf(legal().approve(TENANT, system.auditor, { id }))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await of('legal.refused')).to.have.length(2);
    expect(await rows()).to.deep.equal([]);
  });

  it('R16: what an approver refused is not approved later, and nothing is disclosed twice', async () => {
    const first = await legal().request(TENANT, system.officer, ORDER);
    await legal().refuse(TENANT, approver, { id: first.id, reason: 'The order has expired.' });
    expect(await codeOf(legal().approve(TENANT, approver, { id: first.id }))).to.equal('ASIGNIO_LEGAL_REFUSED');
    const second = await legal().request(TENANT, system.officer, ORDER);
    await legal().approve(TENANT, approver, { id: second.id });
    expect(await codeOf(legal().approve(TENANT, approver, { id: second.id }))).to.equal('ASIGNIO_LEGAL_REFUSED');
    expect(await rows()).to.have.length(1);
    expect(await codeOf(legal().approve(TENANT, approver, { id: 'nothing' }))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R16: of a person about whom nothing is held nothing is disclosed', async () => {
    const { id } = await legal().request(TENANT, system.officer, { ...ORDER, subjects: [ADA, BOB] });
    expect(await legal().approve(TENANT, approver, { id })).to.include({ persons: 2, disclosed: 1 });
  });

  it('R32: a recipient in another country needs a mechanism', async () => {
    const abroad = { ...ORDER, disclosure: { ...ORDER.disclosure, region: 'US' } };
    const { id } = await legal().request(TENANT, system.officer, abroad);
    expect(await codeOf(legal().approve(TENANT, approver, { id }))).to.equal('ASIGNIO_TRANSFER_REFUSED');
    expect(await rows()).to.deep.equal([]);
    const mechanism = { kind: 'legal-claims', id: 'GDPR Art. 49(1)(e)' } as const;
    const lawful = await legal().request(TENANT, system.officer, { ...abroad, mechanism });
    expect(await legal().approve(TENANT, approver, { id: lawful.id })).to.include({ disclosed: 1 });
  });

  it('R16: a merger needs a notice to the persons that is in force', async () => {
    for (const notice of [undefined, { version: '1999-01-01', language: 'en' }]) {
      const { notice: _known, ...rest } = merger(['attribute']);
      const input = notice === undefined ? rest : { ...rest, notice };
      expect(await codeOf(legal().request(TENANT, system.officer, input))).to.equal('ASIGNIO_LEGAL_REFUSED');
    }
    const { id } = await legal().request(TENANT, system.officer, merger(['attribute']));
    expect(await legal().approve(TENANT, approver, { id })).to.include({ disclosed: 1 });
  });

  it('R5: in a merger biometric data go of those alone who agreed to a transfer', async () => {
    await grantFor(system.core, ['authentication', 'transfer'], 'signature', BOB);
    const { id } = await legal().request(TENANT, system.officer, merger(['signature'], [ADA, BOB]));
    expect(await legal().approve(TENANT, approver, { id })).to.include({ persons: 2, disclosed: 1 });
    expect((await rows()).map(({ purpose, basis }) => [purpose, basis.ground])).to.deep.equal([['transfer', 'permit']]);
    expect(await of('egress.denied')).to.have.length(1);
  });

  it('R16: of two who approve at once one carries it out', async () => {
    const second = await appoint(system.core, 'hedy', 'privacy-officer');
    const { id } = await legal().request(TENANT, system.officer, ORDER);
    const codes = await Promise.all([approver, second].map(async (by) => codeOf(legal().approve(TENANT, by, { id }))));
    expect(codes.sort()).to.deep.equal(['ASIGNIO_LEGAL_REFUSED', 'resolved']);
    expect(await rows()).to.have.length(1);
    expect(await of('legal.disclosed')).to.have.length(1);
  });

  it('an approval that crashed half way is carried out once', async () => {
    await grantFor(system.core, ['authentication'], 'signature', BOB);
    const { id } = await legal().request(TENANT, system.officer, { ...ORDER, subjects: [ADA, BOB] });
    await system.close();
    const { folder, clock } = system;
    let left = 1;
    let armed = true;
    system = await makeGoverned({
      folder,
      clock,
      wrap: (storage) =>
        watched(storage, ({ name, kind }) => {
          if (armed && name === 'insert' && kind === 'disclosure' && left-- === 0) throw new Error('killed');
        }),
    });
    expect(await codeOf(legal().approve(TENANT, approver, { id }))).to.include('killed');
    armed = false;
    expect(await legal().approve(TENANT, approver, { id })).to.include({ disclosed: 2 });
    expect(await rows()).to.have.length(2);
    expect(await of('legal.disclosed')).to.have.length(1);
  });
});
