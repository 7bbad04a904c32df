import assert from 'node:assert/strict';
import { SYSTEM_TENANT, tenantId } from '@asignio/contracts';
import type { StoragePlugin, TenantId } from '@asignio/contracts';
import { refuses } from '../runner.ts';
import { ACME, AUDIT, keyOf } from './world.ts';
import type { Scenario } from './world.ts';

async function allTenants(storage: StoragePlugin, limit: number): Promise<TenantId[]> {
  const found: TenantId[] = [];
  for (;;) {
    const page = await storage.listTenants(found.at(-1), limit);
    assert.ok(page.length <= limit);
    found.push(...page);
    if (page.length < limit) return found;
  }
}

/** Who is in the store, and which logs they have: what an export and a migration walk along. */
export function tenantTests(scenario: Scenario): void {
  scenario('names every tenant once, in order, wherever its data stand', async ({ storage }) => {
    assert.deepEqual(await storage.listTenants(undefined, 10), []);
    // Where one id is the beginning of another, and where case and length sort otherwise than codes.
    const ids = ['Zoe', 'a', 'a-', 'a.', 'a.b', 'a0', 'aa', 'ab', 'b', 'x'.repeat(64)].map(tenantId);
    for (const [i, tenant] of ids.entries()) {
      if (i % 3 === 0) await storage.insert(keyOf('ada', 'subject', tenant), i);
      if (i % 3 === 1) await storage.insert(keyOf('ada', 'key', tenant), i);
      if (i % 3 === 2) await storage.append(tenant, AUDIT, { sequence: 1, id: 'a', value: i });
    }
    for (let n = 0; n < 30; n++) await storage.insert(keyOf(`r${n}`, 'attempts', tenantId('aa')), n);
    await storage.append(tenantId('aa'), AUDIT, { sequence: 1, id: 'a', value: 1 });
    await storage.insert(keyOf('schema', 'maintenance', SYSTEM_TENANT), 1);
    const expected = [...ids, SYSTEM_TENANT].sort();
    for (const limit of [1, 2, 3, expected.length, 1000])
      assert.deepEqual(await allTenants(storage, limit), expected, `pages of ${limit}`);
    assert.deepEqual(await storage.listTenants(tenantId('a.a'), 2), ['a.b', 'a0'], 'after one that is not there');
  });

  scenario('forgets a tenant with its last record', async ({ storage }) => {
    await storage.insert(keyOf('ada'), 1);
    await storage.insert(keyOf('ada', 'key'), 1);
    await storage.remove(keyOf('ada'));
    assert.deepEqual(await storage.listTenants(undefined, 10), [ACME]);
    await storage.remove(keyOf('ada', 'key'));
    assert.deepEqual(await storage.listTenants(undefined, 10), []);
  });

  scenario('names the logs of a tenant', async ({ storage }) => {
    const logs = ['audit', 'audit2', 'a', 'z'.repeat(256), '\u{1f511} \u05d0', '$where', '__proto__', 'a.b'];
    assert.deepEqual(await storage.listLogs(ACME), []);
    for (const log of logs)
      for (const sequence of [1, 2]) await storage.append(ACME, log, { sequence, id: `${sequence}`, value: log });
    await storage.append(tenantId('acme2'), 'another', { sequence: 1, id: '1', value: 1 });
    assert.deepEqual([...(await storage.listLogs(ACME))].sort(), [...logs].sort());
    assert.deepEqual(await storage.listLogs(tenantId('acme2')), ['another']);
    assert.deepEqual(await storage.listLogs(tenantId('nobody')), []);
  });

  scenario('refuses a limit or a tenant that is none', async ({ storage }) => {
    for (const limit of [0, -1, 1.5, 1001])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listTenants(undefined, limit));
    for (const tenant of ['', 'a b', '../a', 7] as TenantId[]) {
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listTenants(tenant, 1));
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.listLogs(tenant));
    }
  });
}
