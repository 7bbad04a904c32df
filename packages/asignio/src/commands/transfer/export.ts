import { rm } from 'node:fs/promises';
import { AsignioError } from '@asignio/contracts';
import { openTransfer } from '@asignio/core';
import type { ExportSummary } from '@asignio/core';
import { PLACE_OPTIONS, placeOfCommand } from '../../place/place.ts';
import { integerOption, textOption, usage } from '../command.ts';
import type { Command } from '../command.ts';
import { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { bytesFrom, sizeOf, writeLines } from './files.ts';
import { show } from './show.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;

/** `asignio export`: a part of a store as a file. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes the records and logs of a store to a file, or its wrapped keys: what was sealed stays sealed.',
  options: {
    ...PLACE_OPTIONS,
    out: { type: 'string', value: 'FILE', help: 'file to write, in JSON lines', required: true },
    keys: { type: 'boolean', help: 'the wrapped keys, and nothing else' },
    valid: { type: 'string', value: 'HOURS', help: `how long keys may be imported, 1-720 (default ${DEFAULT_HOURS})` },
    json: { type: 'boolean', help: 'write what was exported as JSON' },
  },
  notes:
    'Stop the processes that work on the store: an export of one that moves is given up. Stopped half way it goes on, from FILE.part,\n' +
    'when it is run again. To carry a store elsewhere export records first, then keys, import both, and destroy the file of the\n' +
    'keys: whoever has it and the key provider can bring back what was destroyed since. docs/deployment.md says more.\n' +
    'Exits with 0 when the file is whole, 1 when it is not, 2 for wrong usage.',
  async run(values, terminal) {
    const part = values['keys'] === true ? 'keys' : 'records';
    const hours = integerOption(values, 'valid', 1, 720);
    if (hours !== undefined && part === 'records') throw usage('--valid is for --keys');
    const out = textOption(values, 'out');
    if ((await sizeOf(out)) !== undefined)
      throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${out} is there already, and stays as it is`);
    const { storage, keys } = await placeOfCommand(values);
    const transfer = await openTransfer({ storage, keys });
    const progress = new Progress(terminal, 'Exporting');
    const draft = `${out}.part`;
    try {
      const begun = (await sizeOf(draft)) === undefined ? undefined : bytesFrom(draft, 0);
      const made = await transfer.export({
        part,
        validMs: (hours ?? DEFAULT_HOURS) * HOUR_MS,
        onProgress: ({ step, done, total }) => progress.at(done, total, step === 'counting' ? step : undefined),
        ...(begun === undefined ? {} : { begun }),
      });
      await write(made.lines, made.kept, draft, out);
      progress.finish();
      tell(made.summary(), out, values['json'] === true, terminal);
    } finally {
      progress.finish();
      await transfer.close();
    }
    return 0;
  },
};

/** What cannot be gone on with does not stay. */
async function write(lines: AsyncIterable<string>, kept: number, draft: string, out: string): Promise<void> {
  try {
    await writeLines(lines, kept, draft, out);
  } catch (error) {
    if (error instanceof AsignioError && error.code === 'ASIGNIO_STORAGE_CONFLICT') await rm(draft, { force: true });
    throw error;
  }
}

function tell(summary: ExportSummary, out: string, json: boolean, terminal: Terminal): void {
  const { part, until, tenants, records, entries, resumed } = summary;
  show(summary, json, terminal, [
    ...(resumed ? ['It went on where an earlier run had stopped.'] : []),
    ...(until === null ? [] : [`These keys may be imported until ${new Date(until).toISOString()}.`]),
    [
      ['file', out],
      ['tenants', String(tenants)],
      [part === 'keys' ? 'wrapped keys' : 'records', String(records)],
      ...(part === 'keys' ? [] : [['entries of logs', String(entries)]]),
    ],
  ]);
}
