import { VaultKeyProvider } from './provider.ts';
import type { KeysVaultOptions } from './options.ts';

export type { VaultKeyProvider } from './provider.ts';
export type { KeysVaultOptions, TokenSource } from './options.ts';

/**
 * A key provider over the Transit engine of HashiCorp Vault or OpenBao: tenants' keys never leave the server, one named key
 * a tenant, derived anew for what each data key is bound to.
 *
 * Errors: `ASIGNIO_KEY_UNAVAILABLE` where the server cannot be reached, is sealed, refuses the token, or does not hold the
 * key that wrapped something; `ASIGNIO_KEY_REFUSED` where a wrapped key, its tenant or its binding is not what was wrapped.
 * No error holds the token.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the option.
 * @example
 * ```ts
 * const keys = keysVault({ address: 'https://vault.example:8200', token: { file: '/run/vault/token' } });
 * await keys.open();
 * const wrapped = await keys.wrap(tenantId('acme'), randomBytes(32), 'reference 7');
 * ```
 */
export function keysVault(options: KeysVaultOptions): VaultKeyProvider {
  return new VaultKeyProvider(options);
}
