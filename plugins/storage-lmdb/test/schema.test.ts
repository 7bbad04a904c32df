import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { storageLmdb } from '@asignio/storage-lmdb';
import { encode } from '#src/codec.js';
import { Environment } from '#src/environment.js';
import { META_TREE, SCHEMA_VERSION } from '#src/schema.js';
import { codeOf } from './refusals.js';

const tenant = tenantId('acme');
const STAMP = Buffer.from('stamp');

async function made(path: string): Promise<void> {
  const storage = storageLmdb({ path, noSync: true });
  await storage.open();
  await storage.insert({ tenant, kind: 'subject', id: 'ada' }, 1);
  await storage.close();
}

/** Writes a stamp as another version of the plugin would. */
async function restamp(folder: string, value: { schema: number; store: string }): Promise<void> {
  const environment = await Environment.open(folder, { mapSizeBytes: 2 ** 30, noSync: true, trees: [META_TREE] });
  await environment.write(() => environment.tree(META_TREE).putSync(STAMP, encode(STAMP, value)));
  await environment.close();
}

describe('a store of another making', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'store');
    await made(path);
  });
  afterEach(() => {
    folder.remove();
  });

  for (const part of ['data', 'keys'])
    it(`is refused when its ${part} are of a newer schema, and left as it is`, async () => {
      await restamp(join(path, part), { schema: SCHEMA_VERSION + 1, store: 'newer' });
      const before = readFileSync(join(path, part, 'data.mdb'));
      expect(await codeOf(() => storageLmdb({ path, noSync: true }).open())).to.equal('ASIGNIO_STORAGE_SCHEMA');
      expect(await codeOf(() => storageLmdb({ path, noSync: true }).open())).to.equal('ASIGNIO_STORAGE_SCHEMA');
      expect(readFileSync(join(path, part, 'data.mdb')).equals(before)).to.equal(true);
    });

  it('gets no trees of ours when it is of a newer schema', async () => {
    const newer = join(folder.path, 'newer');
    await restamp(join(newer, 'keys'), { schema: SCHEMA_VERSION + 1, store: 'newer' });
    expect(await codeOf(() => storageLmdb({ path: newer, noSync: true }).open())).to.equal('ASIGNIO_STORAGE_SCHEMA');
    expect(readFileSync(join(newer, 'keys', 'data.mdb')).includes('records')).to.equal(false);
    expect(existsSync(join(newer, 'data'))).to.equal(false);
  });

  it('is refused without its keys', async () => {
    rmSync(join(path, 'keys'), { recursive: true });
    expect(await codeOf(() => storageLmdb({ path, noSync: true }).open())).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });

  it("is refused with another store's keys", async () => {
    const other = join(folder.path, 'other');
    await made(other);
    rmSync(join(path, 'keys'), { recursive: true });
    cpSync(join(other, 'keys'), join(path, 'keys'), { recursive: true });
    expect(await codeOf(() => storageLmdb({ path, noSync: true }).open())).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });

  it('is taken over where a crash left only its keys', async () => {
    rmSync(join(path, 'data'), { recursive: true });
    const storage = storageLmdb({ path, noSync: true });
    await storage.open();
    expect(await storage.get({ tenant, kind: 'subject', id: 'ada' })).to.equal(undefined);
    await storage.close();
  });

  it('is refused where its stamp is not one', async () => {
    await restamp(join(path, 'data'), { schema: 'one' as unknown as number, store: 'x' });
    expect(await codeOf(() => storageLmdb({ path, noSync: true }).open())).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });

  it('is opened by several who make it at once', async () => {
    const fresh = join(folder.path, 'fresh');
    const stores = Array.from({ length: 4 }, () => storageLmdb({ path: fresh, noSync: true }));
    await Promise.all(stores.map((storage) => storage.open()));
    await stores[0]?.insert({ tenant, kind: 'subject', id: 'ada' }, 1);
    for (const storage of stores)
      expect((await storage.get({ tenant, kind: 'subject', id: 'ada' }))?.value).to.equal(1);
    await Promise.all(stores.map((storage) => storage.close()));
  });
});
