import { join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { readSecretFile } from '@asignio/crypto';
import type { KeySource } from './options.ts';
import { KEY_BYTES, decodeKey, weakness } from './strength.ts';

const MAX_FILE_BYTES = 256;

/**
 * Reads a key from where it is. The caller wipes it.
 * @throws AsignioError `ASIGNIO_KEY_UNAVAILABLE` where there is none; `ASIGNIO_OPTION_INVALID` where it is no key, or one
 * that somebody could guess.
 */
export async function readKey(source: KeySource): Promise<Buffer> {
  const key = decodeKey(await textOf(source));
  const place = nameOf(source);
  if (key === undefined)
    throw invalid(
      `${place} must hold ${KEY_BYTES} bytes in hexadecimal, base64 or base64url; make them with: openssl rand -base64 ${KEY_BYTES}`,
    );
  const weak = weakness(key);
  if (weak === undefined) return key;
  key.fill(0);
  throw invalid(`The key in ${place} ${weak}: make a random one with: openssl rand -base64 ${KEY_BYTES}`);
}

async function textOf(source: KeySource): Promise<string> {
  if ('env' in source) {
    const text = process.env[source.env];
    if (text === undefined || text === '') throw unavailable(`${nameOf(source)} is not set`);
    return text;
  }
  const bytes = await readSecretFile(pathOf(source), {
    what: 'file of the key',
    maxBytes: MAX_FILE_BYTES,
    groupMayRead: 'credential' in source,
    refuse: unavailable,
  });
  if (bytes === undefined) throw unavailable(`${nameOf(source)} is missing`);
  const text = bytes.toString('latin1');
  bytes.fill(0);
  return text;
}

function pathOf(source: Exclude<KeySource, { env: string }>): string {
  if ('file' in source) return source.file;
  // https://systemd.io/CREDENTIALS: the folder that the service alone can read.
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined)
    throw unavailable('The service manager hands over no credentials: CREDENTIALS_DIRECTORY is not set');
  return join(folder, source.credential);
}

function nameOf(source: KeySource): string {
  if ('env' in source) return `The environment variable ${source.env}`;
  return 'file' in source ? 'The file of the key' : `The credential ${source.credential}`;
}

function unavailable(detail: string, cause?: unknown): AsignioError {
  return new AsignioError('ASIGNIO_KEY_UNAVAILABLE', detail, cause === undefined ? {} : { cause });
}

function invalid(detail: string): AsignioError {
  return new AsignioError('ASIGNIO_OPTION_INVALID', `keysEnv: ${detail}`);
}
