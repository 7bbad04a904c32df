import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import type { StorageLmdbOptions } from '@asignio/storage-lmdb';

describe('options of storageLmdb', () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ['options', undefined],
    ['path', {}],
    ['path', { path: '' }],
    ['path', { path: 7 }],
    ['path', { path: 'a\0b' }],
    ['clock', { path: 'x', clock: {} }],
    ['clock', { path: 'x', clock: Date }],
    ['mapSizeBytes', { path: 'x', mapSizeBytes: 4096 }],
    ['mapSizeBytes', { path: 'x', mapSizeBytes: 2 ** 20 + 1 }],
    ['mapSizeBytes', { path: 'x', mapSizeBytes: '1048576' }],
    ['mapSizeBytes', { path: 'x', mapSizeBytes: Number.POSITIVE_INFINITY }],
    ['noSync', { path: 'x', noSync: 'yes' }],
    ['nosync', { path: 'x', nosync: true }],
  ];

  for (const [name, options] of refused)
    it(`are refused with the name of ${name}: ${JSON.stringify(options)}`, () => {
      expect(() => storageLmdb(options as StorageLmdbOptions))
        .to.throw(AsignioError, `"${name}`)
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
    });

  it('are not acted on before the store is opened', () => {
    expect(() => storageLmdb({ path: '/dev/null/store' })).not.to.throw();
  });
});
