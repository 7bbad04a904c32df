import type { Command } from '../command.ts';
import { table } from '../terminal.ts';
import { MODELS_OPTIONS, allPacks, folderOption } from './packs.ts';
import { reportPack } from './state.ts';
import type { PackReport } from './state.ts';

/** `asignio models list`: which packs there are, and what of them is here. */
export const modelsList: Command = {
  name: 'models list',
  summary: 'Shows the packs of models: their files, licences, sources, and what of them is here.',
  options: MODELS_OPTIONS,
  async run(values, terminal) {
    const folder = folderOption(values);
    const reports: PackReport[] = [];
    for (const pack of await allPacks(folder)) reports.push(await reportPack(folder, pack, { hash: false }));
    terminal.out(values['json'] === true ? `${JSON.stringify(reports, undefined, 2)}\n` : formatPacks(reports));
    return 0;
  },
};

/** Packs and their files in columns. */
export function formatPacks(reports: readonly PackReport[]): string {
  const parts = reports.map(
    ({ pack, version, ready, note, measured, files }) =>
      `${pack} ${version}, ${ready ? 'ready' : 'not ready'}. ${note}\n` +
      measured
        .flatMap(({ protocol, eer }) => (eer === undefined ? [] : [`  EER ${(100 * eer).toFixed(2)} %: ${protocol}\n`]))
        .join('') +
      table(
        files.map((file) => [`  ${file.name}`, `${(file.bytes / 1e6).toFixed(1)} MB`, file.state, `  ${file.licence}`]),
      ),
  );
  return parts.join('\n');
}
