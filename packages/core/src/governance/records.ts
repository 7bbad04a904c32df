import type { StoragePlugin, TenantId } from '@asignio/contracts';
import type { StaffStanding } from '@asignio/policy';
import type { AuditChain, AuditFact } from '../audit/chain.ts';
import { Repository, isConflict } from '../store/repository.ts';
import type { Typed } from '../store/repository.ts';

/** A record with the audit entries that its last change still owes. They are written in the same compare-and-set. */
export interface Owing {
  readonly owed: readonly AuditFact[];
}

/** A member of staff, by pseudonym. */
export interface StaffRecord extends StaffStanding, Owing {
  /** The operator's id, sealed under the tenant's key. */
  readonly sealedId: Uint8Array;
}

/** What governance keeps. */
export interface GovernanceRecords {
  readonly staff: Repository<StaffRecord>;
}

/** What owes audit entries is due at once, so that the next sweep finds it. */
const OVERDUE = 0;

export function createGovernanceRecords(storage: StoragePlugin): GovernanceRecords {
  return {
    staff: new Repository(storage, 'staff', (value) => dueIfOwing(value)),
  };
}

function dueIfOwing({ owed }: Owing): { readonly due?: number } {
  return owed.length === 0 ? {} : { due: OVERDUE };
}

/**
 * Changes a record and writes the audit entries that the change owes, in that order; whoever finds it after a crash
 * writes them. `change` is pure; it returns `undefined` to leave the record as it is.
 */
export async function changeAudited<T extends Owing>(
  repository: Repository<T>,
  audit: AuditChain,
  tenant: TenantId,
  id: string,
  change: (value: T | undefined) => Omit<T, 'owed'> | undefined,
  fact: AuditFact,
): Promise<Typed<T> | undefined> {
  const record = await repository.update(tenant, id, (value) => {
    const changed = change(value);
    return changed === undefined ? undefined : ({ ...changed, owed: [...(value?.owed ?? []), fact] } as unknown as T);
  });
  if (record !== undefined) await settleAudit(repository, audit, record);
  return record;
}

/** Writes the audit entries that a record owes, and notes it unless the record moved on: then they are owed anew. */
export async function settleAudit<T extends Owing>(
  repository: Repository<T>,
  audit: AuditChain,
  record: Typed<T>,
): Promise<void> {
  if (record.value.owed.length === 0) return;
  for (const fact of record.value.owed) await audit.append(record.tenant, fact);
  try {
    await repository.replace(record, { ...record.value, owed: [] });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
