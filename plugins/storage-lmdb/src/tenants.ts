import type { TenantId } from '@asignio/contracts';
import { endOf, tenantPrefix } from './address.ts';
import type { Environment, Tree } from './environment.ts';

/** Below the first character of every tenant id. */
const START = Buffer.of(0);

/** Ids of the tenants that stand first in a B-tree's keys, after one of them, in order: one look-up a tenant. */
export async function tenantsOf(
  environment: Environment,
  tree: Tree,
  after: TenantId | undefined,
  limit: number,
): Promise<readonly TenantId[]> {
  return environment.read(() => {
    const found: TenantId[] = [];
    let start = after === undefined ? START : endOf(tenantPrefix(after));
    while (found.length < limit) {
      const [key] = tree.getKeys({ start, limit: 1 });
      if (key === undefined) break;
      const bytes = Buffer.from(key);
      const tenant = bytes.toString('latin1', 0, bytes.indexOf(0)) as TenantId;
      found.push(tenant);
      start = endOf(tenantPrefix(tenant));
    }
    return found;
  });
}
