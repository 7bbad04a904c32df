import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError, tenantId } from '@asignio/contracts';
import { checkpointFileName, checkpointsFile } from '@asignio/checkpoints-file';
import type { CheckpointsFileOptions, FileCheckpoints } from '@asignio/checkpoints-file';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';

const ACME = tenantId('acme');
const POSIX = process.platform !== 'win32';

const checkpoint = (n: number, length = 40) => `eyJhbGciOiJFZERTQSJ9.${String(n).padStart(length, '0')}.c2ln`;

describe('checkpoints in files', function () {
  this.timeout(60_000);

  let folder: TemporaryFolder;
  let path: string;
  let sink: FileCheckpoints;

  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder.path, 'audit', 'checkpoints');
    sink = checkpointsFile({ path });
    await sink.open();
  });

  afterEach(async () => {
    await sink.close();
    folder.remove();
  });

  const read = async (tenant = ACME) => {
    const all: string[] = [];
    for await (const one of sink.read(tenant)) all.push(one);
    return all;
  };

  it('are lines of a file that its owner alone may read', async () => {
    await sink.append(ACME, checkpoint(1));
    await sink.append(ACME, checkpoint(2));
    const file = join(path, 'acme.jsonl');
    expect(readFileSync(file, 'utf8')).to.equal(`${checkpoint(1)}\n${checkpoint(2)}\n`);
    if (!POSIX) return;
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(statSync(path).mode & 0o777).to.equal(0o700);
  });

  it('have a file for each tenant, whatever the file system makes of capitals', () => {
    const names = ['acme', 'Acme', 'ACME', 'aCme', 'acme.x', '0'].map((name) => checkpointFileName(tenantId(name)));
    expect(new Set(names.map((name) => name.toLowerCase())).size).to.equal(names.length);
  });

  it('go on after a line that a power cut left unfinished, wherever it was cut', async () => {
    const line = `${checkpoint(2)}\n`;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: line.length - 1 }), async (cut) => {
        writeFileSync(join(path, 'acme.jsonl'), `${checkpoint(1)}\n${line.slice(0, cut)}`);
        expect(await read()).to.deep.equal([checkpoint(1)]);
        // What was not written wholly is written again by whoever finds that it is owed.
        await sink.append(ACME, checkpoint(2));
        await sink.append(ACME, checkpoint(2));
        await sink.append(ACME, checkpoint(3));
        expect(await read()).to.deep.equal([checkpoint(1), checkpoint(2), checkpoint(3)]);
      }),
      { numRuns: 60 },
    );
  });

  it('show a line that is none of ours, for the verification to find', async () => {
    await sink.append(ACME, checkpoint(1));
    appendFileSync(join(path, 'acme.jsonl'), 'nonsense\n');
    await sink.append(ACME, checkpoint(2));
    expect(await read()).to.deep.equal([checkpoint(1), 'nonsense', checkpoint(2)]);
  });

  it('of several processes are all there, each whole', async () => {
    const children = Array.from({ length: 3 }, (_, n) =>
      fork(new URL('./child-append.js', import.meta.url), [path, `${n}`, '40']),
    );
    const codes = await Promise.all(children.map(async (child) => ((await once(child, 'exit')) as [number])[0]));
    expect(codes).to.deep.equal([0, 0, 0]);
    const lines = await read();
    expect(lines).to.have.length(120);
    for (const n of [0, 1, 2]) {
      const own = lines.filter((line) => line.startsWith(`process${n}.`));
      expect(own).to.deep.equal(Array.from({ length: 40 }, (_, i) => `process${n}.${i}.${'x'.repeat(3000)}`));
    }
  });

  it('say so when their place cannot be reached, and nothing of its path', async () => {
    mkdirSync(join(path, 'acme.jsonl'));
    const error = await sink.append(ACME, checkpoint(1)).then(
      () => undefined,
      (caught: unknown) => caught as AsignioError,
    );
    expect(error).to.be.instanceOf(AsignioError).and.to.include({ code: 'ASIGNIO_CHECKPOINT_UNAVAILABLE' });
    expect(error?.message).to.not.contain(folder.path);
    expect(readdirSync(path)).to.deep.equal(['acme.jsonl']);
  });

  it('refuse options that are none, naming the option', () => {
    for (const options of [{}, { path: '' }, { path: 7 }, { path: 'a\0b' }, { path: 'x', more: 1 }, undefined])
      expect(() => checkpointsFile(options as CheckpointsFileOptions))
        .to.throw(AsignioError, /checkpointsFile: /)
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
  });
});
