import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { subjectId, tenantId } from '@asignio/contracts';
import type { ExportSummary, ImportSummary } from '@asignio/core';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import { asignio } from './support/terminal.js';

const TENANT = tenantId('default');

describe('asignio export and import', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let source: string;
  let target: string;
  let records: string;
  let keys: string;

  beforeEach(async () => {
    folder = temporaryFolder();
    [source, target, records, keys] = ['source', 'target', 'records.jsonl', 'keys.jsonl'].map((name) =>
      join(folder.path, name),
    ) as [string, string, string, string];
    const app = await createAsignio({ origins: ['http://localhost:3000'], data: source, workers: 1 });
    const notice = await app.core.subjects.notice(TENANT, 'en');
    for (const name of ['ada', 'grace'])
      await app.core.subjects.grant({
        tenant: TENANT,
        subject: subjectId(name),
        modality: 'signature',
        purposes: ['authentication'],
        noticeVersion: notice.version,
        noticeSha256: notice.sha256,
        language: 'en',
        signature: { method: 'typed-name', name },
      });
    await app.close();
  });
  afterEach(() => folder.remove());

  const exportTo = async (out: string, ...more: readonly string[]) =>
    asignio(['export', '--data', source, '--out', out, ...more]);
  const importFrom = async (...more: readonly string[]) =>
    asignio(['import', '--data', target, '--file', records, '--keys', keys, ...more]);
  /** The key file of the source beside the new store. */
  const bringKeys = (): void => {
    mkdirSync(target, { recursive: true });
    copyFileSync(join(source, 'keys.json'), join(target, 'keys.json'));
  };

  it('carry a store to another folder, where everybody is known, and say how much it was', async () => {
    const first = await exportTo(records, '--json');
    expect(first.code).to.equal(0);
    const summary = JSON.parse(first.out) as ExportSummary;
    expect(summary).to.include({ part: 'records', until: null, resumed: false });
    expect(summary.records).to.be.greaterThan(4);
    const second = await exportTo(keys, '--keys', '--valid', '2');
    expect(second.code).to.equal(0);
    expect(second.out)
      .to.match(/wrapped keys +\d+/)
      .and.to.contain('may be imported until');
    for (const file of [records, keys]) expect(statSync(file).mode & 0o777, file).to.equal(0o600);
    bringKeys();
    const looked = await importFrom('--dry-run');
    expect(looked.code).to.equal(0);
    expect(looked.out).to.contain('can be imported');
    const { code, out, err } = await asignio(
      ['import', '--data', target, '--file', records, '--keys', keys, '--json'],
      { progress: true },
    );
    expect(code).to.equal(0);
    expect(err).to.contain('Verifying, bytes [').and.to.contain('Importing [');
    const done = JSON.parse(out) as ImportSummary;
    expect(done).to.include({ records: summary.records, entries: summary.entries, resumed: false });
    expect(done.chains.map(({ whole }) => whole)).to.deep.equal([true]);
    const app = await createAsignio({ origins: ['http://localhost:3000'], data: target, workers: 1 });
    expect((await app.core.subjects.held(TENANT, subjectId('ada'))).consents).to.have.length(1);
    await app.close();
    expect((await asignio(['keys', 'rotate', '--data', target, '--grace', '0'])).code).to.equal(0);
  });

  it('refuse a damaged file, another key file, a store that is not empty and an old file in the way', async () => {
    await exportTo(records);
    await exportTo(keys, '--keys');
    expect((await importFrom()).err, 'no key file').to.contain('ASIGNIO_KEY');
    expect(existsSync(join(target, 'keys.json')), 'no key file is made').to.equal(false);
    bringKeys();
    const whole = readFileSync(records);
    const bad = Buffer.from(whole);
    bad[bad.length >> 1] = (bad[bad.length >> 1] ?? 0) ^ 1;
    for (const content of [bad, whole.subarray(0, whole.length - 9)]) {
      writeFileSync(records, content);
      const { code, err } = await importFrom();
      expect(code).to.equal(1);
      expect(err).to.contain('ASIGNIO_EXPORT_DAMAGED');
      expect(existsSync(join(target, 'store'))).to.equal(false);
    }
    writeFileSync(records, whole);
    expect((await importFrom()).code).to.equal(0);
    const again = await importFrom();
    expect(again.code).to.equal(1);
    expect(again.err).to.contain('ASIGNIO_STORE_NOT_EMPTY');
    expect((await exportTo(records)).err).to.contain('is there already');
    expect(readFileSync(records).equals(whole)).to.equal(true);
  });

  it('go on with an export that was stopped, from what stands in FILE.part', async () => {
    await exportTo(records);
    const whole = readFileSync(records);
    const other = join(folder.path, 'other.jsonl');
    writeFileSync(`${other}.part`, whole.subarray(0, whole.length * 0.8), { mode: 0o600 });
    const { code, out } = await exportTo(other);
    expect(code).to.equal(0);
    expect(out).to.contain('went on where an earlier run had stopped');
    expect(readFileSync(other).equals(whole)).to.equal(true);
    expect(existsSync(`${other}.part`)).to.equal(false);
  });

  it('refuse what they do not understand with 2, and what is not there with 1', async () => {
    for (const [args, code] of [
      [['export', '--data', source], 2],
      [['export', '--data', source, '--out', records, '--valid', '2'], 2],
      [['export', '--data', source, '--out', records, '--keys', '--valid', '0'], 2],
      [['import', '--data', target, '--file', records], 2],
      [['import', '--data', target, '--file', records, '--keys', keys], 1],
      [['export', '--data', join(folder.path, 'nothing'), '--out', records], 1],
      [['export', '--data', source, '--out', join(folder.path, 'no', 'folder')], 1],
    ] as const)
      expect((await asignio(args)).code, args.join(' ')).to.equal(code);
    for (const command of ['export', 'import'])
      expect((await asignio([command, '--help'])).out).to.contain(`Usage: asignio ${command}`);
    expect(existsSync(target)).to.equal(false);
  });
});
