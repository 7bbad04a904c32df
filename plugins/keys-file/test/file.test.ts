import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError, tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { keysFile } from '@asignio/keys-file';
import type { KeysFileOptions } from '@asignio/keys-file';

const tenant = tenantId('acme');
const dataKey = new Uint8Array(32).fill(7);

async function refusal(options: KeysFileOptions): Promise<AsignioError> {
  const keys = keysFile(options);
  try {
    await keys.open();
  } catch (error) {
    expect(error).to.be.instanceOf(AsignioError).with.property('code', 'ASIGNIO_KEY_UNAVAILABLE');
    return error as AsignioError;
  }
  await keys.close();
  throw new Error('it was opened');
}

interface KeyFileText {
  readonly keys: { readonly common: readonly [{ readonly keyId: string; readonly secret: string }] };
}

describe('the key file', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'keys', 'root-key.json');
  });
  afterEach(() => {
    folder.remove();
  });

  async function made(): Promise<string> {
    const keys = keysFile({ path, create: true });
    await keys.open();
    await keys.close();
    return readFileSync(path, 'utf8');
  }

  it('is for its owner alone, whatever the umask, and the only thing left in its folder', async () => {
    const umask = process.umask(0);
    try {
      await made();
    } finally {
      process.umask(umask);
    }
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder.path, 'keys')).mode & 0o777).to.equal(0o700);
    expect(readdirSync(join(folder.path, 'keys'))).to.deep.equal(['root-key.json']);
  });

  it('says its format and version, and holds 32 random bytes', async () => {
    const one = JSON.parse(await made()) as KeyFileText;
    expect(one).to.include({ format: 'asignio-key-file', version: 2, protection: null });
    expect(Buffer.from(one.keys.common[0].secret, 'base64url')).to.have.length(32);
    path = join(folder.path, 'other.json');
    expect((JSON.parse(await made()) as KeyFileText).keys.common[0].secret).not.to.equal(one.keys.common[0].secret);
  });

  it('is not made unless that is asked for', async () => {
    expect((await refusal({ path })).message).to.include('create');
    expect(readdirSync(folder.path)).to.deep.equal([]);
  });

  it('is never written over', async () => {
    const before = await made();
    await made();
    expect(readFileSync(path, 'utf8')).to.equal(before);
    writeFileSync(path, 'not a key file', { mode: 0o600 });
    await refusal({ path, create: true });
    writeFileSync(path, '', { mode: 0o600 });
    await refusal({ path, create: true });
    expect(readFileSync(path, 'utf8')).to.equal('');
  });

  it('is one, when several processes make it at once', async () => {
    for (let round = 0; round < 3; round++) {
      path = join(folder.path, `round ${round}`, 'root-key.json');
      const wrapped = await Promise.all(
        Array.from({ length: 3 }, async () => {
          const child = fork(new URL('./child-wrap.js', import.meta.url), [path]);
          const [message] = (await once(child, 'message')) as [{ keyId: string; bytes: string }];
          await once(child, 'exit');
          return message;
        }),
      );
      const keys = keysFile({ path });
      await keys.open();
      for (const { keyId, bytes } of wrapped)
        expect(await keys.unwrap(tenant, { keyId, bytes: Buffer.from(bytes, 'hex') }, 'binding')).to.deep.equal(
          dataKey,
        );
      await keys.close();
      expect(readdirSync(join(folder.path, `round ${round}`))).to.deep.equal(['root-key.json']);
    }
  }).timeout(60_000);

  for (const mode of [0o640, 0o604, 0o660, 0o601, 0o777])
    it(`is refused when others may use it: mode ${mode.toString(8)}`, async function others() {
      if (process.platform === 'win32') this.skip();
      await made();
      chmodSync(path, mode);
      expect((await refusal({ path })).message)
        .to.include('chmod 600')
        .and.to.include(mode.toString(8));
      chmodSync(path, 0o600);
      const keys = keysFile({ path });
      await keys.open();
      await keys.close();
    });

  it('may be a link to the file', async () => {
    await made();
    const linked = join(folder.path, 'link.json');
    symlinkSync(path, linked);
    const keys = keysFile({ path: linked });
    await keys.open();
    await keys.close();
  });

  it('is refused when it is a folder, or its folder is a file', async () => {
    mkdirSync(path, { recursive: true });
    await refusal({ path, create: true });
    writeFileSync(join(folder.path, 'file'), '');
    await refusal({ path: join(folder.path, 'file', 'root-key.json'), create: true });
  });

  it('is refused when it is of a newer version', async () => {
    const content = JSON.parse(await made()) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...content, version: 3 }));
    expect((await refusal({ path })).message).to.include('version');
  });

  it('is refused when it is damaged, without a word of what it holds', async () => {
    const content = JSON.parse(await made()) as KeyFileText;
    const [common] = content.keys.common;
    const { secret } = common;
    const withCommon = (other: object) => ({
      ...content,
      keys: { ...content.keys, common: [{ ...common, ...other }] },
    });
    const withTenant = (own: unknown) => ({ ...content, keys: { ...content.keys, tenants: { acme: own } } });
    for (const damaged of [
      withCommon({ secret: undefined }),
      withCommon({ secret: secret.slice(1) }),
      withCommon({ secret: `${secret}AAAA` }),
      withCommon({ secret: 7 }),
      withCommon({ keyId: '' }),
      withCommon({ keyId: '../..' }),
      withCommon({ createdAt: 'yesterday' }),
      withTenant(null),
      withTenant({ common: true, keys: [] }),
      withTenant({ common: 'yes', keys: [common] }),
      withTenant({ common: true, keys: [{ ...common, secret: '' }] }),
      { ...content, keys: secret },
      { ...content, keys: { common: [common] } },
      { ...content, keys: { common: [], tenants: {} } },
      { ...content, keys: { common, tenants: {} } },
      { ...content, protection: undefined },
      { ...content, protection: { kdf: 'other' } },
      { ...content, format: 'other' },
      { format: 'asignio-key-file', version: 1, keyId: common.keyId },
      { format: 'asignio-key-file', version: 1, root: secret },
      [],
      null,
      'text',
    ]) {
      writeFileSync(path, JSON.stringify(damaged));
      expect(inside(await refusal({ path }))).not.to.include(secret.slice(0, 8));
    }
    for (const text of ['', '{', `{"secret":"${secret}"`, `"${secret}`, 'x'.repeat(10_000)]) {
      writeFileSync(path, text);
      expect(inside(await refusal({ path }))).not.to.include(secret.slice(0, 8));
    }
  });

  it('is refused or read, whatever bytes it holds', async () => {
    await made();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        writeFileSync(path, bytes);
        await refusal({ path, create: true });
      }),
      { numRuns: 100 },
    );
  });

  it('is needed again after it was changed for another: what it wrapped does not open', async () => {
    await made();
    const keys = keysFile({ path });
    await keys.open();
    const wrapped = await keys.wrap(tenant, dataKey, 'binding');
    await keys.close();
    path = join(folder.path, 'other.json');
    await made();
    const other = keysFile({ path });
    await other.open();
    let code: string | undefined;
    try {
      await other.unwrap(tenant, wrapped, 'binding');
    } catch (error) {
      code = (error as AsignioError).code;
    }
    expect(code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    await other.close();
  });
});

/** All that an error says, its causes included. */
function inside(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message} ${error.stack ?? ''} ${inside(error.cause)}`;
}
