import { protectKeyFile } from '@asignio/keys-file';
import { keyFileOf, keysNameOf, passphraseOf } from '../../place/keys.ts';
import { PLACE_OPTIONS } from '../../place/place.ts';
import { textOption, usage } from '../command.ts';
import type { Command } from '../command.ts';

const NEW = 'ASIGNIO_NEW_PASSPHRASE';

/** `asignio keys passphrase`: seals the key file with a passphrase, or with another one. */
export const passphrase: Command = {
  name: 'keys passphrase',
  summary: 'Seals the key file with a passphrase, changes it, or takes it away.',
  options: {
    data: PLACE_OPTIONS.data,
    remove: { type: 'boolean', help: 'leave the keys in plain sight' },
  },
  notes:
    `The new passphrase comes from ${NEW}_FILE, ${NEW}_FD or ${NEW}, the one of now, if there is one,\n` +
    'from ASIGNIO_KEY_PASSPHRASE_FILE, ..._FD or ASIGNIO_KEY_PASSPHRASE: never from an argument, which others could list.\n' +
    'An app that runs lets people sign in, and enrols nobody until it is started again with the new one.',
  async run(values, terminal) {
    if (keysNameOf() !== 'file')
      throw usage('Only a key file has a passphrase, and ASIGNIO_KEYS names another provider');
    const current = passphraseOf();
    const next = passphraseOf(process.env, NEW);
    const isRemoval = values['remove'] === true;
    if (isRemoval === (next !== undefined))
      throw usage(isRemoval ? `--remove, and ${NEW} is set` : `${NEW} is not set`);
    const path = keyFileOf(textOption(values, 'data'));
    await protectKeyFile({ path, ...(current === undefined ? {} : { passphrase: current }) }, next ?? null);
    terminal.out(isRemoval ? `${path} has no passphrase any more\n` : `${path} is sealed with the new passphrase\n`);
    return 0;
  },
};
