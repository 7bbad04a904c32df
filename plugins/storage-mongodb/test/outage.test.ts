import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import type { RecordKey } from '@asignio/contracts';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import { storageMongodb } from '@asignio/storage-mongodb';
import type { MongodbStorage } from '@asignio/storage-mongodb';
import { allOf, codeOf, refusal } from './refusals.js';
import { uriOf } from './stores.js';

const tenant = tenantId('acme');

function keyOf(id: string): RecordKey {
  return { tenant, kind: 'subject', id };
}

describeMongodb('storage-mongodb when the database server is lost', function () {
  this.timeout(60_000);
  let server: MongodbServer;
  let storage: MongodbStorage;
  let uri = '';

  beforeEach(async function () {
    server = await ownServer(this);
    uri = uriOf(server, 'outage');
    storage = storageMongodb({ uri, timeoutMs: 3000 });
    await storage.open();
  });
  afterEach(async () => {
    await server.remove();
    await storage.close();
  });

  const everyCall = (): readonly (() => Promise<unknown>)[] => [
    () => storage.ping(),
    () => storage.get(keyOf('ada')),
    () => storage.insert(keyOf('new'), 1),
    () => storage.replace(keyOf('ada'), 2, {}, 1),
    () => storage.remove(keyOf('ada')),
    () => storage.list({ tenant, kind: 'subject' }),
    () => storage.listDue({ kind: 'subject', upTo: 1 }),
    () => storage.append(tenant, 'audit', { sequence: 1, id: 'a', value: 1 }),
    () => storage.logHead(tenant, 'audit'),
    () => storage.readLog(tenant, 'audit', 1, 1),
    () => storage.listTenants(undefined, 1),
    () => storage.listLogs(tenant),
    () => storage.acquireLease('sweep', 'one', 1000),
    () => storage.releaseLease({ name: 'sweep', holder: 'one', fence: 1, expiresAt: 1 }),
  ];

  it('says that it is unavailable when nothing answers, and goes on when something does', async () => {
    await storage.insert(keyOf('ada'), 1);
    server.pause();
    const codes = await Promise.all(everyCall().map(codeOf));
    expect(new Set(codes)).to.deep.equal(new Set(['ASIGNIO_STORAGE_UNAVAILABLE']));
    server.resume();
    await storage.ping();
    // What was under way when it stopped may have been carried out since; nothing that was there is lost.
    const record = await storage.get(keyOf('grace'));
    expect(record).to.equal(undefined);
    expect((await storage.insert(keyOf('grace'), 1)).version).to.equal(1);
  });

  it('says that it is unavailable when the server is gone, and goes on when it is back', async () => {
    const kept = await storage.insert(keyOf('ada'), 1, { subject: 's', due: 1 });
    await server.kill();
    const codes = await Promise.all(everyCall().map(codeOf));
    expect(new Set(codes)).to.deep.equal(new Set(['ASIGNIO_STORAGE_UNAVAILABLE']));
    await server.start();
    expect(await storage.get(keyOf('ada'))).to.deep.equal(kept);
    expect((await storage.replace(kept, 2, {}, kept.version)).version).to.equal(2);
  });

  it('carries out what it is asked while the server is gone, if it is back soon enough', async () => {
    await server.kill();
    expect(await codeOf(() => storage.ping())).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    const calls = Promise.all([
      storage.insert(keyOf('ada'), 1),
      storage.get(keyOf('grace')),
      storage.append(tenant, 'audit', { sequence: 1, id: 'a', value: 1 }),
    ]);
    await server.start();
    const [made, none, entry] = await calls;
    expect(made.version).to.equal(1);
    expect(none).to.equal(undefined);
    expect(entry.sequence).to.equal(1);
    expect((await storage.readLog(tenant, 'audit', 1, 10)).length).to.equal(1);
  });

  it('loses and doubles nothing of what it said was written, while the server is killed and stopped again and again', async () => {
    let told = 0;
    let unknown = 0;
    const work = new AbortController();
    const count = async (): Promise<void> => {
      while (!work.signal.aborted) {
        const record = await storage.get(keyOf('counter')).catch(() => null);
        if (record === null) continue;
        const value = ((record?.value ?? 0) as number) + 1;
        try {
          await (record === undefined
            ? storage.insert(keyOf('counter'), value)
            : storage.replace(record, value, {}, record.version));
          told++;
        } catch (error) {
          if ((error as { code?: string }).code === 'ASIGNIO_STORAGE_UNAVAILABLE') unknown++;
          else if ((error as { code?: string }).code !== 'ASIGNIO_STORAGE_CONFLICT') throw error;
        }
      }
    };
    const counters = Promise.all([count(), count(), count()]);
    for (let round = 0; round < 4; round++) {
      await delay(200);
      await server.kill();
      await server.start();
      await delay(200);
      server.pause();
      await delay(200);
      server.resume();
    }
    work.abort();
    await counters;
    const counted = (await storage.get(keyOf('counter')))?.value as number;
    expect(told).to.be.greaterThan(5);
    expect(counted).to.be.within(told, told + unknown);
  });

  it('is refused at the start, without a word of its password', async () => {
    const secret = 'mongodb://ada:s3cret@127.0.0.1';
    await server.kill();
    for (const bad of [
      `${secret}:${server.port}/outage`,
      `${secret}:1/outage`,
      `mongodb+srv://ada:s3cret@nowhere.invalid/x`,
    ]) {
      const error = await refusal(() => storageMongodb({ uri: bad, timeoutMs: 500 }).open());
      expect(error.code, bad).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
      expect(allOf(error), bad).to.not.contain('s3cret');
    }
  });

  it('is refused at the start with credentials that the server does not know', async () => {
    const bad = uri.replace('//', '//ada:s3cret@');
    const error = await refusal(() => storageMongodb({ uri: bad, timeoutMs: 2000 }).open());
    expect(error.code).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    expect(error.message).to.contain('credentials').and.contain('uri');
    expect(allOf(error)).to.not.contain('s3cret');
  });

  it('is refused at the start when TLS is asked for and the server speaks none', async () => {
    const error = await refusal(() => storageMongodb({ uri, tls: true, timeoutMs: 1000 }).open());
    expect(error.code).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
  });
});
