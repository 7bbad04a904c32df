import { rm } from 'node:fs/promises';
import { modelPath } from '@asignio/engine';
import type { Command } from '../command.ts';
import { MODELS_OPTIONS, PACK_OPTION, allPacks, findPack, folderOption, forgetPack, isBuiltIn } from './packs.ts';
import { stateOf } from './state.ts';

/** `asignio models remove`: the files of a pack that no other pack here needs. */
export const modelsRemove: Command = {
  name: 'models remove',
  summary: 'Removes the files of a pack that no other pack needs, and the manifest of one that you added.',
  argument: 'pack',
  options: { pack: PACK_OPTION, ...MODELS_OPTIONS },
  async run(values, terminal) {
    const folder = folderOption(values);
    const pack = await findPack(String(values['pack']), folder);
    const others = (await allPacks(folder)).filter(({ name }) => name !== pack.name);
    const needed = new Set(others.flatMap(({ files }) => Object.values(files)).map(({ sha256 }) => sha256));
    const removed: string[] = [];
    for (const file of Object.values(pack.files)) {
      const state = await stateOf(folder, file, false);
      if (needed.has(file.sha256) || state === 'missing' || state === 'built when needed') continue;
      await rm(modelPath(folder, file), { force: true });
      removed.push(file.name);
    }
    if (!isBuiltIn(pack.name)) await forgetPack(folder, pack);
    const text = removed.length === 0 ? 'Nothing of it was here alone' : `Removed ${removed.join(', ')}`;
    terminal.out(values['json'] === true ? `${JSON.stringify({ pack: pack.name, removed })}\n` : `${text}\n`);
    return 0;
  },
};
