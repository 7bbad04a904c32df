import { constants } from 'node:fs';
import { link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { readSecretFile } from '@asignio/crypto';
import type { SaltedArgon2 } from '@asignio/crypto';
import { withLock } from './lock.ts';
import { openText, parseProtection, protectionText, sealText } from './protection.ts';
import type { Protection } from './protection.ts';
import { fromFirstVersion, fromText, toText } from './ring.ts';
import type { KeyRing } from './ring.ts';
import { unavailable } from './unavailable.ts';

/*
 * A key file is JSON: its format and version, how it is protected, and the keys, in plain sight or sealed. The first
 * version held one key in plain sight; it is read, and written anew in the second when it changes.
 */
const FORMAT = 'asignio-key-file';
const VERSION = 2;
const MAX_FILE_BYTES = 32 * 2 ** 20;
/** How often a file that changes while it is read is read again. */
const MAX_READS = 5;

/** Makes the key of a file's protection: of the passphrase, or one that was made before. */
export type Unlock = (parameters: SaltedArgon2 | null) => Promise<Protection | null>;

/** A key file as read. */
export interface KeyFile {
  readonly ring: KeyRing;
  readonly protection: Protection | null;
  /** Changes with the file. */
  readonly state: string;
}

/**
 * Reads a key file.
 * @returns `undefined` when there is none.
 * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` when others may read it, or it is not a key file; what `unlock` throws.
 */
export async function readKeyFile(path: string, unlock: Unlock): Promise<KeyFile | undefined> {
  for (let attempt = 1; ; attempt++) {
    const state = await stateOf(path);
    try {
      const found = await readOnce(path, unlock);
      return found === undefined ? undefined : { ...found, state };
    } catch (error) {
      // It may have been overwritten under our eyes, being the old one.
      if (attempt >= MAX_READS || (await stateOf(path)) === state) throw error;
    }
  }
}

async function readOnce(path: string, unlock: Unlock): Promise<Omit<KeyFile, 'state'> | undefined> {
  const bytes = await readSecretFile(path, { what: 'key file', maxBytes: MAX_FILE_BYTES, refuse: unavailable });
  if (bytes === undefined) return undefined;
  try {
    const { body, parameters } = parse(bytes);
    const protection = await unlock(parameters);
    const ring = protection === null ? body : openBody(protection, body);
    if (typeof ring === 'string') throw damaged();
    return { ring, protection };
  } finally {
    bytes.fill(0);
  }
}

/** What changes whenever the file does; empty when there is none. */
export async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs}`;
  } catch {
    return '';
  }
}

/**
 * Makes a key file, whole or not at all, and never over another: it is written under a name of its own, flushed, and then
 * given its name, which fails where the name is taken. Who loses that race reads the winner's.
 */
export async function createKeyFile(path: string, ring: KeyRing, protection: Protection | null): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unavailable('The folder of the key file cannot be made', error);
  });
  await publish(path, ring, protection, async (draft) => {
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  });
}

/**
 * Changes a key file while no other process does: readers see the old one or the new one. The old one is overwritten
 * afterwards, so that keys that it alone held are gone, on a file system that writes in place.
 */
export async function changeKeyFile(
  path: string,
  unlock: Unlock,
  change: (file: KeyFile) => Pick<KeyFile, 'ring' | 'protection'> | Promise<Pick<KeyFile, 'ring' | 'protection'>>,
): Promise<KeyFile> {
  // A link stays a link.
  const target = await realpath(path).catch((error: unknown) => {
    throw unavailable('The key file cannot be found', error);
  });
  return withLock(`${target}.lock`, async () => {
    const file = await readKeyFile(target, unlock);
    if (file === undefined) throw unavailable('The key file is gone');
    const { ring, protection } = await change(file);
    if (ring === file.ring && protection === file.protection) return file;
    await publish(target, ring, protection, async (draft) => {
      const old = await open(target, 'r+');
      try {
        await rename(draft, target);
        const { size } = await old.stat();
        await old.write(Buffer.alloc(size), 0, size, 0);
        await old.sync();
      } finally {
        await old.close();
      }
    });
    return { ring, protection, state: await stateOf(target) };
  });
}

async function publish(
  path: string,
  ring: KeyRing,
  protection: Protection | null,
  give: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  const text = Buffer.from(`${JSON.stringify(contentOf(ring, protection))}\n`, 'utf8');
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await give(draft);
    await syncFolder(dirname(path));
  } catch (error) {
    throw unavailable('The key file cannot be written: its folder is not writable, or the disk is full', error);
  } finally {
    text.fill(0);
    await rm(draft, { force: true });
  }
}

function contentOf(ring: KeyRing, protection: Protection | null): object {
  const head = { format: FORMAT, version: VERSION };
  if (protection === null) return { ...head, protection: null, keys: toText(ring) };
  return {
    ...head,
    protection: protectionText(protection.parameters),
    keys: sealText(protection, JSON.stringify(toText(ring))),
  };
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

/** @returns the ring, or the text that it is sealed in. */
function parse(bytes: Buffer): { body: KeyRing | string; parameters: SaltedArgon2 | null } {
  const content = asObject(parseJson(bytes.toString('utf8')));
  if (content['format'] !== FORMAT) throw unavailable('The key file is not one of Asignio, or it is damaged');
  if (content['version'] === 1) {
    const ring = fromFirstVersion(content['keyId'], content['root']);
    if (ring === undefined) throw damaged();
    return { body: ring, parameters: null };
  }
  if (content['version'] !== VERSION)
    throw unavailable('The key file has another version: install the version of Asignio that wrote it, or a later one');
  const { protection, keys } = content;
  if (protection === null) {
    const ring = fromText(keys);
    if (ring === undefined) throw damaged();
    return { body: ring, parameters: null };
  }
  const parameters = parseProtection(protection);
  if (parameters === undefined || typeof keys !== 'string') throw damaged();
  return { body: keys, parameters };
}

function openBody(protection: Protection, body: KeyRing | string): KeyRing {
  const ring = typeof body === 'string' ? fromText(parseJson(openText(protection, body))) : undefined;
  if (ring === undefined) throw damaged();
  return ring;
}

/** The parser's own message would quote what it read. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown }) : {};
}

function damaged(): AsignioError {
  return unavailable('The key file is damaged');
}
