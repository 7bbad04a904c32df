import assert from 'node:assert/strict';
import type { StoragePlugin } from '@asignio/contracts';
import { refuses, winners } from '../runner.ts';
import { ACME, AUDIT, keyOf } from './world.ts';
import type { Scenario, StorageContractOptions, World } from './world.ts';

/** Opening, closing, and two plugins on one store. */
export function lifecycleTests(scenario: Scenario, { create, destroy, it, reopen }: StorageContractOptions): void {
  scenario('opens and closes as often as it is told, and answers nothing while closed', async ({ storage }) => {
    await storage.open();
    await Promise.all([storage.open(), storage.open()]);
    await storage.ping();
    await storage.insert(keyOf('ada'), 1);
    await storage.close();
    await storage.close();
    for (const call of callsOn(storage)) await refuses('ASIGNIO_STORAGE_UNAVAILABLE', call);
    await storage.open();
    await storage.ping();
    assert.equal((await storage.get(keyOf('ada')))?.value, 1);
  });

  it('answers nothing before it is opened', async () => {
    const storage = await create({ clock: { now: () => 0 } });
    try {
      for (const call of callsOn(storage)) await refuses('ASIGNIO_STORAGE_UNAVAILABLE', call);
    } finally {
      await storage.close();
      await destroy?.(storage);
    }
  });

  scenario('finishes what is under way before it closes', async ({ storage }) => {
    const writes = Array.from({ length: 20 }, (_, i) => storage.insert(keyOf(`r${i}`), i));
    await storage.close();
    const won = await winners('ASIGNIO_STORAGE_UNAVAILABLE', writes);
    await storage.open();
    const { records } = await storage.list({ tenant: ACME, kind: 'subject' });
    for (const record of won)
      assert.deepEqual(
        records.find(({ id }) => id === record.id),
        record,
      );
  });

  if (reopen === undefined) return;

  const second = async (world: World, body: (other: StoragePlugin) => Promise<void>): Promise<void> => {
    const other = await reopen(world.storage, { clock: world.clock });
    try {
      await other.open();
      await body(other);
    } finally {
      await other.close();
    }
  };

  scenario('keeps everything over a restart', async (world) => {
    const { storage, clock } = world;
    const record = await storage.insert(keyOf('ada'), { bytes: new Uint8Array([1, 2]) }, { subject: 's', due: 7 });
    const key = await storage.insert(keyOf('ada', 'key'), 'wrapped', { subject: 's' });
    await storage.append(ACME, AUDIT, { sequence: 1, id: 'a', value: 'first' });
    const lease = await storage.acquireLease('sweep', 'one', 1000);
    await storage.close();
    await second(world, async (again) => {
      assert.deepEqual(await again.get(record), record);
      assert.deepEqual(await again.get(key), key);
      assert.deepEqual((await again.list({ tenant: ACME, kind: 'subject', subject: 's' })).records, [record]);
      assert.deepEqual((await again.listDue({ kind: 'subject', upTo: 7 })).records, [record]);
      assert.equal((await again.logHead(ACME, AUDIT))?.value, 'first');
      assert.equal(await again.acquireLease('sweep', 'two', 1000), undefined);
      clock.advance(1000);
      assert.ok(((await again.acquireLease('sweep', 'two', 1000))?.fence ?? 0) > (lease?.fence ?? 0));
    });
  });

  scenario('takes up a listing where it stopped before a restart', async (world) => {
    const { storage } = world;
    for (let i = 0; i < 10; i++) await storage.insert(keyOf(`r${i}`), i);
    const first = await storage.list({ tenant: ACME, kind: 'subject', limit: 4 });
    await storage.close();
    await second(world, async (again) => {
      const rest = await again.list({ tenant: ACME, kind: 'subject', after: first.next ?? '' });
      assert.deepEqual(
        [...first.records, ...rest.records].map((record) => record.value),
        Array.from({ length: 10 }, (_, i) => i),
      );
    });
  });

  scenario('shows at once to one plugin what another wrote', async (world) => {
    const { storage } = world;
    await second(world, async (other) => {
      for (let i = 0; i < 20; i++) {
        const [writer, reader] = i % 2 === 0 ? [storage, other] : [other, storage];
        assert.equal(await reader.get(keyOf(`r${i}`)), undefined);
        const record = await writer.insert(keyOf(`r${i}`), i, { due: i });
        assert.deepEqual(await reader.get(keyOf(`r${i}`)), record);
        await writer.append(ACME, AUDIT, { sequence: i + 1, id: `e${i}`, value: i });
        assert.equal((await reader.logHead(ACME, AUDIT))?.sequence, i + 1);
        assert.equal((await reader.listDue({ kind: 'subject', upTo: i })).records.length, i + 1);
      }
    });
  });

  scenario('lets one win between two plugins on one store', async (world) => {
    const { storage } = world;
    await second(world, async (other) => {
      for (let round = 0; round < 10; round++) {
        const key = keyOf(`r${round}`);
        const won = await winners('ASIGNIO_STORAGE_CONFLICT', [storage.insert(key, 'one'), other.insert(key, 'two')]);
        assert.equal(won.length, 1);
        const version = won[0]?.version ?? 0;
        const replaced = await winners('ASIGNIO_STORAGE_CONFLICT', [
          other.replace(key, 'two', {}, version),
          storage.replace(key, 'one', {}, version),
        ]);
        assert.equal(replaced.length, 1);
        assert.deepEqual(await storage.get(key), await other.get(key));
      }
    });
  });

  scenario('goes on when one of two plugins on one store closes', async (world) => {
    const { storage } = world;
    await second(world, async (other) => {
      await other.insert(keyOf('ada'), 1);
    });
    assert.equal((await storage.get(keyOf('ada')))?.value, 1);
    await storage.insert(keyOf('bob'), 2);
  });
}

/** A call of every method, of which none may answer while the store is closed. */
function callsOn(storage: StoragePlugin): readonly (() => Promise<unknown>)[] {
  return [
    () => storage.ping(),
    () => storage.get(keyOf('ada')),
    () => storage.insert(keyOf('bob'), 1),
    () => storage.replace(keyOf('ada'), 1, {}, 1),
    () => storage.remove(keyOf('ada')),
    () => storage.list({ tenant: ACME, kind: 'subject' }),
    () => storage.listDue({ kind: 'subject', upTo: 1 }),
    () => storage.append(ACME, AUDIT, { sequence: 1, id: 'a', value: 1 }),
    () => storage.logHead(ACME, AUDIT),
    () => storage.readLog(ACME, AUDIT, 1, 1),
    () => storage.listTenants(undefined, 1),
    () => storage.listLogs(ACME),
    () => storage.acquireLease('sweep', 'one', 1000),
    () => storage.releaseLease({ name: 'sweep', holder: 'one', fence: 1, expiresAt: 1 }),
  ];
}
