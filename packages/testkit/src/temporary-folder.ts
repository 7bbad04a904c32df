import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test. */
export interface TemporaryFolder {
  readonly path: string;
  /** Deletes it with all it holds; does nothing the second time. */
  remove(): void;
}

/**
 * Makes an empty folder that only this user can read. What a test forgot is removed when the process ends.
 * @example
 * ```ts
 * const folder = temporaryFolder();
 * const storage = storageLmdb({ path: folder.path, noSync: true });
 * // ...
 * await storage.close();
 * folder.remove();
 * ```
 */
export function temporaryFolder(prefix = 'asignio-'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), prefix));
  if (left.size === 0) process.once('exit', removeAll);
  left.add(path);
  return { path, remove: () => removeOne(path) };
}

const left = new Set<string>();

function removeOne(path: string): void {
  left.delete(path);
  if (left.size === 0) process.removeListener('exit', removeAll);
  rmSync(path, { recursive: true, force: true });
}

function removeAll(): void {
  for (const path of left) removeOne(path);
}
