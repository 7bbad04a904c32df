import { constants } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { AsignioError } from '@asignio/contracts';

/** Bytes of a root key. */
export const ROOT_BYTES = 32;

const FORMAT = 'asignio-key-file';
const VERSION = 1;
const MAX_FILE_BYTES = 4096;
const READABLE_BY_OTHERS = 0o077;

/** What a key file holds. */
export interface RootKey {
  /** Names the key; stands beside everything that it wraps. */
  readonly keyId: string;
  /** The caller wipes it. */
  readonly root: Buffer;
}

/**
 * Reads a key file.
 * @returns `undefined` when there is none.
 * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` when others may read it, or it is not a key file.
 */
export async function readKeyFile(path: string): Promise<RootKey | undefined> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unavailable('The key file cannot be read', error);
  }
  const bytes = Buffer.alloc(MAX_FILE_BYTES);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw unavailable('The key file is not a file');
    if (process.platform !== 'win32' && (stat.mode & READABLE_BY_OTHERS) !== 0)
      throw unavailable(
        `The key file may be read or written by others (mode ${(stat.mode & 0o777).toString(8)}): make it yours alone with chmod 600`,
      );
    const { bytesRead } = await file.read(bytes, 0, MAX_FILE_BYTES, 0);
    return parse(bytes.subarray(0, bytesRead));
  } catch (error) {
    throw error instanceof AsignioError ? error : unavailable('The key file cannot be read', error);
  } finally {
    bytes.fill(0);
    await file.close();
  }
}

/**
 * Makes a key file with a fresh key, whole or not at all, and never over another: it is written under a name of its own,
 * flushed, and then given its name, which fails where the name is taken. Who loses that race reads the winner's.
 */
export async function createKeyFile(path: string): Promise<void> {
  const folder = dirname(path);
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  const root = randomBytes(ROOT_BYTES);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(draft, 'wx', 0o600);
    try {
      const keyId = randomBytes(8).toString('base64url');
      await file.writeFile(
        `${JSON.stringify({ format: FORMAT, version: VERSION, keyId, root: root.toString('base64url') })}\n`,
      );
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw unavailable('The key file cannot be made: its folder cannot be written to', error);
  } finally {
    root.fill(0);
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
}

/** Makes the new name survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parse(bytes: Buffer): RootKey {
  let content: { format?: unknown; version?: unknown; keyId?: unknown; root?: unknown } | null;
  try {
    content = JSON.parse(bytes.toString('utf8')) as typeof content;
  } catch {
    // The parser's own message quotes what it read.
    content = null;
  }
  if (content?.format !== FORMAT) throw unavailable('The key file is not one of Asignio, or it is damaged');
  if (content.version !== VERSION)
    throw unavailable('The key file has another version: install the version of Asignio that wrote it, or a later one');
  const { keyId, root } = content;
  const decoded = typeof root === 'string' ? Buffer.from(root, 'base64url') : Buffer.alloc(0);
  if (typeof keyId !== 'string' || !/^[A-Za-z0-9_-]{8,32}$/.test(keyId) || decoded.length !== ROOT_BYTES)
    throw unavailable('The key file is damaged');
  return { keyId, root: decoded };
}

/** The error of a key that cannot be had. */
export function unavailable(detail: string, cause?: unknown): AsignioError {
  return new AsignioError('ASIGNIO_KEY_UNAVAILABLE', detail, cause === undefined ? {} : { cause });
}
