import assert from 'node:assert/strict';
import { RECORD_KINDS, STORAGE_LIMITS, tenantId } from '@asignio/contracts';
import type { RecordIndex, RecordKey, StoredValue, TenantId } from '@asignio/contracts';
import { refuses } from '../runner.ts';
import { HOSTILE_IDS, NO_IDS, hostileValues, noValues, randomValue } from './hostile.ts';
import { ACME, OTHER, keyOf } from './world.ts';
import type { Scenario } from './world.ts';

/** One record at a time: what is written is what is read. */
export function recordTests(scenario: Scenario): void {
  scenario('reads back what was inserted, with its key, index and version', async ({ storage }) => {
    for (const kind of RECORD_KINDS) {
      const key = keyOf('ada', kind);
      const made = await storage.insert(key, { kind }, { subject: 's', due: 1000 });
      assert.ok(Number.isSafeInteger(made.version) && made.version >= 1);
      assert.deepEqual(made, { ...key, value: { kind }, subject: 's', due: 1000, version: made.version });
      assert.deepEqual(await storage.get(key), made);
    }
  });

  scenario('finds nothing where nothing was written', async ({ storage }) => {
    await storage.insert(keyOf('ada'), 1);
    assert.equal(await storage.get(keyOf('ad')), undefined);
    assert.equal(await storage.get(keyOf('adam')), undefined);
    assert.equal(await storage.get(keyOf('ada', 'consent')), undefined);
  });

  scenario('does not insert over a record', async ({ storage }) => {
    const first = await storage.insert(keyOf('ada'), 'first', { subject: 's' });
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.insert(keyOf('ada'), 'second', { subject: 't' }));
    assert.deepEqual(await storage.get(keyOf('ada')), first);
    assert.deepEqual((await storage.list({ tenant: ACME, kind: 'subject', subject: 't' })).records, []);
  });

  scenario('replaces the version that was read, and counts on', async ({ storage }) => {
    let record = await storage.insert(keyOf('ada'), 0);
    for (let i = 1; i <= 5; i++) {
      const next = await storage.replace(record, i, {}, record.version);
      assert.ok(next.version > record.version);
      assert.deepEqual(await storage.get(keyOf('ada')), next);
      assert.equal(next.value, i);
      record = next;
    }
  });

  scenario('refuses to replace what moved, or is gone, and changes nothing', async ({ storage }) => {
    const old = await storage.insert(keyOf('ada'), 'old');
    const moved = await storage.replace(old, 'moved', { subject: 's', due: 5 }, old.version);
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.replace(old, 'lost', {}, old.version));
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.replace(old, 'lost', {}, moved.version + 1));
    assert.deepEqual(await storage.get(keyOf('ada')), moved);
    assert.deepEqual((await storage.listDue({ kind: 'subject', upTo: 5 })).records, [moved]);
    await storage.remove(keyOf('ada'));
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.replace(moved, 'lost', {}, moved.version));
    assert.equal(await storage.get(keyOf('ada')), undefined);
  });

  scenario('replaces the index as a whole', async ({ storage }) => {
    const record = await storage.insert(keyOf('ada'), 1, { subject: 'one', due: 100 });
    const ofSubject = async (subject: string): Promise<number> =>
      (await storage.list({ tenant: ACME, kind: 'subject', subject })).records.length;
    const due = async (upTo: number): Promise<number> =>
      (await storage.listDue({ kind: 'subject', upTo })).records.length;
    const other = await storage.replace(record, 1, { subject: 'two' }, record.version);
    assert.deepEqual([await ofSubject('one'), await ofSubject('two'), await due(1e12)], [0, 1, 0]);
    assert.equal('due' in other, false);
    const later = await storage.replace(other, 1, { due: 200 }, other.version);
    assert.deepEqual([await ofSubject('two'), await due(100), await due(200)], [0, 0, 1]);
    assert.equal('subject' in later, false);
    await storage.replace(later, 1, {}, later.version);
    assert.equal(await due(1e12), 0);
  });

  scenario(
    'removes a record from every listing, says whether there was one, and lets it be made again',
    async ({ storage }) => {
      const record = await storage.insert(keyOf('ada'), 1, { subject: 's', due: 1 });
      assert.equal(await storage.remove(record), true);
      assert.equal(await storage.remove(record), false);
      assert.equal(await storage.get(record), undefined);
      assert.deepEqual((await storage.list({ tenant: ACME, kind: 'subject' })).records, []);
      assert.deepEqual((await storage.list({ tenant: ACME, kind: 'subject', subject: 's' })).records, []);
      assert.deepEqual((await storage.listDue({ kind: 'subject', upTo: 1 })).records, []);
      const again = await storage.insert(keyOf('ada'), 2);
      assert.deepEqual(await storage.get(keyOf('ada')), again);
    },
  );

  scenario('removes only the version that was read, when one is named', async ({ storage }) => {
    const record = await storage.insert(keyOf('ada'), 1);
    const moved = await storage.replace(record, 2, {}, record.version);
    await refuses('ASIGNIO_STORAGE_CONFLICT', () => storage.remove(record, record.version));
    assert.deepEqual(await storage.get(keyOf('ada')), moved);
    assert.equal(await storage.remove(record, moved.version), true);
    assert.equal(await storage.remove(record, moved.version), false);
  });

  scenario('keeps tenants and kinds apart', async ({ storage }) => {
    const tenants = ['a', 'a.', 'a.b', 'a-b', 'ab', 'A', 'acme'].map((id) => tenantId(id));
    const kinds = ['subject', 'consent', 'key'] as const;
    for (const tenant of tenants)
      for (const kind of kinds)
        await storage.insert({ tenant, kind, id: 'same' }, `${tenant} ${kind}`, { subject: 's' });
    for (const tenant of tenants)
      for (const kind of kinds) {
        const expected = [`${tenant} ${kind}`];
        assert.equal((await storage.get({ tenant, kind, id: 'same' }))?.value, expected[0]);
        for (const query of [
          { tenant, kind },
          { tenant, kind, subject: 's' },
        ])
          assert.deepEqual(
            (await storage.list(query)).records.map((record) => record.value),
            expected,
          );
      }
    const one = { tenant: tenants[0] ?? ACME, kind: 'subject', id: 'same' } as const;
    await storage.remove(one);
    assert.equal(await storage.get(one), undefined);
    assert.equal((await storage.get({ ...one, tenant: tenants[1] ?? OTHER }))?.value, 'a. subject');
  });

  scenario('takes what the value is at the call, and gives copies', async ({ storage }) => {
    const bytes = new Uint8Array([1, 2, 3]);
    const value: { list: number[]; bytes: Uint8Array } = { list: [1], bytes };
    const pending = storage.insert(keyOf('ada'), value, { subject: 's' });
    bytes.fill(0);
    value.list.push(2);
    const expected = { list: [1], bytes: new Uint8Array([1, 2, 3]) };
    const made = await pending;
    assert.deepEqual(made.value, expected);
    (made.value as typeof value).bytes.fill(9);
    (made.value as typeof value).list.length = 0;
    const read = await storage.get(keyOf('ada'));
    assert.deepEqual(read?.value, expected);
    (read?.value as typeof value | undefined)?.bytes.fill(9);
    assert.deepEqual((await storage.get(keyOf('ada')))?.value, expected);
  });

  scenario('keeps any id, subject and log name apart from all others', async ({ storage }) => {
    for (const [i, id] of HOSTILE_IDS.entries()) {
      await storage.insert(keyOf(id), i, { subject: id, due: i });
      await storage.append(ACME, id, { sequence: 1, id, value: i });
    }
    for (const [i, id] of HOSTILE_IDS.entries()) {
      const record = await storage.get(keyOf(id));
      assert.deepEqual([record?.id, record?.subject, record?.value], [id, id, i]);
      const { records } = await storage.list({ tenant: ACME, kind: 'subject', subject: id });
      assert.deepEqual(records, [record]);
      assert.deepEqual(await storage.logHead(ACME, id), { sequence: 1, id, value: i });
    }
    const { records } = await storage.list({ tenant: ACME, kind: 'subject', limit: 1000 });
    assert.deepEqual(new Set(records.map((record) => record.id)), new Set(HOSTILE_IDS));
    for (const id of HOSTILE_IDS) assert.equal(await storage.remove(keyOf(id)), true);
    assert.deepEqual((await storage.list({ tenant: ACME, kind: 'subject' })).records, []);
  });

  scenario('refuses what is no id, subject, tenant or kind', async ({ storage }) => {
    for (const id of NO_IDS) {
      const bad = keyOf(id as string);
      for (const call of [
        () => storage.get(bad),
        () => storage.insert(bad, 1),
        () => storage.replace(bad, 1, {}, 1),
        () => storage.remove(bad),
        () => storage.append(ACME, id as string, { sequence: 1, id: 'a', value: 1 }),
        () => storage.append(ACME, 'log', { sequence: 1, id: id as string, value: 1 }),
        () => storage.acquireLease(id as string, 'holder', 1000),
        () => storage.acquireLease('lease', id as string, 1000),
      ])
        await refuses('ASIGNIO_STORAGE_INVALID', call);
      if (id !== undefined) {
        await refuses('ASIGNIO_STORAGE_INVALID', () => storage.insert(keyOf('ada'), 1, { subject: id as string }));
        await refuses('ASIGNIO_STORAGE_INVALID', () =>
          storage.list({ tenant: ACME, kind: 'subject', subject: id as string }),
        );
      }
    }
    for (const tenant of ['', 'a b', '../a', 'a\0', 'x'.repeat(65), 7, null] as TenantId[]) {
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.get({ ...keyOf('ada'), tenant }));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.list({ tenant, kind: 'subject' }));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.logHead(tenant, 'log'));
    }
    for (const kind of ['', 'subjects', '__proto__', 'constructor', 0] as unknown[] as 'subject'[]) {
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.insert(keyOf('ada', kind), 1));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listDue({ kind, upTo: 1 }));
    }
    await refuses('ASIGNIO_STORAGE_INVALID', () => storage.get(undefined as unknown as RecordKey));
    assert.equal(await storage.get(keyOf('ada')), undefined);
  });

  scenario('refuses due times and versions that are none', async ({ storage }) => {
    for (const due of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, 9e15, '1', new Date(0), null])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.insert(keyOf('ada'), 1, { due } as RecordIndex));
    const record = await storage.insert(keyOf('ada'), 1);
    for (const version of [0, -1, 0.5, Number.NaN, '1', undefined, null] as number[])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.replace(record, 2, {}, version));
    for (const version of [0, -1, 0.5, Number.NaN, '1', null] as number[])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.remove(record, version));
    assert.deepEqual(await storage.get(keyOf('ada')), record);
  });

  scenario('gives every value back as it was, bytes as a plain Uint8Array', async ({ storage }) => {
    const values = [...hostileValues(), ...Array.from({ length: 60 }, (_, seed) => randomValue(seed))];
    for (const [i, value] of values.entries()) {
      const key = keyOf(`value ${i}`, 'reference');
      await storage.insert(key, value);
      sameValue((await storage.get(key))?.value, value);
      const entry = { sequence: i + 1, id: `entry ${i}`, value };
      sameValue((await storage.append(ACME, 'values', entry)).value, value);
    }
    for (const [i, entry] of (await storage.readLog(ACME, 'values', 1, 1000)).entries())
      sameValue(entry.value, values[i]);
    assert.equal('polluted' in {}, false);
  });

  scenario('takes a Buffer for bytes, and gives a plain Uint8Array', async ({ storage }) => {
    await storage.insert(keyOf('ada'), { bytes: Buffer.from('abc') });
    sameValue((await storage.get(keyOf('ada')))?.value, { bytes: new Uint8Array([97, 98, 99]) });
  });

  scenario('refuses what is no value, and writes nothing', async ({ storage }) => {
    const record = await storage.insert(keyOf('there'), 1);
    for (const [, value] of noValues()) {
      const bad = value as StoredValue;
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.insert(keyOf('ada'), bad));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.replace(record, bad, {}, record.version));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.append(ACME, 'log', { sequence: 1, id: 'a', value: bad }));
    }
    assert.equal(await storage.get(keyOf('ada')), undefined);
    assert.deepEqual(await storage.get(keyOf('there')), record);
    assert.equal(await storage.logHead(ACME, 'log'), undefined);
  });

  scenario('holds values of 4 MiB, and refuses more', async ({ storage }) => {
    const largest = new Uint8Array(STORAGE_LIMITS.valueBytes - 8).fill(5);
    await storage.insert(keyOf('largest'), largest);
    sameValue((await storage.get(keyOf('largest')))?.value, largest);
    for (const value of [
      new Uint8Array(STORAGE_LIMITS.valueBytes + 1),
      'x'.repeat(STORAGE_LIMITS.valueBytes + 1),
      '\u4e2d'.repeat(STORAGE_LIMITS.valueBytes / 2),
      Array.from({ length: 5 }, () => new Uint8Array(STORAGE_LIMITS.valueBytes / 4)),
    ])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.insert(keyOf('ada'), value));
    assert.equal(await storage.get(keyOf('ada')), undefined);
  });
}

/** Equal in content, in types, and without what a store might smuggle in. */
function sameValue(actual: unknown, expected: unknown): void {
  if (expected instanceof Uint8Array) {
    assert.ok(actual instanceof Uint8Array);
    assert.equal(Object.getPrototypeOf(actual), Uint8Array.prototype, 'a plain Uint8Array');
    assert.equal(Buffer.compare(actual, expected), 0);
  } else if (typeof expected === 'object' && expected !== null) {
    assert.ok(typeof actual === 'object' && actual !== null);
    assert.equal(Array.isArray(actual), Array.isArray(expected));
    assert.equal(Object.getPrototypeOf(actual), Array.isArray(expected) ? Array.prototype : Object.prototype);
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
    for (const name of Object.keys(expected)) sameValue(own(actual, name), own(expected, name));
  } else assert.equal(actual, expected);
}

function own(value: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
