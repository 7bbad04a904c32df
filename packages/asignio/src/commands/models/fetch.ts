import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AsignioError } from '@asignio/contracts';
import { modelPath, readModel } from '@asignio/engine';
import type { ModelFile } from '@asignio/engine';
import { hashOf, stateOf } from './state.ts';

/** Without a byte for so long, ms, an address is given up. */
const STALLED_MS = 30_000;

export interface FetchOptions {
  /** A folder to take files from, by their content; then nothing is downloaded. */
  readonly from?: string;
  /** An address below which the files are, tried first. */
  readonly mirror?: string;
  readonly progress: (done: number, of: number) => void;
}

/**
 * Puts a file of a pack in its place, if it is not there. What has another hash than the manifest says is thrown away.
 * @throws AsignioError `ASIGNIO_MODEL_MISSING` where it is not to be had, `ASIGNIO_MODEL_INVALID` for another content.
 */
export async function fetchModel(folder: string, file: ModelFile, options: FetchOptions): Promise<'kept' | 'put'> {
  if ((await stateOf(folder, file, true)) === 'here') return 'kept';
  await mkdir(folder, { recursive: true });
  if (options.from !== undefined) await take(folder, file, options.from);
  else if ('npm' in file.source) {
    // What lies there with another content is in the way.
    await rm(modelPath(folder, file), { force: true });
    await readModel(folder, file);
  } else await download(folder, file, options);
  options.progress(file.bytes, file.bytes);
  return 'put';
}

/** Takes the file whose content it is, whatever it is called. */
async function take(folder: string, file: ModelFile, from: string): Promise<void> {
  const names = await readdir(from).catch(() => {
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${from} is not a folder that can be read`);
  });
  const alike: string[] = [];
  for (const name of names) {
    const found = await stat(join(from, name)).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    if (found.size === file.bytes && (await hashOf(join(from, name))) === file.sha256)
      return place(folder, file, (part) => copyFile(join(from, name), part));
    if (name === file.name || name.startsWith(`${file.name}.`)) alike.push(name);
  }
  if (alike.length > 0)
    throw new AsignioError(
      'ASIGNIO_MODEL_INVALID',
      `${join(from, alike[0]!)} is not the file that the manifest names: its SHA-256 is another one`,
    );
  if ('npm' in file.source) return void (await readModel(folder, file));
  throw new AsignioError('ASIGNIO_MODEL_MISSING', `${from} has no file with the SHA-256 of ${file.name}`);
}

async function download(folder: string, file: ModelFile, { mirror, progress }: FetchOptions): Promise<void> {
  const addresses = addressesOf(file, mirror);
  if (addresses.length === 0)
    throw new AsignioError(
      'ASIGNIO_MODEL_MISSING',
      `${file.name} has no address. ${'by' in file.source ? file.source.by : ''}`,
    );
  const failures: string[] = [];
  for (const address of addresses)
    try {
      await place(folder, file, (part) => receive(address, part, file, progress), true);
      return;
    } catch (error) {
      if (error instanceof AsignioError && error.code === 'ASIGNIO_MODEL_INVALID') throw error;
      failures.push(`${address}: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  throw new AsignioError('ASIGNIO_MODEL_MISSING', `${file.name} cannot be downloaded: ${failures.join('; ')}`);
}

function addressesOf({ source, sha256, name }: ModelFile, mirror: string | undefined): readonly string[] {
  const base = mirror?.replace(/\/+$/, '');
  const mirrored = base === undefined ? [] : [`${base}/${sha256}.onnx`, `${base}/${name}.onnx`];
  return 'url' in source ? [...mirrored, source.url, ...(source.mirrors ?? [])] : mirrored;
}

/** Writes beside the place, looks at what was written, and moves it there whole. */
async function place(
  folder: string,
  file: ModelFile,
  write: (part: string) => Promise<void>,
  resumable = false,
): Promise<void> {
  const path = modelPath(folder, file);
  const part = `${path}.part`;
  if (!resumable) await rm(part, { force: true });
  await write(part);
  if ((await hashOf(part)) !== file.sha256) {
    await rm(part, { force: true });
    throw new AsignioError(
      'ASIGNIO_MODEL_INVALID',
      `What came for ${file.name} has another SHA-256 than its manifest says`,
    );
  }
  await rename(part, path);
}

/** Goes on where an earlier download stopped, where the server can. */
async function receive(
  address: string,
  part: string,
  file: ModelFile,
  progress: FetchOptions['progress'],
): Promise<void> {
  const have = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (have === file.bytes) return;
  const start = have < file.bytes ? have : 0;
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), STALLED_MS);
  try {
    const headers = start > 0 ? { range: `bytes=${start}-` } : undefined;
    const response = await fetch(address, { signal: abort.signal, ...(headers === undefined ? {} : { headers }) });
    if (!response.ok || response.body === null) throw new Error(`the server says ${response.status}`);
    const resumed = response.status === 206;
    let done = resumed ? start : 0;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), STALLED_MS);
        done += chunk.byteLength;
        if (done > file.bytes) throw tooLong(file);
        progress(done, file.bytes);
        yield chunk;
      }
    };
    const kept = createWriteStream(part, { flags: resumed ? 'a' : 'w' });
    // What is still being written when a download breaks off must not come after the next one's.
    const written = new Promise<void>((resolve) => kept.once('close', resolve));
    try {
      await pipeline(Readable.fromWeb(response.body), counted, kept);
    } finally {
      await written;
    }
    if (done < file.bytes) throw new Error('it ended early; pull again to go on');
  } catch (error) {
    if (error instanceof AsignioError) await rm(part, { force: true });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tooLong({ name }: ModelFile): AsignioError {
  return new AsignioError('ASIGNIO_MODEL_INVALID', `What comes for ${name} is longer than its manifest says`);
}
