import { tenantId } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import { openAudit } from '@asignio/core';
import type { OpenedAudit } from '@asignio/core';
import { PLACE_OPTIONS, placeOfCommand } from '../../place/place.ts';
import { textOption, usage } from '../command.ts';
import type { Values } from '../command.ts';

/** The options that name a chain. */
export const CHAIN_OPTIONS = {
  ...PLACE_OPTIONS,
  tenant: { type: 'string', value: 'TENANT', help: 'whose chain', default: 'default' },
} as const;

/** @throws AsignioError `ASIGNIO_CLI_USAGE`. */
export function tenantOption(values: Values): TenantId {
  try {
    return tenantId(textOption(values, 'tenant'));
  } catch {
    throw usage('--tenant must be 1-64 characters of A-Z a-z 0-9 . _ -');
  }
}

/** Opens the chain's place, beside whoever works there, for as long as `work` takes. Without keys nothing is signed. */
export async function withAudit<T>(
  values: Values,
  { keys: withKeys }: { readonly keys: boolean },
  work: (audit: OpenedAudit) => Promise<T>,
): Promise<T> {
  const { keys, ...place } = await placeOfCommand(values);
  const opened = await openAudit(withKeys ? { ...place, keys } : place);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
