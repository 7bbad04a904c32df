import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { Clock, Plugin, SubjectId, TenantId } from '@asignio/contracts';
import { checkTransfer, isRegion } from '@asignio/policy';
import type { Region, RegionPolicy, TransferFinding, TransferMechanism } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { newId } from '../ceremony/binding.ts';

/** Where a system runs, and where each tenant's persons and data are (R32). */
export interface RegionOptions {
  /** Where this deployment runs: what a plugin means by `local`. */
  readonly deployment: Region;
  /** Of every tenant that has none of its own. */
  readonly policy: RegionPolicy;
  readonly tenants?: Readonly<Record<string, RegionPolicy>>;
  /** Where a person is, as the host knows; the tenant's home where it does not. */
  readonly placeOf?: (tenant: TenantId, subject: SubjectId) => Region | undefined | Promise<Region | undefined>;
}

const place = Joi.string().custom((value: unknown, helpers) =>
  isRegion(value) ? value : helpers.error('any.invalid'),
);
const POLICY = Joi.object({ home: place.required(), allowed: Joi.array().items(place).required() });

/** Part of the options of a system. */
export const REGION_OPTIONS = Joi.object({
  deployment: place.required(),
  policy: POLICY.required(),
  tenants: Joi.object().pattern(Joi.string(), POLICY),
  placeOf: Joi.function(),
});

export interface RegionTools {
  readonly options: RegionOptions | undefined;
  /** Where data are kept. */
  readonly stores: readonly Plugin[];
  readonly audit: AuditChain;
  readonly clock: Clock;
}

/** Checks where data are kept and go (R32). Every check of something that leaves is on record, whatever it found. */
export class Regions {
  private readonly tools: RegionTools;
  /** Tenants whose stores were found to be in an allowed region; both change with a restart alone. */
  private readonly checked = new Set<TenantId>();

  constructor(tools: RegionTools) {
    this.tools = tools;
  }

  /**
   * Before anything of a tenant's persons is stored. Nothing is checked where no regions are stated.
   * @throws AsignioError `ASIGNIO_TRANSFER_REFUSED` where the store or the keys are in no region that the tenant allows.
   */
  async checkStorage(tenant: TenantId): Promise<void> {
    const { options, stores } = this.tools;
    if (options === undefined || this.checked.has(tenant)) return;
    for (const { metadata } of stores) await this.check(tenant, metadata.region, `store ${metadata.name}`);
    this.checked.add(tenant);
  }

  /**
   * Before something leaves for a region.
   * @throws AsignioError `ASIGNIO_TRANSFER_REFUSED`, also where the system does not know where the data are.
   */
  async check(
    tenant: TenantId,
    to: string,
    recipient: string,
    mechanism?: TransferMechanism | null,
  ): Promise<TransferFinding> {
    const { finding, fact } = await this.find(tenant, to, recipient, mechanism);
    await this.tools.audit.append(tenant, fact);
    return finding;
  }

  /** As {@link check}; what it permits, the caller puts on record before anything leaves. */
  async find(
    tenant: TenantId,
    to: string,
    recipient: string,
    mechanism?: TransferMechanism | null,
  ): Promise<{ readonly finding: TransferFinding; readonly fact: AuditFact }> {
    const target = this.resolve(to);
    try {
      const policy = this.policyOf(tenant);
      const finding = checkTransfer(policy, target, mechanism);
      return { finding, fact: this.fact({ ...finding, recipient, permitted: true }) };
    } catch (error) {
      if (error instanceof AsignioError && error.code === 'ASIGNIO_TRANSFER_REFUSED')
        await this.tools.audit.append(
          tenant,
          this.fact({ to: target, recipient, permitted: false, reason: error.message }),
        );
      throw error;
    }
  }

  /** What a plugin's region means here. */
  resolve(region: string): Region {
    return region === 'local' ? (this.tools.options?.deployment ?? region) : region;
  }

  /** Where a tenant's persons are, unless something else is known of one. Throws as {@link check}. */
  home(tenant: TenantId): Region {
    return this.policyOf(tenant).home;
  }

  /** Where a person is, if the host knows. */
  async knownPlace(tenant: TenantId, subject: SubjectId): Promise<Region | undefined> {
    const known = await this.tools.options?.placeOf?.(tenant, subject);
    if (known !== undefined && !isRegion(known))
      throw new AsignioError(
        'ASIGNIO_OPTION_INVALID',
        'regions.placeOf: gives a country of ISO 3166, or a state of one',
      );
    return known;
  }

  private policyOf(tenant: TenantId): RegionPolicy {
    const { options } = this.tools;
    if (options === undefined)
      throw new AsignioError('ASIGNIO_TRANSFER_REFUSED', 'State in the option `regions` where the data are');
    const own = options.tenants;
    return own !== undefined && Object.hasOwn(own, tenant) ? (own[tenant] as RegionPolicy) : options.policy;
  }

  private fact(data: AuditFact['data']): AuditFact {
    return { id: `transfer:${newId()}`, event: 'transfer.checked', subject: null, at: this.tools.clock.now(), data };
  }
}
