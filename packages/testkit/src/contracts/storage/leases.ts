import assert from 'node:assert/strict';
import type { Lease } from '@asignio/contracts';
import { refuses } from '../runner.ts';
import { HOSTILE_IDS } from './hostile.ts';
import type { Scenario } from './world.ts';

function held(lease: Lease | undefined): Lease {
  assert.ok(lease !== undefined, 'a lease');
  return lease;
}

/** Leases, under a clock that the test holds. */
export function leaseTests(scenario: Scenario): void {
  scenario('gives a lease to one holder at a time', async ({ storage, clock }) => {
    const lease = held(await storage.acquireLease('sweep', 'one', 1000));
    assert.deepEqual(lease, { name: 'sweep', holder: 'one', fence: lease.fence, expiresAt: clock.now() + 1000 });
    assert.equal(await storage.acquireLease('sweep', 'two', 1000), undefined);
    assert.ok((await storage.acquireLease('other', 'two', 1000)) !== undefined);
  });

  scenario('lets the holder renew, under the same fence', async ({ storage, clock }) => {
    const first = held(await storage.acquireLease('sweep', 'one', 1000));
    clock.advance(900);
    const renewed = held(await storage.acquireLease('sweep', 'one', 1000));
    assert.deepEqual(renewed, { ...first, expiresAt: clock.now() + 1000 });
    clock.advance(999);
    assert.equal(await storage.acquireLease('sweep', 'two', 1000), undefined);
  });

  scenario('gives an expired lease to the next, with a larger fence', async ({ storage, clock }) => {
    let fence = 0;
    for (const holder of ['one', 'two', 'three', 'one']) {
      const lease = held(await storage.acquireLease('sweep', holder, 1000));
      assert.ok(lease.fence > fence);
      ({ fence } = lease);
      clock.advance(999);
      assert.equal(await storage.acquireLease('sweep', 'late', 1000), undefined);
      clock.advance(1);
    }
  });

  scenario('gives a lease that was given back to the next, with a larger fence', async ({ storage }) => {
    const first = held(await storage.acquireLease('sweep', 'one', 1000));
    await storage.releaseLease(first);
    await storage.releaseLease(first);
    const second = held(await storage.acquireLease('sweep', 'two', 1000));
    assert.ok(second.fence > first.fence);
    await storage.releaseLease(second);
    assert.ok(held(await storage.acquireLease('sweep', 'two', 1000)).fence > second.fence);
  });

  scenario('does not give back what another holds', async ({ storage, clock }) => {
    const first = held(await storage.acquireLease('sweep', 'one', 1000));
    clock.advance(1000);
    const second = held(await storage.acquireLease('sweep', 'two', 1000));
    await storage.releaseLease(first);
    await storage.releaseLease({ ...second, holder: 'one' });
    await storage.releaseLease({ ...second, fence: first.fence });
    assert.equal(await storage.acquireLease('sweep', 'one', 1000), undefined);
    await storage.releaseLease({ ...second, name: 'never taken' });
  });

  scenario('lets one of many win a lease', async ({ storage, clock }) => {
    for (let round = 0; round < 5; round++) {
      const leases = await Promise.all(
        Array.from({ length: 20 }, (_, i) => storage.acquireLease('sweep', `holder ${i}`, 1000)),
      );
      assert.equal(leases.filter((lease) => lease !== undefined).length, 1);
      clock.advance(1000);
    }
  });

  scenario('keeps leases of any name and holder apart', async ({ storage }) => {
    for (const name of HOSTILE_IDS) assert.equal(held(await storage.acquireLease(name, name, 1000)).name, name);
    for (const name of HOSTILE_IDS) assert.equal(await storage.acquireLease(name, 'another', 1000), undefined);
  });

  scenario('refuses a time to live that is none', async ({ storage }) => {
    for (const ttl of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1000', undefined] as number[])
      await refuses('ASIGNIO_STORAGE_INVALID', () => storage.acquireLease('sweep', 'one', ttl));
    assert.ok((await storage.acquireLease('sweep', 'two', 1)) !== undefined);
  });
}
