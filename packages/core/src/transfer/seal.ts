import { randomBytes } from 'node:crypto';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { KeyProvider } from '@asignio/contracts';
import { beginning, damaged } from './chain.ts';
import type { Mark } from './chain.ts';
import { FORMAT, readHeader } from './lines.ts';
import type { Header } from './lines.ts';

const KEY_BYTES = 32;
/** Whose key of the provider wraps the keys of exports, which are of all tenants. */
export const EXPORT_TENANT = tenantId('asignio.export');

function contextOf({ id, part }: Pick<Header, 'id' | 'part'>): string {
  return `asignio-export/${FORMAT}|${id}|${part}`;
}

/** The place before the first line. */
export function beginningOf(key: Uint8Array, header: Pick<Header, 'id' | 'part'>): Mark {
  return beginning(key, contextOf(header));
}

/** A key for the codes of an export, and what of it stands in the header. */
export async function newKey(
  keys: KeyProvider,
  header: Pick<Header, 'id' | 'part'>,
): Promise<{ readonly key: Uint8Array; readonly wrapped: Header['key'] }> {
  const key = randomBytes(KEY_BYTES);
  const { keyId, bytes } = await keys.wrap(EXPORT_TENANT, key, contextOf(header));
  return { key, wrapped: { keyId, bytes: Buffer.from(bytes).toString('base64') } };
}

/**
 * Reads a header, and what the lines of its file are verified with.
 * @throws AsignioError `ASIGNIO_EXPORT_DAMAGED`; `ASIGNIO_STORAGE_SCHEMA` for a newer format; `ASIGNIO_KEY_REFUSED` where the
 * keys of here are not those of the store that was exported.
 */
export async function openHeader(
  keys: KeyProvider,
  text: string,
): Promise<{ readonly header: Header; readonly key: Uint8Array; readonly before: Mark }> {
  const header = readHeader(text);
  if (header.format > FORMAT)
    throw new AsignioError(
      'ASIGNIO_STORAGE_SCHEMA',
      `The export has format ${header.format}, and this version reads up to ${FORMAT}`,
    );
  if (header.format < 1) throw damaged('This is no export of Asignio');
  const wrapped = { keyId: header.key.keyId, bytes: Uint8Array.from(Buffer.from(header.key.bytes, 'base64')) };
  let key: Uint8Array;
  try {
    key = await keys.unwrap(EXPORT_TENANT, wrapped, contextOf(header));
  } catch (cause) {
    if (!(cause instanceof AsignioError) || cause.code !== 'ASIGNIO_KEY_REFUSED') throw cause;
    throw new AsignioError(
      'ASIGNIO_KEY_REFUSED',
      'The export was made with other keys, or its first line was changed',
      {
        cause,
      },
    );
  }
  return { header, key, before: beginningOf(key, header) };
}
