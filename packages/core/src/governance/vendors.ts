import Joi from 'joi';
import { AsignioError, MODALITIES, subjectId } from '@asignio/contracts';
import type { ComparisonPlugin, Modality, SubjectId, TenantId } from '@asignio/contracts';
import { calibratedScore, checkCalibration } from '@asignio/policy';
import type { Vault } from '../vault.ts';
import type { VendorComparison, Vendors, VendorView } from './api.ts';
import type { VendorCopies } from './copies.ts';
import type { Egress, Leaving } from './egress.ts';
import { checkInput } from './input.ts';
import type { Regions } from './regions.ts';
import type { VendorRegistry } from './vendor-registry.ts';

export interface VendorTools {
  readonly registry: VendorRegistry;
  readonly egress: Egress;
  readonly copies: VendorCopies;
  readonly regions: Regions;
  readonly vault: Vault;
}

/** Largest sample that goes to a vendor, bytes. */
const MAX_SAMPLE_BYTES = 8 * 1024 * 1024;
const MAX_SAMPLES = 10;

const SAMPLE = Joi.object({
  mediaType: Joi.string().max(200).required(),
  bytes: Joi.any()
    .custom((value: unknown, helpers) =>
      value instanceof Uint8Array && value.byteLength <= MAX_SAMPLE_BYTES ? value : helpers.error('any.invalid'),
    )
    .required(),
});
const WHAT = {
  vendor: Joi.string().max(214).required(),
  subject: Joi.string().max(256).required(),
  modality: Joi.valid(...MODALITIES).required(),
};
type Enrolment = Parameters<Vendors['enrol']>[1];
type Comparison = Parameters<Vendors['compare']>[1];
const ENROL = Joi.object<Enrolment>({ ...WHAT, samples: Joi.array().items(SAMPLE).min(1).max(MAX_SAMPLES).required() });
const COMPARE = Joi.object<Comparison>({ ...WHAT, sample: SAMPLE.required() });

/** {@link Vendors}: a vendor's matcher, through the one way out (R12). */
export class VendorService implements Vendors {
  private readonly tools: VendorTools;

  constructor(tools: VendorTools) {
    this.tools = tools;
  }

  list(): readonly VendorView[] {
    return this.tools.registry.all().map(({ metadata }) => {
      const { name, version, kind, data, region, agreement = null } = metadata;
      return { name, version, kind, data, region, agreement };
    });
  }

  async enrol(tenant: TenantId, input: Enrolment): Promise<void> {
    const { vendor, subject, modality, samples } = checkInput(ENROL, input);
    const plugin = this.plugin(vendor, modality);
    const { leaving, copy } = await this.leaving(tenant, plugin, subjectId(subject), modality);
    await this.tools.egress.passSample(
      { ...leaving, fields: [`${modality} samples`, 'name of the copy'], copy: { id: copy, modality } },
      modality,
      async (permit, signal) => plugin.enrol({ permit, modality, copy, samples, signal }),
    );
  }

  async compare(tenant: TenantId, input: Comparison): Promise<VendorComparison> {
    const { vendor, subject, modality, sample } = checkInput(COMPARE, input);
    const plugin = this.plugin(vendor, modality);
    // A score that nobody could read is not worth what it costs to ask for.
    const calibration = checkCalibration(plugin.calibrations[modality]);
    const { leaving, copy } = await this.leaving(tenant, plugin, subjectId(subject), modality);
    const answer = await this.tools.egress.passSample(
      {
        ...leaving,
        fields: [`${modality} sample`, 'name of the copy'],
        ready: async () => {
          const held = await this.tools.copies.held(tenant, leaving.subject, modality);
          if (!held.some((row) => row.value.copy?.id === copy))
            throw new AsignioError('ASIGNIO_NOT_FOUND', 'The vendor holds no copy of this person');
        },
      },
      modality,
      async (permit, signal) => plugin.compare({ permit, modality, copy, sample, signal }),
    );
    return { score: calibratedScore(answer, calibration), model: calibration.model };
  }

  private plugin(name: string, modality: Modality): ComparisonPlugin {
    const plugin = this.tools.registry.get('comparison', name);
    if (!plugin.modalities.includes(modality))
      throw new AsignioError('ASIGNIO_MODALITY_UNAVAILABLE', `This vendor does not compare ${modality}`);
    return plugin;
  }

  private async leaving(
    tenant: TenantId,
    { metadata }: ComparisonPlugin,
    subject: SubjectId,
    modality: Modality,
  ): Promise<{ leaving: Omit<Leaving, 'fields'>; copy: string }> {
    const { vault, regions } = this.tools;
    const pseudonym = await vault.pseudonym(tenant, subject);
    // A keyed hash of its own for each vendor and modality: two vendors cannot put together what they hold.
    const copy = await vault.pseudonym(tenant, ['copy', metadata.name, modality, subject].join('\u0000') as SubjectId);
    return {
      copy,
      leaving: {
        tenant,
        subject: pseudonym,
        purpose: 'vendor-comparison',
        data: [modality],
        recipient: {
          name: metadata.name,
          region: regions.resolve(metadata.region),
          plugin: metadata.name,
          agreement: metadata.agreement ?? null,
        },
        knownPlace: async () => regions.knownPlace(tenant, subject),
      },
    };
  }
}
