import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { subjectId, tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { createAsignio } from 'asignio';
import type { Asignio } from 'asignio';
import { asignio } from './support/terminal.js';

const TENANT = tenantId('default');

describe('asignio keys', () => {
  let folder: TemporaryFolder;
  let data: string;
  let app: Asignio;
  const before = { ...process.env };
  beforeEach(async () => {
    folder = temporaryFolder();
    data = folder.path;
    app = await createAsignio({ origins: ['http://localhost:3000'], data, workers: 1 });
    for (let n = 0; n < 5; n++) await agree(`person ${n}`);
  });
  afterEach(async () => {
    await app.close();
    folder.remove();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  });

  async function agree(name: string): Promise<string> {
    const notice = await app.core.subjects.notice(TENANT, 'en');
    const { receipts } = await app.core.subjects.grant({
      tenant: TENANT,
      subject: subjectId(name),
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: notice.version,
      noticeSha256: notice.sha256,
      language: 'en',
      signature: { method: 'typed-name', name },
    });
    return receipts[0] ?? '';
  }

  interface Status {
    readonly tenant: string;
    readonly versions: readonly { readonly keyId: string }[];
    readonly dataKeys: { readonly [keyId: string]: number };
    readonly signing: { readonly kid: string; readonly earlier: number };
  }
  async function status(): Promise<Status> {
    const { code, out } = await asignio(['keys', 'status', '--data', data, '--json']);
    expect(code).to.equal(0);
    return (JSON.parse(out) as Status[])[0] as Status;
  }

  it('rotate wraps all data keys anew beside a running app, and status tells', async () => {
    const old = await status();
    expect(Object.values(old.dataKeys)).to.deep.equal([6]);
    const { code, out, err } = await asignio(['keys', 'rotate', '--data', data, '--grace', '0'], { progress: true });
    expect(code).to.equal(0);
    expect(out).to.match(/default +\S+ +6 +0 +destroyed/);
    expect(err).to.include('Wrapping anew [');
    const now = await status();
    expect(now.versions).to.have.length(1);
    expect(now.versions[0]?.keyId).to.not.equal(old.versions[0]?.keyId);
    expect(now.dataKeys).to.deep.equal({ [now.versions[0]?.keyId ?? '']: 6 });
    await agree('somebody new');
    expect((await status()).dataKeys).to.deep.equal({ [now.versions[0]?.keyId ?? '']: 7 });
    const shown = await asignio(['keys', 'status', '--data', data]);
    expect(shown.out).to.match(/default +\S+ +wraps +\d{4}-\d\d-\d\d +7/);
  });

  it('rotate of one tenant says in JSON what it did', async () => {
    const { out } = await asignio(['keys', 'rotate', '--data', data, '--tenant', 'default', '--grace', '0', '--json']);
    const report = JSON.parse(out) as {
      tenants: { tenant: string; wrapped: number; retired: boolean }[];
      resumed: boolean;
    };
    expect(report.tenants[0]).to.include({ tenant: 'default', wrapped: 6, retired: true });
    expect(report.resumed).to.equal(false);
  });

  it('rotate --signing renews the key that signs', async () => {
    const { signing } = await status();
    expect((await asignio(['keys', 'rotate', '--data', data, '--signing'])).code).to.equal(0);
    const now = await status();
    expect(now.signing.kid).to.not.equal(signing.kid);
    expect(now.signing.earlier).to.equal(1);
    expect((await app.core.publicKeys(TENANT)).keys.map(({ kid }) => kid)).to.deep.equal([
      now.signing.kid,
      signing.kid,
    ]);
  });

  it('passphrase seals the key file, changes its passphrase and takes it away', async () => {
    const file = join(data, 'new');
    writeFileSync(file, 'correct horse battery staple\n', { mode: 0o600 });
    process.env['ASIGNIO_NEW_PASSPHRASE_FILE'] = file;
    expect((await asignio(['keys', 'passphrase', '--data', data])).code).to.equal(0);
    expect(readFileSync(join(data, 'keys.json'), 'utf8')).to.include('argon2id');
    const refusal = await agree('while it runs').catch((error: unknown) => error);
    expect(refusal, 'nothing new is wrapped').to.have.property('code', 'ASIGNIO_KEY_PASSPHRASE');
    expect((await app.core.publicKeys(TENANT)).keys, 'what is wrapped opens').to.have.length(1);
    const locked = await asignio(['keys', 'status', '--data', data]);
    expect(locked.code).to.equal(1);
    expect(locked.err).to.include('ASIGNIO_KEY_PASSPHRASE');
    process.env['ASIGNIO_KEY_PASSPHRASE_FILE'] = file;
    expect(Object.values((await status()).dataKeys)).to.deep.equal([6]);
    delete process.env['ASIGNIO_NEW_PASSPHRASE_FILE'];
    process.env['ASIGNIO_NEW_PASSPHRASE'] = 'short';
    expect((await asignio(['keys', 'passphrase', '--data', data])).err).to.include('15 characters');
    process.env['ASIGNIO_NEW_PASSPHRASE'] = 'other words, and no fewer of them';
    expect((await asignio(['keys', 'passphrase', '--data', data])).code).to.equal(0);
    expect((await asignio(['keys', 'status', '--data', data])).code).to.equal(1);
    expect((await asignio(['keys', 'passphrase', '--data', data, '--remove'])).code).to.equal(2);
  }).timeout(60_000);

  it('refuses what it does not understand, and makes nothing', async () => {
    const empty = join(data, 'empty');
    for (const [args, code] of [
      [['keys'], 2],
      [['keys', 'rotate', '--grace', 'long', '--data', data], 2],
      [['keys', 'rotate', '--signing', '--force', '--data', data], 2],
      [['keys', 'passphrase', '--data', data], 2],
      [['keys', 'rotate', '--tenant', 'a b', '--data', data], 1],
      [['keys', 'rotate', '--data', empty], 1],
      [['keys', 'status', '--data', empty], 1],
    ] as const)
      expect((await asignio(args)).code, args.join(' ')).to.equal(code);
    expect(() => readFileSync(join(empty, 'keys.json'))).to.throw();
  });
});
