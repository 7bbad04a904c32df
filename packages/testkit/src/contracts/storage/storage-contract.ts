import { pluginContract } from '../plugin-contract.ts';
import { leaseTests } from './leases.ts';
import { lifecycleTests } from './lifecycle.ts';
import { listingTests } from './listing.ts';
import { logTests } from './logs.ts';
import { processTests } from './processes.ts';
import { raceTests } from './races.ts';
import { recordTests } from './records.ts';
import { tenantTests } from './tenants.ts';
import { scenarios } from './world.ts';
import type { StorageContractOptions } from './world.ts';

/**
 * The suite that every store passes: isolation of tenants, compare-and-set, paging, leases, logs, hostile ids and values,
 * restarts, several processes, and writers that are killed.
 *
 * The test runner's functions are handed in; give each test a minute, since the one that kills writers starts twenty
 * processes. Every test gets a store of its own from `create`.
 * @example
 * ```ts
 * // test/contract.test.ts
 * import { describe, it } from 'mocha';
 * import { storageContract } from '@asignio/testkit';
 * import { storageRedis } from '../dist/index.js';
 *
 * const stores = new Map();
 * let count = 0;
 * storageContract({
 *   describe,
 *   it,
 *   create({ clock }) {
 *     const prefix = `test${count++}:`;
 *     const storage = storageRedis({ url: 'redis://127.0.0.1', prefix, clock });
 *     stores.set(storage, prefix);
 *     return storage;
 *   },
 *   reopen: (storage, { clock }) => storageRedis({ url: 'redis://127.0.0.1', prefix: stores.get(storage), clock }),
 *   spawn: (storage) => ({ module: new URL('./child-store.js', import.meta.url), location: stores.get(storage) }),
 * });
 *
 * // test/child-store.ts
 * export default (prefix: string) => storageRedis({ url: 'redis://127.0.0.1', prefix });
 * ```
 */
export function storageContract(options: StorageContractOptions): void {
  const { describe, it } = options;
  const scenario = scenarios(options);
  describe('storage contract', () => {
    pluginContract({ describe, it, kind: 'storage', create: () => options.create({ clock: { now: () => 0 } }) });
    describe('records', () => recordTests(scenario));
    describe('races', () => raceTests(scenario));
    describe('listings', () => listingTests(scenario));
    describe('logs', () => logTests(scenario));
    describe('tenants', () => tenantTests(scenario));
    describe('leases', () => leaseTests(scenario));
    describe('lifecycle', () => lifecycleTests(scenario, options));
    describe('processes', () => processTests(scenario, options));
  });
}
