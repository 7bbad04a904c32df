import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import type { ModelFile } from './manifest-types.ts';
import { buildFromNpm } from './npm/build.ts';

/**
 * Where model files are kept: `ASIGNIO_MODELS`, or `asignio/models` in the user's cache folder (`XDG_CACHE_HOME`,
 * `~/.cache`).
 */
export function defaultModelsFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['ASIGNIO_MODELS'];
  if (own !== undefined && own !== '') return own;
  const cache = env['XDG_CACHE_HOME'];
  return join(cache !== undefined && cache !== '' ? cache : join(homedir(), '.cache'), 'asignio', 'models');
}

/** A file's path: it is named after its content, so that packs share what is equal and nothing is ever overwritten. */
export function modelPath(folder: string, { sha256 }: ModelFile): string {
  return join(folder, `${sha256}.onnx`);
}

/**
 * Reads one model file, and makes sure that it is the one that the manifest names. What is built of npm packages is built
 * where it is missing.
 * @returns exactly the bytes that were verified: whoever loads these loads nothing that was swapped meanwhile
 * @throws AsignioError `ASIGNIO_MODEL_MISSING`, `ASIGNIO_MODEL_INVALID`.
 */
export async function readModel(folder: string, file: ModelFile): Promise<Uint8Array> {
  const found = await readFile(modelPath(folder, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new AsignioError('ASIGNIO_MODEL_MISSING', `${file.name} cannot be read (${error.code})`);
  });
  if (found !== undefined) return verified(found, file);
  if (!('npm' in file.source))
    throw new AsignioError('ASIGNIO_MODEL_MISSING', `${file.name} is not in the models folder`);
  const built = verified(await buildFromNpm(file.source.npm, file.source.build), file);
  // A folder that cannot be written costs time at the next start, and nothing else.
  await putModel(folder, file, built).catch(() => undefined);
  return built;
}

/**
 * Puts a file into the folder, whole or not at all.
 * @throws AsignioError `ASIGNIO_MODEL_INVALID`, and what the file system says.
 */
export async function putModel(folder: string, file: ModelFile, bytes: Uint8Array): Promise<void> {
  verified(bytes, file);
  await mkdir(folder, { recursive: true });
  const path = modelPath(folder, file);
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @throws AsignioError `ASIGNIO_MODEL_INVALID`. */
export function verified(bytes: Uint8Array, { name, sha256 }: ModelFile): Uint8Array {
  if (sha256Of(bytes) !== sha256)
    throw new AsignioError('ASIGNIO_MODEL_INVALID', `${name} is not the file that the manifest names`);
  return bytes;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
