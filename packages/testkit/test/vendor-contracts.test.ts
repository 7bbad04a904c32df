import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import type { ComparisonPlugin, IdentityVerificationPlugin, RawSample, RiskSignalPlugin } from '@asignio/contracts';
import { comparisonContract, identityVerificationContract, riskSignalContract } from '@asignio/testkit';
import type { VendorWorld } from '@asignio/testkit';

const MODEL = { name: 'matcher', version: '1' };
const METADATA = { version: '1.0.0', capabilities: [], data: ['samples'], region: 'DE', agreement: 'dpa-1' } as const;

/** A vendor of this process: what its plugins do when all is well, and how it fails. */
class Vendor {
  calls = 0;
  fails = false;
  hangs = false;
  closed = false;
  readonly copies = new Map<string, string>();
  readonly checks = new Set<string>();
  readonly told: object[] = [];

  async call<T>(signal: AbortSignal, work: () => T): Promise<T> {
    if (this.closed || signal.aborted) throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE');
    this.calls++;
    if (this.hangs)
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE')));
      });
    if (this.fails) throw new AsignioError('ASIGNIO_VENDOR_UNAVAILABLE');
    return work();
  }

  world<P extends { close(): Promise<void> }>(plugin: P): VendorWorld<P & ComparisonPlugin> {
    return {
      plugin: plugin as P & ComparisonPlugin,
      requests: () => this.calls,
      fail: () => {
        this.fails = true;
      },
      hang: () => {
        this.hangs = true;
      },
      end: () => undefined,
    };
  }
}

const sampleOf = (who: string): RawSample => ({ mediaType: 'text/plain', bytes: Buffer.from(who) });
const who = ({ bytes }: RawSample): string => {
  const text = Buffer.from(bytes).toString();
  if (!/^[a-z]+$/.test(text)) throw new AsignioError('ASIGNIO_SAMPLE_INVALID');
  return text;
};

function comparison(vendor: Vendor): ComparisonPlugin {
  return {
    metadata: { ...METADATA, name: 'comparison-test', kind: 'comparison' },
    modalities: ['face'],
    calibrations: { face: { slope: 1, offset: 0, range: { min: 0, max: 1 }, model: MODEL, source: 'made up' } },
    enrol: async ({ copy, samples, signal }) =>
      vendor.call(signal, () => {
        vendor.copies.set(copy, who(samples[0] as RawSample));
      }),
    compare: async ({ copy, sample, signal }) =>
      vendor.call(signal, () => {
        const held = vendor.copies.get(copy);
        if (held === undefined) throw new AsignioError('ASIGNIO_NOT_FOUND');
        return { raw: held === who(sample) ? 1 : 0, model: MODEL };
      }),
    destroy: async ({ copy, signal }) =>
      vendor.call(signal, () => {
        vendor.copies.delete(copy);
      }),
    close: async () => {
      vendor.closed = true;
      return Promise.resolve();
    },
  };
}

type Check = Parameters<IdentityVerificationPlugin['check']>[0];

function identity(vendor: Vendor): IdentityVerificationPlugin {
  return {
    metadata: { ...METADATA, name: 'idv-test', kind: 'identity-verification' },
    reasons: ['altered'],
    check: async ({ check, images, signal }: Check) =>
      vendor.call(signal, () => {
        vendor.checks.add(check);
        const forged = Buffer.from(images[0]?.bytes ?? []).toString() === 'forged';
        return forged ? { outcome: 'refused', reasons: ['altered'] } : { outcome: 'verified', reasons: [] };
      }),
    destroy: async ({ check, signal }) =>
      vendor.call(signal, () => {
        vendor.checks.delete(check);
      }),
    close: async () => {
      vendor.closed = true;
      return Promise.resolve();
    },
  };
}

function risk(vendor: Vendor): RiskSignalPlugin {
  return {
    metadata: { ...METADATA, name: 'risk-test', kind: 'risk-signal' },
    share: async ({ signal, ...request }) =>
      vendor.call(signal, () => {
        vendor.told.push(request);
      }),
    close: async () => {
      vendor.closed = true;
      return Promise.resolve();
    },
  };
}

type Collected = { title: string; body: () => Promise<void> }[];

/** Titles of the suite's tests that a plugin does not pass. */
async function failed(suite: (runner: { describe: never; it: never }) => void): Promise<string[]> {
  const tests: Collected = [];
  suite({
    describe: ((_: string, body: () => void) => body()) as never,
    it: ((title: string, body: () => Promise<void>) => tests.push({ title, body })) as never,
  });
  const titles: string[] = [];
  for (const { title, body } of tests) await body().catch(() => titles.push(title));
  return titles;
}

const withComparison = async (change: (plugin: ComparisonPlugin, vendor: Vendor) => Partial<ComparisonPlugin>) =>
  failed((runner) => {
    comparisonContract({
      ...runner,
      create: () => {
        const vendor = new Vendor();
        const plugin = comparison(vendor);
        return vendor.world({ ...plugin, ...change(plugin, vendor) });
      },
      samples: [{ modality: 'face', enrol: [sampleOf('ada')], mated: sampleOf('ada'), nonMated: sampleOf('eve') }],
    });
  });

const vendorOf = new WeakMap<object, Vendor>();
const page = (text: string) => [{ side: 'front', mediaType: 'image/png', bytes: Buffer.from(text) }] as const;

const withIdentity = async (
  change: (plugin: IdentityVerificationPlugin, vendor: Vendor) => Partial<IdentityVerificationPlugin>,
) =>
  failed((runner) => {
    identityVerificationContract({
      ...runner,
      create: () => {
        const vendor = new Vendor();
        const plain = identity(vendor);
        const plugin = { ...plain, ...change(plain, vendor) };
        vendorOf.set(plugin, vendor);
        return vendor.world(plugin) as never;
      },
      genuine: page('genuine'),
      forged: page('forged'),
      held: (plugin) => vendorOf.get(plugin)?.checks.size ?? 0,
    });
  });

const withRisk = async (change: (plugin: RiskSignalPlugin, vendor: Vendor) => Partial<RiskSignalPlugin>) =>
  failed((runner) => {
    riskSignalContract({
      ...runner,
      create: () => {
        const vendor = new Vendor();
        const plain = risk(vendor);
        const plugin = { ...plain, ...change(plain, vendor) };
        vendorOf.set(plugin, vendor);
        return vendor.world(plugin) as never;
      },
      told: (plugin) => (vendorOf.get(plugin)?.told ?? []) as never,
    });
  });

describe('the suites of vendors’ plugins', () => {
  it('pass plugins that keep their contract', async () => {
    expect(await withComparison(() => ({}))).to.deep.equal([]);
    expect(await withIdentity(() => ({}))).to.deep.equal([]);
    expect(await withRisk(() => ({}))).to.deep.equal([]);
  });

  const faults: readonly (readonly [
    string,
    (plugin: ComparisonPlugin, vendor: Vendor) => Partial<ComparisonPlugin>,
  ])[] = [
    ['keeps what it should destroy', () => ({ destroy: async () => Promise.resolve() })],
    [
      'gives a distance for a likeness',
      (plugin) => ({
        compare: async (request) => {
          const answer = await plugin.compare(request);
          return { ...answer, raw: 1 - answer.raw };
        },
      }),
    ],
    [
      'leaves its range',
      (plugin) => ({
        compare: async (request) => {
          const answer = await plugin.compare(request);
          return { ...answer, raw: answer.raw * 100 };
        },
      }),
    ],
    ['states no calibration', () => ({ calibrations: {} })],
    [
      'lets the vendor’s words out',
      (_, vendor) => ({
        enrol: async () => {
          if (vendor.fails) throw new Error('matcher.c:42');
          return Promise.resolve();
        },
      }),
    ],
    [
      'does not heed the signal',
      (plugin) => ({ enrol: async (request) => plugin.enrol({ ...request, signal: new AbortController().signal }) }),
    ],
    ['goes on after it was closed', () => ({ close: async () => Promise.resolve() })],
    [
      'compares with a copy that is not there',
      () => ({ compare: async () => Promise.resolve({ raw: 0, model: MODEL }) }),
    ],
    [
      'takes anything for a sample',
      (_, vendor) => ({
        enrol: async ({ copy, samples, signal }) =>
          vendor.call(signal, () => {
            vendor.copies.set(copy, Buffer.from(samples[0]?.bytes ?? []).toString());
          }),
      }),
    ],
    [
      'has one copy for all',
      (plugin) => ({
        enrol: async (request) => plugin.enrol({ ...request, copy: 'one' }),
        compare: async (request) => plugin.compare({ ...request, copy: 'one' }),
      }),
    ],
    ['is on no agreement', ({ metadata }) => ({ metadata: { ...metadata, agreement: '' } })],
    [
      'calls a vendor before it is called',
      (_, vendor) => {
        vendor.calls = 1;
        return {};
      },
    ],
  ];
  for (const [fault, change] of faults)
    it(`notice a matcher that ${fault}`, async () => {
      expect(await withComparison(change)).to.not.deep.equal([]);
    }).timeout(30_000);

  it('notice an ID check that tells what it read, has reasons of its own, or keeps what it should destroy', async () => {
    const told = await withIdentity((plugin) => ({
      check: async (request) => ({ ...(await plugin.check(request)), name: 'Ada' }),
    }));
    const reasons = await withIdentity((plugin) => ({
      check: async (request) => ({ ...(await plugin.check(request)), reasons: ['it looks odd'] }),
    }));
    const kept = await withIdentity(() => ({ destroy: async () => Promise.resolve() }));
    for (const titles of [told, reasons, kept]) expect(titles).to.not.deep.equal([]);
  }).timeout(30_000);

  it('notice a risk engine’s plugin that adds to what it passes on, or does not wait', async () => {
    const more = await withRisk((plugin) => ({
      share: async (request) => plugin.share({ ...request, signals: { ...request.signals, score: '7' } }),
    }));
    const late = await withRisk((plugin) => ({
      share: async (request) => {
        setTimeout(() => void plugin.share(request).catch(() => undefined), 5);
        return Promise.resolve();
      },
    }));
    for (const titles of [more, late]) expect(titles).to.not.deep.equal([]);
  }).timeout(30_000);
});
