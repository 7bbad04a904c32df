import { constants, createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { AsignioError } from '@asignio/contracts';
import type { ExportFile } from '@asignio/core';

const PIECE_BYTES = 1 << 20;

function trouble(file: string, what: string, cause?: unknown): AsignioError {
  return new AsignioError('ASIGNIO_FILE_UNREADABLE', `${file} ${what}`, cause === undefined ? {} : { cause });
}

/** A file from a place on. @throws AsignioError `ASIGNIO_FILE_UNREADABLE`. */
export async function* bytesFrom(file: string, from: number): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { start: from, highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw trouble(file, 'cannot be read', cause);
  }
}

/** A file to import. @throws AsignioError `ASIGNIO_FILE_UNREADABLE`. */
export async function exportFile(file: string): Promise<ExportFile> {
  const found = await sizeOf(file);
  if (found === undefined) throw trouble(file, 'is not there');
  return { size: found, read: (from) => bytesFrom(file, from) };
}

/** Bytes of a file; `undefined` where there is none. */
export async function sizeOf(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw trouble(file, 'is no file');
    return found.size;
  } catch (cause) {
    if (cause instanceof AsignioError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw trouble(file, 'cannot be read', cause);
  }
}

/**
 * Writes lines into `part`, after the bytes of it that stay, for its owner alone; when all are on disk it becomes `file`.
 * What is there when that fails stays there.
 * @throws AsignioError `ASIGNIO_FILE_UNREADABLE`; whatever makes the lines may throw its own.
 */
export async function writeLines(
  lines: AsyncIterable<string>,
  kept: number,
  part: string,
  file: string,
): Promise<void> {
  const written = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw trouble(part, 'cannot be written', cause);
    });
  const handle = await written(open(part, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
  try {
    await written(handle.truncate(kept));
    let at = kept;
    let pieces: string[] = [];
    let length = 0;
    const flush = async (): Promise<void> => {
      const bytes = Buffer.from(pieces.join(''), 'utf8');
      for (let done = 0; done < bytes.length;)
        done += (await written(handle.write(bytes, done, bytes.length - done, at + done))).bytesWritten;
      at += bytes.length;
      pieces = [];
      length = 0;
    };
    for await (const line of lines) {
      pieces.push(line);
      length += line.length;
      if (length >= PIECE_BYTES) await flush();
    }
    await flush();
    await written(handle.sync());
  } finally {
    await handle.close();
  }
  await written(rename(part, file));
}
