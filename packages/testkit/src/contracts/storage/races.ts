import assert from 'node:assert/strict';
import { AsignioError } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';
import { winners } from '../runner.ts';
import { keyOf } from './world.ts';
import type { Scenario } from './world.ts';

/** Adds to a counter by compare-and-set until it succeeds, and says what it made of it. */
export async function increment(storage: StoragePlugin, id: string): Promise<number> {
  const key = keyOf(id, 'attempts');
  for (;;) {
    const record = await storage.get(key);
    try {
      if (record === undefined) return (await storage.insert(key, 1)).value as number;
      const value = (record.value as number) + 1;
      await storage.replace(key, value, { subject: 'counter', due: value }, record.version);
      return value;
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_STORAGE_CONFLICT') throw error;
    }
  }
}

/** Many at once: one wins. */
export function raceTests(scenario: Scenario): void {
  scenario('lets one of many parallel inserts win', async ({ storage }) => {
    const won = await winners(
      'ASIGNIO_STORAGE_CONFLICT',
      Array.from({ length: 30 }, (_, i) => storage.insert(keyOf('ada'), i, { due: i })),
    );
    assert.equal(won.length, 1);
    assert.deepEqual(await storage.get(keyOf('ada')), won[0]);
    assert.deepEqual((await storage.listDue({ kind: 'subject', upTo: 100 })).records, won);
  });

  scenario('lets one of many parallel replacements of a version win', async ({ storage }) => {
    let record = await storage.insert(keyOf('ada'), -1);
    for (let round = 0; round < 5; round++) {
      const { version } = record;
      const won = await winners(
        'ASIGNIO_STORAGE_CONFLICT',
        Array.from({ length: 20 }, (_, i) => storage.replace(keyOf('ada'), i, { subject: `s${i}` }, version)),
      );
      assert.equal(won.length, 1);
      record = won[0] ?? record;
      assert.deepEqual(await storage.get(keyOf('ada')), record);
      let found = 0;
      for (let i = 0; i < 20; i++)
        found += (await storage.list({ tenant: record.tenant, kind: 'subject', subject: `s${i}` })).records.length;
      assert.equal(found, 1);
    }
  });

  scenario('lets either a replacement or a removal win', async ({ storage }) => {
    for (let round = 0; round < 10; round++) {
      const { version } = await storage.insert(keyOf('ada'), 'old', { due: 1 });
      const won = await winners<unknown>('ASIGNIO_STORAGE_CONFLICT', [
        storage.replace(keyOf('ada'), 'new', { due: 1 }, version),
        storage.remove(keyOf('ada'), version),
      ]);
      const left = await storage.get(keyOf('ada'));
      assert.equal(won.length, 1);
      assert.equal(left?.value, won[0] === true ? undefined : 'new');
      await storage.remove(keyOf('ada'));
    }
  });

  scenario('loses no increment of a counter', async ({ storage }) => {
    const seen = await Promise.all(Array.from({ length: 40 }, async () => increment(storage, 'counter')));
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    assert.equal((await storage.get(keyOf('counter', 'attempts')))?.value, 40);
  });
}
