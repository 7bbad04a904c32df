import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keysFile } from '@asignio/keys-file';
import { storageLmdb } from '@asignio/storage-lmdb';
import { CHECKS } from '#src/commands/doctor/checks.js';
import { COMMANDS } from '#src/commands/index.js';
import { progressLine } from '#src/commands/progress.js';
import { asignio } from './support/terminal.ts';

describe('the command line', () => {
  it('lists its commands, on the right stream', async () => {
    const asked = await asignio(['--help']);
    expect(asked.code).to.equal(0);
    for (const name of Object.keys(COMMANDS)) expect(asked.out).to.contain(name);
    const bare = await asignio([]);
    expect(bare).to.include({ code: 2, out: '', err: asked.out });
  });

  for (const name of Object.keys(COMMANDS))
    it(`explains ${name} with --help, whatever else is said`, async () => {
      const { code, out, err } = await asignio([name, '--help', '--nonsense']);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(out).to.contain(`Usage: asignio ${name}`);
      expect((await asignio(['help', name])).out).to.equal(out);
    });

  it('says its version', async () => {
    expect(await asignio(['--version'])).to.deep.include({ code: 0, out: '0.1.0\n' });
  });

  for (const args of [
    ['nothing'],
    ['__proto__'],
    ['help', 'nothing'],
    ['doctor', '--nonsense'],
    ['doctor', 'positional'],
    ['doctor', '--data'],
    ['doctor', '--data='],
    ['evaluate', '--modality', 'signature'],
    ['demo', '--port', '70000'],
    ['demo', '--port', '1e3'],
  ])
    it(`exits with 2 and says how to get help for "${args.join(' ')}"`, async () => {
      const { code, out, err } = await asignio(args);
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err).to.match(/^error {2}.+ \(ASIGNIO_CLI_USAGE\)\n +Run asignio .*--help\.\n$/);
    });

  it('has colour where it is asked for alone', async () => {
    expect((await asignio(['nothing'])).err).not.to.contain('\u001B');
    expect((await asignio(['nothing'], { colour: true })).err).to.contain('\u001B[31merror\u001B[0m');
  });
});

describe('a progress bar', () => {
  it('says what, how much and how long, within the width', () => {
    const line = progressLine('Comparing', 5400, 10_800, 12_000, 80);
    expect(line).to.equal('Comparing [############------------]  50 %  5,400 of 10,800, 12 s left');
    expect(progressLine('Comparing', 5400, 10_800, 12_000, 20)).to.have.length(19);
    expect(progressLine('Comparing', 0, 0, 0, 80)).to.contain('100 %');
  });
});

describe('asignio doctor', () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'asignio-doctor-'));
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  const look = async (name: string, place: { node?: string; now?: number } = {}) => {
    const check = CHECKS.find((one) => one.name === name);
    const { node = '22.12.0', now = Date.UTC(2026, 6) } = place;
    return check?.run({ data, node, clock: { now: () => now } });
  };

  it('finds nothing wrong with an empty folder, and leaves it empty', async () => {
    const { out, err } = await asignio(['doctor', '--data', data, '--json']);
    const findings = JSON.parse(out) as { check: string; status: string }[];
    expect(err).to.equal('');
    expect(findings.map(({ check }) => check)).to.deep.equal([
      'node',
      'simd',
      'engine',
      'assurance',
      'data',
      'keys',
      'store',
      'clock',
    ]);
    expect(findings.filter(({ status }) => status === 'fail')).to.deep.equal([]);
    expect(await readdir(data)).to.deep.equal([]);
  });

  it('opens what is there', async () => {
    const storage = storageLmdb({ path: join(data, 'store') });
    await storage.open();
    await storage.close();
    const keys = keysFile({ path: join(data, 'keys.json'), create: true });
    await keys.open();
    await keys.close();
    expect(await look('store')).to.deep.include({ status: 'ok' });
    expect(await look('keys')).to.deep.include({ status: 'ok' });
    if (process.platform === 'win32') return;
    await chmod(join(data, 'keys.json'), 0o644);
    const open = await look('keys');
    expect(open?.status).to.equal('fail');
    expect(open?.detail).to.contain('chmod 600');
  });

  it('fails where the store has lost its keys, or is not a store', async () => {
    await mkdir(join(data, 'store'));
    expect(await look('keys')).to.deep.include({ status: 'fail' });
    await rm(join(data, 'store'), { recursive: true });
    await writeFile(join(data, 'store'), 'not a folder');
    const finding = await look('store');
    expect(finding?.status).to.equal('fail');
    expect(finding?.remedy).to.be.a('string');
  });

  it('knows the versions of Node.js that it runs on', async () => {
    const status = async (node: string) => (await look('node', { node }))?.status;
    for (const node of ['20.19.0', '20.20.2', '22.12.0', '24.0.0']) expect(await status(node)).to.equal('ok');
    for (const node of ['18.20.0', '20.18.3', '21.7.0', '22.11.0']) expect(await status(node)).to.equal('fail');
  });

  it('does not believe a clock of another age', async () => {
    for (const now of [0, Date.UTC(2200, 0), Number.NaN])
      expect((await look('clock', { now }))?.status).to.equal('fail');
    expect((await look('clock'))?.status).to.equal('ok');
  });
});
