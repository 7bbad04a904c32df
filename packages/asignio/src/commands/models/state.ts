import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { modelPath } from '@asignio/engine';
import type { FacePack, ModelFile } from '@asignio/engine';

/** Where a file of a pack stands. */
export type FileState = 'here' | 'missing' | 'wrong' | 'built when needed';

export interface FileReport {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly licence: string;
  readonly source: string;
  readonly state: FileState;
}

/** What is said of a pack. */
export interface PackReport {
  readonly pack: string;
  readonly version: string;
  readonly note: string;
  readonly ready: boolean;
  /** What it scored on which protocol. */
  readonly measured: FacePack['measured'];
  readonly files: readonly FileReport[];
}

/**
 * Looks at the files of a pack.
 * @param hash whether each is read and hashed, or only its size is looked at
 */
export async function reportPack(
  folder: string,
  pack: FacePack,
  { hash, hashed = () => undefined }: { readonly hash: boolean; readonly hashed?: (file: ModelFile) => void },
): Promise<PackReport> {
  const files: FileReport[] = [];
  for (const file of Object.values(pack.files)) {
    const { name, sha256, bytes, licence } = file;
    files.push({ name, sha256, bytes, licence, source: sourceOf(file), state: await stateOf(folder, file, hash) });
    hashed(file);
  }
  const ready = files.every(({ state }) => state === 'here' || state === 'built when needed');
  return { pack: pack.name, version: pack.version, note: pack.note, ready, measured: pack.measured, files };
}

export async function stateOf(folder: string, file: ModelFile, hash: boolean): Promise<FileState> {
  const path = modelPath(folder, file);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return 'npm' in file.source ? 'built when needed' : 'missing';
  if (found.size !== file.bytes) return 'wrong';
  return !hash || (await hashOf(path)) === file.sha256 ? 'here' : 'wrong';
}

/** SHA-256 of a file, hexadecimal. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function sourceOf({ source }: ModelFile): string {
  if ('npm' in source) return `${source.npm}@${source.version}`;
  return 'url' in source ? source.url : source.by;
}
