import { expect } from 'chai';
import { Registry } from '#src/options/registry.js';
import { SERVICE_PROVIDERS } from '#src/options/service-providers.js';
import type { SamlServiceProviderOptions, ServiceProvider } from '#src/options/service-providers.js';
import { SHOP, SHOP_OPTIONS } from './support/world.js';

const HOUR = 3_600_000;

describe('metadata that are fetched', function () {
  this.timeout(60_000);
  let now: number;
  let served: string;
  let fetched: number;
  let warnings: object[];

  const open = (): Promise<Registry<SamlServiceProviderOptions, ServiceProvider>> =>
    Registry.read(
      SERVICE_PROVIDERS,
      [
        {
          ...SHOP_OPTIONS,
          metadata: () => {
            fetched++;
            return served;
          },
        },
      ],
      {
        clock: { now: () => now },
        logger: { warn: (fields) => warnings.push(fields), error: (fields) => warnings.push(fields) },
        every: HOUR,
      },
      (_, read) => read(),
    );
  const consumers = (
    registry: Registry<SamlServiceProviderOptions, ServiceProvider>,
  ): readonly (string | undefined)[] => registry.all().map(({ metadata }) => metadata.consumers[0]?.location);

  beforeEach(() => {
    now = Date.now();
    served = SHOP.metadata();
    fetched = 0;
    warnings = [];
  });

  it('are fetched at the start, and again when they are due and somebody asks', async () => {
    const registry = await open();
    served = served.replaceAll(SHOP.consumer, 'https://shop.example/new');
    now += HOUR - 1;
    expect(consumers(registry)).to.deep.equal([SHOP.consumer]);
    expect(fetched).to.equal(1);
    now += 1;
    // Whoever asks is not kept waiting.
    expect(consumers(registry)).to.deep.equal([SHOP.consumer]);
    await registry.refresh();
    expect(consumers(registry)).to.deep.equal(['https://shop.example/new']);
    expect(fetched).to.equal(2);
  });

  for (const [what, change] of [
    ['of another entityID', (text: string) => text.replace(SHOP.entityId, 'https://evil.example')],
    ['expired', (text: string) => text.replace('entityID=', 'validUntil="2020-01-01T00:00:00Z" entityID=')],
    ['no metadata', () => 'Service unavailable'],
  ] as const)
    it(`that are ${what} change nothing, and an operator is told`, async () => {
      const registry = await open();
      served = change(served);
      await registry.refresh();
      expect(consumers(registry)).to.deep.equal([SHOP.consumer]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.deep.include({ serviceProvider: SHOP.entityId });
    });
});
