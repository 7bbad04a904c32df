import { tenantId } from '@asignio/contracts';
import type { RotationReport, TenantRotation } from '@asignio/core';
import { PLACE_OPTIONS } from '../../place/place.ts';
import { integerOption, usage } from '../command.ts';
import type { Command } from '../command.ts';
import { Progress } from '../progress.ts';
import { table } from '../terminal.ts';
import { KEYS_NOTES, tenantOption, withMaintenance } from './options.ts';

const DEFAULT_TENANT = 'default';

/** `asignio keys rotate`: newer keys, all data keys wrapped anew, the older ones destroyed. */
export const rotate: Command = {
  name: 'keys rotate',
  summary: 'Makes newer keys, wraps every data key anew and destroys the older ones, while the app goes on.',
  options: {
    tenant: { type: 'string', value: 'ID', help: 'one tenant; all of them unless told' },
    signing: { type: 'boolean', help: 'the key that signs receipts and certificates instead' },
    grace: { type: 'string', value: 'SECONDS', help: 'how long the older keys still open', default: '60' },
    force: { type: 'boolean', help: 'destroy them although some data keys do not open' },
    ...PLACE_OPTIONS,
    json: { type: 'boolean', help: 'write the report as JSON' },
  },
  notes:
    'Stopped half way, it goes on where it was when it is run again. Afterwards keep a new copy of the key file: the old one\n' +
    `opens nothing any more. Exits with 1 if older keys had to stay.\n${KEYS_NOTES}`,
  async run(values, terminal) {
    const seconds = integerOption(values, 'grace', 0, 86_400) ?? 0;
    const tenant = tenantOption(values);
    if (values['signing'] === true) {
      if (values['force'] === true) throw usage('--force is not for --signing');
      const whose = tenant ?? tenantId(DEFAULT_TENANT);
      const kid = await withMaintenance(values, ({ keys }) => keys.rotateSigning(whose));
      terminal.out(
        values['json'] === true
          ? `${JSON.stringify({ tenant: whose, kid })}\n`
          : `${whose} signs with ${kid} from now on\n`,
      );
      return 0;
    }
    const bar = new Progress(terminal, 'Wrapping anew', 0);
    const report = await withMaintenance(values, ({ keys }) =>
      keys.rotate({
        graceMs: seconds * 1000,
        force: values['force'] === true,
        onProgress: ({ done, total, waiting }) =>
          bar.at(done, total, waiting ? 'waiting for what is under way' : undefined),
        ...(tenant === undefined ? {} : { tenant }),
      }),
    ).finally(() => bar.finish());
    terminal.out(values['json'] === true ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
    return report.tenants.every(({ unreadable, retired }) => retired || unreadable === 0) ? 0 : 1;
  },
};

function tableOf({ tenants, resumed }: RotationReport): string {
  const rows = tenants.map((row) => [row.tenant, row.to, String(row.wrapped), String(row.unreadable), stateOf(row)]);
  return (
    (resumed ? 'Went on where an earlier run had stopped.\n' : '') +
    table([['tenant', 'key', 'wrapped', 'unreadable', 'older keys'], ...rows])
  );
}

function stateOf({ retired, unreadable }: TenantRotation): string {
  if (retired) return 'destroyed';
  return unreadable > 0 ? 'kept' : 'yours to remove';
}
