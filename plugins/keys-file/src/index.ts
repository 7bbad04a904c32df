import { FileKeyProvider } from './provider.ts';
import type { KeysFileOptions } from './options.ts';

export { protectKeyFile } from './protect.ts';
export type { FileKeyProvider } from './provider.ts';
export type { KeysFileOptions } from './options.ts';

/**
 * A key provider whose tenant keys are in a file that its owner alone may read, in plain sight or sealed with a passphrase.
 *
 * All tenants begin with one random key in common, from which each one's is derived; that one can be rotated for all of
 * them, and a tenant that is rotated alone gets a random one of its own. Every process that has the file open sees a
 * rotation at its next use. Errors: `ASIGNIO_KEY_UNAVAILABLE` where the file is missing, damaged, readable by
 * others, or without the key that wrapped something; `ASIGNIO_KEY_PASSPHRASE` where the passphrase does not open it;
 * `ASIGNIO_KEY_REFUSED` where a wrapped key, its tenant or its binding is not what was wrapped.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const keys = keysFile({ path: './asignio-data/root-key.json', create: true, passphrase: { env: 'KEY_PASSPHRASE' } });
 * await keys.open();
 * const wrapped = await keys.wrap(tenantId('acme'), randomBytes(32), 'reference 7');
 * const dataKey = await keys.unwrap(tenantId('acme'), wrapped, 'reference 7');
 * ```
 */
export function keysFile(options: KeysFileOptions): FileKeyProvider {
  return new FileKeyProvider(options);
}
