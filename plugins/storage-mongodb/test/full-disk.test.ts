import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { tenantId } from '@asignio/contracts';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { refusal } from './refusals.js';
import { uriOf } from './stores.js';

const tenant = tenantId('acme');

/** Mounts a small file system, or leaves the test pending where this process may not. */
function smallDisk(context: Context, megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'asignio-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmdirSync(folder);
    if (context.test !== undefined) context.test.title += ' (this process may not mount a small disk)';
    return context.skip();
  }
}

describeMongodb('storage-mongodb on a full disk', function () {
  this.timeout(120_000);

  it('refuses what does not fit, keeps what did, tears nothing, and goes on when there is room', async function () {
    const folder = smallDisk(this, 24);
    try {
      // A mongod alone takes more than such a disk has.
      const server = await ownServer(this, { folder });
      const storage = storageMongodb({ uri: uriOf(server, 'full') });
      try {
        await storage.open();
        const kept: string[] = [];
        const error = await refusal(async () => {
          for (let i = 0; i < 400; i++) {
            const id = `part ${i}`;
            const value = new Uint8Array(100_000).fill(i);
            await storage.insert({ tenant, kind: 'part', id }, value, { subject: 's', due: 1 });
            kept.push(id);
          }
        });
        expect(error.code).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
        expect(error.message).to.contain('full');
        expect(kept.length).to.be.greaterThan(3);
        for (const query of [
          () => storage.list({ tenant, kind: 'part', limit: 1000 }),
          () => storage.list({ tenant, kind: 'part', subject: 's', limit: 1000 }),
          () => storage.listDue({ kind: 'part', upTo: 1, limit: 1000 }),
        ])
          expect((await query()).records.map(({ id }) => id).sort()).to.deep.equal(kept.toSorted());
        execFileSync('mount', ['-o', 'remount,size=64m', folder]);
        await storage.insert({ tenant, kind: 'part', id: 'afterwards' }, new Uint8Array(100_000));
      } finally {
        await storage.close();
        await server.kill();
      }
    } finally {
      execFileSync('umount', ['-l', folder]);
      rmdirSync(folder);
    }
  });
});
