import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { keysFile } from '@asignio/keys-file';
import { keyFileOf, keysNameOf, keysOf, passphraseOf } from '../../place/keys.ts';
import { fail, faultOf, ok } from './finding.ts';
import type { Finding } from './finding.ts';

/** Whether the key provider that the environment names can be used; makes none. */
export async function checkKeys(data: string): Promise<Finding> {
  try {
    const name = keysNameOf();
    return name === 'file' ? await checkFile(data) : await checkOther(data, name);
  } catch (error) {
    return faultOf(error, 'The key provider cannot be used');
  }
}

async function checkFile(data: string): Promise<Finding> {
  const path = keyFileOf(data);
  if (!existsSync(path)) {
    if (!existsSync(join(data, 'store'))) return ok('no key file yet; it will be made together with the store');
    return fail(
      `${path} is missing, and there is a store`,
      'Put the key file back from its backup: nothing opens without it.',
    );
  }
  const passphrase = passphraseOf();
  const provider = keysFile({ path, ...(passphrase === undefined ? {} : { passphrase }) });
  try {
    await provider.open();
  } catch (error) {
    return faultOf(error, `${path} cannot be used`);
  } finally {
    await provider.close();
  }
  const { mode } = await stat(path);
  return ok(
    `${path}, mode ${(mode & 0o777).toString(8)}, ${passphrase === undefined ? 'without' : 'with'} a passphrase`,
  );
}

async function checkOther(data: string, name: 'env' | 'vault'): Promise<Finding> {
  const provider = keysOf(data);
  try {
    await provider.open();
  } finally {
    await provider.close();
  }
  return ok(name === 'env' ? 'a key from the environment' : `the key server at ${process.env['VAULT_ADDR']} answers`);
}
