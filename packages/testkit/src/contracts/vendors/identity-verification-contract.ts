import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { DocumentImage, IdentityVerificationPlugin } from '@asignio/contracts';
import { pluginContract } from '../plugin-contract.ts';
import { refuses } from '../runner.ts';
import { inTime, justPlugin, scenarios, vendorTests } from './world.ts';
import type { VendorContractOptions } from './world.ts';

/** What {@link identityVerificationContract} is given. */
export interface IdentityVerificationContractOptions extends VendorContractOptions<IdentityVerificationPlugin> {
  /** Images of a document that the vendor of `create` verifies. */
  readonly genuine: readonly DocumentImage[];
  /** Images of one that it refuses. */
  readonly forged: readonly DocumentImage[];
  /** How many checks that vendor holds something of. */
  readonly held: (plugin: IdentityVerificationPlugin) => number;
}

/**
 * The suite that every ID check passes.
 * @example
 * ```ts
 * identityVerificationContract({ describe, it, create: startVendor, genuine, forged, held });
 * ```
 */
export function identityVerificationContract(options: IdentityVerificationContractOptions): void {
  const { describe, it, genuine, forged, held } = options;
  const scenario = scenarios(options);

  describe('identity verification plugin contract', () => {
    pluginContract({
      describe,
      it,
      kind: 'identity-verification',
      create: async () => justPlugin(options),
    });

    vendorTests(options, async (plugin, signal) => plugin.check({ ...ask(), images: genuine, signal }));

    scenario('states its reasons: a few words, each once', async ({ plugin }) => {
      assert.equal(new Set(plugin.reasons).size, plugin.reasons.length);
      for (const reason of plugin.reasons) assert.match(reason, /^[a-z][a-z-]{0,63}$/);
    });

    scenario(
      'verifies what is genuine and refuses what is forged, with reasons of its own list',
      async ({ plugin }) => {
        const good = await plugin.check({ ...ask(), images: genuine });
        assert.equal(good.outcome, 'verified');
        const bad = await plugin.check({ ...ask(), images: forged });
        assert.equal(bad.outcome, 'refused');
        assert.ok(bad.reasons.length > 0, 'a reason');
        for (const reason of [...good.reasons, ...bad.reasons]) assert.ok(plugin.reasons.includes(reason), reason);
      },
    );

    scenario('gives an outcome and reasons, and nothing that it read off the document', async ({ plugin }) => {
      const result = await plugin.check({ ...ask(), images: genuine });
      assert.deepEqual(Object.keys(result).sort(), ['outcome', 'reasons']);
    });

    scenario('leaves the images of its caller as they are', async ({ plugin }) => {
      const before = genuine.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
      await plugin.check({ ...ask(), images: genuine });
      assert.deepEqual(
        genuine.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
        before,
      );
    });

    scenario('has the vendor hold nothing after it was told to destroy, as often as it is told', async ({ plugin }) => {
      const [one, other] = [ask(), ask()];
      for (const request of [one, other]) await plugin.check({ ...request, images: genuine });
      const before = held(plugin);
      for (let n = 0; n < 2; n++) await plugin.destroy({ check: one.check, signal: inTime() });
      assert.equal(held(plugin), before - 1);
      await plugin.destroy({ check: other.check, signal: inTime() });
      assert.equal(held(plugin), before - 2);
      await plugin.destroy({ check: ask().check, signal: inTime() });
    });

    scenario('does not call anything destroyed while the vendor fails', async ({ plugin, fail }) => {
      const request = ask();
      await plugin.check({ ...request, images: genuine });
      await fail('out of order');
      await refuses('ASIGNIO_VENDOR_UNAVAILABLE', async () =>
        plugin.destroy({ check: request.check, signal: inTime() }),
      );
    });
  });
}

/** A check of its own, without images. */
function ask() {
  return {
    check: randomBytes(16).toString('base64url'),
    country: 'DE',
    document: 'passport' as const,
    signal: inTime(),
  };
}
