import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACE_PACKS, sha256Of } from '@asignio/engine';
import type { FacePack } from '@asignio/engine';
import { expect } from 'chai';
import { asignio } from './support/terminal.ts';

const NPM_PACK = FACE_PACKS[0]!;

describe('asignio models', function () {
  this.timeout(60_000);
  let root: string;
  let folder: string;
  let from: string;
  const run = (...args: readonly string[]) => asignio(['models', ...args, '--folder', folder]);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'asignio-models-'));
    folder = join(root, 'models');
    from = join(root, 'from');
    await mkdir(from);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** A pack of three files of made-up content, and its manifest in a file. */
  async function madeUp(source: (name: string) => object = () => ({ by: 'made by a test' })) {
    const contents = { detector: 'D'.repeat(1000), landmarks: 'L'.repeat(2000), embedder: 'E'.repeat(400_000) };
    const files = Object.fromEntries(
      Object.entries(contents).map(([name, text]) => [
        name,
        {
          name,
          sha256: sha256Of(Buffer.from(text)),
          bytes: text.length,
          licence: 'Apache-2.0',
          source: source(name),
        },
      ]),
    );
    const pack = { ...NPM_PACK, name: 'made-up', files } as FacePack;
    const path = join(root, 'pack.json');
    await writeFile(path, JSON.stringify(pack));
    return { pack, path, contents };
  }

  it('lists the packs of the engine, with licences, and what of them is here', async () => {
    const { code, out } = await run('list');
    expect(code).to.equal(0);
    expect(out)
      .to.match(/^npm 1\.0\.0, ready/m)
      .and.match(/^mobilefacenet 1\.0\.0, not ready/m);
    expect(out).to.match(/face_recognition_sface_2021dec +38\.7 MB +missing +Apache-2\.0/);
    expect(out).to.match(/EER 0\.83 %: LFW view 2/);
    const reports = JSON.parse((await run('list', '--json')).out) as { pack: string; ready: boolean }[];
    expect(reports.map(({ pack }) => pack)).to.deep.equal(['npm', 'mobilefacenet', 'opencv-zoo']);
  });

  it('builds the pack that needs no download, verifies it, finds a file that was changed, and removes it', async () => {
    expect((await run('pull', 'npm')).code).to.equal(0);
    expect((await run('verify', 'npm')).code).to.equal(0);
    const { sha256 } = NPM_PACK.files['detector']!;
    const path = join(folder, `${sha256}.onnx`);
    const bytes = await readFile(path);
    bytes[1000] = 255 - bytes[1000]!;
    await writeFile(path, bytes);
    const spoiled = await run('verify');
    expect(spoiled.code).to.equal(1);
    expect(spoiled.err).to.contain('blazeface is not the file');
    expect((await run('pull', 'npm')).code).to.equal(0);
    expect((await run('verify', 'npm', '--json')).code).to.equal(0);
    expect((await run('remove', 'npm')).out).to.contain('recognition');
    // Another pack needs the landmarks too.
    expect(await readdir(folder)).to.deep.equal([`${NPM_PACK.files['landmarks']!.sha256}.onnx`]);
  });

  it('adds a pack by its manifest with files from a folder, by their content, and forgets it again', async () => {
    const { path, contents } = await madeUp();
    for (const [name, text] of Object.entries(contents)) await writeFile(join(from, `renamed-${name}.bin`), text);
    const added = await run('add', path, '--from', from);
    expect(added).to.include({ code: 0, err: '' });
    expect((await run('list')).out).to.match(/^made-up 1\.0\.0, ready/m);
    expect((await run('verify', 'made-up')).code).to.equal(0);
    expect((await run('remove', 'made-up')).out).to.equal('Removed detector, landmarks, embedder\n');
    expect((await run('verify', 'made-up')).code).to.equal(2);
  });

  it('refuses a file of the right name with another content, and keeps nothing of it', async () => {
    const { path, contents } = await madeUp();
    for (const [name, text] of Object.entries(contents)) await writeFile(join(from, `${name}.onnx`), text);
    await writeFile(join(from, 'embedder.onnx'), 'e'.repeat(400_000));
    const { code, err } = await run('add', path, '--from', from);
    expect(code).to.equal(1);
    expect(err).to.contain('ASIGNIO_MODEL_INVALID');
    expect(await readdir(folder)).to.have.length(2);
    expect((await run('list')).out).not.to.contain('made-up');
  });

  it('says what is missing where a folder lacks it, or a file has no address', async () => {
    const { path } = await madeUp();
    for (const more of [['--from', from], []]) {
      const { code, err } = await run('add', path, ...more);
      expect(code).to.equal(1);
      expect(err).to.contain('ASIGNIO_MODEL_MISSING');
    }
  });

  describe('from a mirror', () => {
    let server: Server;
    let address: string;
    let requests: { path: string; range: string | undefined }[];
    let answer: (path: string) => Buffer | undefined;
    let cutAfter: number | undefined;
    beforeEach(async () => {
      requests = [];
      cutAfter = undefined;
      server = createServer((req, res) => {
        const path = req.url ?? '';
        const { range } = req.headers;
        requests.push({ path, range });
        const body = answer(path);
        if (body === undefined) return void res.writeHead(404).end();
        const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
        const rest = body.subarray(start);
        res.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
        if (cutAfter === undefined) return void res.end(rest);
        // Only once some of it is kept: else the end of the connection may overtake what was sent.
        res.write(rest.subarray(0, cutAfter));
        void kept().then(() => res.destroy());
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    /** Waits until part of a file is in the folder. */
    async function kept(): Promise<void> {
      for (;;) {
        for (const name of await readdir(folder))
          if (name.endsWith('.part') && (await stat(join(folder, name))).size > 0) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    it('pulls what is missing and nothing twice', async () => {
      const { path, pack, contents } = await madeUp();
      answer = (wanted) => {
        const name = Object.keys(contents).find((one) => wanted === `/${pack.files[one]!.sha256}.onnx`);
        return name === undefined ? undefined : Buffer.from(contents[name as keyof typeof contents]);
      };
      expect((await run('add', path, '--mirror', address)).code).to.equal(0);
      expect(requests).to.have.length(3);
      expect((await run('pull', 'made-up', '--mirror', address)).code).to.equal(0);
      expect(requests).to.have.length(3);
    });

    it('goes on where a download stopped', async () => {
      const { path, pack, contents } = await madeUp();
      answer = (wanted) =>
        Buffer.from(
          wanted.includes(pack.files['embedder']!.sha256)
            ? contents.embedder
            : wanted.includes(pack.files['detector']!.sha256)
              ? contents.detector
              : contents.landmarks,
        );
      cutAfter = 100_000;
      expect((await run('add', path, '--mirror', address)).code).to.equal(1);
      cutAfter = undefined;
      const part = (await readdir(folder)).find((name) => name.endsWith('.part'))!;
      const { size } = await stat(join(folder, part));
      requests = [];
      expect((await run('add', path, '--mirror', address)).code).to.equal(0);
      expect(requests.map(({ range }) => range)).to.include(`bytes=${size}-`);
      expect((await run('verify', 'made-up')).code).to.equal(0);
      expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
    });

    it('throws away what is another file, or longer than it should be', async () => {
      const { path } = await madeUp();
      for (const body of ['x'.repeat(1000), 'x'.repeat(5_000_000)]) {
        answer = () => Buffer.from(body);
        const { code, err } = await run('add', path, '--mirror', address);
        expect(code).to.equal(1);
        expect(err).to.contain('ASIGNIO_MODEL_INVALID');
        expect(await readdir(folder)).to.deep.equal([]);
      }
    });

    it('shows how far it is', async () => {
      const { path, pack, contents } = await madeUp();
      answer = (wanted) =>
        Buffer.from(Object.entries(contents).find(([name]) => wanted.includes(pack.files[name]!.sha256))?.[1] ?? '');
      const { err } = await asignio(['models', 'add', path, '--folder', folder, '--mirror', address], {
        progress: true,
      });
      expect(err).to.match(/embedder \[#+\] 100 %/);
    });
  });

  it('refuses wrong usage', async () => {
    for (const args of [
      ['pull'],
      ['pull', 'nobody'],
      ['pull', 'npm', 'again'],
      ['add', 'npm'],
      ['pull', 'npm', '--mirror', 'ftp://example.org'],
    ]) {
      const { code, err } = await run(...args);
      expect([code, err.includes('ASIGNIO_CLI_USAGE')]).to.deep.equal([2, true]);
    }
    expect((await asignio(['models', 'pull', '--help'])).out).to.contain('asignio models pull PACK [--from DIR]');
  });

  it('refuses a manifest that is none, and one with the name of a pack of the engine', async () => {
    const path = join(root, 'bad.json');
    for (const [text, code] of [
      ['{', 1],
      ['{}', 1],
      [JSON.stringify(NPM_PACK), 2],
    ] as const) {
      await writeFile(path, text);
      expect((await run('add', path)).code).to.equal(code);
    }
  });
});
