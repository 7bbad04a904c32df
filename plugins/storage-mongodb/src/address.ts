import type { RecordKey, TenantId } from '@asignio/contracts';

/*
 * A record's `_id` is its tenant, a space, and its id. A tenant id holds no space, so the first one ends it, and all
 * records of a tenant lie together, by id: MongoDB compares strings byte by byte as long as no collation is asked for.
 * A log's name is put together with its tenant in the same way.
 */
const SEPARATOR = ' ';
const AFTER_SEPARATOR = '!';

/** A name within a tenant as one string. */
export function within(tenant: TenantId, name: string): string {
  return `${tenant}${SEPARATOR}${name}`;
}

/** The `_id` of a record. */
export function addressOf({ tenant, id }: RecordKey): string {
  return within(tenant, id);
}

/**
 * What lies before and after all addresses of a tenant. Both characters come before any that a tenant id may hold, so the
 * order of addresses is that of the tenants.
 */
export function rangeOf(tenant: TenantId): { readonly start: string; readonly end: string } {
  return { start: `${tenant}${SEPARATOR}`, end: `${tenant}${AFTER_SEPARATOR}` };
}

/** Where the addresses of all tenants after one begin, or those of all. */
export function afterTenant(tenant: TenantId | undefined): string {
  return tenant === undefined ? '' : rangeOf(tenant).end;
}

/** Takes an `_id` apart; `undefined` where it is none of ours. */
export function readAddress(address: string): { readonly tenant: TenantId; readonly id: string } | undefined {
  const at = address.indexOf(SEPARATOR);
  return at < 1 ? undefined : { tenant: address.slice(0, at) as TenantId, id: address.slice(at + 1) };
}
