import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { FACE_PACKS, checkFacePack, defaultModelsFolder } from '@asignio/engine';
import type { FacePack } from '@asignio/engine';
import { usage } from '../command.ts';
import type { OptionSpec, Values } from '../command.ts';

const MAX_MANIFEST_BYTES = 256 * 1024;
const PACKS = 'packs';

/** Options of all commands about models. */
export const MODELS_OPTIONS = {
  folder: {
    type: 'string',
    value: 'DIR',
    help: 'where models are (default: ASIGNIO_MODELS, or asignio/models in your cache folder)',
  },
  json: { type: 'boolean', help: 'write the result as JSON' },
} as const satisfies { readonly [name: string]: OptionSpec };

export const PACK_OPTION = {
  type: 'string',
  value: 'PACK',
  help: 'name of a pack, or path of its manifest',
  required: true,
} as const satisfies OptionSpec;

export function folderOption(values: Values): string {
  return values['folder'] === undefined ? defaultModelsFolder() : String(values['folder']);
}

/**
 * A pack by its name, or by the path of its manifest.
 * @param refuse makes the error for a name that no pack has
 * @throws AsignioError `ASIGNIO_CLI_USAGE` for such a name unless told, `ASIGNIO_FILE_UNREADABLE`, `ASIGNIO_MODEL_INVALID`.
 */
export async function findPack(
  nameOrPath: string,
  folder: string = defaultModelsFolder(),
  refuse: (detail: string) => AsignioError = usage,
): Promise<FacePack> {
  if (nameOrPath.endsWith('.json')) return readPack(nameOrPath);
  const packs = await allPacks(folder);
  const found = packs.find(({ name }) => name === nameOrPath);
  if (found !== undefined) return found;
  const names = packs.map(({ name }) => name).join(', ');
  throw refuse(`There is no pack ${JSON.stringify(nameOrPath)}; there are ${names}, and files that end in .json`);
}

/** The engine's packs, then those that were added to a folder. */
export async function allPacks(folder: string): Promise<readonly FacePack[]> {
  const names = await readdir(join(folder, PACKS)).catch((): string[] => []);
  const added: FacePack[] = [];
  for (const name of names.toSorted())
    if (name.endsWith('.json')) added.push(await readPack(join(folder, PACKS, name)));
  return [...FACE_PACKS, ...added];
}

/** @throws AsignioError `ASIGNIO_FILE_UNREADABLE`, `ASIGNIO_MODEL_INVALID`. */
export async function readPack(path: string): Promise<FacePack> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${path}: there is no such file`);
  if (found.size > MAX_MANIFEST_BYTES)
    throw new AsignioError('ASIGNIO_MODEL_INVALID', `${path}: a manifest has at most ${MAX_MANIFEST_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new AsignioError('ASIGNIO_MODEL_INVALID', `${path}: this is not JSON`);
  }
  return checkFacePack(value);
}

/** Keeps a manifest beside the models, so that its pack has a name. */
export async function keepPack(folder: string, pack: FacePack): Promise<void> {
  if (isBuiltIn(pack.name)) throw usage(`${pack.name} is the name of a pack of the engine; give yours another`);
  await mkdir(join(folder, PACKS), { recursive: true });
  await writeFile(join(folder, PACKS, `${pack.name}.json`), `${JSON.stringify(pack, undefined, 2)}\n`);
}

export async function forgetPack(folder: string, { name }: FacePack): Promise<void> {
  await rm(join(folder, PACKS, `${name}.json`), { force: true });
}

export function isBuiltIn(name: string): boolean {
  return FACE_PACKS.some((pack) => pack.name === name);
}
