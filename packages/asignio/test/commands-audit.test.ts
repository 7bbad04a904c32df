import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { subjectId, tenantId } from '@asignio/contracts';
import type { AuditReport } from '@asignio/core';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import type { Asignio } from 'asignio';
import { asignio } from './support/terminal.ts';

const TENANT = tenantId('default');
const ADA = subjectId('ada@example.test');

describe('asignio audit', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let data: string;
  let system: Asignio;

  const file = (name: string) => join(folder.path, name);

  before(async () => {
    folder = temporaryFolder();
    data = file('data');
    system = await createAsignio({ origins: ['https://app.example'], data, workers: 1 });
    const { subjects } = system.core;
    for (let n = 0; n < 3; n++) {
      const notice = await subjects.notice(TENANT, 'en');
      await subjects.grant({
        tenant: TENANT,
        subject: ADA,
        modality: 'signature',
        purposes: ['authentication'],
        noticeVersion: notice.version,
        noticeSha256: notice.sha256,
        language: 'en',
        signature: { method: 'typed-name', name: 'Ada Lovelace' },
      });
    }
  });

  after(async () => {
    await system.close();
    folder.remove();
  });

  const audit = async (command: string, ...options: readonly string[]) =>
    asignio(['audit', command, ...(options.includes('--file') ? [] : ['--data', data]), ...options]);
  const report = async (...options: readonly string[]) => {
    const { code, out } = await audit('verify', '--json', ...options);
    return { code, ...(JSON.parse(out) as AuditReport) };
  };

  it('checkpoint signs the chain beside the running system, once', async () => {
    const first = await audit('checkpoint');
    expect(first).to.include({ code: 0, err: '' });
    expect((await audit('checkpoint')).out).to.equal(first.out);
    expect(readFileSync(join(data, 'checkpoints', 'default.jsonl'), 'utf8')).to.equal(first.out);
    expect(await system.core.audit.checkpoint(TENANT)).to.equal(first.out.trim());
  });

  it('verify finds the chain whole, and says by what', async () => {
    const { code, out, err } = await audit('verify');
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    expect(out).to.match(/^ok {4}\d+ entries, each as its hash says and after the one before\n/);
    expect(out).to.match(
      /ok {4}1 signed checkpoint, the newest of \S+Z: what they saw, up to entry \d+, is what is there\n$/,
    );
    const found = await report();
    expect(found).to.include({ code: 0, whole: true, faultCount: 0 });
    expect(found.entries).to.equal((found.checkpoints?.upTo ?? 0) + 1);
  });

  it('verify shows its progress on a terminal, and takes it away', async () => {
    const { err } = await asignio(['audit', 'verify', '--data', data], { progress: true });
    expect(err).to.contain('Verifying [########################] 100 %');
    expect(err.endsWith('\r\u001B[K')).to.equal(true);
  });

  it('export writes what can be verified elsewhere: entries, checkpoints and public keys', async () => {
    const [entries, keys] = [file('audit.jsonl'), file('jwks.json')];
    const exported = await audit('export', '--out', entries, '--jwks', keys);
    expect(exported).to.include({ code: 0, out: '' });
    expect(exported.err).to.match(/audit\.jsonl: [\d,]+ bytes, SHA-256 [0-9a-f]{64}\n$/);
    if (process.platform !== 'win32') expect((await stat(entries)).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder.path)).to.have.members(['data', 'audit.jsonl', 'jwks.json']);
    expect(readFileSync(keys, 'utf8')).to.not.contain('"d"');
    const proof = ['--checkpoints', join(data, 'checkpoints', 'default.jsonl'), '--jwks', keys];
    const found = await report('--file', entries, ...proof);
    expect(found).to.include({ code: 0, whole: true });
    expect(found.checkpoints).to.include({ count: 1 });
    // Without the store's own keys as well.
    expect(await report('--jwks', keys)).to.include({ code: 0, whole: true });

    const bytes = readFileSync(entries);
    const at = bytes.indexOf('consent.granted') + 3;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(file('flipped.jsonl'), bytes);
    const flipped = await audit('verify', '--file', file('flipped.jsonl'), ...proof);
    expect(flipped.code).to.equal(1);
    expect(flipped.out).to.match(/^fail {2}entry (\d+) +Entry \1 is not what its hash says\n/);
    expect(flipped.out).to.contain('investigate');

    const lines = readFileSync(entries, 'utf8').split('\n');
    writeFileSync(file('cut.jsonl'), `${lines.slice(0, 4).join('\n')}\n`);
    expect(await report('--file', file('cut.jsonl'))).to.include({ code: 0, whole: true, checkpoints: null });
    const cut = await report('--file', file('cut.jsonl'), ...proof);
    expect(cut).to.include({ code: 1, whole: false });
    expect(cut.faults[0]).to.include({ kind: 'truncated', sequence: 5 });
    const other = await report('--file', entries, ...proof, '--tenant', 'other');
    expect(other.faults[0]).to.include({ kind: 'checkpoint' });
  });

  it('verify says what a store has lost that its checkpoints have not', async () => {
    const config = file('tampered.mjs');
    const [storage, keys, checkpoints] = ['storage-lmdb', 'keys-file', 'checkpoints-file'].map((name) =>
      import.meta.resolve(`@asignio/${name}`),
    );
    writeFileSync(
      config,
      `import { storageLmdb } from '${storage}';
       import { keysFile } from '${keys}';
       import { checkpointsFile } from '${checkpoints}';
       const real = storageLmdb({ path: ${JSON.stringify(join(data, 'store'))} });
       const storage = new Proxy(real, { get: (target, name) => name !== 'readLog' ? Reflect.get(target, name) :
         async (tenant, log, from) => (await target.readLog(tenant, log, 1, 1000)).filter((e) => e.sequence >= from && e.sequence < 6) });
       export default { storage, keys: keysFile({ path: ${JSON.stringify(join(data, 'keys.json'))} }),
         checkpoints: checkpointsFile({ path: ${JSON.stringify(join(data, 'checkpoints'))} }) };`,
    );
    const { code, out } = await asignio(['audit', 'verify', '--config', config]);
    expect(code).to.equal(1);
    expect(out).to.match(/^fail {2}entries 6-\d+ +Entries 6 to \d+ are missing from the end: checkpoint 1 saw /);
  });

  it('export to standard output is what it would be in the file', async () => {
    const { out, code } = await audit('export');
    expect(code).to.equal(0);
    await audit('export', '--out', file('again.jsonl'));
    expect(out).to.equal(readFileSync(file('again.jsonl'), 'utf8'));
    expect(out).to.not.contain('Lovelace').and.to.not.contain(ADA);
  });

  it('export takes what is asked for, in CSV too', async () => {
    const { out } = await audit('export', '--format', 'csv', '--event', 'consent.granted,key.wrapped');
    const rows = out.split('\r\n').filter(Boolean);
    expect(rows).to.have.length(4);
    for (const row of rows.slice(1)) expect(row).to.contain(',consent.granted,');
    const subject = /,consent\.granted,'?([\w-]{22}),/.exec(out)?.[1] as string;
    const own = await audit('export', `--subject=${subject}`);
    expect(own.out.split('\n').filter(Boolean)).to.have.length(3);
    expect((await audit('export', '--to', '2000-01-01')).out).to.equal('');
    const all = (await audit('export')).out;
    expect((await audit('export', '--from', '2000-01-01T00:00:00+01:00', '--to', '2999-01-01')).out).to.equal(all);
  });

  for (const [command, ...options] of [
    ['verify', '--tenant', '../other'],
    ['verify', '--file', 'x', '--jwks', 'y'],
    ['verify', '--file', 'x', '--checkpoints', 'y'],
    ['verify', '--format', 'csv'],
    ['export', '--format', 'xml'],
    ['export', '--event', 'consent.given'],
    ['export', '--subject', 'ada lovelace'],
    ['export', '--from', 'yesterday'],
    ['export', '--from', '2026-01-01T12:00'],
    ['export', '--from', '2026-13-01'],
    ['export', '--from', '2026-01-02', '--to', '2026-01-02'],
    ['checkpoint', '--json'],
  ] as const)
    it(`exits with 2 for "audit ${command} ${options.join(' ')}"`, async () => {
      const { code, out, err } = await audit(command, ...options);
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err).to.match(/\(ASIGNIO_CLI_USAGE\)\n +Run asignio audit \w+ --help\.\n$/);
    });

  it('exits with 1 for what is not there or cannot be read, and makes nothing', async () => {
    const before = readdirSync(folder.path);
    for (const options of [
      ['verify', '--data', file('nothing')],
      ['verify', '--data', data, '--tenant', 'nobody'],
      ['checkpoint', '--data', data, '--tenant', 'nobody'],
      ['verify', '--file', file('nothing')],
      ['verify', '--data', data, '--checkpoints', file('nothing')],
      ['verify', '--data', data, '--jwks', join(data, 'checkpoints', 'default.jsonl')],
      ['verify', '--data', data, '--jwks', join(data, 'keys.json')],
      ['export', '--data', data, '--out', file('no/such/folder')],
    ]) {
      const { code, out, err } = await asignio(['audit', ...options]);
      expect({ code, out }, options.join(' ')).to.deep.equal({ code: 1, out: '' });
      expect(err).to.match(/^error {2}.+ \(ASIGNIO_(NOT_FOUND|FILE_UNREADABLE)\)\n/);
    }
    expect(readdirSync(folder.path)).to.have.members(before);
    expect((await audit('verify')).code).to.equal(0);
  });

  it('warns where nothing was signed', async () => {
    rmSync(join(data, 'checkpoints', 'default.jsonl'));
    const { code, out } = await audit('verify');
    expect(code).to.equal(1);
    expect(out).to.contain('names a checkpoint that is not in the second place').and.to.contain('warn  no checkpoints');
  });

  it('is explained as a group', async () => {
    const { code, out } = await asignio(['audit', '--help']);
    expect(code).to.equal(0);
    for (const name of ['verify', 'export', 'checkpoint']) expect(out).to.contain(`audit ${name} `);
    expect(out).to.not.contain('doctor');
    expect((await asignio(['audit'])).err).to.contain('Run asignio audit --help.');
    expect((await asignio(['help', 'audit', 'verify'])).out).to.contain('Usage: asignio audit verify ');
  });
});
