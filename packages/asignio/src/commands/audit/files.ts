import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { AsignioError } from '@asignio/contracts';
import type { KeySet } from '@asignio/core';
import type { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

/** A set of public keys, or a year of checkpoints every ten minutes, is far smaller. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The lines of a file of checkpoints. @throws AsignioError `ASIGNIO_FILE_UNREADABLE`. */
export async function checkpointLines(file: string): Promise<readonly string[]> {
  return (await textOf(file)).split('\n').filter((line) => line !== '' && !line.endsWith('~'));
}

/** A set of public keys (JWKS). @throws AsignioError `ASIGNIO_FILE_UNREADABLE`. */
export async function keySet(file: string): Promise<KeySet> {
  let value: { readonly keys?: unknown } | null;
  try {
    value = JSON.parse(await textOf(file)) as typeof value;
  } catch (cause) {
    if (cause instanceof AsignioError) throw cause;
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} is no JSON`);
  }
  if (!Array.isArray(value?.keys))
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} is no set of keys (JWKS)`);
  return value as KeySet;
}

/** A file's bytes in pieces, the progress by bytes. @throws AsignioError `ASIGNIO_FILE_UNREADABLE`. */
export async function* bytesOf(file: string, progress: Progress): AsyncGenerator<Uint8Array> {
  const { size } = await readable(file, stat(file));
  let done = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      yield chunk as Buffer;
      done += (chunk as Buffer).length;
      progress.at(done, size);
    }
  } catch (cause) {
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} cannot be read`, { cause });
  }
}

/** What was written. */
export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes text to a file, whole or not at all and readable by its owner alone, or to standard output.
 * @throws AsignioError `ASIGNIO_FILE_UNREADABLE`.
 */
export async function writeText(
  text: AsyncIterable<string>,
  file: string | undefined,
  terminal: Terminal,
): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  const count = (piece: string): Buffer => {
    const encoded = Buffer.from(piece, 'utf8');
    hash.update(encoded);
    bytes += encoded.length;
    return encoded;
  };
  if (file === undefined)
    for await (const piece of text) {
      count(piece);
      terminal.out(piece);
      await terminal.drained();
    }
  else await writeFileWhole(file, text, count);
  return { bytes, sha256: hash.digest('hex') };
}

async function writeFileWhole(file: string, text: AsyncIterable<string>, count: (piece: string) => Buffer) {
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(draft, 'wx', 0o600).catch((cause: unknown) => {
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} cannot be written`, { cause });
  });
  try {
    for await (const piece of text) await handle.appendFile(count(piece));
    await handle.sync();
    await handle.close();
    await rename(draft, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    if (error instanceof AsignioError) throw error;
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} cannot be written`, { cause: error });
  }
}

async function textOf(file: string): Promise<string> {
  const { size } = await readable(file, stat(file));
  if (size > MAX_BYTES) throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} has more than ${MAX_BYTES} bytes`);
  return readable(file, readFile(file, 'utf8'));
}

async function readable<T>(file: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} cannot be read`, { cause });
  });
}
