import type { EpochMs, Modality, StoredRecord, TenantId } from '@asignio/contracts';
import { withOrder } from '../../subject/orders.ts';
import type { DestructionRecord, Repositories } from '../records.ts';
import type { Typed } from '../repository.ts';
import type { Migration, MigrationTools } from './migrate.ts';

/** A destruction as version 1 kept it. */
interface FirstDestruction {
  readonly subject: string;
  readonly scope: Modality | 'all';
  readonly reason: string;
  readonly startedAt: EpochMs;
  readonly counts: { readonly [step: string]: number };
  readonly state: 'running' | 'done';
  readonly certificate: string | null;
  readonly effects: DestructionRecord['effects'];
}

/**
 * Version 2: consents say all that ISO/IEC TS 27560 has fields for, and each name under one is sealed with a key of its own,
 * where a subject had one for all; destructions know holds and the copies of others, and stand as orders on the subject's
 * record while they run.
 */
export const toVersion2: Migration = {
  kinds: ['consent', 'destruction', 'key'],
  upgrade: async (record, tools) => {
    if (record.kind === 'consent') await upgradeConsent(tools, record);
    else if (record.kind === 'destruction') await upgradeDestruction(tools.repositories, record);
    else await dropKey(tools.repositories, record);
  },
};

/** The repository reads one of version 1 as one of version 2. */
async function upgradeConsent(
  { repositories, vault }: MigrationTools,
  { tenant, id, subject }: StoredRecord,
): Promise<void> {
  if (subject !== undefined) await vault.copyKey(tenant, keyOfSubject(subject), `evidence.${id}`);
  await repositories.consents.update(tenant, id, (value) => (value === undefined ? undefined : { ...value }));
}

/** All consents of the tenant have their own by now. */
async function dropKey({ keys }: Repositories, { tenant, id, subject }: StoredRecord): Promise<void> {
  if (subject !== undefined && id === keyOfSubject(subject)) await keys.remove(tenant, id);
}

function keyOfSubject(subject: string): string {
  return `evidence.${subject}`;
}

async function upgradeDestruction(repositories: Repositories, record: StoredRecord): Promise<void> {
  const { tenant, id } = record;
  const value = record.value as unknown as FirstDestruction | DestructionRecord;
  if (!('counts' in value)) return;
  if (value.state === 'running') await giveOrder(repositories, tenant, id, value);
  const { counts, ...kept } = value;
  await repositories.destructions.replace(record as unknown as Typed<DestructionRecord>, {
    ...kept,
    inventories: Object.keys(counts).length === 0 ? {} : { 1: counts },
    confirmations: [],
    attempts: 0,
    lastError: null,
    retryAt: 0,
    withdraws: false,
  });
}

/** One that had begun goes on: its order stands on the subject's record, if there is anything left to destroy. */
async function giveOrder(
  { subjects }: Repositories,
  tenant: TenantId,
  id: string,
  { subject, scope, reason, startedAt: at }: FirstDestruction,
): Promise<void> {
  await subjects.update(tenant, subject, (value) =>
    value === undefined ? undefined : withOrder(value, { type: 'destroy', id, subject, scope, reason, at }),
  );
}
