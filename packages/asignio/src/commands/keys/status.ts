import type { KeyStatus } from '@asignio/core';
import { PLACE_OPTIONS } from '../../place/place.ts';
import type { Command } from '../command.ts';
import { table } from '../terminal.ts';
import { KEYS_NOTES, tenantOption, withMaintenance } from './options.ts';

/** `asignio keys status`: which keys wrap what. */
export const status: Command = {
  name: 'keys status',
  summary: 'Shows which keys wrap how many data keys, and which key signs. Changes nothing.',
  options: {
    tenant: { type: 'string', value: 'ID', help: 'one tenant; all of them unless told' },
    ...PLACE_OPTIONS,
    json: { type: 'boolean', help: 'write it as JSON' },
  },
  notes: `Exits with 1 if data keys are wrapped by keys that are gone.\n${KEYS_NOTES}`,
  async run(values, terminal) {
    const found = await withMaintenance(values, ({ keys }) => keys.status(tenantOption(values)));
    terminal.out(values['json'] === true ? `${JSON.stringify(found, undefined, 2)}\n` : tableOf(found));
    return found.some((one) => lostOf(one).length > 0) ? 1 : 0;
  },
};

/** Ids of keys that wrap something and are not there. */
function lostOf({ versions, dataKeys }: KeyStatus): readonly string[] {
  if (versions === null) return [];
  return Object.keys(dataKeys).filter((id) => !versions.some(({ keyId }) => keyId === id));
}

function tableOf(found: readonly KeyStatus[]): string {
  if (found.length === 0) return 'There are no data keys yet.\n';
  const rows = found.flatMap((one) => {
    const lost = lostOf(one);
    const ids = [...new Set([...(one.versions ?? []).map(({ keyId }) => keyId), ...Object.keys(one.dataKeys)])];
    return ids.map((keyId) => {
      const made = one.versions?.find((version) => version.keyId === keyId)?.createdAt;
      const role = lost.includes(keyId) ? 'gone' : one.versions?.at(-1)?.keyId === keyId ? 'wraps' : 'opens';
      return [
        one.tenant,
        keyId,
        one.versions === null ? '' : role,
        made === undefined ? '' : new Date(made).toISOString().slice(0, 10),
        String(one.dataKeys[keyId] ?? 0),
      ];
    });
  });
  const notes = found.map(({ tenant, signing, rotation }) => {
    const half = rotation === null ? '' : `; a rotation stopped half way: run asignio keys rotate again`;
    return `${tenant}: signs with ${signing.kid}, ${signing.earlier} earlier verify${half}\n`;
  });
  return table([['tenant', 'key', 'role', 'made', 'data keys'], ...rows]) + notes.join('');
}
