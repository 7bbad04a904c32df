import { fork } from 'node:child_process';
import { once } from 'node:events';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import { storageLmdb } from '@asignio/storage-lmdb';
import { inspect } from '#src/inspect.js';
import { codeOf } from './refusals.js';
import type { DamageReport } from './child-damage.js';

const tenant = tenantId('acme');

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
    const folder = temporaryFolder();
    const storage = storageLmdb({ path: folder.path, noSync: true });
    await storage.open();
    for (let i = 0; i < 300; i++) await storage.insert({ tenant, kind: 'part', id: `${i}` }, 'x'.repeat(900));
    await storage.close();
    const file = join(folder.path, 'data', 'data.mdb');
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
