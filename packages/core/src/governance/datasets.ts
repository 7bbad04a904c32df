import Joi from 'joi';
import { AsignioError } from '@asignio/contracts';
import type { Clock, TenantId } from '@asignio/contracts';
import { combinedClass, PRIVACY_CLASSES, registerDataset } from '@asignio/policy';
import type { PrivacyClass } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { DatasetInput, Datasets, DatasetView, Operator, Page, PageQuery } from './api.ts';
import { checkInput, id, line } from './input.ts';
import { recordRefusal } from './records.ts';
import type { DatasetRecord } from './records.ts';
import type { Register } from './registers.ts';
import type { StaffService } from './staff.ts';

export interface DatasetTools {
  readonly register: Register<DatasetRecord>;
  readonly staff: StaffService;
  readonly audit: AuditChain;
  readonly clock: Clock;
}

const STATED = {
  name: id().required(),
  source: line(1000).required(),
  licence: line(1000).required(),
  jurisdiction: line(1000).required(),
};
const REGISTER = Joi.object<DatasetInput>({ ...STATED, class: Joi.valid(...PRIVACY_CLASSES).required() });
type Combine = Parameters<Datasets['combine']>[2];
const COMBINE = Joi.object<Combine>({
  ...STATED,
  parts: Joi.array().items(id()).min(1).max(100).unique().required(),
  with: Joi.array()
    .items(Joi.valid(...PRIVACY_CLASSES))
    .unique(),
  identifies: Joi.boolean(),
});

/** {@link Datasets} over the register (R36, R39). */
export class DatasetService implements Datasets {
  private readonly tools: DatasetTools;

  constructor(tools: DatasetTools) {
    this.tools = tools;
  }

  /** R39. */
  async register(tenant: TenantId, operator: Operator, input: DatasetInput): Promise<DatasetView> {
    return this.enter(tenant, operator, async (actor) => {
      const { class: privacy, ...stated } = checkInput(REGISTER, input);
      return this.insert(tenant, actor, { ...registerDataset(stated), class: privacy, parts: [] });
    });
  }

  /** R36: combined data take the class of their strictest part, and are an entry of their own. */
  async combine(tenant: TenantId, operator: Operator, input: Combine): Promise<DatasetView> {
    return this.enter(tenant, operator, async (actor) => {
      const { parts, with: beside = [], identifies = false, ...stated } = checkInput(COMBINE, input);
      const classes: PrivacyClass[] = [...beside];
      for (const part of parts) {
        const known = await this.tools.register.get(tenant, part);
        if (known === undefined)
          throw new AsignioError('ASIGNIO_DATASET_UNREGISTERED', 'A part is not registered; register it first');
        classes.push(known.class);
      }
      const privacy = combinedClass(classes, identifies);
      return this.insert(tenant, actor, { ...registerDataset(stated), class: privacy, parts });
    });
  }

  async list(tenant: TenantId, operator: Operator, page?: PageQuery): Promise<Page<DatasetView>> {
    await this.tools.staff.require(tenant, operator, 'privacy-officer', 'auditor');
    return this.tools.register.page(tenant, page);
  }

  private async enter<T>(tenant: TenantId, operator: Operator, work: (actor: string) => Promise<T>): Promise<T> {
    const { staff, audit, register } = this.tools;
    const { pseudonym } = await staff.require(tenant, operator, 'privacy-officer');
    const refusal = register.fact('register.refused', { register: 'dataset', operator: pseudonym });
    return recordRefusal(audit, tenant, refusal, async () => work(pseudonym));
  }

  private async insert(
    tenant: TenantId,
    actor: string,
    entry: Pick<DatasetRecord, 'name' | 'source' | 'licence' | 'jurisdiction' | 'class' | 'parts'>,
  ): Promise<DatasetView> {
    const now = this.tools.clock.now();
    const { name, class: privacy, parts, source, licence, jurisdiction } = entry;
    return this.tools.register.change(
      tenant,
      name,
      (known) => {
        if (known !== undefined) throw new AsignioError('ASIGNIO_REQUEST_INVALID', '"name" is taken');
        return { register: 'dataset', ...entry, registeredAt: now, registeredBy: actor };
      },
      parts.length === 0 ? 'dataset.registered' : 'dataset.reclassified',
      { dataset: name, class: privacy, parts: parts.join(' '), source, licence, jurisdiction, operator: actor },
    );
  }
}
