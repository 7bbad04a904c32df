import { expect } from 'chai';
import mongoose from 'mongoose';
import { storageMongodb } from '@asignio/storage-mongodb';
import type { StorageMongodbOptions } from '@asignio/storage-mongodb';
import { parseOptions } from '#src/options.js';
import { allOf, refusal } from './refusals.js';

const uri = 'mongodb://127.0.0.1/acme';
const connection = mongoose.createConnection();

const WRONG: readonly (readonly [option: string, options: Partial<StorageMongodbOptions>])[] = [
  ['uri', {}],
  ['uri', { uri: '' }],
  ['uri', { uri: 'http://127.0.0.1/acme' }],
  ['uri', { uri: 'mongodb://' }],
  ['uri', { uri: 'mongodb://127.0.0.1:99999/acme' }],
  ['uri', { uri: 'mongodb://127.0.0.1/acme?bogus=1' }],
  ['uri', { uri: 'mongodb://127.0.0.1/ac.me' }],
  ['uri', { uri: 7 as unknown as string }],
  ['connection', { uri, connection }],
  ['connection', { connection: {} as typeof connection }],
  ['keysUri', { uri, keysUri: 'nonsense' }],
  ['database', { uri, database: 'a/b' }],
  ['keysDatabase', { uri, keysDatabase: 'acme' }],
  ['keysDatabase', { uri, keysDatabase: 'ACME' }],
  ['keysDatabase', { uri, keysUri: uri }],
  ['keysDatabase', { uri, database: 'a'.repeat(60) }],
  ['prefix', { uri, prefix: '$where' }],
  ['tls', { uri, tls: 'yes' as unknown as boolean }],
  ['tls', { uri, tls: { ca: 'x' } as object }],
  ['allowPlaintext', { uri, allowPlaintext: 1 as unknown as boolean }],
  ['poolSize', { uri, poolSize: 0 }],
  ['timeoutMs', { uri, timeoutMs: 50 }],
  ['region', { uri, region: 'the moon' }],
  ['agreement', { uri, agreement: ' ' }],
  ['clock', { uri, clock: {} as { now: () => number } }],
  ['nonsense', { uri, nonsense: 1 } as object],
];

describe('options of storage-mongodb', () => {
  for (const [option, options] of WRONG)
    it(`names a wrong option: ${option} ${JSON.stringify({ ...options, connection: undefined })}`, async () => {
      const error = await refusal(() => storageMongodb(options));
      expect(error.code).to.equal('ASIGNIO_OPTION_INVALID');
      expect(error.message)
        .to.match(/^storageMongodb: /)
        .and.contain(option);
    });

  it('quotes no password of a URI that it does not understand', async () => {
    for (const bad of [
      'mongodb://ada:s3cret@',
      'mongodb://ada:s3cret@[::1/acme',
      'http://ada:s3cret@host/acme',
      'mongodb://ada:s3c%ret@host/acme',
      'mongodb://ada:s3cret@127.0.0.1:99999/acme',
      'mongodb://ada:s3cret@127.0.0.1/ac me',
      'mongodb://ada:s3cret@db.example/acme',
    ])
      for (const options of [{ uri: bad }, { uri, keysUri: bad }])
        expect(allOf(await refusal(() => storageMongodb(options))), bad).to.not.contain('s3c');
  });

  it('R28: refuses to talk to another machine without TLS, unless it is told that the network is encrypted', async () => {
    for (const host of ['db.example', '10.0.0.7', '127.0.0.1,db.example', 'localhost.example']) {
      const plain = `mongodb://${host}/acme`;
      expect((await refusal(() => storageMongodb({ uri: plain }))).message, host).to.contain('tls');
      expect((await refusal(() => storageMongodb({ uri, keysUri: `${plain}_k` }))).message, host).to.contain('keysUri');
      expect((await refusal(() => storageMongodb({ uri: `${plain}?tls=true`, tls: false }))).code).to.equal(
        'ASIGNIO_OPTION_INVALID',
      );
      for (const options of [
        { uri: `${plain}?tls=true` },
        { uri: plain, tls: true },
        { uri: plain, tls: { caFile: 'ca.pem' } },
        { uri: plain, allowPlaintext: true },
      ])
        expect(() => storageMongodb(options)).not.to.throw();
    }
    for (const local of [uri, 'mongodb://localhost/a', 'mongodb://[::1]/a', 'mongodb://%2Ftmp%2Fmongodb.sock/a'])
      expect(() => storageMongodb({ uri: local }), local).not.to.throw();
    expect(() => storageMongodb({ uri: 'mongodb+srv://cluster.example/acme' })).not.to.throw();
    expect(() => storageMongodb({ uri: 'mongodb+srv://cluster.example/acme?tls=false' })).to.throw();
  });

  it('takes the databases that the URIs name', () => {
    const names = (options: StorageMongodbOptions): readonly string[] => {
      const { database, keysDatabase } = parseOptions(options);
      return [database, keysDatabase];
    };
    expect(names({ uri: 'mongodb://127.0.0.1' })).to.deep.equal(['asignio', 'asignio_keys']);
    expect(names({ uri: 'mongodb://127.0.0.1/?appName=x' })).to.deep.equal(['asignio', 'asignio_keys']);
    expect(names({ uri: 'mongodb://u:p@127.0.0.1,127.0.0.2/acme?w=1' })).to.deep.equal(['acme', 'acme_keys']);
    expect(names({ uri, database: 'other' })).to.deep.equal(['other', 'other_keys']);
    expect(names({ uri, keysUri: 'mongodb://127.0.0.1:1/vault' })).to.deep.equal(['acme', 'vault']);
    expect(names({ uri, keysUri: 'mongodb://127.0.0.1:1/vault', keysDatabase: 'k' })).to.deep.equal(['acme', 'k']);
    expect(names({ connection })).to.deep.equal(['asignio', 'asignio_keys']);
  });

  it('says where its data are, and under which agreement', () => {
    const { metadata } = storageMongodb({ uri, region: 'DE', agreement: 'dpa-7' });
    expect(metadata).to.include({ region: 'DE', agreement: 'dpa-7' });
    expect(storageMongodb({ uri }).metadata).to.include({ region: 'local' }).and.not.have.property('agreement');
  });
});
