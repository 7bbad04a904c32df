import { mkdir, rmdir, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { unavailable } from './unavailable.ts';

/** A lock older than this was left by a process that died, ms: one is held for the length of a write. */
const STALE_MS = 10_000;
const RETRY_MS = 20;
const TRIES = 1000;

/** Runs an action while no other process runs one under the same lock: a folder, which only one can make. */
export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; !(await taken(path)); attempt++) {
    if (attempt >= TRIES) throw unavailable('The key file is locked by another process');
    await delay(RETRY_MS);
  }
  try {
    return await action();
  } finally {
    await rmdir(path);
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw unavailable('The folder of the key file cannot be written to', error);
  }
  try {
    // The file system's own time, since that is what the folder carries.
    if (Date.now() - (await stat(path)).mtimeMs > STALE_MS) await rmdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unavailable('The key file cannot be locked', error);
  }
  return false;
}
