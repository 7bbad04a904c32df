import { fork } from 'node:child_process';
import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createAsignio } from 'asignio';
import { AsignioError, SYSTEM_TENANT } from '@asignio/contracts';
import type { StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import { dataFolder, startDemo } from '../support/demo.js';
import { Person } from '../support/person.js';
import { smallDisk } from '../support/small-disk.js';
import type { SmallDisk } from '../support/small-disk.js';

const STAMP = { tenant: SYSTEM_TENANT, kind: 'maintenance', id: 'records' } as const;

/** What a start is answered with: the process ends with 1 and says why in one line, without a stack and without a secret. */
async function refusal(data: string, uri?: string): Promise<string> {
  const started = await startDemo(data, uri === undefined ? {} : { ASIGNIO_STORAGE: uri }).catch(
    (error: unknown) => error as Error,
  );
  if (!(started instanceof Error)) {
    await started.stop('SIGKILL');
    throw new Error('It started');
  }
  expect(started.message).to.match(/^The demo ended with 1: /);
  const said = started.message.slice('The demo ended with 1: '.length);
  expect(said.trim().split('\n'), said).to.have.length(1);
  expect(said)
    .to.not.contain('s3cret')
    .and.to.not.match(/\n\s+at /);
  return said;
}

/** As a later version would have left it. */
async function makeNewer(storage: StoragePlugin): Promise<void> {
  await storage.open();
  const stamp = await storage.get(STAMP);
  await storage.replace(STAMP, { version: 1000, cursor: null }, {}, stamp?.version ?? 0);
  await storage.close();
}

async function once(data: string, storage: StoragePlugin, person: Person): Promise<void> {
  const asignio = await createAsignio({ origins: ['https://app.example'], data, storage, workers: 1 });
  await person.agree(asignio.core);
  await person.enrol(asignio.core);
  await asignio.close();
}

/** Overwrites pages of a file with noise, from its middle on. */
function scribble(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (let at = Math.ceil(size / 2 / 4096) * 4096; at + 4096 <= size; at += 8192)
    writeSync(file, randomBytes(4096), 0, 4096, at);
  closeSync(file);
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof AsignioError ? error.code : `unexpected: ${(error as Error).message}`),
  );

/** Lets a process of its own fill a disk, since LMDB writes what it thinks of that past all streams of Node. */
async function fillDisk(disk: SmallDisk, data: string, location: string, kilobytes: readonly [number, number]) {
  const child = fork(new URL('../support/full-disk.js', import.meta.url), [location, data], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const sizes = [...kilobytes];
  const outcome = await new Promise<string>((done) => {
    child.on('message', (message: { readonly full?: true; readonly outcome?: string }) => {
      if (message.outcome !== undefined) done(message.outcome);
      else {
        disk.resize(sizes.shift() ?? 0);
        child.send({});
      }
    });
    child.once('exit', (code, signal) => done(`ended with ${code ?? signal}`));
  });
  child.kill();
  expect(outcome).to.equal('as it should be');
}

describe('an embedded store that is not as it should be', function () {
  this.timeout(120_000);
  let data: string;
  beforeEach(async () => {
    data = await dataFolder();
  });
  afterEach(async () => rm(data, { recursive: true, force: true }));
  const store = () => storageLmdb({ path: join(data, 'store'), noSync: true });

  it('is refused at the start where its folder is a file', async () => {
    await writeFile(join(data, 'store'), 'not a folder');
    await mkdir(join(data, 'other'));
    expect(await refusal(data)).to.match(/folder|key file|store/i);
  });

  it('is refused at the start where its records are of a newer version', async () => {
    await once(data, store(), new Person('bad newer'));
    await makeNewer(store());
    expect(await refusal(data)).to.contain('version 1000');
  });

  it('is refused at the start where a page is damaged', async () => {
    await once(data, store(), new Person('bad page'));
    scribble(join(data, 'store', 'data', 'data.mdb'));
    expect(await refusal(data)).to.match(/stored value|damaged|not what was written|unreadable|cannot be read/i);
  });

  it('leaves nobody there by half when the disk is full, and goes on when it is not', async function () {
    const disk = smallDisk(this, 3000);
    try {
      await fillDisk(disk, data, join(disk.folder, 'store'), [3300, 64_000]);
    } finally {
      disk.remove();
    }
  });
});

describeMongodb('a database server that is not as it should be', function () {
  this.timeout(120_000);
  let data: string;
  let server: MongodbServer | undefined;
  beforeEach(async () => {
    data = await dataFolder();
  });
  afterEach(async () => {
    await server?.remove();
    server = undefined;
    await rm(data, { recursive: true, force: true });
  });

  it('is refused at the start where the URI is wrong, or nobody answers there', async () => {
    for (const [uri, why] of [
      ['mongodb://ada:s3cret@127.0.0.1:1/x', 'cannot be reached'],
      ['mongodb://ada:s3cret@127.0.0.1/x?bogus=1', 'uri'],
      ['mongodb://ada:s3cret@db.example/x', 'without TLS'],
    ] as const)
      expect(await refusal(data, uri), uri).to.contain(why);
  });

  it('is refused at the start where the credentials are wrong', async function () {
    server = await ownServer(this);
    expect(await refusal(data, `${server.uri.replace('//', '//ada:s3cret@')}x`)).to.contain('credentials');
  });

  it('is refused at the start where its records are of a newer version', async function () {
    server = await ownServer(this);
    const uri = `${server.uri}newer`;
    await once(data, storageMongodb({ uri }), new Person('bad newer'));
    await makeNewer(storageMongodb({ uri }));
    expect(await refusal(data, uri)).to.contain('version 1000');
  });

  it('is refused, or every answer is, where a page is damaged; nothing else than what was written is read', async function () {
    server = await ownServer(this);
    const uri = `${server.uri}damage`;
    const person = new Person('bad page');
    await once(data, storageMongodb({ uri }), person);
    await server.kill('SIGTERM');
    for (const name of readdirSync(server.folder))
      if (/^damage\.(?:sqlite|db)$/.test(name) || /^collection.*\.wt$/.test(name)) scribble(join(server.folder, name));
    const started = await server.start().then(
      () => true,
      // One that finds out by itself does not start.
      () => false,
    );
    if (!started) return;
    const storage = storageMongodb({ uri, timeoutMs: 2000 });
    const read = async (): Promise<void> => {
      const asignio = await createAsignio({ origins: ['https://app.example'], data, storage, workers: 1 });
      try {
        const held = await asignio.core.subjects.held(person.tenant, person.subject);
        expect(held.enrolments.length).to.be.at.most(1);
      } finally {
        await asignio.close();
      }
    };
    const outcome = await codeOf(read());
    expect(outcome).to.match(/^(?:done|ASIGNIO_STORAGE_(?:CORRUPT|UNAVAILABLE))$/);
  });

  it('leaves nobody there by half when the disk is full, and goes on when it is not', async function () {
    // A mongod alone takes more than such a disk has.
    const disk = smallDisk(this, 24_000);
    try {
      server = await ownServer(this, { folder: disk.folder });
      await fillDisk(disk, data, `${server.uri}full`, [25_500, 128_000]);
      await server.kill();
    } finally {
      disk.remove();
    }
  });
});
