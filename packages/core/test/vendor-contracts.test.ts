import { describe, it } from 'mocha';
import type { ComparisonPlugin, IdentityVerificationPlugin, Plugin, RiskSignalPlugin } from '@asignio/contracts';
import { comparisonContract, identityVerificationContract, riskSignalContract } from '@asignio/testkit';
import type { RiskSignalContractOptions, VendorWorld } from '@asignio/testkit';
import { sample } from './harness.js';
import { VendorServer, comparisonAcme, idvAcme, riskAcme } from './support/vendor.js';

/** Which vendor a plugin of these tests calls. */
const vendors = new WeakMap<Plugin, VendorServer>();

async function world<P extends Plugin>(make: (vendor: VendorServer) => P): Promise<VendorWorld<P>> {
  const vendor = await VendorServer.start();
  const plugin = make(vendor);
  vendors.set(plugin, vendor);
  return {
    plugin,
    requests: () => vendor.connections,
    fail: (words) => {
      vendor.broken = true;
      vendor.words = words;
    },
    hang: () => {
      vendor.silent = true;
    },
    end: async () => vendor.stop(),
  };
}

const ada = sample({ who: 'ada' });
const eve = sample({ who: 'eve' });
const page = (text: string) => [{ side: 'front', mediaType: 'image/png', bytes: Buffer.from(text) }] as const;

comparisonContract({
  describe,
  it,
  create: async () => world<ComparisonPlugin>((vendor) => comparisonAcme(vendor)),
  samples: (['signature', 'face'] as const).map((modality) => ({
    modality,
    enrol: [ada],
    mated: ada,
    nonMated: eve,
  })),
});

identityVerificationContract({
  describe,
  it,
  create: async () => world<IdentityVerificationPlugin>((vendor) => idvAcme(vendor)),
  genuine: page('genuine'),
  forged: page('forged'),
  held: (plugin) => vendors.get(plugin)?.checks.size ?? 0,
});

riskSignalContract({
  describe,
  it,
  create: async () => world<RiskSignalPlugin>((vendor) => riskAcme(vendor)),
  told: (plugin) => (vendors.get(plugin)?.signals ?? []) as ReturnType<RiskSignalContractOptions['told']>,
});
