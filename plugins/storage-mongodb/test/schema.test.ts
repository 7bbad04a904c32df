import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { tenantId } from '@asignio/contracts';
import { describeMongodb } from '@asignio/test-mongodb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { SCHEMA_VERSION } from '#src/stamp.js';
import { codeOf, refusal } from './refusals.js';
import { dropStore, freshDatabase, uriOf } from './stores.js';

const tenant = tenantId('acme');
const KEY = { tenant, kind: 'subject', id: 'ada' } as const;
const STAMP = { _id: 'stamp' } as unknown as { _id: mongoose.mongo.ObjectId };

describeMongodb('a store of another making', function (server) {
  this.timeout(60_000);
  let uri = '';
  let data: Connection;
  let keys: Connection;

  beforeEach(async () => {
    uri = uriOf(server(), freshDatabase());
    data = await mongoose.createConnection(uri).asPromise();
    keys = data.useDb(`${data.name}_keys`);
    const storage = storageMongodb({ uri });
    await storage.open();
    await storage.insert(KEY, 1);
    await storage.close();
  });
  afterEach(async () => {
    await data.close();
    await dropStore(uri);
  });

  const restamp = async (connection: Connection, schemaVersion: unknown): Promise<void> => {
    await connection.collection('asignio_stamp').updateOne(STAMP, { $set: { schemaVersion } });
  };
  const open = () => storageMongodb({ uri }).open();

  for (const part of ['data', 'keys'] as const)
    it(`is refused when its ${part} are of a newer schema, and left as it is`, async () => {
      const newer = part === 'data' ? data : keys;
      await restamp(newer, SCHEMA_VERSION + 1);
      const names = async () => (await newer.listCollections()).map(({ name }) => name).sort();
      for (const name of await names())
        if (name !== 'asignio_stamp' && name !== 'asignio_subject') await newer.collection(name).drop();
      const before = await names();
      const error = await refusal(open);
      expect(error.code).to.equal('ASIGNIO_STORAGE_SCHEMA');
      expect(error.message).to.contain(String(SCHEMA_VERSION + 1));
      expect(await names()).to.deep.equal(before);
    });

  it('is refused without its keys', async () => {
    await keys.dropDatabase();
    expect(await codeOf(open)).to.equal('ASIGNIO_STORAGE_CORRUPT');
    expect(await keys.listCollections()).to.deep.equal([]);
  });

  it("is refused with another store's keys", async () => {
    await keys.collection('asignio_stamp').updateOne(STAMP, { $set: { store: 'another' } });
    expect(await codeOf(open)).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });

  it('is refused where its stamp is not one', async () => {
    await restamp(data, 'one');
    expect(await codeOf(open)).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });

  it('is taken over where a crash left only its keys', async () => {
    await data.dropDatabase();
    const storage = storageMongodb({ uri });
    await storage.open();
    expect(await storage.get(KEY)).to.equal(undefined);
    await storage.close();
  });

  it('is opened by several who make it at once', async () => {
    const fresh = uriOf(server(), freshDatabase());
    const stores = Array.from({ length: 4 }, () => storageMongodb({ uri: fresh }));
    await Promise.all(stores.map((storage) => storage.open()));
    await stores[0]?.insert(KEY, 1);
    for (const storage of stores) expect((await storage.get(KEY))?.value).to.equal(1);
    await Promise.all(stores.map((storage) => storage.close()));
    await dropStore(fresh);
  });

  it('shares its databases with another one of another prefix', async () => {
    const other = storageMongodb({ uri, prefix: 'other_' });
    await other.open();
    expect(await other.get(KEY)).to.equal(undefined);
    await other.close();
  });
});
