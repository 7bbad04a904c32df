import type { KeyProvider, StoragePlugin, TenantId } from '@asignio/contracts';
import type { Signer } from '../signer.ts';
import type { KeyRecord } from '../store/records.ts';
import { tenantsOf } from '../store/tenants.ts';
import type { KeyStatus } from './api.ts';
import { ROTATION_ID } from './records.ts';
import type { KeyCareRecords } from './records.ts';

export interface StatusTools {
  readonly storage: StoragePlugin;
  readonly keys: KeyProvider;
  readonly records: KeyCareRecords;
  readonly signer: Signer;
}

/** Which keys wrap what, of one tenant or of all that have data keys. */
export async function keyStatus(tools: StatusTools, tenant: TenantId | undefined): Promise<readonly KeyStatus[]> {
  const found: KeyStatus[] = [];
  for await (const one of tenant === undefined ? tenantsOf(tools.storage) : [tenant]) {
    const dataKeys = await countByKey(tools.storage, one);
    if (Object.keys(dataKeys).length > 0) found.push(await statusOf(tools, one, dataKeys));
  }
  return found;
}

async function statusOf(
  { keys, records, signer }: StatusTools,
  tenant: TenantId,
  dataKeys: KeyStatus['dataKeys'],
): Promise<KeyStatus> {
  const rotation = (await records.rotations.get(tenant, ROTATION_ID))?.value;
  const [current, ...earlier] = (await signer.publicKeys(tenant)).keys;
  return {
    tenant,
    versions: (await keys.versions?.(tenant)) ?? null,
    dataKeys,
    rotation:
      rotation === undefined || rotation.state === 'done'
        ? null
        : { startedAt: rotation.startedAt, to: rotation.to, wrapped: rotation.wrapped },
    signing: { kid: String(current?.['kid']), earlier: earlier.length },
  };
}

async function countByKey(storage: StoragePlugin, tenant: TenantId): Promise<{ readonly [keyId: string]: number }> {
  const counts = new Map<string, number>();
  let after: string | undefined;
  do {
    const page = await storage.list({ tenant, kind: 'key', limit: 1000, ...(after === undefined ? {} : { after }) });
    for (const { value } of page.records) {
      const { keyId } = (value as unknown as KeyRecord).wrapped;
      counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
    }
    after = page.next;
  } while (after !== undefined);
  return Object.fromEntries(counts);
}
