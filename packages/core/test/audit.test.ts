import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';
import { TENANT, attempt, codeOf, enrol, grant, makeSystem } from './harness.js';
import type { System } from './harness.js';

interface Value {
  readonly event: string;
  readonly at: number;
  readonly subject: string | null;
  readonly data: object;
}
interface Entry {
  readonly sequence: number;
  readonly id: string;
  readonly value: Value;
}
type Tampering = (entries: readonly Entry[]) => readonly Entry[];

const untouched: Tampering = (entries) => entries;

describe('the audit chain', () => {
  let system: System;
  let tamper: Tampering = untouched;
  let seen: (name: string) => unknown = () => undefined;

  beforeEach(async () => {
    tamper = untouched;
    seen = () => undefined;
    system = await makeSystem({
      wrap: (storage) =>
        new Proxy(storage, {
          get(target, name, receiver) {
            if (name === 'readLog')
              return async (...args: Parameters<StoragePlugin['readLog']>) =>
                tamper((await target.readLog(...args)) as unknown as readonly Entry[]);
            const value = Reflect.get(target, name, receiver) as unknown;
            if (typeof value !== 'function') return value;
            return async (...args: unknown[]) => {
              seen(String(name));
              return Reflect.apply(value, target, args) as unknown;
            };
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

  const edit = (sequence: number, change: (value: Value) => Value): Tampering => {
    return (entries) =>
      entries.map((entry) => (entry.sequence === sequence ? { ...entry, value: change(entry.value) } : entry));
  };
  const attacks: Record<string, Tampering> = {
    'an edited event': edit(2, (value) => ({ ...value, event: 'consent.withdrawn' })),
    'an edited time': edit(3, (value) => ({ ...value, at: value.at + 1 })),
    'an edited subject': edit(2, (value) => ({ ...value, subject: 'x' })),
    'an entry that lost its data': edit(2, ({ event, at, subject }) => ({ event, at, subject }) as Value),
    'edited data': edit(2, (value) => ({ ...value, data: {} })),
    'a deleted entry': (entries) => entries.filter(({ sequence }) => sequence !== 2),
    'two entries swapped': ([a, b, c, ...rest]) => [
      a as Entry,
      { ...(c as Entry), sequence: 2 },
      { ...(b as Entry), sequence: 3 },
      ...rest,
    ],
    'a head cut off': (entries) => entries.slice(1),
  };

  for (const [name, attack] of Object.entries(attacks))
    it(`finds ${name}, and says where`, async () => {
      tamper = attack;
      expect(await codeOf(system.core.audit.verify(TENANT))).to.equal('ASIGNIO_AUDIT_BROKEN');
    });

  it('writes together what waits while an entry is written, and each of many processes goes on from the others', async () => {
    const other = await makeSystem({ folder: system.folder, clock: system.clock });
    const before = (await system.core.audit.verify(TENANT)).entries;
    const calls: string[] = [];
    seen = (name) => calls.push(name);
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? other : system).core.subjects.notice(TENANT, 'en')),
    );
    expect((await system.core.audit.verify(TENANT)).entries).to.equal(before + 60);
    expect(calls.filter((name) => name === 'appendAll')).to.have.length.greaterThan(0);
    await other.dispose();
  });

  it('gives each of several its own outcome when they cannot be written together', async () => {
    const before = (await system.core.audit.verify(TENANT)).entries;
    seen = (name) => {
      if (name === 'appendAll') throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE');
    };
    await Promise.all(Array.from({ length: 5 }, () => system.core.subjects.notice(TENANT, 'en')));
    expect((await system.core.audit.verify(TENANT)).entries).to.equal(before + 5);
  });

  it('takes parallel appends of many ceremonies without loss', async () => {
    const before = (await system.core.audit.verify(TENANT)).entries;
    await Promise.all(Array.from({ length: 20 }, () => system.core.subjects.notice(TENANT, 'en')));
    expect((await system.core.audit.verify(TENANT)).entries).to.equal(before + 20);
  });
});
