import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import { keysFile } from '@asignio/keys-file';
import type { KeysFileOptions } from '@asignio/keys-file';

describe('options of keysFile', () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ['options', undefined],
    ['path', {}],
    ['path', { path: '' }],
    ['path', { path: 7 }],
    ['path', { path: 'a\0b' }],
    ['create', { path: 'x', create: 'yes' }],
    ['passphrase', { path: 'x', passphrase: 'secret' }],
  ];

  for (const [name, options] of refused)
    it(`are refused with the name of ${name}: ${JSON.stringify(options)}`, () => {
      expect(() => keysFile(options as KeysFileOptions))
        .to.throw(AsignioError, `"${name}"`)
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
    });
});
