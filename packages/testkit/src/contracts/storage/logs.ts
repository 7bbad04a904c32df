import assert from 'node:assert/strict';
import { AsignioError, STORAGE_LIMITS } from '@asignio/contracts';
import type { LogEntry, StoragePlugin } from '@asignio/contracts';
import { refuses, winners } from '../runner.ts';
import { ACME, AUDIT, OTHER } from './world.ts';
import type { Scenario } from './world.ts';

/** Appends at the end, however many others do, and gives the sequence it got. */
export async function appendNext(storage: StoragePlugin, id: string): Promise<number> {
  for (;;) {
    const sequence = ((await storage.logHead(ACME, AUDIT))?.sequence ?? 0) + 1;
    try {
      return (await storage.append(ACME, AUDIT, { sequence, id, value: { id } })).sequence;
    } catch (error) {
      if (!(error instanceof AsignioError) || error.code !== 'ASIGNIO_STORAGE_CONFLICT') throw error;
    }
  }
}

function entryAt(sequence: number, id: string): LogEntry {
  return { sequence, id, value: id };
}

/** Append-only logs: no gap, no double, no change. */
export function logTests(scenario: Scenario): void {
  scenario('appends in order and reads from any place', async ({ storage }) => {
    assert.equal(await storage.logHead(ACME, AUDIT), undefined);
    assert.deepEqual(await storage.readLog(ACME, AUDIT, 1, 10), []);
    // Past 255 and 256, where numbers compared as text or single bytes go wrong.
    for (let sequence = 1; sequence <= 300; sequence++) {
      const entry = { sequence, id: `e${sequence}`, value: { sequence } };
      assert.deepEqual(await storage.append(ACME, AUDIT, entry), entry);
    }
    assert.equal((await storage.logHead(ACME, AUDIT))?.sequence, 300);
    const read = async (from: number, limit: number): Promise<number[]> =>
      (await storage.readLog(ACME, AUDIT, from, limit)).map((entry) => entry.sequence);
    assert.deepEqual(
      await read(1, 1000),
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    assert.deepEqual(await read(254, 5), [254, 255, 256, 257, 258]);
    assert.deepEqual(await read(300, 5), [300]);
    assert.deepEqual(await read(301, 5), []);
  });

  scenario('refuses a gap and a place that is taken', async ({ storage }) => {
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.append(ACME, AUDIT, entryAt(2, 'a')));
    await storage.append(ACME, AUDIT, entryAt(1, 'a'));
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.append(ACME, AUDIT, entryAt(1, 'b')));
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.append(ACME, AUDIT, entryAt(3, 'b')));
    await storage.append(ACME, AUDIT, entryAt(2, 'b'));
    assert.deepEqual(await storage.readLog(ACME, AUDIT, 1, 10), [entryAt(1, 'a'), entryAt(2, 'b')]);
  });

  scenario('gives the first entry for an id that is there already, wherever it is appended', async ({ storage }) => {
    const first = await storage.append(ACME, AUDIT, { sequence: 1, id: 'a', value: 'first' });
    await storage.append(ACME, AUDIT, { sequence: 2, id: 'b', value: 'b' });
    for (const sequence of [1, 2, 3, 9])
      assert.deepEqual(await storage.append(ACME, AUDIT, { sequence, id: 'a', value: 'again' }), first);
    assert.equal((await storage.logHead(ACME, AUDIT))?.sequence, 2);
  });

  scenario('keeps logs and tenants apart', async ({ storage }) => {
    for (const [tenant, log] of [
      [ACME, 'audit'],
      [ACME, 'audit2'],
      [ACME, 'a'],
      [OTHER, 'audit'],
    ] as const)
      assert.equal(
        (await storage.append(tenant, log, { sequence: 1, id: 'a', value: `${tenant} ${log}` })).sequence,
        1,
      );
    assert.deepEqual(await storage.readLog(OTHER, 'audit', 1, 10), [{ sequence: 1, id: 'a', value: `${OTHER} audit` }]);
    assert.equal((await storage.logHead(ACME, 'audit'))?.value, 'acme audit');
  });

  scenario('gives a place to one of many', async ({ storage }) => {
    for (let sequence = 1; sequence <= 5; sequence++) {
      const won = await winners(
        'ASIGNIO_STORAGE_CONFLICT',
        Array.from({ length: 20 }, (_, i) =>
          storage.append(ACME, AUDIT, { sequence, id: `${sequence} ${i}`, value: i }),
        ),
      );
      assert.equal(won.length, 1);
      assert.deepEqual(await storage.logHead(ACME, AUDIT), won[0]);
    }
  });

  scenario('writes an id once that is appended many times at once', async ({ storage }) => {
    const entries = await Promise.all(
      Array.from({ length: 20 }, (_, i) => storage.append(ACME, AUDIT, { sequence: 1, id: 'same', value: i })),
    );
    for (const entry of entries) assert.deepEqual(entry, entries[0]);
    assert.equal((await storage.readLog(ACME, AUDIT, 1, 10)).length, 1);
  });

  scenario('loses and doubles no entry of many writers', async ({ storage }) => {
    const got = await Promise.all(Array.from({ length: 40 }, async (_, i) => appendNext(storage, `e${i}`)));
    const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
    assert.deepEqual(
      got.toSorted((a, b) => a - b),
      numbers,
    );
    const log = await storage.readLog(ACME, AUDIT, 1, 1000);
    assert.deepEqual(
      log.map((entry) => entry.sequence),
      numbers,
    );
    for (const [i, sequence] of got.entries()) assert.equal(log[sequence - 1]?.id, `e${i}`);
  });

  scenario('appends several at once, or none of them', async ({ storage }) => {
    if (storage.appendAll === undefined) return;
    const log = async (): Promise<readonly string[]> =>
      (await storage.readLog(ACME, AUDIT, 1, 1000)).map(({ sequence, id }) => `${sequence} ${id}`);
    const together = async (...entries: readonly LogEntry[]): Promise<void> =>
      storage.appendAll?.(ACME, AUDIT, entries);
    await together(entryAt(1, 'a'), entryAt(2, 'b'), entryAt(3, 'c'));
    await storage.append(ACME, AUDIT, entryAt(4, 'd'));
    for (const bad of [
      [entryAt(6, 'e'), entryAt(7, 'f')],
      [entryAt(4, 'e'), entryAt(5, 'f')],
      [entryAt(5, 'e'), entryAt(6, 'b')],
      [entryAt(5, 'e'), entryAt(6, 'e')],
    ])
      await refuses('ASIGNIO_STORAGE_CONFLICT', () => together(...bad));
    const many = Array.from({ length: STORAGE_LIMITS.appendedTogether + 1 }, (_, i) => entryAt(5 + i, `e${i}`));
    for (const bad of [
      [],
      [entryAt(5, 'e'), entryAt(7, 'f')],
      [entryAt(5, 'e'), entryAt(6, '')],
      many,
      undefined as unknown as LogEntry[],
    ])
      await refuses('ASIGNIO_STORAGE_INVALID', async () => storage.appendAll?.(ACME, AUDIT, bad));
    assert.deepEqual(await log(), ['1 a', '2 b', '3 c', '4 d']);
    await together(...many.slice(1).map((entry) => ({ ...entry, sequence: entry.sequence - 1 })));
    assert.equal((await storage.logHead(ACME, AUDIT))?.sequence, 4 + STORAGE_LIMITS.appendedTogether);
  });

  scenario('gives a row of places to one of many', async ({ storage }) => {
    if (storage.appendAll === undefined) return;
    const won = await winners(
      'ASIGNIO_STORAGE_CONFLICT',
      Array.from({ length: 20 }, async (_, i) => {
        await storage.appendAll?.(ACME, AUDIT, [entryAt(1, `${i} a`), entryAt(2, `${i} b`)]);
        return [`${i} a`, `${i} b`];
      }),
    );
    assert.equal(won.length, 1);
    assert.deepEqual(
      (await storage.readLog(ACME, AUDIT, 1, 10)).map(({ id }) => id),
      won[0],
    );
  });

  scenario('refuses a sequence that is none', async ({ storage }) => {
    for (const sequence of [0, -1, 0.5, Number.NaN, 2 ** 53, '1', undefined] as number[]) {
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.append(ACME, AUDIT, { sequence, id: 'a', value: 1 }));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.readLog(ACME, AUDIT, sequence, 1));
    }
  });
}
