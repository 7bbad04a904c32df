import assert from 'node:assert/strict';
import type { DueQuery, ListQuery, StoredRecord } from '@asignio/contracts';
import { refuses } from '../runner.ts';
import { HOSTILE_IDS } from './hostile.ts';
import { ACME, OTHER, keyOf, walk, withCursor } from './world.ts';
import type { Scenario } from './world.ts';

/** Order of ids: by code point, which is the order of their UTF-8 bytes. */
function byId(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function ids(records: readonly StoredRecord[]): string[] {
  return records.map((record) => record.id);
}

function id(i: number): string {
  return `r${String(i).padStart(3, '0')}`;
}

/** Pages: all, once, in order, whatever happens in between. */
export function listingTests(scenario: Scenario): void {
  scenario('lists by id, in pages of any length, each record once', async ({ storage }) => {
    const all = [...HOSTILE_IDS, ...Array.from({ length: 70 }, (_, i) => `id ${i}`)];
    for (const one of all) await storage.insert(keyOf(one), one);
    await storage.insert(keyOf('foreign', 'subject', OTHER), 1);
    await storage.insert(keyOf('foreign', 'consent'), 1);
    for (const limit of [1, 7, 100, 1000]) {
      const found = await walk((after) => storage.list(withCursor({ tenant: ACME, kind: 'subject', limit }, after)));
      assert.deepEqual(ids(found), all.toSorted(byId));
    }
  });

  scenario('lists one subject by id, in pages', async ({ storage }) => {
    const subjects = ['s', 's1', 's\0', 'S', ''.padEnd(256, 's')];
    for (const subject of subjects)
      for (let i = 0; i < 25; i++) await storage.insert(keyOf(`${subject.slice(0, 9)} ${i}`), i, { subject });
    await storage.insert(keyOf('without'), 1);
    for (const subject of subjects) {
      const found = await walk((after) =>
        storage.list(withCursor({ tenant: ACME, kind: 'subject', subject, limit: 4 }, after)),
      );
      assert.equal(found.length, 25);
      assert.ok(found.every((record) => record.subject === subject));
      assert.deepEqual(ids(found), ids(found).toSorted(byId));
    }
  });

  scenario(
    'lists what is due over all tenants, the longest due first, the last moment included',
    async ({ storage }) => {
      const times = [5, -1, 0, 3, 3, 8_640_000_000_000_000, -8_640_000_000_000_000, 1_800_000_000_000, 4, 256, 255];
      for (const [i, due] of times.entries())
        await storage.insert(keyOf(`r${i}`, 'probe', i % 2 === 0 ? ACME : OTHER), i, { due });
      await storage.insert(keyOf('never', 'probe'), 1);
      await storage.insert(keyOf('other kind', 'ceremony'), 1, { due: 0 });
      for (const limit of [1, 3, 100])
        for (const upTo of [-2, 0, 3, 4, 8_640_000_000_000_000]) {
          const found = await walk((after) =>
            storage.listDue(withCursor({ kind: 'probe', upTo, limit } as const, after)),
          );
          assert.deepEqual(
            found.map((record) => record.due),
            times.filter((due) => due <= upTo).sort((a, b) => a - b),
          );
        }
    },
  );

  scenario('has no cursor on the last page', async ({ storage }) => {
    assert.deepEqual(await storage.list({ tenant: ACME, kind: 'subject' }), { records: [] });
    for (let i = 0; i < 6; i++) await storage.insert(keyOf(`r${i}`), i, { due: 1, subject: 's' });
    for (const limit of [6, 7]) {
      assert.equal((await storage.list({ tenant: ACME, kind: 'subject', limit })).next, undefined);
      assert.equal((await storage.list({ tenant: ACME, kind: 'subject', subject: 's', limit })).next, undefined);
      assert.equal((await storage.listDue({ kind: 'subject', upTo: 1, limit })).next, undefined);
    }
    assert.equal(typeof (await storage.list({ tenant: ACME, kind: 'subject', limit: 5 })).next, 'string');
  });

  scenario('makes pages of at most 100 unless told, and at most 1000', async ({ storage }) => {
    await Promise.all(Array.from({ length: 120 }, (_, i) => storage.insert(keyOf(`r${i}`), i)));
    const page = await storage.list({ tenant: ACME, kind: 'subject' });
    assert.equal(page.records.length, 100);
    for (const limit of [0, -1, 1001, 1.5, Number.NaN, '5', null] as number[]) {
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ tenant: ACME, kind: 'subject', limit }));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listDue({ kind: 'subject', upTo: 1, limit }));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.readLog(ACME, 'log', 1, limit));
    }
  });

  scenario('skips and repeats none that stays, while others come, go and change', async ({ storage }) => {
    const staying = Array.from({ length: 60 }, (_, i) => i * 2);
    for (const i of staying) await storage.insert(keyOf(id(i)), i, { subject: 's', due: i });
    const queries: readonly ((after: string | undefined) => ReturnType<typeof storage.list>)[] = [
      (after) => storage.list(withCursor({ tenant: ACME, kind: 'subject', limit: 7 } as const, after)),
      (after) => storage.list(withCursor({ tenant: ACME, kind: 'subject', subject: 's', limit: 7 } as const, after)),
      (after) => storage.listDue(withCursor({ kind: 'subject', upTo: 1000, limit: 7 } as const, after)),
    ];
    for (const query of queries) {
      let turn = 0;
      const found = await walk(query, async () => {
        turn++;
        for (let i = turn; i < 120; i += 17) {
          const odd = keyOf(id(i | 1));
          if (!(await storage.remove(odd))) await storage.insert(odd, i, { subject: 's', due: i | 1 });
        }
        const record = await storage.get(keyOf(id(staying[turn] ?? 0)));
        if (record !== undefined)
          await storage.replace(record, 'changed', { subject: 's', due: record.due ?? 0 }, record.version);
      });
      const seen = ids(found);
      assert.equal(new Set(seen).size, seen.length);
      assert.deepEqual(
        seen.filter((name) => staying.some((i) => id(i) === name)),
        staying.map(id),
      );
    }
  });

  scenario('goes on after the record that a cursor ends with was removed', async ({ storage }) => {
    for (let i = 0; i < 9; i++) await storage.insert(keyOf(`r${i}`), i, { due: i });
    const seen: string[] = [];
    await walk(
      async (after) => {
        const page = await storage.listDue(withCursor({ kind: 'subject', upTo: 10, limit: 2 } as const, after));
        seen.push(...ids(page.records));
        return page;
      },
      async () => {
        await storage.remove(keyOf(seen.at(-1) ?? ''));
      },
    );
    assert.deepEqual(
      seen,
      Array.from({ length: 9 }, (_, i) => `r${i}`),
    );
  });

  scenario(
    'may show a record again that moved on while it was listed by due time, and hides none',
    async ({ storage }) => {
      for (let i = 0; i < 20; i++) await storage.insert(keyOf(`r${String(i).padStart(2, '0')}`), i, { due: i });
      const found = await walk(
        (after) => storage.listDue(withCursor({ kind: 'subject', upTo: 100, limit: 3 } as const, after)),
        async () => {
          const record = await storage.get(keyOf('r00'));
          if (record !== undefined && (record.due ?? 0) < 50)
            await storage.replace(record, 'moved', { due: 50 }, record.version);
        },
      );
      assert.equal(new Set(ids(found)).size, 20);
    },
  );

  scenario('refuses a cursor that this listing did not give', async ({ storage }) => {
    for (let i = 0; i < 5; i++) {
      await storage.insert(keyOf(`r${i}`), i, { subject: 's', due: i });
      await storage.insert(keyOf(`r${i}`, 'subject', OTHER), i, { subject: 's', due: i });
    }
    const list: ListQuery = { tenant: ACME, kind: 'subject', limit: 2 };
    const ofSubject: ListQuery = { ...list, subject: 's' };
    const due: DueQuery = { kind: 'subject', upTo: 10, limit: 2 };
    const cursors = [
      (await storage.list(list)).next ?? '',
      (await storage.list(ofSubject)).next ?? '',
      (await storage.listDue(due)).next ?? '',
    ] as const;
    const bad: unknown[] = [
      '',
      'x',
      '!',
      'AAAA',
      `${cursors[0]}A`,
      cursors[0].slice(0, -3),
      7,
      {},
      null,
      'A'.repeat(5000),
    ];
    for (const after of bad as string[]) {
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ ...list, after }));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listDue({ ...due, after }));
    }
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ ...list, after: cursors[1] }));
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ ...list, after: cursors[2] }));
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ ...list, tenant: OTHER, after: cursors[0] }));
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ ...list, kind: 'consent', after: cursors[0] }));
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ ...ofSubject, subject: 't', after: cursors[1] }));
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listDue({ ...due, kind: 'probe', after: cursors[2] }));
  });

  scenario('refuses a listing by a time that is none', async ({ storage }) => {
    for (const upTo of [Number.NaN, Number.POSITIVE_INFINITY, '5', undefined, null, 0.5] as number[])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listDue({ kind: 'subject', upTo }));
  });
}
