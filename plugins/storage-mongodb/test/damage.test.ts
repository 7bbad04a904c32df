import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { tenantId } from '@asignio/contracts';
import type { RecordKey } from '@asignio/contracts';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import { storageMongodb } from '@asignio/storage-mongodb';
import type { MongodbStorage } from '@asignio/storage-mongodb';
import { codeOf } from './refusals.js';
import { dropStore, freshDatabase, uriOf } from './stores.js';

const tenant = tenantId('acme');

function keyOf(id: string): RecordKey {
  return { tenant, kind: 'subject', id };
}

function byAddress(id: string): { _id: mongoose.mongo.ObjectId } {
  return { _id: `acme ${id}` } as unknown as { _id: mongoose.mongo.ObjectId };
}

describeMongodb('a damaged store', function (server) {
  this.timeout(60_000);
  let uri = '';
  let raw: Connection;
  let storage: MongodbStorage;

  beforeEach(async () => {
    uri = uriOf(server(), freshDatabase());
    raw = await mongoose.createConnection(uri).asPromise();
    storage = storageMongodb({ uri });
    await storage.open();
    for (const id of ['ada', 'grace']) await storage.insert(keyOf(id), { id }, { subject: 's', due: 1 });
    for (const [i, id] of ['a', 'b'].entries())
      await storage.append(tenant, 'audit', { sequence: i + 1, id, value: id });
  });
  afterEach(async () => {
    await storage.close();
    await raw.close();
    await dropStore(uri);
  });

  const subjects = () => raw.collection('asignio_subject');
  const entries = () => raw.collection('asignio_log_entries');
  const valueOf = async (id: string) =>
    ((await subjects().findOne(byAddress(id))) as unknown as { value: mongoose.mongo.Binary }).value;

  const isRefused = async (): Promise<void> => {
    for (const call of [
      () => storage.get(keyOf('ada')),
      () => storage.list({ tenant, kind: 'subject' }),
      () => storage.list({ tenant, kind: 'subject', subject: 's' }),
      () => storage.listDue({ kind: 'subject', upTo: 1 }),
    ])
      expect(await codeOf(call)).to.equal('ASIGNIO_STORAGE_CORRUPT');
    expect((await storage.get(keyOf('grace')))?.value).to.deep.equal({ id: 'grace' });
  };

  it('says so of a value in which a bit is wrong, wherever it is', async () => {
    const { buffer } = await valueOf('ada');
    for (let at = 0; at < buffer.length; at++) {
      const bad = Buffer.from(buffer);
      bad[at] = (bad[at] ?? 0) ^ 4;
      await subjects().updateOne(byAddress('ada'), { $set: { value: bad } });
      expect(await codeOf(() => storage.get(keyOf('ada'))), `byte ${at}`).to.equal('ASIGNIO_STORAGE_CORRUPT');
    }
    await isRefused();
  });

  it("says so of a value in another's place, cut short, or of another type", async () => {
    const { buffer } = await valueOf('ada');
    for (const value of [
      await valueOf('grace'),
      buffer.subarray(0, 4),
      Buffer.alloc(0),
      'text',
      7,
      null,
      { buffer: 1 },
    ]) {
      await subjects().updateOne(byAddress('ada'), { $set: { value } });
      await isRefused();
    }
    await subjects().updateOne(byAddress('ada'), { $unset: { value: 1 } });
    await isRefused();
  });

  it('says so of a version that is none', async () => {
    await subjects().updateOne(byAddress('ada'), { $set: { version: 'x' } });
    await isRefused();
  });

  it("says so of a log's entry that was changed or moved", async () => {
    const { value } = (await entries().findOne({ entry: 'a' })) as unknown as { value: unknown };
    await entries().updateOne({ entry: 'b' }, { $set: { value } });
    for (const call of [
      () => storage.logHead(tenant, 'audit'),
      () => storage.readLog(tenant, 'audit', 1, 10),
      () => storage.append(tenant, 'audit', { sequence: 3, id: 'b', value: 1 }),
    ])
      expect(await codeOf(call)).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });
});

/** Large enough that SQLite moves most of it from its log into its file. */
const LENGTH = 120_000;

describeMongodb('storage-mongodb on a server whose files are damaged', function () {
  this.timeout(120_000);

  it('refuses what cannot be read, and never gives other than what was written', async function () {
    const server = await ownServer(this);
    const uri = uriOf(server, 'damage');
    try {
      const first = storageMongodb({ uri });
      await first.open();
      for (let i = 0; i < 60; i++) await first.insert(keyOf(`r${i}`), { i, bytes: new Uint8Array(LENGTH).fill(i) });
      await first.close();
      await server.kill('SIGTERM');
      for (const name of readdirSync(server.folder))
        if (/^damage\.(?:sqlite|db)$/.test(name) || /^collection.*\.wt$/.test(name))
          scribble(join(server.folder, name));
      const outcomes: (string | undefined)[] = [];
      const storage = storageMongodb({ uri, timeoutMs: 2000 });
      try {
        await server.start();
        for (let i = 0; i < 60; i++)
          outcomes.push(
            await codeOf(async () => {
              await storage.open();
              const record = await storage.get(keyOf(`r${i}`));
              expect(record?.value).to.deep.equal({ i, bytes: new Uint8Array(LENGTH).fill(i) });
            }),
          );
      } catch (error) {
        outcomes.push(String(error));
      } finally {
        await storage.close();
      }
      const refusals = outcomes.filter((outcome) => outcome !== undefined);
      expect(refusals.length).to.be.greaterThan(0);
      for (const refusal of refusals)
        expect(refusal).to.match(/^ASIGNIO_STORAGE_(?:CORRUPT|UNAVAILABLE)$|The MongoDB server ended/);
    } finally {
      await server.remove();
    }
  });
});

/** Overwrites pages in the second half of a file with noise. */
function scribble(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (let at = Math.ceil(size / 2 / 4096) * 4096; at + 4096 <= size; at += 8192)
    writeSync(file, randomBytes(4096), 0, 4096, at);
  closeSync(file);
}
