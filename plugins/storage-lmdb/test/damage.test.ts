import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapSpaceStatistics } from 'node:v8';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import { storageLmdb } from '@asignio/storage-lmdb';
import { inspect } from '#src/inspect.js';
import { codeOf } from './refusals.js';
import type { DamageReport } from './child-damage.js';

const tenant = tenantId('acme');
const PAGE = 4096;
/** Records that are written at once, and so in few commits. */
const TOGETHER = 500;

describe('a damaged store', function () {
  // A hundred stores are damaged and opened, in a process of their own.
  this.timeout(30_000);

  for (const damage of ['bit', 'header', 'noise', 'zeros', 'cut'])
    it(`is refused, or reads as it was written: ${damage}`, async () => {
      const folder = temporaryFolder();
      // In a process of its own: where LMDB meets what it trusted, the process ends.
      const child = fork(new URL('./child-damage.js', import.meta.url), [folder.path, damage]);
      let report: DamageReport | undefined;
      child.on('message', (message: DamageReport) => {
        report = message;
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      folder.remove();
      expect({ code, signal }).to.deep.equal({ code: 0, signal: null });
      expect(report?.others).to.deep.equal([]);
      expect(report?.refused).to.be.greaterThan(3);
      if (damage === 'cut') expect(report?.intact).to.equal(0);
    });

  it('is refused when its file is cut, however large it is', async () => {
    const { folder, storage, file } = await filledStore(300, 900);
    expect(() => inspect(file, true)).not.to.throw();
    await storage.open();
    await storage.verify();
    await storage.close();
    truncateSync(file, 40_960);
    expect(() => inspect(file, true))
      .to.throw()
      .with.property('code', 'ASIGNIO_STORAGE_CORRUPT');
    expect(await codeOf(() => storageLmdb({ path: folder.path, noSync: true }).open())).to.equal(
      'ASIGNIO_STORAGE_CORRUPT',
    );
    folder.remove();
  });

  it('is refused when two places name one page, however large it is', async () => {
    const { folder, file } = await filledStore(300, 900);
    const bytes = readFileSync(file);
    // A branch page: its second node gets the child of its first (offsets of nodes at 24; a child is their first 6 bytes).
    const last = newestPageOf(bytes, 0x01);
    const [first, second] = [24, 26].map((at) => last + 24 + bytes.readUInt16LE(last + at));
    bytes.copyWithin(second as number, first as number, (first as number) + 6);
    writeFileSync(file, bytes);
    expect(() => inspect(file, true))
      .to.throw()
      .with.property('code', 'ASIGNIO_STORAGE_CORRUPT');
    folder.remove();
  });

  it('asks for little memory, however many pages there are', async () => {
    const { folder, file } = await filledStore(20_000, 1800);
    const before = largeObjects();
    inspect(file, true);
    expect(largeObjects() - before).to.be.at.most(0);
    folder.remove();
  });

  it('is not taken for damaged while it is written to', async () => {
    const folder = temporaryFolder();
    const storage = storageLmdb({ path: folder.path, noSync: true });
    await storage.open();
    for (let round = 0; round < 40; round++) {
      await Promise.all(
        Array.from({ length: 25 }, async (_, i) => {
          const key = { tenant, kind: i % 3 === 0 ? 'key' : 'part', id: `${(i * 7 + round * 11) % 90}` } as const;
          if (!(await storage.remove(key)))
            await storage.insert(key, new Uint8Array((i * 977 * round) % 9000), { subject: `s${i}`, due: round });
        }),
      );
      for (const part of ['data', 'keys'])
        for (const quick of [true, false])
          expect(() => inspect(join(folder.path, part, 'data.mdb'), quick)).not.to.throw();
    }
    await storage.close();
    folder.remove();
  });
});

/** A store that is closed, with so many records of so many bytes, and its file. */
async function filledStore(records: number, bytes: number) {
  const folder = temporaryFolder();
  const storage = storageLmdb({ path: folder.path, noSync: true });
  await storage.open();
  for (let i = 0; i < records; i += TOGETHER)
    await Promise.all(
      Array.from({ length: Math.min(TOGETHER, records - i) }, async (_, j) =>
        storage.insert({ tenant, kind: 'part', id: `${i + j}` }, 'x'.repeat(bytes)),
      ),
    );
  await storage.close();
  return { folder, storage, file: join(folder.path, 'data', 'data.mdb') };
}

/** Where the newest page with a flag begins, by the transaction in its header. */
function newestPageOf(bytes: Buffer, flag: number): number {
  let [found, newest] = [0, 0n];
  for (let at = 2 * PAGE; at < bytes.length; at += PAGE)
    if ((bytes.readUInt16LE(at + 18) & flag) !== 0 && bytes.readBigUInt64LE(at + 8) > newest)
      [found, newest] = [at, bytes.readBigUInt64LE(at + 8)];
  return found;
}

/** Bytes of the heap's objects that are larger than a page of it. */
function largeObjects(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name.endsWith('large_object_space'))
    .reduce((sum, { space_used_size: used }) => sum + used, 0);
}
