import { expect } from 'chai';
import type { StoragePlugin } from '@asignio/contracts';
import { TENANT, attempt, codeOf, enrol, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

describe('the audit chain', () => {
  let system: System;
  let tamper: (entries: readonly { sequence: number; id: string; value: unknown }[]) => unknown = (entries) => entries;

  beforeEach(async () => {
    tamper = (entries) => entries;
    system = await makeSystem({
      wrap: (storage) =>
        new Proxy(storage, {
          get(target, name, receiver) {
            if (name === 'readLog')
              return async (...args: Parameters<StoragePlugin['readLog']>) => tamper(await target.readLog(...args));
            return Reflect.get(target, name, receiver) as unknown;
          },
        }),
    });
    await grant(system.core);
    await enrol(system.core);
    await attempt(system.core, { who: 'ada' });
  });

  afterEach(async () => system.dispose());

  it('verifies as written, with sequences from one and no gaps', async () => {
    const entries = await system.core.audit.read(TENANT);
    expect(entries.map(({ sequence }) => sequence)).to.deep.equal(entries.map((_, index) => index + 1));
    expect(await system.core.audit.verify(TENANT)).to.deep.include({ entries: entries.length });
  });

  const attacks: Record<string, (entries: any) => unknown> = {
    'an edited event': (entries) =>
      entries.map((e: any) => (e.sequence === 2 ? { ...e, value: { ...e.value, event: 'consent.withdrawn' } } : e)),
    'an edited time': (entries) =>
      entries.map((e: any) => (e.sequence === 3 ? { ...e, value: { ...e.value, at: e.value.at + 1 } } : e)),
    'an edited subject': (entries) =>
      entries.map((e: any) => (e.sequence === 2 ? { ...e, value: { ...e.value, subject: 'x' } } : e)),
    'edited data': (entries) =>
      entries.map((e: any) => (e.sequence === 2 ? { ...e, value: { ...e.value, data: {} } } : e)),
    'a deleted entry': (entries) => entries.filter((e: any) => e.sequence !== 2),
    'two entries swapped': ([a, b, c, ...rest]) => [a, { ...c, sequence: 2 }, { ...b, sequence: 3 }, ...rest],
    'a head cut off': (entries) => entries.slice(1),
  };

  for (const [name, attack] of Object.entries(attacks))
    it(`finds ${name}, and says where`, async () => {
      tamper = attack;
      expect(await codeOf(system.core.audit.verify(TENANT))).to.equal('ASIGNIO_AUDIT_BROKEN');
    });

  it('takes parallel appends of many ceremonies without loss', async () => {
    const before = (await system.core.audit.verify(TENANT)).entries;
    await Promise.all(Array.from({ length: 20 }, () => system.core.subjects.notice(TENANT, 'en')));
    expect((await system.core.audit.verify(TENANT)).entries).to.equal(before + 20);
  });
});
