import { inspect } from 'node:util';
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
    ['passphrase', { path: 'x', passphrase: 7 }],
    ['passphrase', { path: 'x', passphrase: { file: 'a', env: 'B' } }],
    ['passphrase', { path: 'x', passphrase: { env: 'A B' } }],
    ['passphrase', { path: 'x', passphrase: { fd: -1 } }],
    ['argon2.memoryKiB', { path: 'x', argon2: { memoryKiB: 8, passes: 3, parallelism: 1 } }],
    ['argon2.passes', { path: 'x', argon2: { memoryKiB: 65_536, passes: 1, parallelism: 1 } }],
    ['clock', { path: 'x', clock: 7 }],
    ['password', { path: 'x', password: 'secret' }],
  ];

  for (const [name, options] of refused)
    it(`are refused with the name of ${name}: ${JSON.stringify(options)}`, () => {
      expect(() => keysFile(options as KeysFileOptions))
        .to.throw(AsignioError, `"${name}"`)
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
    });

  it('are refused without a word of the passphrase', () => {
    const given = { path: 'x', passphrase: { text: 'correct horse battery staple' } };
    let refusal: unknown;
    try {
      keysFile(given as unknown as KeysFileOptions);
    } catch (error) {
      refusal = error;
    }
    expect(inspect(refusal, { depth: 10 }))
      .to.include('passphrase')
      .and.not.to.include('battery');
  });
});
