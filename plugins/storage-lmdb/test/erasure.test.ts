import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import type { RecordKey } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { storageLmdb } from '@asignio/storage-lmdb';
import type { LmdbStorage } from '@asignio/storage-lmdb';
import { SLOT_BYTES } from '#src/slots.js';
import { codeOf } from './refusals.js';

const tenant = tenantId('acme');
const CANARY = Buffer.from('canary of a wrapped key, long enough to be found');

function keyOf(id: string): RecordKey {
  return { tenant, kind: 'key', id };
}

/** Slots that hold a key. */
function slotsInUse(path: string): number {
  const bytes = readFileSync(join(path, 'keys', 'slots.bin'));
  let used = 0;
  for (let at = 0; at < bytes.length; at += SLOT_BYTES)
    if (bytes.subarray(at, at + SLOT_BYTES).some((byte) => byte !== 0)) used++;
  return used;
}

async function countKeys(storage: LmdbStorage): Promise<number> {
  return (await storage.list({ tenant, kind: 'key', limit: 1000 })).records.length;
}

describe('a key record that is removed', () => {
  let folder: TemporaryFolder;
  let path: string;
  let storage: LmdbStorage;
  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'store');
    storage = storageLmdb({ path, noSync: true });
    await storage.open();
    for (let i = 0; i < 50; i++) await storage.insert(keyOf(`other ${i}`), { i });
  });
  afterEach(async () => {
    await storage.close();
    folder.remove();
  });

  /** Opens what an attacker who kept old pages has: an old B-tree beside the slots as they are now. */
  async function readOldPages(id: string): Promise<string | undefined> {
    const old = join(folder.path, 'old');
    copyFileSync(join(path, 'keys', 'slots.bin'), join(old, 'keys', 'slots.bin'));
    const attacker = storageLmdb({ path: old, noSync: true });
    await attacker.open();
    try {
      // The old pages are read well: the keys that were not removed are there.
      expect((await attacker.get(keyOf('other 7')))?.value).to.deep.equal({ i: 7 });
      return await codeOf(() => attacker.get(keyOf(id)));
    } finally {
      await attacker.close();
    }
  }

  it('is nowhere in plain sight, before or after', async () => {
    await storage.insert(keyOf('canary'), { wrapped: CANARY });
    const found = (): boolean =>
      readdirSync(path, { recursive: true, withFileTypes: true }).some(
        (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(CANARY.subarray(0, 12)),
      );
    expect(found()).to.equal(false);
    await storage.remove(keyOf('canary'));
    expect(found()).to.equal(false);
  });

  it('does not open with the old pages of the B-tree', async () => {
    await storage.insert(keyOf('canary'), { wrapped: CANARY });
    cpSync(path, join(folder.path, 'old'), { recursive: true });
    expect(await readOldPages('canary')).to.equal(undefined);
    await storage.remove(keyOf('canary'));
    expect(await readOldPages('canary')).to.equal('ASIGNIO_STORAGE_CORRUPT');
  });

  it('does not open with the old pages when it is replaced, either', async () => {
    const record = await storage.insert(keyOf('canary'), { wrapped: CANARY });
    cpSync(path, join(folder.path, 'old'), { recursive: true });
    await storage.replace(record, { wrapped: 'another' }, {}, record.version);
    expect(await readOldPages('canary')).to.equal('ASIGNIO_STORAGE_CORRUPT');
    expect((await storage.get(keyOf('canary')))?.value).to.deep.equal({ wrapped: 'another' });
  });

  it('leaves its slot to the next, so that the file does not grow', async () => {
    const before = readFileSync(join(path, 'keys', 'slots.bin')).length;
    for (let i = 0; i < 30; i++) {
      await storage.insert(keyOf('canary'), { wrapped: CANARY });
      await storage.remove(keyOf('canary'));
    }
    expect(readFileSync(join(path, 'keys', 'slots.bin')).length).to.equal(before + SLOT_BYTES);
    expect(slotsInUse(path)).to.equal(await countKeys(storage));
  });

  it('is destroyed at the next start where the process was killed in between', async () => {
    for (let round = 0; round < 8; round++) {
      const child = fork(new URL('./child-erase.js', import.meta.url), [path, String(round)]);
      let steps = 0;
      child.on('message', () => {
        if (++steps > round * 2) child.kill('SIGKILL');
      });
      await once(child, 'exit');
      expect(steps).to.be.greaterThan(round * 2);
      const again = storageLmdb({ path, noSync: true });
      await again.open();
      expect(slotsInUse(path)).to.equal(await countKeys(again));
      for (const record of (await again.list({ tenant, kind: 'key', limit: 1000 })).records)
        expect(record.value).to.be.an('object');
      await again.close();
    }
  }).timeout(60_000);

  it('is readable by all who read while it is removed, or is gone', async () => {
    const other = storageLmdb({ path, noSync: true });
    await other.open();
    for (let i = 0; i < 50; i++) {
      const [, read, listed] = await Promise.all([
        storage.remove(keyOf(`other ${i}`)),
        other.get(keyOf(`other ${i}`)),
        other.list({ tenant, kind: 'key', limit: 1000 }),
      ]);
      if (read !== undefined) expect(read.value).to.deep.equal({ i });
      expect(listed.records.length).to.be.within(49 - i, 50 - i);
    }
    await other.close();
  });
});
