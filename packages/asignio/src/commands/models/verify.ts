import type { Command } from '../command.ts';
import { Progress } from '../progress.ts';
import { formatPacks } from './list.ts';
import { MODELS_OPTIONS, PACK_OPTION, allPacks, findPack, folderOption } from './packs.ts';
import { reportPack } from './state.ts';
import type { PackReport } from './state.ts';

/** `asignio models verify`: hashes what is here. */
export const modelsVerify: Command = {
  name: 'models verify',
  summary: 'Reads every model file that is here, and compares its SHA-256 with the manifest.',
  argument: 'pack',
  options: { pack: { ...PACK_OPTION, required: false, help: 'one pack; all of them unless told' }, ...MODELS_OPTIONS },
  notes: 'Exits with 1 if a file is another one than its manifest names, or a named pack lacks one.',
  async run(values, terminal) {
    const folder = folderOption(values);
    const named = values['pack'] === undefined ? undefined : await findPack(String(values['pack']), folder);
    const packs = named === undefined ? await allPacks(folder) : [named];
    const progress = new Progress(terminal, 'Verifying', packs.flatMap(({ files }) => Object.keys(files)).length);
    const reports: PackReport[] = [];
    for (const pack of packs)
      reports.push(await reportPack(folder, pack, { hash: true, hashed: () => progress.step() }));
    progress.finish();
    terminal.out(values['json'] === true ? `${JSON.stringify(reports, undefined, 2)}\n` : formatPacks(reports));
    const wrong = reports.flatMap(({ files }) => files).filter(({ state }) => state === 'wrong');
    for (const { name, sha256 } of wrong)
      terminal.err(`${name} is not the file that its manifest names: remove ${sha256}.onnx, and pull it anew\n`);
    return wrong.length > 0 || (named !== undefined && !reports[0]!.ready) ? 1 : 0;
  },
};
