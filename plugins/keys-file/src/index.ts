import { FileKeyProvider } from './provider.ts';
import type { KeysFileOptions } from './options.ts';

export type { FileKeyProvider } from './provider.ts';
export type { KeysFileOptions } from './options.ts';

/**
 * A key provider whose tenant keys come from one random root key in a file that its owner alone may read.
 *
 * Errors: `ASIGNIO_KEY_UNAVAILABLE` where the file is missing, damaged, readable by others, or not the one that wrapped a
 * key; `ASIGNIO_KEY_REFUSED` where a wrapped key, its tenant or its binding is not what was wrapped.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const keys = keysFile({ path: './asignio-data/root-key.json', create: true });
 * await keys.open();
 * const wrapped = await keys.wrap(tenantId('acme'), randomBytes(32), 'reference 7');
 * const dataKey = await keys.unwrap(tenantId('acme'), wrapped, 'reference 7');
 * ```
 */
export function keysFile(options: KeysFileOptions): FileKeyProvider {
  return new FileKeyProvider(options);
}
