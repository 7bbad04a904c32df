import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createAsignio } from 'asignio';
import type { Asignio } from 'asignio';
import type { StoragePlugin } from '@asignio/contracts';
import { storageLmdb } from '@asignio/storage-lmdb';
import { storageMongodb } from '@asignio/storage-mongodb';
import { describeMongodb, ownServer } from '@asignio/test-mongodb';
import type { MongodbServer } from '@asignio/test-mongodb';
import { ROOT, dataFolder } from '../support/demo.js';
import { Person } from '../support/person.js';

const COMMAND = join(ROOT, 'packages/asignio/bin/asignio.js');
const run = promisify(execFile);

/** A place that a system or a command works on: a folder with the key file, and a store. */
interface Place {
  readonly data: string;
  /** Of MongoDB; else the store is in the folder. */
  readonly uri?: string;
}

describeMongodb('a store carried from LMDB to MongoDB and back', function () {
  this.timeout(240_000);
  let folder = '';
  let server: MongodbServer;

  before(async function () {
    server = await ownServer(this);
    folder = await dataFolder();
  });
  after(async () => {
    await server?.remove();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  const place = async (name: string, uri?: string, keysOf?: Place): Promise<Place> => {
    const data = join(folder, name);
    await mkdir(data, { recursive: true });
    if (keysOf !== undefined) await copyFile(join(keysOf.data, 'keys.json'), join(data, 'keys.json'));
    return uri === undefined ? { data } : { data, uri };
  };
  const storageOf = ({ data, uri }: Place): StoragePlugin =>
    uri === undefined ? storageLmdb({ path: join(data, 'store') }) : storageMongodb({ uri });
  const started = async (at: Place): Promise<Asignio> =>
    createAsignio({ origins: ['https://app.example'], data: at.data, storage: storageOf(at), workers: 1 });

  /** Options that name a place to a command: its folder, or a module that makes its plugins. */
  const named = async ({ data, uri }: Place): Promise<readonly string[]> => {
    if (uri === undefined) return ['--data', data];
    const module = join(data, 'place.mjs');
    const plugin = (name: string) => JSON.stringify(import.meta.resolve(name));
    await writeFile(
      module,
      `import { storageMongodb } from ${plugin('@asignio/storage-mongodb')};
       import { keysFile } from ${plugin('@asignio/keys-file')};
       export default { storage: storageMongodb({ uri: ${JSON.stringify(uri)} }), keys: keysFile({ path: ${JSON.stringify(join(data, 'keys.json'))} }) };`,
    );
    return ['--config', module];
  };
  const asignio = async (...args: readonly string[]) => run(process.execPath, [COMMAND, ...args]);

  const carry = async (from: Place, to: Place, name: string): Promise<string[]> => {
    const files = ['records', 'keys'].map((part) => join(folder, `${name}.${part}.jsonl`));
    const [records = '', keys = ''] = files;
    const source = await named(from);
    await asignio('export', ...source, '--out', records);
    await asignio('export', ...source, '--keys', '--out', keys);
    const { stdout } = await asignio('import', ...(await named(to)), '--file', records, '--keys', keys, '--json');
    const { chains } = JSON.parse(stdout) as { chains: { whole: boolean }[] };
    expect(chains.every(({ whole }) => whole)).to.equal(true);
    return files;
  };

  it('R28: everybody signs in there, each audit chain is whole, and nothing is in the files that was sealed', async () => {
    const embedded = await place('embedded');
    const canaries: Buffer[] = [];
    const ada = new Person('transfer ada', 'default', ({ x }) => {
      const stretch = x.slice(20, 36);
      canaries.push(Buffer.from(JSON.stringify(stretch).slice(1, -1)), Buffer.from(Float64Array.from(stretch).buffer));
    });
    const grace = new Person('transfer grace', 'other.tenant');
    const people = [ada, grace];
    const first = await started(embedded);
    for (const person of people) {
      await person.agree(first.core, 'A Name That Is Sealed');
      await person.enrol(first.core);
    }
    await first.close();

    const shared = await place('shared', `${server.uri}carried`, embedded);
    const files = await carry(embedded, shared, 'there');
    const second = await started(shared);
    for (const person of people) {
      expect((await second.core.subjects.held(person.tenant, person.subject)).enrolments).to.have.length(1);
      expect(await person.verify(second.core)).to.be.oneOf(['accepted', 'rejected', 'ASIGNIO_NOT_VERIFIED']);
      await second.core.audit.verify(person.tenant);
    }
    await second.close();

    const back = await place('back', undefined, shared);
    files.push(...(await carry(shared, back, 'back')));
    const third = await started(back);
    let accepted = 0;
    for (const person of people) {
      expect((await third.core.subjects.held(person.tenant, person.subject)).enrolments).to.have.length(1);
      for (let tries = 0; tries < 3; tries++) if ((await person.verify(third.core)) === 'accepted') accepted++;
      await third.core.audit.verify(person.tenant);
    }
    expect(accepted, 'of six genuine attempts').to.be.greaterThan(0);
    await third.close();
    for (const file of files) {
      const text = await readFile(file);
      for (const canary of [...canaries, Buffer.from('A Name That Is Sealed'), Buffer.from('transfer ada')])
        expect(text.includes(canary), file).to.equal(false);
    }
  });
});
