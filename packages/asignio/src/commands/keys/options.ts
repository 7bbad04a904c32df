import { tenantId } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';
import { openMaintenance } from '@asignio/core';
import type { Maintenance } from '@asignio/core';
import { placeOfCommand } from '../../place/place.ts';
import type { Values } from '../command.ts';

/** Said below the options of every command that opens the keys. */
export const KEYS_NOTES =
  'The keys are those that the environment names (ASIGNIO_KEYS), a passphrase comes from ASIGNIO_KEY_PASSPHRASE_FILE,\n' +
  'ASIGNIO_KEY_PASSPHRASE_FD or ASIGNIO_KEY_PASSPHRASE; docs/deployment.md says more.';

/** The tenant of `--tenant`, if one is named. */
export function tenantOption(values: Values): TenantId | undefined {
  return values['tenant'] === undefined ? undefined : tenantId(values['tenant']);
}

/** Runs an operator's work on the place that the options name, and closes it. */
export async function withMaintenance<T>(values: Values, work: (maintenance: Maintenance) => Promise<T>): Promise<T> {
  const maintenance = await openMaintenance(await placeOfCommand(values));
  try {
    return await work(maintenance);
  } finally {
    await maintenance.close();
  }
}
