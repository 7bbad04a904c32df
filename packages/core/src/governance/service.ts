import type { Clock, StoragePlugin } from '@asignio/contracts';
import type { StaffRules } from '@asignio/policy';
import type { AuditChain } from '../audit/chain.ts';
import type { SweepDuty } from '../sweep.ts';
import type { Vault } from '../vault.ts';
import type { Governance } from './api.ts';
import { createGovernanceRecords, settleAudit } from './records.ts';
import { StaffService } from './staff.ts';

export interface GovernanceTools {
  readonly storage: StoragePlugin;
  readonly vault: Vault;
  readonly audit: AuditChain;
  readonly clock: Clock;
  readonly staffRules: StaffRules;
}

/** Puts the rooms of governance together. */
export function createGovernance({ storage, vault, audit, clock, staffRules }: GovernanceTools): {
  readonly api: Governance;
  readonly duty: SweepDuty;
} {
  const records = createGovernanceRecords(storage);
  const staff = new StaffService({ records, vault, audit, clock, rules: staffRules });
  return {
    api: { staff },
    duty: async (walk) => walk(records.staff, async (record) => settleAudit(records.staff, audit, record)),
  };
}
