import { SYSTEM_TENANT } from '@asignio/contracts';
import type { StoragePlugin, TenantId } from '@asignio/contracts';

const PAGE = 100;

/** Every tenant that has something in the store, but the system's own. */
export async function* tenantsOf(storage: StoragePlugin): AsyncGenerator<TenantId> {
  let after: TenantId | undefined;
  for (;;) {
    const page = await storage.listTenants(after, PAGE);
    for (const tenant of page) if (tenant !== SYSTEM_TENANT) yield tenant;
    after = page.at(-1);
    if (page.length < PAGE || after === undefined) return;
  }
}
