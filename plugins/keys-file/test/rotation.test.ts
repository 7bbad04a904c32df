import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { WrappedKey } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { keysFile } from '@asignio/keys-file';
import type { FileKeyProvider } from '@asignio/keys-file';

const ACME = tenantId('acme');
const dataKey = new Uint8Array(32).fill(7);

/** A file as the first version wrote it, and what it wrapped: the key of every byte 7, for acme, bound to `binding`. */
const FIRST_VERSION = {
  format: 'asignio-key-file',
  version: 1,
  keyId: 'AAAAAAAAAAA',
  root: 'CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg',
};
const WRAPPED_BY_FIRST =
  '011a8d4ba1dcbdcd6609ee5425348d09a63a8b5f295d0b571e4421a41743889e5f0b7e07b9d501bf81ba2dc426c6ef7219b0a4aba81e0481ba01f9637e';

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
    return 'done';
  } catch (error) {
    return error instanceof AsignioError ? error.code : String(error);
  }
}

describe('the rotation of a key file', () => {
  let folder: TemporaryFolder;
  let path: string;
  let keys: FileKeyProvider;
  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'keys', 'root-key.json');
    keys = keysFile({ path, create: true, clock: { now: () => 1_800_000_000_000 } });
    await keys.open();
  });
  afterEach(async () => {
    await keys.close();
    folder.remove();
  });

  it('leaves the file its owner’s alone, and nothing beside it', async () => {
    await keys.rotate(ACME);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(join(folder.path, 'keys'))).to.deep.equal(['root-key.json']);
  });

  it('notes when a key was made', async () => {
    await keys.rotate(ACME);
    for (const { createdAt } of await keys.versions(ACME)) expect(createdAt).to.equal(1_800_000_000_000);
  });

  it('overwrites the file that held the retired key', async function overwrites() {
    if (process.platform === 'win32') this.skip();
    const newest = await keys.rotate(ACME);
    await keys.rotate(ACME);
    const old = openSync(path, 'r');
    const { size } = statSync(path);
    try {
      expect(readFileSync(path, 'utf8')).to.include(newest);
      await keys.retire(ACME, (await keys.versions(ACME)).at(-1)?.keyId ?? '');
      expect(readFileSync(path, 'utf8')).not.to.include(newest);
      const bytes = Buffer.alloc(size, 1);
      expect(readSync(old, bytes, 0, size, 0)).to.equal(size);
      expect(bytes.every((byte) => byte === 0)).to.equal(true);
    } finally {
      closeSync(old);
    }
  });

  it('keeps a link a link', async () => {
    const linked = join(folder.path, 'link.json');
    symlinkSync(path, linked);
    const other = keysFile({ path: linked });
    await other.open();
    const newest = await other.rotate(ACME);
    expect((await keys.wrap(ACME, dataKey, 'binding')).keyId).to.equal(newest);
    await other.close();
  });

  it('takes over the lock of a process that died', async () => {
    mkdirSync(`${path}.lock`);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${path}.lock`, longAgo, longAgo);
    await keys.rotate(ACME);
    expect(readdirSync(join(folder.path, 'keys'))).to.deep.equal(['root-key.json']);
  });

  it('loses no key of several processes that rotate at once', async () => {
    const children = Array.from({ length: 3 }, () => fork(new URL('./child-rotate.js', import.meta.url), [path, '5']));
    const made = await Promise.all(
      children.map(async (child) => {
        const [message] = (await once(child, 'message')) as [{ keyIds: string[] }];
        await once(child, 'exit');
        return message.keyIds;
      }),
    );
    const ids = (await keys.versions(ACME)).map(({ keyId }) => keyId);
    expect(ids).to.include.members(made.flat());
    expect(ids).to.have.length(16);
  }).timeout(60_000);

  it('leaves a whole file when the process is killed in the middle', async () => {
    for (let round = 0; round < 12; round++) {
      const child = fork(new URL('./child-rotate.js', import.meta.url), [path, '1000']);
      const first = once(child, 'message');
      await Promise.race([first, once(child, 'exit')]);
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      // Ten seconds pass, after which the next process knows that nobody holds the lock any more.
      if (existsSync(`${path}.lock`)) utimesSync(`${path}.lock`, 0, 0);
      const again = keysFile({ path });
      await again.open();
      const wrapped: WrappedKey = await again.wrap(ACME, dataKey, 'binding');
      expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
      await again.close();
    }
  }).timeout(60_000);

  it('goes on with the keys it has while the file is out of reach', async () => {
    const wrapped = await keys.wrap(ACME, dataKey, 'binding');
    rmSync(path);
    expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    expect(await codeOf(() => keys.rotate(ACME))).to.equal('ASIGNIO_KEY_UNAVAILABLE');
  });

  it('turns a file of the first version into one of the second, and opens what that wrapped', async () => {
    await keys.close();
    writeFileSync(path, JSON.stringify(FIRST_VERSION), { mode: 0o600 });
    keys = keysFile({ path });
    await keys.open();
    const old = { keyId: FIRST_VERSION.keyId, bytes: Buffer.from(WRAPPED_BY_FIRST, 'hex') };
    expect(await keys.unwrap(ACME, old, 'binding')).to.deep.equal(dataKey);
    expect(await keys.versions(ACME)).to.deep.equal([{ keyId: FIRST_VERSION.keyId }]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal(FIRST_VERSION);
    const newest = await keys.rotate(ACME);
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.include({ version: 2 });
    expect(await keys.unwrap(ACME, old, 'binding')).to.deep.equal(dataKey);
    await keys.retire(ACME, newest);
    expect(await codeOf(() => keys.unwrap(ACME, old, 'binding'))).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(readFileSync(path, 'utf8')).to.include(FIRST_VERSION.root);
    await keys.retireCommon(await keys.rotateCommon());
    expect(readFileSync(path, 'utf8')).not.to.include(FIRST_VERSION.root);
  });
});
