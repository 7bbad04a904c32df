import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import type { KeyProvider } from '@asignio/contracts';
import type { PassphraseSource } from '@asignio/crypto';
import { keysEnv } from '@asignio/keys-env';
import type { KeySource } from '@asignio/keys-env';
import { keysFile } from '@asignio/keys-file';
import { keysVault } from '@asignio/keys-vault';
import type { KeysVaultOptions } from '@asignio/keys-vault';

/** Which key provider: `ASIGNIO_KEYS`. */
const PROVIDERS = ['file', 'env', 'vault'] as const;
export type KeysName = (typeof PROVIDERS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which key provider the environment names.
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`.
 */
export function keysNameOf(env: Environment = process.env): KeysName {
  const name = env['ASIGNIO_KEYS'] ?? 'file';
  const known = PROVIDERS.find((provider) => provider === name);
  if (known === undefined)
    throw new AsignioError('ASIGNIO_OPTION_INVALID', `ASIGNIO_KEYS is one of ${PROVIDERS.join(', ')}`);
  return known;
}

/** Where the key file of a data folder is. */
export function keyFileOf(data: string): string {
  return join(data, 'keys.json');
}

/** Where the passphrase of the key file comes from, if it has one: never from an argument, which everybody could list. */
export function passphraseOf(
  env: Environment = process.env,
  name = 'ASIGNIO_KEY_PASSPHRASE',
): PassphraseSource | undefined {
  const file = env[`${name}_FILE`];
  if (file !== undefined) return { file };
  const fd = env[`${name}_FD`];
  if (fd !== undefined) return { fd: Number(fd) };
  return env[name] === undefined ? undefined : { env: name };
}

/**
 * The key provider of a data folder, as the environment has it: the same one for the app and for every command.
 *
 * | `ASIGNIO_KEYS` | takes |
 * |---|---|
 * | `file`, the default | `keys.json` in the folder; with a passphrase from `ASIGNIO_KEY_PASSPHRASE`, `..._FILE` or `..._FD` |
 * | `env` | the key from `ASIGNIO_KEY`, `ASIGNIO_KEY_FILE` or `ASIGNIO_KEY_CREDENTIAL`; others by the names of their variables in `ASIGNIO_KEY_OTHERS` |
 * | `vault` | `VAULT_ADDR`, `VAULT_TOKEN` or `VAULT_TOKEN_FILE`, `VAULT_NAMESPACE`, `VAULT_CACERT`, and `ASIGNIO_VAULT_MOUNT`, `ASIGNIO_VAULT_REGION`, `ASIGNIO_VAULT_AGREEMENT` |
 *
 * @param make whether a new store may get a key file of its own
 * @throws AsignioError `ASIGNIO_OPTION_INVALID`, naming the variable.
 */
export function keysOf(data: string, env: Environment = process.env, make = true): KeyProvider {
  switch (keysNameOf(env)) {
    case 'file':
      return keysFile({
        path: keyFileOf(data),
        // A new key beside a store that exists would open nothing in it.
        create: make && !existsSync(join(data, 'store')),
        ...definedOnly({ passphrase: passphraseOf(env) }),
      });
    case 'env':
      return keysEnv(keysEnvOptions(env));
    case 'vault':
      return keysVault(vaultOptions(env));
  }
}

function keysEnvOptions(env: Environment): { key: KeySource; others: KeySource[] } {
  const { ASIGNIO_KEY_FILE: file, ASIGNIO_KEY_CREDENTIAL: credential, ASIGNIO_KEY_OTHERS: others = '' } = env;
  const names = others.split(',').map((name) => name.trim());
  return {
    key: file !== undefined ? { file } : credential !== undefined ? { credential } : { env: 'ASIGNIO_KEY' },
    others: names.filter((name) => name !== '').map((name) => ({ env: name })),
  };
}

function vaultOptions(env: Environment): KeysVaultOptions {
  const { VAULT_ADDR: address, VAULT_TOKEN_FILE: file } = env;
  if (address === undefined)
    throw new AsignioError('ASIGNIO_OPTION_INVALID', 'ASIGNIO_KEYS is vault, and VAULT_ADDR is not set');
  return {
    address,
    token: file === undefined ? { env: 'VAULT_TOKEN' } : { file },
    ...definedOnly({
      namespace: env['VAULT_NAMESPACE'],
      caFile: env['VAULT_CACERT'],
      mount: env['ASIGNIO_VAULT_MOUNT'],
      region: env['ASIGNIO_VAULT_REGION'],
      agreement: env['ASIGNIO_VAULT_AGREEMENT'],
    }),
  };
}

function definedOnly<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
