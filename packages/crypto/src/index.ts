/**
 * What key providers and exports have in common.
 *
 * @packageDocumentation
 */
export { DEFAULT_ARGON2, MIN_ARGON2, deriveKey, isWeaker, parseArgon2 } from './argon2.ts';
export type { Argon2Parameters, SaltedArgon2 } from './argon2.ts';
export { newPassphrase, readPassphrase } from './passphrase.ts';
export type { PassphraseSource } from './passphrase.ts';
export { readSecretFile } from './secret-file.ts';
export { checkBinding, checkDataKey, unwrapKey, wrapKey } from './wrapping.ts';
export type { WrapContext } from './wrapping.ts';
