import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { storageLmdb } from '@asignio/storage-lmdb';
import { codeOf } from './refusals.js';

const tenant = tenantId('acme');

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

describe('files of the store', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    folder.remove();
  });

  it('are for their owner alone, whatever the umask', async () => {
    const umask = process.umask(0);
    const storage = storageLmdb({ path: join(folder.path, 'new', 'store'), noSync: true });
    try {
      await storage.open();
      await storage.insert({ tenant, kind: 'key', id: 'k' }, 1);
    } finally {
      process.umask(umask);
    }
    expect(modeOf(join(folder.path, 'new', 'store'))).to.equal(0o700);
    for (const name of ['data', 'keys']) {
      const path = join(folder.path, 'new', 'store', name);
      expect(modeOf(path)).to.equal(0o700);
      expect(readdirSync(path)).to.include.members(['data.mdb', 'lock.mdb']);
      for (const file of readdirSync(path)) expect(modeOf(join(path, file)), file).to.equal(0o600);
    }
    await storage.close();
  });

  it('are taken back from others where an older store left them open', async () => {
    const first = storageLmdb({ path: folder.path, noSync: true });
    await first.open();
    await first.close();
    for (const name of ['data', 'keys']) {
      for (const file of readdirSync(join(folder.path, name))) chmodSync(join(folder.path, name, file), 0o666);
      chmodSync(join(folder.path, name), 0o755);
    }
    const again = storageLmdb({ path: folder.path, noSync: true });
    await again.open();
    await again.close();
    for (const name of ['data', 'keys']) {
      expect(modeOf(join(folder.path, name))).to.equal(0o700);
      for (const file of readdirSync(join(folder.path, name)))
        expect(modeOf(join(folder.path, name, file)), file).to.equal(0o600);
    }
  });

  it('do not change who may use the folder that they are put into', async () => {
    chmodSync(folder.path, 0o755);
    const storage = storageLmdb({ path: folder.path, noSync: true });
    await storage.open();
    await storage.close();
    expect(modeOf(folder.path)).to.equal(0o755);
  });

  it('keep key records apart from all others', async () => {
    const storage = storageLmdb({ path: folder.path, noSync: true });
    await storage.open();
    await storage.insert({ tenant, kind: 'reference', id: 'canary-of-a-reference' }, 1);
    await storage.insert({ tenant, kind: 'key', id: 'canary-of-a-key' }, 1);
    await storage.close();
    const data = readFileSync(join(folder.path, 'data', 'data.mdb'));
    const keys = readFileSync(join(folder.path, 'keys', 'data.mdb'));
    expect(data.includes('canary-of-a-reference')).to.equal(true);
    expect(data.includes('canary-of-a-key')).to.equal(false);
    expect(keys.includes('canary-of-a-key')).to.equal(true);
    expect(keys.includes('canary-of-a-reference')).to.equal(false);
  });

  it('are refused in a place that cannot be a folder', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    expect(await codeOf(() => storageLmdb({ path: join(folder.path, 'file') }).open())).to.equal(
      'ASIGNIO_STORAGE_UNAVAILABLE',
    );
    expect(await codeOf(() => storageLmdb({ path: join(folder.path, 'file', 'below') }).open())).to.equal(
      'ASIGNIO_STORAGE_UNAVAILABLE',
    );
    expect(await codeOf(() => storageLmdb({ path: '/dev/null/store' }).open())).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
  });

  it('are refused in a folder that may not be written to', async function refusedFolder() {
    // The superuser may write anywhere.
    if (process.getuid?.() === 0) {
      process.setegid?.(65_534);
      process.seteuid?.(65_534);
    }
    try {
      const path = join(folder.path, 'closed');
      if (process.geteuid?.() !== process.getuid?.()) {
        // The folder is root's, and 65534 is nobody.
        expect(await codeOf(() => storageLmdb({ path }).open())).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
        return;
      }
      mkdirSync(path, { mode: 0o500 });
      expect(await codeOf(() => storageLmdb({ path }).open())).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    } finally {
      process.seteuid?.(process.getuid?.() ?? 0);
      process.setegid?.(process.getgid?.() ?? 0);
    }
    expect(existsSync(join(folder.path, 'closed', 'data'))).to.equal(false);
  });

  it('cannot be opened with and without flushing in one process at once', async () => {
    const first = storageLmdb({ path: folder.path, noSync: true });
    await first.open();
    expect(await codeOf(() => storageLmdb({ path: folder.path }).open())).to.equal('ASIGNIO_OPTION_INVALID');
    await first.ping();
    await first.close();
  });

  it('go on growing past the address space that was set aside', async () => {
    const storage = storageLmdb({ path: folder.path, noSync: true, mapSizeBytes: 2 ** 20 });
    await storage.open();
    for (let i = 0; i < 8; i++)
      await storage.insert({ tenant, kind: 'part', id: `${i}` }, new Uint8Array(500_000).fill(i));
    for (let i = 0; i < 8; i++)
      expect((await storage.get({ tenant, kind: 'part', id: `${i}` }))?.value).to.deep.equal(
        new Uint8Array(500_000).fill(i),
      );
    await storage.close();
  });
});
