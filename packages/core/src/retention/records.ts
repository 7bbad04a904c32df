import { SYSTEM_TENANT } from '@asignio/contracts';
import type { EpochMs, StoragePlugin, TenantId } from '@asignio/contracts';
import type { RetentionProfile, RetentionRule } from '@asignio/policy';
import { OVERDUE } from '../store/records.ts';
import { Repository } from '../store/repository.ts';

/** What all processes of a system agree on about time and retention: one record. */
export interface SystemState {
  /** The latest time at which a sweep ran by a clock that could be right. */
  readonly seenAt: EpochMs;
  /** The rules that the due dates in the store are of, or are being brought to. */
  readonly schedule: {
    readonly sha256: string;
    readonly base: readonly RetentionRule[];
    readonly profiles: readonly RetentionProfile[];
  } | null;
  /** How far the due dates are brought to it; `null` when all are. */
  readonly recount: { readonly tenant: TenantId | null; readonly after: string | null } | null;
}

/** That the purpose of all subjects' data of a tenant has ended. */
export interface PurposeEnd {
  readonly endedAt: EpochMs;
  /** How far it is written into the subjects' records. */
  readonly after: string | null;
  readonly done: boolean;
}

const SYSTEM = 'system';
const PURPOSE = 'purpose';

/** What the core keeps about retention beside the subjects' own records. */
export class RetentionRecords {
  private readonly system: Repository<SystemState>;
  readonly purposes: Repository<PurposeEnd>;

  constructor(storage: StoragePlugin) {
    this.system = new Repository(storage, 'retention', () => ({}));
    this.purposes = new Repository(storage, 'retention', ({ done }) => (done ? {} : { due: OVERDUE }));
  }

  async state(): Promise<SystemState | undefined> {
    return (await this.system.get(SYSTEM_TENANT, SYSTEM))?.value;
  }

  async change(change: (state: SystemState | undefined) => SystemState | undefined): Promise<SystemState | undefined> {
    return (await this.system.update(SYSTEM_TENANT, SYSTEM, change))?.value;
  }

  async purposeEnd(tenant: TenantId): Promise<PurposeEnd | undefined> {
    return (await this.purposes.get(tenant, PURPOSE))?.value;
  }

  async changePurposeEnd(
    tenant: TenantId,
    change: (end: PurposeEnd | undefined) => PurposeEnd | undefined,
  ): Promise<void> {
    await this.purposes.update(tenant, PURPOSE, change);
  }
}
