import { openTransfer } from '@asignio/core';
import type { ImportSummary, TransferProgress } from '@asignio/core';
import { PLACE_OPTIONS, placeOfCommand } from '../../place/place.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { exportFile } from './files.ts';
import { show } from './show.ts';

/** `asignio import`: an export into an empty store. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Carries exported records and keys into an empty store, after both files have been verified to their ends.',
  options: {
    ...PLACE_OPTIONS,
    file: { type: 'string', value: 'FILE', help: 'the export of the records', required: true },
    keys: { type: 'string', value: 'FILE', help: 'the export of the keys, of the same time or later', required: true },
    'dry-run': { type: 'boolean', help: 'look whether it could be imported, and change nothing' },
    json: { type: 'boolean', help: 'write what was imported as JSON' },
  },
  notes:
    'The key provider is the one of the store that was exported: copy its key file into --data first, or name it in --config.\n' +
    'No system starts on a part of an import; stopped half way, it goes on when it is run again with the same files.\n' +
    'Afterwards run asignio keys rotate and destroy the old key file, so that exported keys open nothing any more, and their file.\n' +
    'Exits with 0 when all is there and every audit chain is whole, 1 when not, 2 for wrong usage.',
  async run(values, terminal) {
    const [records, keys] = [
      await exportFile(textOption(values, 'file')),
      await exportFile(textOption(values, 'keys')),
    ];
    const place = await placeOfCommand(values, { make: true });
    const transfer = await openTransfer({ storage: place.storage, keys: place.keys });
    const dryRun = values['dry-run'] === true;
    const bars = new Bars(terminal);
    try {
      const summary = await transfer.import({ records, keys, dryRun, onProgress: (progress) => bars.at(progress) });
      bars.finish();
      tell(summary, dryRun, values['json'] === true, terminal);
      return summary.chains.every(({ whole }) => whole) ? 0 : 1;
    } finally {
      bars.finish();
      await transfer.close();
    }
  },
};

/** One bar after the other. */
class Bars {
  private readonly terminal: Terminal;
  private readonly bars = new Map<TransferProgress['step'], Progress>();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  at({ step, done, total }: TransferProgress): void {
    const bar =
      this.bars.get(step) ?? new Progress(this.terminal, step === 'verifying' ? 'Verifying, bytes' : 'Importing');
    this.bars.set(step, bar);
    bar.at(done, total);
  }

  finish(): void {
    for (const bar of this.bars.values()) bar.finish();
  }
}

function tell(summary: ImportSummary, dryRun: boolean, json: boolean, terminal: Terminal): void {
  const { records, entries, keys, resumed, chains } = summary;
  const broken = chains.filter(({ whole }) => !whole);
  show(summary, json, terminal, [
    ...(dryRun ? ['Both files are whole, and the store is empty: they can be imported.'] : []),
    ...(resumed ? ['It went on where an earlier run had stopped.'] : []),
    [
      ['records', String(records)],
      ['entries of logs', String(entries)],
      ['wrapped keys', String(keys)],
      ...(dryRun
        ? []
        : [['audit chains', broken.length === 0 ? `${chains.length} whole` : `${broken.length} not whole`]]),
    ],
    ...broken.map(({ tenant }) => `The audit chain of ${tenant} is not whole: asignio audit verify --tenant ${tenant}`),
  ]);
}
