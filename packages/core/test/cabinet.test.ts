import { expect } from 'chai';
import fc from 'fast-check';
import { subjectId, tenantId } from '@asignio/contracts';
import type { CabinetKey, CabinetTerms, Json } from '@asignio/core';
import { ADA, codeOf, makeSystem, TENANT } from './harness.js';
import type { System } from './harness.js';

const MINUTE = 60_000;
const OTHER = tenantId('other');

describe('the cabinet of the bridges', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });
  afterEach(() => system.dispose());

  const key = (id: string, drawer = 'oidc.code', tenant = TENANT): CabinetKey => ({ tenant, drawer, id });
  const soon = (more: Partial<CabinetTerms> = {}): CabinetTerms => ({
    expiresAt: system.clock.now() + MINUTE,
    ...more,
  });

  it('gives back what was put, until it expires', async () => {
    const { cabinet } = system.core;
    const value = { client: 'portal', scope: ['openid'], nested: { deep: [1, null, true, 'ö'] } };
    await cabinet.put(key('c'), value, soon());
    expect(await cabinet.get(key('c'))).to.deep.equal(value);
    system.clock.advance(MINUTE - 1);
    expect(await cabinet.get(key('c'))).to.deep.equal(value);
    system.clock.advance(1);
    expect(await cabinet.get(key('c'))).to.equal(undefined);
    expect(await cabinet.take(key('c'))).to.equal(undefined);
    expect(await cabinet.change(key('c'), () => 1)).to.equal(undefined);
  });

  it('keeps tenants, drawers and ids apart', async () => {
    const { cabinet } = system.core;
    await cabinet.put(key('c'), 1, soon());
    expect(await cabinet.get(key('c', 'oidc.code', OTHER))).to.equal(undefined);
    expect(await cabinet.get(key('c', 'oidc.token'))).to.equal(undefined);
    expect(await cabinet.get(key('C'))).to.equal(undefined);
  });

  it('is taken by one of two processes, once', async () => {
    const second = await makeSystem({ folder: system.folder, clock: system.clock });
    await system.core.cabinet.put(key('c'), 'once', soon());
    const takers = [system, second, system, second].map(({ core }) => core.cabinet.take(key('c')));
    expect((await Promise.all(takers)).filter((value) => value !== undefined)).to.deep.equal(['once']);
    await second.close();
  });

  it('lets one of many add, and another once that has expired', async () => {
    const { cabinet } = system.core;
    const adders = Array.from({ length: 8 }, (_, n) => cabinet.add(key('m'), n, soon()));
    expect((await Promise.all(adders)).filter(Boolean)).to.have.length(1);
    system.clock.advance(MINUTE);
    expect(await cabinet.add(key('m'), 'later', soon())).to.equal(true);
    expect(await cabinet.get(key('m'))).to.equal('later');
  });

  it('loses no change of many at once', async () => {
    const { cabinet } = system.core;
    await cabinet.put(key('n'), 0, soon());
    await Promise.all(Array.from({ length: 20 }, () => cabinet.change(key('n'), (value) => Number(value) + 1)));
    expect(await cabinet.get(key('n'))).to.equal(20);
  });

  it('removes a group whole, and nothing else', async () => {
    const { cabinet } = system.core;
    await cabinet.put(key('a'), 1, soon({ group: 'grant-1' }));
    await cabinet.put(key('b', 'oidc.token'), 2, soon({ group: 'grant-1' }));
    await cabinet.put(key('c'), 3, soon({ group: 'grant-2' }));
    await cabinet.removeGroup(TENANT, 'grant-1');
    expect(
      await Promise.all([key('a'), key('b', 'oidc.token'), key('c')].map((one) => cabinet.get(one))),
    ).to.deep.equal([undefined, undefined, 3]);
  });

  it('R9: whose a group is outlasts what is kept on and on, and is not written each time', async () => {
    const { cabinet } = system.core;
    const owner = async (): Promise<number | undefined> =>
      (await system.storage.list({ tenant: TENANT, kind: 'bridge' })).records.find(({ id }) => id.startsWith('owner.'))
        ?.version;
    await cabinet.putAll(
      ['session', 'by another name'].map((id) => ({ key: key(id), value: 1 })),
      soon({ group: 'g', subject: ADA }),
    );
    for (let hour = 0; hour < 23; hour++) {
      system.clock.advance(60 * MINUTE);
      await cabinet.put(key('session'), hour, soon({ group: 'g', subject: ADA }));
      await system.core.sweep();
    }
    expect(await owner()).to.equal(1);
    system.clock.advance(2 * 60 * MINUTE);
    await cabinet.put(key('session'), 2, soon({ group: 'g', subject: ADA }));
    expect(await owner()).to.equal(2);
    await cabinet.removeGroup(TENANT, 'g');
    expect(await cabinet.get(key('session'))).to.equal(undefined);
  });

  it('is emptied of what has expired by the sweep, and of nothing else', async () => {
    const { cabinet } = system.core;
    await cabinet.put(key('old'), 1, soon({ group: 'g', subject: ADA }));
    await cabinet.put(key('kept'), 2, { expiresAt: null });
    system.clock.advance(MINUTE);
    await system.core.sweep();
    const left = async (): Promise<number> =>
      (await system.storage.list({ tenant: TENANT, kind: 'bridge' })).records.length;
    // Who owned it is noted for a day more.
    expect(await left()).to.equal(2);
    system.clock.advance(24 * 60 * MINUTE);
    await system.core.sweep();
    expect(await left()).to.equal(1);
    expect(await cabinet.get(key('kept'))).to.equal(2);
  });

  it('R28: the store holds neither codes nor values nor subjects in plain form', async () => {
    const { cabinet } = system.core;
    await cabinet.put(key('secret-code'), { email: 'ada@example.test' }, soon({ group: 'secret-group', subject: ADA }));
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'bridge' });
    const stored = JSON.stringify(records, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const plain of ['secret-code', 'ada', 'secret-group', 'email']) expect(stored).not.to.include(plain);
  });

  it('R28: a value that is moved to another id is not read there', async () => {
    const { cabinet } = system.core;
    await cabinet.put(key('mine'), 'mine', soon());
    await cabinet.put(key('theirs'), 'theirs', soon());
    const { records } = await system.storage.list({ tenant: TENANT, kind: 'bridge' });
    const [one, other] = records as [(typeof records)[0], (typeof records)[0]];
    await system.storage.replace(one, other.value, { due: other.due as number }, one.version);
    const codes = await Promise.all(['mine', 'theirs'].map((id) => codeOf(cabinet.get(key(id)))));
    expect(codes.sort()).to.deep.equal(['ASIGNIO_REFERENCE_UNREADABLE', 'resolved']);
  });

  it('refuses what is not of its form, and keeps nothing', async () => {
    const { cabinet } = system.core;
    const refused: readonly Promise<unknown>[] = [
      cabinet.put(key('x', '../x'), 1, soon()),
      cabinet.put(key(''), 1, soon()),
      cabinet.put(key('x'.repeat(4097)), 1, soon()),
      cabinet.put(key('\ud800'), 1, soon()),
      cabinet.put(key('x'), undefined as unknown as Json, soon()),
      cabinet.put(key('x'), 'x'.repeat(300_000), soon()),
      cabinet.put(key('x'), 1, { expiresAt: Number.NaN }),
      cabinet.put(key('x'), 1, soon({ subject: ADA })),
      cabinet.put(key('x'), 1, soon({ group: '' })),
    ];
    for (const code of await Promise.all(refused.map(codeOf))) expect(code).to.equal('ASIGNIO_REQUEST_INVALID');
    expect((await system.storage.list({ tenant: TENANT, kind: 'bridge' })).records).to.deep.equal([]);
  });

  it('takes any id and any JSON', async () => {
    const { cabinet } = system.core;
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.jsonValue(), async (id, value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        await cabinet.put(key(id), plain, soon({ group: id, subject: subjectId('bo') }));
        expect(await cabinet.take(key(id))).to.deep.equal(plain);
      }),
      { numRuns: 50 },
    );
  });
});
