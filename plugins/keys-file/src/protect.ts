import { newPassphrase } from '@asignio/crypto';
import type { PassphraseSource } from '@asignio/crypto';
import { changeKeyFile } from './key-file.ts';
import { parseOptions } from './options.ts';
import type { KeysFileOptions } from './options.ts';
import { newProtection } from './protection.ts';
import { Unlocker } from './unlock.ts';

/**
 * Gives a key file a passphrase, or another one. The keys in it stay the same. A process that has the file open goes on
 * opening what is wrapped, and wraps again once it is started anew with the new passphrase.
 *
 * @param options as for `keysFile`; `passphrase` is the one that the file has now.
 * @param passphrase the new one; `null` for none.
 * @throws AsignioError `ASIGNIO_KEY_PASSPHRASE` where the one of now does not open the file, or the new one is too weak;
 * `ASIGNIO_KEY_UNAVAILABLE`.
 * @example
 * ```ts
 * await protectKeyFile({ path: './asignio-data/keys.json' }, { env: 'NEW_PASSPHRASE' });
 * ```
 */
export async function protectKeyFile(options: KeysFileOptions, passphrase: PassphraseSource | null): Promise<void> {
  const { path, passphrase: current, argon2 } = parseOptions(options);
  if (passphrase !== null) parseOptions({ path, passphrase });
  await changeKeyFile(path, new Unlocker(current).unlock, async ({ ring }) => ({
    ring,
    protection: passphrase === null ? null : await newProtection(await newPassphrase(passphrase), argon2),
  }));
}
