import { AsignioError } from '@asignio/contracts';
import type { Command } from '../command.ts';
import { CHAIN_OPTIONS, tenantOption, withAudit } from './place.ts';

/** `asignio audit checkpoint`: signs the chain as it is now. */
export const auditCheckpoint: Command = {
  name: 'audit checkpoint',
  summary:
    'Verifies what was added to the audit chain since the last checkpoint, signs it, and writes that to the second place.',
  options: CHAIN_OPTIONS,
  notes:
    'Prints the newest checkpoint (JWS). The running system makes them by itself; this is for before a backup, say.',
  async run(values, terminal) {
    const tenant = tenantOption(values);
    const jws = await withAudit(values, { keys: true }, async ({ audit }) => audit.checkpoint(tenant));
    if (jws === undefined)
      throw new AsignioError('ASIGNIO_NOT_FOUND', `There is no entry in the chain of the tenant ${tenant}`);
    terminal.out(`${jws}\n`);
    return 0;
  },
};
