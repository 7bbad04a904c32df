import { expect } from 'chai';
import type { Operator } from '@asignio/core';
import { DEFAULT_STAFF_RULES } from '@asignio/policy';
import { TENANT, codeOf, events, makeSystem, watched } from './harness.js';
import type { System } from './harness.js';
import { appoint } from './support/staff.js';

const DAY = 86_400_000;

describe('staff, as the core checks them', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  const staff = () => system.core.governance.staff;
  const refusals = async () => (await events(system.core)).filter((event) => event === 'role.refused').length;
  const acting = async (operator: Operator) => codeOf(staff().require(TENANT, operator, operator.role));

  it('R42: a role is refused to whoever has not acknowledged the rules, and the refusal is on record', async () => {
    expect(await codeOf(staff().grant(TENANT, 'host', { id: 'grace', role: 'privacy-officer' }))).to.equal(
      'ASIGNIO_ROLE_REQUIRED',
    );
    expect(await acting({ id: 'grace', role: 'privacy-officer' })).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await refusals()).to.equal(2);
    expect((await system.storage.list({ tenant: TENANT, kind: 'staff' })).records).to.deep.equal([]);
  });

  it('R42: who acknowledged and was granted a role acts in it, and in no other', async () => {
    const grace = await appoint(system.core, 'grace', 'privacy-officer');
    expect(await acting(grace)).to.equal('resolved');
    expect(await acting({ id: 'grace', role: 'administrator' })).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await codeOf(staff().require(TENANT, grace, 'auditor', 'reviewer'))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await acting({ id: 'Grace', role: 'privacy-officer' })).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await events(system.core)).to.include.members(['role.acknowledged', 'role.granted', 'role.refused']);
  });

  it('R42: an acknowledgement ends with its term, and with the wording of the rules', async () => {
    const grace = await appoint(system.core, 'grace', 'auditor');
    system.clock.advance(366 * DAY);
    expect(await acting(grace)).to.equal('ASIGNIO_ROLE_REQUIRED');
    await staff().acknowledge(TENANT, { id: 'grace', sha256: staff().rules().sha256 });
    expect(await acting(grace)).to.equal('resolved');
    await system.close();
    const statements = [...DEFAULT_STAFF_RULES.statements, 'And I lock my screen.'];
    system = await makeSystem({
      folder: system.folder,
      clock: system.clock,
      staffRules: { ...DEFAULT_STAFF_RULES, statements },
    });
    expect(await acting(grace)).to.equal('ASIGNIO_ROLE_REQUIRED');
  });

  it('R42: the hash of other rules acknowledges nothing', async () => {
    for (const sha256 of ['0'.repeat(64), '', 'x', 7 as unknown as string])
      expect(await codeOf(staff().acknowledge(TENANT, { id: 'grace', sha256 }))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect((await system.storage.list({ tenant: TENANT, kind: 'staff' })).records).to.deep.equal([]);
  });

  it('R42: only an administrator gives roles, never to themselves, and takes them away at once', async () => {
    const root = await appoint(system.core, 'root', 'administrator');
    const grace = await appoint(system.core, 'grace', 'auditor', root);
    expect(await codeOf(staff().grant(TENANT, grace, { id: 'root', role: 'reviewer' }))).to.equal(
      'ASIGNIO_ROLE_REQUIRED',
    );
    expect(await codeOf(staff().grant(TENANT, root, { id: 'root', role: 'reviewer' }))).to.equal(
      'ASIGNIO_ROLE_REQUIRED',
    );
    await staff().revoke(TENANT, root, { id: 'grace', role: 'auditor' });
    expect(await acting(grace)).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await codeOf(staff().revoke(TENANT, root, { id: 'grace', role: 'auditor' }))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('R42: a role that was given for a time ends with it', async () => {
    await staff().acknowledge(TENANT, { id: 'grace', sha256: staff().rules().sha256 });
    const until = system.clock.now() + DAY;
    await staff().grant(TENANT, 'host', { id: 'grace', role: 'auditor', until });
    expect(await acting({ id: 'grace', role: 'auditor' })).to.equal('resolved');
    system.clock.advance(DAY);
    expect(await acting({ id: 'grace', role: 'auditor' })).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await codeOf(staff().grant(TENANT, 'host', { id: 'grace', role: 'auditor', until }))).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
  });

  it('R29: a role of one tenant is none in another', async () => {
    const grace = await appoint(system.core, 'grace', 'auditor');
    expect(await codeOf(staff().require('other' as typeof TENANT, grace, 'auditor'))).to.equal('ASIGNIO_ROLE_REQUIRED');
  });

  it('R42: the audit chain names staff by pseudonym, and administrators read who they are', async () => {
    const root = await appoint(system.core, 'root@acme.example', 'administrator');
    const { items } = await staff().list(TENANT, root);
    expect(items.map(({ id }) => id)).to.deep.equal(['root@acme.example']);
    expect(items[0]?.grants.map(({ role }) => role)).to.deep.equal(['administrator']);
    expect(JSON.stringify(await system.core.audit.read(TENANT))).to.not.include('root@acme');
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'staff' });
    expect(Buffer.from(JSON.stringify(records)).includes('root@acme')).to.equal(false);
  });

  it('an operator that is none is refused as malformed', async () => {
    const wrong = [null, {}, { id: '', role: 'auditor' }, { id: 'a\nb', role: 'auditor' }, { id: 'a', role: 'king' }];
    for (const operator of wrong)
      expect(await codeOf(staff().require(TENANT, operator as Operator, 'auditor'))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    const root = await appoint(system.core, 'root', 'administrator');
    for (const page of [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { after: 7 as unknown as string }])
      expect(await codeOf(staff().list(TENANT, root, page))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('a grant that crashed before its audit entry is on record after the next sweep', async () => {
    let dead = false;
    const other = await makeSystem({
      wrap: (storage) =>
        watched(storage, ({ name, args }) => {
          if (name === 'append' && JSON.stringify(args).includes('role.granted')) dead = true;
          if (dead) throw new Error('killed');
        }),
    });
    const before = other.core.governance.staff;
    await before.acknowledge(TENANT, { id: 'grace', sha256: before.rules().sha256 });
    expect(await codeOf(before.grant(TENANT, 'host', { id: 'grace', role: 'auditor' }))).to.include('killed');
    await other.close().catch(() => undefined);
    const again = await makeSystem({ folder: other.folder, clock: other.clock });
    expect(await events(again.core)).to.include('role.granted');
    await again.dispose();
  });
});
