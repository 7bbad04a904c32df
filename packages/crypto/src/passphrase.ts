import { createReadStream } from 'node:fs';
import { AsignioError } from '@asignio/contracts';
import { readSecretFile } from './secret-file.ts';

/**
 * Where a passphrase comes from: the text itself, a file that is its owner's alone, an open file descriptor (read once, to
 * its end), or an environment variable. Never a command's arguments: every user of the machine can list those.
 */
export type PassphraseSource = string | { readonly file: string } | { readonly fd: number } | { readonly env: string };

/** NIST SP 800-63B-4, section 3.1.1.2: a password that stands alone has at least 15 characters. */
const MIN_CHARACTERS = 15;
/** Fewer different ones, and it is a pattern. */
const MIN_DIFFERENT = 6;
const MAX_BYTES = 4096;

/**
 * Reads a passphrase as UTF-8 in Unicode normal form C (RFC 8265, section 4.2), so that it is the same from every
 * keyboard. One line break at the end of a file is not part of it. The caller wipes it.
 * @throws AsignioError `ASIGNIO_KEY_PASSPHRASE` where there is none.
 */
export async function readPassphrase(source: PassphraseSource): Promise<Buffer> {
  const text = await textOf(source);
  if (text.length === 0) throw refused('The passphrase is empty');
  const bytes = Buffer.from(text.normalize('NFC'), 'utf8');
  if (bytes.length > MAX_BYTES) throw refused(`A passphrase has at most ${MAX_BYTES} bytes`);
  return bytes;
}

/**
 * As {@link readPassphrase}, for a passphrase that something is about to be sealed with.
 * @throws AsignioError `ASIGNIO_KEY_PASSPHRASE` where it is too easy to guess.
 */
export async function newPassphrase(source: PassphraseSource): Promise<Buffer> {
  const bytes = await readPassphrase(source);
  const characters = Array.from(bytes.toString('utf8'));
  if (characters.length >= MIN_CHARACTERS && new Set(characters).size >= MIN_DIFFERENT) return bytes;
  bytes.fill(0);
  throw refused(
    `A new passphrase has at least ${MIN_CHARACTERS} characters, ${MIN_DIFFERENT} different ones among them`,
  );
}

async function textOf(source: PassphraseSource): Promise<string> {
  if (typeof source === 'string') return source;
  if ('env' in source) {
    const text = process.env[source.env];
    if (text === undefined) throw refused(`The environment variable ${source.env} with the passphrase is not set`);
    return text;
  }
  if ('fd' in source) return withoutLineBreak(await readDescriptor(source.fd));
  const bytes = await readSecretFile(source.file, {
    what: 'passphrase file',
    maxBytes: MAX_BYTES + 2,
    refuse: refused,
  });
  if (bytes === undefined) throw refused('The passphrase file is missing');
  return withoutLineBreak(bytes);
}

async function readDescriptor(fd: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of createReadStream('', { fd, autoClose: true })) {
      parts.push(part as Buffer);
      length += (part as Buffer).length;
      if (length > MAX_BYTES + 2) break;
    }
  } catch (error) {
    throw refused(`The file descriptor ${fd} with the passphrase cannot be read`, error);
  }
  const bytes = Buffer.concat(parts);
  for (const part of parts) part.fill(0);
  return bytes;
}

/** Wipes the bytes. */
function withoutLineBreak(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  bytes.fill(0);
  return text.replace(/\r?\n$/, '');
}

function refused(detail: string, cause?: unknown): AsignioError {
  return new AsignioError('ASIGNIO_KEY_PASSPHRASE', detail, cause === undefined ? {} : { cause });
}
