import assert from 'node:assert/strict';
import type { RiskSignalPlugin, RiskSignalRequest } from '@asignio/contracts';
import { pluginContract } from '../plugin-contract.ts';
import { inTime, justPlugin, scenarios, vendorTests } from './world.ts';
import type { VendorContractOptions } from './world.ts';

/** What {@link riskSignalContract} is given. */
export interface RiskSignalContractOptions extends VendorContractOptions<RiskSignalPlugin> {
  /** What the vendor of `create` was told, oldest first. */
  readonly told: (plugin: RiskSignalPlugin) => readonly Omit<RiskSignalRequest, 'signal'>[];
}

const REQUEST = { subject: 'q0H0mJ3xJ2VbC0dY1mPz7w', at: Date.UTC(2026, 0, 15), signals: { 'sign-in': 'accepted' } };

/**
 * The suite that every risk engine's plugin passes: it passes on just what it is given.
 * @example
 * ```ts
 * riskSignalContract({ describe, it, create: startVendor, told });
 * ```
 */
export function riskSignalContract(options: RiskSignalContractOptions): void {
  const { describe, it, told } = options;
  const scenario = scenarios(options);

  describe('risk signal plugin contract', () => {
    pluginContract({
      describe,
      it,
      kind: 'risk-signal',
      create: async () => justPlugin(options),
    });

    vendorTests(options, async (plugin, signal) => plugin.share({ ...REQUEST, signal }));

    scenario('passes on subject, moment and signals, and adds nothing', async ({ plugin }) => {
      await plugin.share({ ...REQUEST, signal: inTime() });
      const signals = { assurance: 'high', 'new-device': 'yes' };
      await plugin.share({ ...REQUEST, at: REQUEST.at + 1, signals, signal: inTime() });
      assert.deepEqual(told(plugin), [REQUEST, { ...REQUEST, at: REQUEST.at + 1, signals }]);
    });

    scenario('resolves only when the vendor has it', async ({ plugin }) => {
      const many = Array.from({ length: 10 }, (_, index) => ({ ...REQUEST, at: REQUEST.at + index }));
      await Promise.all(many.map(async (request) => plugin.share({ ...request, signal: inTime() })));
      assert.deepEqual(
        told(plugin)
          .map(({ at }) => at)
          .sort((a, b) => a - b),
        many.map(({ at }) => at),
      );
    });
  });
}
