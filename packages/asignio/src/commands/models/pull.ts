import { AsignioError } from '@asignio/contracts';
import type { FacePack } from '@asignio/engine';
import { usage } from '../command.ts';
import type { Command, Values } from '../command.ts';
import { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { fetchModel } from './fetch.ts';
import { formatPacks } from './list.ts';
import { MODELS_OPTIONS, PACK_OPTION, findPack, folderOption, isBuiltIn, keepPack } from './packs.ts';
import { reportPack } from './state.ts';

const FROM = { type: 'string', value: 'DIR', help: 'take the files from a folder; nothing is downloaded' } as const;
const MIRROR = {
  type: 'string',
  value: 'URL',
  help: 'look here first: URL/SHA256.onnx, then URL/NAME.onnx',
} as const;
const NOTES =
  'Each file must have the SHA-256 of its manifest; another one is thrown away and never loaded.\n' +
  'A download that stopped is gone on with.';

/** `asignio models pull`: gets what a pack lacks. */
export const modelsPull: Command = {
  name: 'models pull',
  summary: 'Gets the files of a pack that are not here: builds, downloads, or takes them from a folder.',
  argument: 'pack',
  options: { pack: PACK_OPTION, from: FROM, mirror: MIRROR, ...MODELS_OPTIONS },
  notes: NOTES,
  async run(values, terminal) {
    const folder = folderOption(values);
    return pull(await findPack(String(values['pack']), folder), folder, values, terminal);
  },
};

/** `asignio models add`: a pack of one's own, by its manifest. */
export const modelsAdd: Command = {
  name: 'models add',
  summary: 'Adds a pack of your own by its manifest, so that it has a name, and gets its files.',
  argument: 'pack',
  options: {
    pack: { ...PACK_OPTION, value: 'PACK.json', help: 'the manifest' },
    from: FROM,
    mirror: MIRROR,
    ...MODELS_OPTIONS,
  },
  notes: NOTES,
  async run(values, terminal) {
    const path = String(values['pack']);
    if (!path.endsWith('.json')) throw usage('A manifest is a file that ends in .json');
    const folder = folderOption(values);
    const pack = await findPack(path, folder);
    if (isBuiltIn(pack.name)) throw usage(`${pack.name} is the name of a pack of the engine; give yours another`);
    const code = await pull(pack, folder, values, terminal);
    await keepPack(folder, pack);
    return code;
  },
};

async function pull(pack: FacePack, folder: string, values: Values, terminal: Terminal): Promise<number> {
  const { from, mirror } = values;
  if (mirror !== undefined && !/^https?:\/\//.test(String(mirror))) throw usage('--mirror must begin with https://');
  for (const file of Object.values(pack.files)) {
    const progress = new Progress(terminal, file.name, file.bytes);
    try {
      await fetchModel(folder, file, {
        ...(from === undefined ? {} : { from: String(from) }),
        ...(mirror === undefined ? {} : { mirror: String(mirror) }),
        progress: (done, of) => progress.at(done, of),
      });
    } finally {
      progress.finish();
    }
  }
  const report = await reportPack(folder, pack, { hash: true });
  if (!report.ready) throw new AsignioError('ASIGNIO_MODEL_INVALID', `The pack ${pack.name} is not whole`);
  terminal.out(values['json'] === true ? `${JSON.stringify(report, undefined, 2)}\n` : formatPacks([report]));
  return 0;
}
