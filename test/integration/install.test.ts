import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ROOT } from '../support/demo.js';
import { firstProgram } from '../support/readme.js';

const run = promisify(execFile);
const PACKAGES = ['packages', 'adapters', 'plugins'];

describe('the packed packages', () => {
  let folder: string;

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'asignio-install-'));
    const workspaces = (
      await Promise.all(
        PACKAGES.map(async (room) => (await readdir(join(ROOT, room))).map((name) => join(ROOT, room, name))),
      )
    ).flat();
    await run('npm', ['pack', '--silent', '--pack-destination', folder, ...workspaces], { cwd: ROOT });
    const tarballs = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).map((name) => join(folder, name));
    expect(tarballs).to.have.length(workspaces.length);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'reader', private: true, type: 'module' }));
    await run('npm', ['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], {
      cwd: folder,
    });
  });

  after(async () => rm(folder, { recursive: true, force: true }));

  it('install into an empty folder, and hold no test, no secret and no path of the machine that packed them', async () => {
    const installed = join(folder, 'node_modules/@asignio');
    const files = (await readdir(installed, { recursive: true })).filter((name) =>
      /\.(js|json|ts|map|css)$/.test(name),
    );
    expect(files.length).to.be.greaterThan(50);
    for (const name of files) {
      expect(name).to.not.match(/(^|\/)(\.test|test)\//);
      expect((await readFile(join(installed, name), 'utf8')).includes(ROOT), name).to.equal(false);
    }
  }).timeout(60_000);

  it("run the README's first program against their published entry points", async () => {
    const program = firstProgram(await readFile(join(ROOT, 'README.md'), 'utf8'), 0)
      .replace(/app\.listen\(.*\);?/, 'await asignio.close(); console.log("it runs");')
      .replaceAll("'http://localhost:0'", "'http://localhost:3000'");
    await writeFile(join(folder, 'app.mjs'), program);
    const { stdout } = await run(process.execPath, ['app.mjs'], {
      cwd: folder,
      env: { ...process.env, SESSION_SECRET: 'x' },
    });
    expect(stdout).to.include('it runs');
  }).timeout(60_000);

  it('bring their types: a reader’s TypeScript compiles against them', async () => {
    await writeFile(
      join(folder, 'app.ts'),
      `import { createAsignio, AsignioError, type ErrorCode } from 'asignio';
import { storageLmdb } from '@asignio/storage-lmdb';
const asignio = await createAsignio({ origins: ['https://app.example'], storage: storageLmdb({ path: 'x' }) });
export const router = asignio.router();
export const guard = asignio.requireAssurance('signature', { maxAgeMs: 60_000 });
export const code: ErrorCode = new AsignioError('ASIGNIO_NOT_FOUND').code;
// @ts-expect-error origins is required
await createAsignio({});
`,
    );
    await run(
      join(ROOT, 'node_modules/.bin/tsc'),
      ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', '--types', '', 'app.ts'],
      { cwd: folder },
    ).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
  }).timeout(60_000);

  it('bring the command `asignio`, which explains itself', async () => {
    const { stdout } = await run(join(folder, 'node_modules/.bin/asignio'), ['--help'], { cwd: folder });
    expect(stdout).to.include('evaluate').and.to.include('doctor').and.to.include('demo');
  }).timeout(60_000);
});
