import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { MODALITIES } from '@asignio/contracts';
import type { ComparisonPlugin, Modality, RawSample } from '@asignio/contracts';
import { pluginContract } from '../plugin-contract.ts';
import { refuses } from '../runner.ts';
import { inTime, justPlugin, LEAVE, scenarios, vendorTests } from './world.ts';
import type { VendorContractOptions } from './world.ts';

/** Samples of one modality. */
export interface ComparisonSamples {
  readonly modality: Modality;
  /** Of one person, to enrol. */
  readonly enrol: readonly RawSample[];
  /** Of the same person, another time. */
  readonly mated: RawSample;
  /** Of another person. */
  readonly nonMated: RawSample;
}

/** What {@link comparisonContract} is given. */
export interface ComparisonContractOptions extends VendorContractOptions<ComparisonPlugin> {
  /** For each modality that the plugin has. */
  readonly samples: readonly ComparisonSamples[];
}

const GARBAGE: RawSample = { mediaType: 'application/octet-stream', bytes: Uint8Array.from([0xff, 0x00, 0x7b]) };

/** Names of copies, as the core makes them: 22 characters of base64url. */
function copyName(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * The suite that every vendor's matcher passes: it compares, it keeps what it says and destroys it when told, its scores
 * are of its calibration, and what goes wrong at the vendor's comes back as a code.
 * @example
 * ```ts
 * import { describe, it } from 'mocha';
 * import { comparisonContract } from '@asignio/testkit';
 *
 * comparisonContract({ describe, it, create: startVendor, samples: [{ modality: 'face', enrol, mated, nonMated }] });
 * ```
 */
export function comparisonContract(options: ComparisonContractOptions): void {
  const { describe, it, samples } = options;
  const scenario = scenarios(options);
  const [first] = samples as [ComparisonSamples];

  describe('comparison plugin contract', () => {
    pluginContract({ describe, it, kind: 'comparison', create: async () => justPlugin(options) });

    vendorTests(options, async (plugin, signal) => {
      const { modality, enrol } = first;
      return plugin.enrol({ permit: LEAVE, modality, copy: copyName(), samples: enrol, signal });
    });

    scenario('has samples here for each of its modalities, and each is one that there is', async ({ plugin }) => {
      assert.deepEqual([...plugin.modalities].sort(), samples.map(({ modality }) => modality).sort());
      for (const modality of plugin.modalities) assert.ok(MODALITIES.includes(modality), modality);
    });

    scenario(
      'states a calibration for each modality: finite, increasing, of a model, with its source',
      async ({ plugin }) => {
        for (const modality of plugin.modalities) {
          const calibration = plugin.calibrations[modality];
          assert.ok(calibration !== undefined, modality);
          const { slope, offset, range, model, source } = calibration;
          assert.ok(Number.isFinite(slope) && slope > 0, 'slope');
          assert.ok(Number.isFinite(offset), 'offset');
          assert.ok(Number.isFinite(range.min) && Number.isFinite(range.max) && range.min < range.max, 'range');
          for (const text of [model.name, model.version, source]) assert.ok(text.trim().length > 0);
        }
      },
    );

    for (const { modality, enrol, mated, nonMated } of samples) {
      scenario(
        `${modality}: scores the same person higher than another, within its range, by its model`,
        async ({ plugin }) => {
          const call = { permit: LEAVE, modality, copy: copyName(), signal: inTime() };
          await plugin.enrol({ ...call, samples: enrol });
          const same = await plugin.compare({ ...call, sample: mated });
          const other = await plugin.compare({ ...call, sample: nonMated });
          assert.ok(same.raw > other.raw, `${same.raw} against ${other.raw}`);
          const { range, model } = plugin.calibrations[modality] as NonNullable<
            ComparisonPlugin['calibrations'][Modality]
          >;
          for (const answer of [same, other]) {
            assert.ok(answer.raw >= range.min && answer.raw <= range.max, 'within the range');
            assert.deepEqual(answer.model, model);
          }
        },
      );

      scenario(`${modality}: keeps copies apart, and replaces one that is enrolled again`, async ({ plugin }) => {
        const [one, other] = [copyName(), copyName()];
        const call = { permit: LEAVE, modality, signal: inTime() };
        await plugin.enrol({ ...call, copy: one, samples: enrol });
        await plugin.enrol({ ...call, copy: other, samples: [nonMated] });
        const before = await plugin.compare({ ...call, copy: one, sample: mated });
        await plugin.enrol({ ...call, copy: one, samples: [nonMated] });
        const after = await plugin.compare({ ...call, copy: one, sample: mated });
        assert.ok(after.raw < before.raw, 'the copy is of the later samples');
      });

      scenario(`${modality}: has no copy after it was destroyed, and says so`, async ({ plugin }) => {
        const [one, other] = [copyName(), copyName()];
        const call = { permit: LEAVE, modality, signal: inTime() };
        for (const copy of [one, other]) await plugin.enrol({ ...call, copy, samples: enrol });
        await plugin.destroy({ modality, copy: one, signal: inTime() });
        await refuses('ASIGNIO_NOT_FOUND', async () => plugin.compare({ ...call, copy: one, sample: mated }));
        await plugin.compare({ ...call, copy: other, sample: mated });
        await plugin.destroy({ modality, copy: one, signal: inTime() });
        await plugin.destroy({ modality, copy: copyName(), signal: inTime() });
        await plugin.enrol({ ...call, copy: one, samples: enrol });
        await plugin.compare({ ...call, copy: one, sample: mated });
      });

      scenario(`${modality}: refuses what is no sample, and answers nothing for it`, async ({ plugin }) => {
        const call = { permit: LEAVE, modality, copy: copyName(), signal: inTime() };
        await refuses('ASIGNIO_SAMPLE_INVALID', async () => plugin.enrol({ ...call, samples: [GARBAGE] }));
        await plugin.enrol({ ...call, samples: enrol });
        await refuses('ASIGNIO_SAMPLE_INVALID', async () => plugin.compare({ ...call, sample: GARBAGE }));
      });
    }

    scenario('says that there is no such copy, and does not compare with another', async ({ plugin }) => {
      const { modality, mated } = first;
      await refuses('ASIGNIO_NOT_FOUND', async () =>
        plugin.compare({ permit: LEAVE, modality, copy: copyName(), sample: mated, signal: inTime() }),
      );
    });

    scenario('does not call a copy destroyed while the vendor fails', async ({ plugin, fail }) => {
      const { modality, enrol } = first;
      const copy = copyName();
      await plugin.enrol({ permit: LEAVE, modality, copy, samples: enrol, signal: inTime() });
      await fail('out of order');
      await refuses('ASIGNIO_VENDOR_UNAVAILABLE', async () => plugin.destroy({ modality, copy, signal: inTime() }));
    });

    scenario('answers many at once, each its own', async ({ plugin }) => {
      const { modality, enrol, mated, nonMated } = first;
      const call = { permit: LEAVE, modality, signal: inTime() };
      const names = Array.from({ length: 8 }, copyName);
      await Promise.all(names.map(async (copy) => plugin.enrol({ ...call, copy, samples: enrol })));
      const scores = await Promise.all(
        names.map(async (copy, index) => plugin.compare({ ...call, copy, sample: index % 2 === 0 ? mated : nonMated })),
      );
      const raws = scores.map(({ raw }) => raw);
      const worst = Math.min(...raws.filter((_, index) => index % 2 === 0));
      assert.ok(
        raws.every((raw, index) => index % 2 === 0 || raw < worst),
        'answers are mixed up',
      );
    });
  });
}
