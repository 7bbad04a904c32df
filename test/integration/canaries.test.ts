import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { tenantId } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';
import { keysFile } from '@asignio/keys-file';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import { canariesOf, fileHolds, memoryHolds, secretsOf } from '../support/canaries.js';
import type { Secrets } from '../support/canaries.js';
import { dataFolder } from '../support/demo.js';

const TENANT = tenantId('default');
const NAME = 'canary.of.a.template@example.test';

/** Bytes that are looked for: half a data key; of others two blocks of the cipher, of which one may stay in a register's place. */
const KEY_STRETCH = 16;
const STRETCH = 32;

/** Where a store is: its address for a process, its files, and itself. */
interface Home {
  readonly location: string;
  readonly files: string;
  readonly storage: StoragePlugin;
}

/** What must be nowhere, by name. */
function lookedFor({ dataKey, template, features }: Secrets, places = 12): readonly (readonly [string, Buffer[]])[] {
  return [
    ['the data key', canariesOf(dataKey, KEY_STRETCH, 2)],
    ['the template', canariesOf(template, STRETCH, places)],
    ['the features', features.flatMap((one) => canariesOf(one, STRETCH, Math.ceil(places / 3)))],
    ['the name', [Buffer.from(NAME), Buffer.from(NAME, 'utf16le'), Buffer.from(Buffer.from(NAME).toString('base64'))]],
  ];
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The tests that are the same whatever the store is. */
function keepsToItself(home: () => Home): void {
  let folder: string;
  let child: ChildProcess;
  let output = '';
  let secrets: Secrets;

  before(async function () {
    this.timeout(120_000);
    folder = await dataFolder();
    await mkdir(join(folder, 'tmp'));
    child = fork(new URL('../support/keeping.js', import.meta.url), [home().location, folder, NAME], {
      env: { ...process.env, TMPDIR: join(folder, 'tmp'), NODE_DEBUG: '' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
    const [{ decisions }] = (await once(child, 'message')) as [{ decisions: readonly string[] }];
    expect(decisions, 'a probe is kept of who was accepted').to.include('accepted');
    const { storage } = home();
    const keys = keysFile({ path: join(folder, 'keys.json') });
    await storage.open();
    await keys.open();
    secrets = await secretsOf(storage, keys, TENANT);
    await keys.close();
    await storage.close();
    expect(secrets.template.length).to.be.greaterThan(500);
  });
  after(async () => {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  // Before the heap dump, which tidies up.
  it('R28: is in no memory of the process, of no thread, when nothing is compared', async function () {
    // Whether freed memory was written over hangs on the allocator as well: now and then a copy is left on a busy machine. So
    // this is asked for (`ASIGNIO_MEMORY=1`), and looked at, rather than a gate; a heap dump and the files always are one.
    if (process.env['ASIGNIO_MEMORY'] !== '1' || !existsSync(`/proc/${child.pid}/mem`)) this.skip();
    const pid = child.pid ?? 0;
    expect(await memoryHolds(pid, [Buffer.from('asignio-seal/1')]), 'the search finds what is there').to.equal(true);
    for (const [what, canaries] of lookedFor(secrets, 3).slice(0, 3))
      expect(await memoryHolds(pid, canaries), what).to.equal(false);
  }).timeout(240_000);

  it('R28: is on no heap of the main process, as a heap dump has it', async () => {
    child.send({ heap: join(folder, 'dump.heapsnapshot') });
    const [{ heap }] = (await once(child, 'message')) as [{ heap: string }];
    expect((await stat(heap)).size).to.be.greaterThan(1_000_000);
    expect(await fileHolds(heap, [Buffer.from('asignio-seal/1')]), 'the search finds what is there').to.equal(true);
    for (const [what, canaries] of lookedFor(secrets).slice(0, 3))
      expect(await fileHolds(heap, canaries), what).to.equal(false);
    await rm(heap);
  }).timeout(120_000);

  it('R28: is in no file of the database, no log and no temporary file, while it runs and afterwards', async () => {
    const planted = join(folder, 'tmp', 'planted');
    await writeFile(planted, Buffer.concat([Buffer.alloc(5_000_000), Buffer.from(secrets.template)]));
    expect(
      await fileHolds(planted, canariesOf(secrets.template, STRETCH, 3)),
      'the search finds what is there',
    ).to.equal(true);
    await rm(planted);
    const look = async (): Promise<void> => {
      const files = [...(await filesOf(folder)), ...(await filesOf(home().files))];
      expect(files.length).to.be.at.least(3);
      for (const [what, canaries] of lookedFor(secrets)) {
        for (const file of files) expect(await fileHolds(file, canaries), `${what} in ${file}`).to.equal(false);
        for (const canary of canaries) expect(output.includes(canary.toString('latin1')), what).to.equal(false);
      }
    };
    await look();
    child.send({});
    await once(child, 'exit');
    await look();
  }).timeout(120_000);
}

describe('what is known of a person, on the embedded store', () => {
  let folder: string;
  before(async () => {
    folder = await dataFolder();
  });
  after(async () => rm(folder, { recursive: true, force: true }));
  keepsToItself(() => ({ location: folder, files: folder, storage: storageLmdb({ path: folder }) }));
});

describeMongodb('what is known of a person, on a database server', () => {
  let server: MongodbServer;
  before(async function () {
    server = await ownServer(this);
  });
  after(async () => server?.remove());
  keepsToItself(() => {
    const location = `${server.uri}canaries`;
    return { location, files: server.folder, storage: storageMongodb({ uri: location }) };
  });
});
