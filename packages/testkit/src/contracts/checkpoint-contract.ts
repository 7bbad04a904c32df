import assert from 'node:assert/strict';
import { CHECKPOINT_LENGTH, tenantId } from '@asignio/contracts';
import type { CheckpointSink, TenantId } from '@asignio/contracts';
import { pluginContract } from './plugin-contract.ts';
import { refuses } from './runner.ts';
import type { TestRunner } from './runner.ts';

/** What {@link checkpointContract} is given. */
export interface CheckpointContractOptions extends TestRunner {
  /** Makes a place that is empty and its own, not opened. */
  readonly create: () => CheckpointSink | Promise<CheckpointSink>;
  /** Makes another one at the same place, as a restart or a second process would. Without it, that is not tested. */
  readonly reopen?: (sink: CheckpointSink) => CheckpointSink | Promise<CheckpointSink>;
  /** Removes what `create` made; called after the place is closed. */
  readonly destroy?: (sink: CheckpointSink) => void | Promise<void>;
}

const ACME = tenantId('acme');

/** Something of a checkpoint's form. */
function checkpoint(name: string): string {
  return `eyJhbGciOiJFZERTQSJ9.${Buffer.from(name).toString('base64url')}.c2lnbmF0dXJl`;
}

async function all(sink: CheckpointSink, tenant: TenantId = ACME): Promise<string[]> {
  const found: string[] = [];
  for await (const one of sink.read(tenant)) found.push(one);
  return found;
}

/**
 * The suite that every second place of the audit chain passes: in order, each once, nothing lost over a restart, tenants
 * apart, and nothing that is there ever changed.
 * @example
 * ```ts
 * import { describe, it } from 'mocha';
 * import { checkpointContract } from '@asignio/testkit';
 * import { checkpointsBucket } from '../dist/index.js';
 *
 * let count = 0;
 * checkpointContract({ describe, it, create: () => checkpointsBucket({ bucket: 'audit', prefix: `test${count++}/` }) });
 * ```
 */
export function checkpointContract(options: CheckpointContractOptions): void {
  const { describe, it, create, reopen, destroy } = options;

  const scenario = (title: string, body: (sink: CheckpointSink) => Promise<void>): void => {
    it(title, async () => {
      const sink = await create();
      try {
        await sink.open();
        await body(sink);
      } finally {
        await sink.close();
        await destroy?.(sink);
      }
    });
  };

  describe('checkpoint contract', () => {
    pluginContract({ describe, it, kind: 'checkpoints', create });

    scenario('gives what was added, in its order', async (sink) => {
      assert.deepEqual(await all(sink), []);
      const added = Array.from({ length: 50 }, (_, i) => checkpoint(`${i}`));
      for (const [i, one] of added.entries()) {
        await sink.append(ACME, one);
        assert.deepEqual(await all(sink), added.slice(0, i + 1));
      }
    });

    scenario('adds the newest one once, however often', async (sink) => {
      await sink.append(ACME, checkpoint('a'));
      for (let i = 0; i < 5; i++) await sink.append(ACME, checkpoint('b'));
      await Promise.all(Array.from({ length: 5 }, async () => sink.append(ACME, checkpoint('c'))));
      assert.deepEqual(await all(sink), ['a', 'b', 'c'].map(checkpoint));
    });

    scenario('loses none of many that are added at once', async (sink) => {
      const many = Array.from({ length: 40 }, (_, i) => checkpoint(`${i}`));
      await Promise.all(many.map(async (one) => sink.append(ACME, one)));
      assert.deepEqual((await all(sink)).sort(), many.sort());
    });

    scenario('takes a checkpoint of any length up to the longest', async (sink) => {
      const longest = `a.b.${'c'.repeat(CHECKPOINT_LENGTH - 4)}`;
      await sink.append(ACME, 'a.b.c');
      await sink.append(ACME, longest);
      await sink.append(ACME, longest);
      await sink.append(ACME, 'a.b.d');
      assert.deepEqual(await all(sink), ['a.b.c', longest, 'a.b.d']);
    });

    scenario('keeps tenants apart, however alike their names', async (sink) => {
      const tenants = ['acme', 'Acme', 'ACME', 'acme.other', 'acme-', 'a', '0'].map(tenantId);
      for (const tenant of tenants) await sink.append(tenant, checkpoint(`of ${tenant}`));
      for (const tenant of tenants) assert.deepEqual(await all(sink, tenant), [checkpoint(`of ${tenant}`)]);
      assert.deepEqual(await all(sink, tenantId('nobody')), []);
    });

    scenario('refuses what is no checkpoint, and no tenant, and changes nothing', async (sink) => {
      await sink.append(ACME, checkpoint('a'));
      for (const wrong of [
        '',
        'a',
        'a.b',
        'a.b.',
        '.b.c',
        'a.b.c\n',
        'a.b.c d',
        'a.b.c\u00e9',
        'a.b.c.d',
        7,
        undefined,
      ])
        await refuses('ASIGNIO_CHECKPOINT_INVALID', async () => sink.append(ACME, wrong as string));
      await refuses('ASIGNIO_CHECKPOINT_INVALID', async () =>
        sink.append(ACME, `a.b.${'c'.repeat(CHECKPOINT_LENGTH - 3)}`),
      );
      for (const tenant of ['', '../acme', 'a/b', 'a b', 7]) {
        await refuses('ASIGNIO_CHECKPOINT_INVALID', async () =>
          sink.append(tenant as unknown as TenantId, checkpoint('b')),
        );
        await refuses('ASIGNIO_CHECKPOINT_INVALID', async () => all(sink, tenant as unknown as TenantId));
      }
      assert.deepEqual(await all(sink), [checkpoint('a')]);
    });

    scenario('opens and closes as often as it is told, and does nothing while closed', async (sink) => {
      await sink.open();
      await sink.append(ACME, checkpoint('a'));
      await sink.close();
      await sink.close();
      await refuses('ASIGNIO_CHECKPOINT_UNAVAILABLE', async () => sink.append(ACME, checkpoint('b')));
      await refuses('ASIGNIO_CHECKPOINT_UNAVAILABLE', async () => all(sink));
      await sink.open();
      assert.deepEqual(await all(sink), [checkpoint('a')]);
    });

    if (reopen !== undefined)
      scenario(
        'has after a restart what was added before, and shows a second one what the first adds',
        async (sink) => {
          await sink.append(ACME, checkpoint('a'));
          const again = await reopen(sink);
          try {
            await again.open();
            await again.append(ACME, checkpoint('a'));
            await again.append(ACME, checkpoint('b'));
            await sink.append(ACME, checkpoint('c'));
            assert.deepEqual(await all(again), ['a', 'b', 'c'].map(checkpoint));
            assert.deepEqual(await all(sink), ['a', 'b', 'c'].map(checkpoint));
          } finally {
            await again.close();
          }
        },
      );
  });
}
