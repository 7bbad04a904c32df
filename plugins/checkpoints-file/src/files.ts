import { constants, createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CHECKPOINT_LENGTH } from '@asignio/contracts';
import type { TenantId } from '@asignio/contracts';

/** How much of a file's end holds its last line whole. */
const TAIL_BYTES = 2 * CHECKPOINT_LENGTH;
/** Ends a line that a power cut left unfinished: no character of a compact JWS, so that the line is known for what it is. */
const UNFINISHED = '~';

/**
 * The file of a tenant: `acme.jsonl`. Capitals are written as their code, so that two tenants have two files where a file
 * system does not tell `Acme` from `acme`.
 */
export function checkpointFileName(tenant: TenantId): string {
  return `${tenant.replaceAll(/[A-Z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}.jsonl`;
}

/** Makes the folder, for the owner alone. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dirname(made));
}

/**
 * Adds a line in one write, and has it on disk. The operating system puts each write of a file opened to append at the
 * end that the file has then (POSIX, `O_APPEND`), so that several processes do not write into each other. A line that a
 * power cut left unfinished is ended first.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    const { size } = await file.stat();
    const { whole, rest } = await tailOf(file, size);
    if (rest === '' && whole === line) return;
    const ending = rest === line ? '' : `${line}\n`;
    const unfinished = rest === '' ? '' : `${rest === line ? '' : UNFINISHED}\n`;
    await file.appendFile(`${unfinished}${ending}`);
    await file.sync();
    if (size === 0) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

/** Lines of a file, without those that a power cut left unfinished: what was not written wholly is written again. */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, 'utf8')) {
      const lines = `${rest}${chunk as string}`.split('\n');
      rest = lines.pop() ?? '';
      // A line without an end must not fill the memory.
      if (rest.length > TAIL_BYTES) {
        lines.push(rest);
        rest = '';
      }
      yield* lines.filter((line) => line !== '' && !line.endsWith(UNFINISHED));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The last line that is ended, and what follows it. */
async function tailOf(file: FileHandle, size: number): Promise<{ readonly whole: string; readonly rest: string }> {
  const length = Math.min(size, TAIL_BYTES);
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, size - length);
  const lines = bytes.toString('utf8').split('\n');
  const rest = lines.pop() ?? '';
  return { whole: lines.pop() ?? '', rest };
}

/** Makes a new name survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
