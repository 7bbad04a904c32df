import { EnvKeyProvider } from './provider.ts';
import type { KeysEnvOptions } from './options.ts';

export type { EnvKeyProvider } from './provider.ts';
export type { KeySource, KeysEnvOptions } from './options.ts';

/**
 * A key provider whose key comes from an environment variable, a file or a service's credential, and from which each
 * tenant's is derived. It makes no key and destroys none: who runs the service does. To rotate without a gap, name the new
 * key among `others` in every process, then let it and the old one change places, run `asignio keys rotate`, and take the
 * old one away.
 *
 * Errors: `ASIGNIO_KEY_UNAVAILABLE` where the key is not there, or not the one that wrapped something;
 * `ASIGNIO_OPTION_INVALID` where it is not 32 bytes, or could be guessed; `ASIGNIO_KEY_REFUSED` where a wrapped key, its
 * tenant or its binding is not what was wrapped.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const keys = keysEnv({ key: { credential: 'asignio-key' } });
 * await keys.open();
 * const wrapped = await keys.wrap(tenantId('acme'), randomBytes(32), 'reference 7');
 * ```
 */
export function keysEnv(options?: KeysEnvOptions): EnvKeyProvider {
  return new EnvKeyProvider(options);
}
