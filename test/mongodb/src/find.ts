import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program that can serve MongoDB's protocol on this machine. */
export interface ServerProgram {
  readonly kind: 'mongod' | 'FerretDB';
  readonly path: string;
}

/** Sources of the FerretDB that is built where there is no mongod. */
export const FERRETDB_SOURCES = fileURLToPath(new URL('../ferretdb/', import.meta.url));

/** Where downloads and builds are kept, outside the repository. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'asignio-test-mongodb');
}

/** Where the FerretDB of these very sources is kept. */
export function ferretdbPath(): string {
  const hash = createHash('sha256');
  for (const name of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(join(FERRETDB_SOURCES, name)));
  return join(cacheFolder(), `ferretdb-${hash.digest('hex').slice(0, 12)}`);
}

/** A `mongod` on the PATH, then one that was downloaded, then the FerretDB that was built. */
export function findProgram(): ServerProgram | undefined {
  const mongod = [...(process.env['PATH'] ?? '').split(delimiter), cacheFolder()]
    .map((folder) => join(folder, 'mongod'))
    .find(isProgram);
  if (mongod !== undefined) return { kind: 'mongod', path: mongod };
  const built = ferretdbPath();
  return isProgram(built) ? { kind: 'FerretDB', path: built } : undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
