import { openSync, readFileSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { AsignioError, tenantId } from '@asignio/contracts';
import type { PassphraseSource } from '@asignio/crypto';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { keysFile, protectKeyFile } from '@asignio/keys-file';
import type { KeysFileOptions } from '@asignio/keys-file';

const ACME = tenantId('acme');
const PASSPHRASE = 'correct horse battery staple';
const OTHER = 'entirely different words, no fewer';
const QUICK = { memoryKiB: 19_456, passes: 2, parallelism: 1 };
const dataKey = new Uint8Array(32).fill(7);

describe('a key file with a passphrase', function passphrases() {
  this.timeout(20_000);
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'keys.json');
  });
  afterEach(() => {
    folder.remove();
  });

  const text = (): { protection: { [name: string]: unknown } | null; keys: unknown } =>
    JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof text>;

  async function make(options: Partial<KeysFileOptions> = {}): Promise<void> {
    const keys = keysFile({ path, create: true, passphrase: PASSPHRASE, argon2: QUICK, ...options });
    await keys.open();
    await keys.close();
  }

  async function codeOf(options: Partial<KeysFileOptions>): Promise<string> {
    const keys = keysFile({ path, argon2: QUICK, ...options });
    try {
      await keys.open();
      await keys.wrap(ACME, dataKey, 'binding');
      await keys.close();
      return 'opened';
    } catch (error) {
      expect(inspect(error, { depth: 10 })).not.to.include('battery');
      return error instanceof AsignioError ? error.code : String(error);
    }
  }

  it('says how its key is made, and holds nothing else in plain sight', async () => {
    await make();
    expect(text().protection).to.deep.include({ kdf: 'argon2id', ...QUICK });
    expect(Buffer.from(String(text().protection?.['salt']), 'base64url')).to.have.length(16);
    expect(Object.keys(text())).to.have.members(['format', 'version', 'protection', 'keys']);
    expect(text().keys).to.be.a('string');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('is made with 64 MiB, three passes and four lanes unless told', async () => {
    const keys = keysFile({ path, create: true, passphrase: PASSPHRASE });
    await keys.open();
    expect(text().protection).to.include({ memoryKiB: 65_536, passes: 3, parallelism: 4 });
    await keys.close();
  });

  it('opens with the passphrase, however it comes, and in any spelling of its characters', async () => {
    const accented = 'caf\u00e9 au lait tous les matins';
    const decomposed = 'cafe\u0301 au lait tous les matins';
    await make({ passphrase: accented });
    const file = join(folder.path, 'passphrase');
    writeFileSync(file, `${decomposed}\n`, { mode: 0o600 });
    process.env['ASIGNIO_TEST_PASSPHRASE'] = decomposed;
    const sources: PassphraseSource[] = [
      accented,
      decomposed,
      { file },
      { fd: openSync(file, 'r') },
      { env: 'ASIGNIO_TEST_PASSPHRASE' },
    ];
    try {
      for (const passphrase of sources) expect(await codeOf({ passphrase }), inspect(passphrase)).to.equal('opened');
    } finally {
      delete process.env['ASIGNIO_TEST_PASSPHRASE'];
    }
  });

  it('is refused with a wrong one, with none, and with one for a file that has none', async () => {
    await make();
    for (const passphrase of [OTHER, `${PASSPHRASE} `, PASSPHRASE.toUpperCase(), 'x'])
      expect(await codeOf({ passphrase })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    expect(await codeOf({})).to.equal('ASIGNIO_KEY_PASSPHRASE');
    await protectKeyFile({ path, passphrase: PASSPHRASE }, null);
    expect(await codeOf({ passphrase: PASSPHRASE })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    expect(await codeOf({})).to.equal('opened');
  });

  it('is refused where the passphrase cannot be had, or others can have it', async () => {
    await make();
    const file = join(folder.path, 'passphrase');
    expect(await codeOf({ passphrase: { file } })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    writeFileSync(file, PASSPHRASE, { mode: 0o600 });
    if (process.platform !== 'win32') {
      chmodSync(file, 0o640);
      expect(await codeOf({ passphrase: { file } })).to.equal('ASIGNIO_KEY_PASSPHRASE');
      chmodSync(file, 0o600);
    }
    expect(await codeOf({ passphrase: { file } })).to.equal('opened');
    writeFileSync(file, '\n');
    expect(await codeOf({ passphrase: { file } })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    writeFileSync(file, 'x'.repeat(10_000));
    expect(await codeOf({ passphrase: { file } })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    expect(await codeOf({ passphrase: { env: 'ASIGNIO_NOT_SET' } })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    expect(await codeOf({ passphrase: { fd: 9999 } })).to.equal('ASIGNIO_KEY_PASSPHRASE');
  });

  it('is not made with one that is easy to guess', async () => {
    for (const passphrase of ['secret', 'a'.repeat(40), 'abcabcabcabcabcabc', '123456789012 34'.slice(0, 14)])
      expect(await codeOf({ create: true, passphrase }), passphrase).to.equal('ASIGNIO_KEY_PASSPHRASE');
    expect(() => statSync(path)).to.throw();
  });

  it('is refused when any of its parts was changed', async () => {
    await make();
    const before = text();
    const sealed = String(before.keys);
    for (const changed of [
      { ...before, protection: { ...before.protection, passes: 3 } },
      { ...before, protection: { ...before.protection, salt: Buffer.alloc(16).toString('base64url') } },
      { ...before, keys: `A${sealed.slice(1)}` === sealed ? `B${sealed.slice(1)}` : `A${sealed.slice(1)}` },
      { ...before, keys: sealed.slice(0, -4) },
      { ...before, keys: '' },
    ]) {
      writeFileSync(path, JSON.stringify(changed));
      expect(await codeOf({ passphrase: PASSPHRASE })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    }
    for (const protection of [
      { ...before.protection, memoryKiB: 2 ** 40 },
      { ...before.protection, passes: 1e9 },
      { ...before.protection, parallelism: 0 },
      { ...before.protection, memoryKiB: '65536' },
      { ...before.protection, salt: 'AAAA' },
    ]) {
      writeFileSync(path, JSON.stringify({ ...before, protection }));
      expect(await codeOf({ passphrase: PASSPHRASE })).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    }
  });

  it('is written anew with dearer parameters, and opens what it wrapped before', async () => {
    await make();
    const weak = keysFile({ path, passphrase: PASSPHRASE, argon2: QUICK });
    await weak.open();
    const wrapped = await weak.wrap(ACME, dataKey, 'binding');
    const dearer = { memoryKiB: 20_480, passes: 3, parallelism: 1 };
    const strong = keysFile({ path, passphrase: PASSPHRASE, argon2: dearer });
    await strong.open();
    expect(text().protection).to.include(dearer);
    expect(await strong.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    expect(await weak.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    await weak.close();
    await strong.close();
    expect(await codeOf({ passphrase: PASSPHRASE })).to.equal('opened');
    expect(text().protection, 'never the other way').to.include(dearer);
  });

  it('gets a passphrase, another one, and none again, and keeps its keys', async () => {
    await make();
    await protectKeyFile({ path, passphrase: PASSPHRASE }, null);
    const plain = keysFile({ path });
    await plain.open();
    const wrapped = await plain.wrap(ACME, dataKey, 'binding');
    await plain.rotate(ACME);
    await plain.close();
    await protectKeyFile({ path, argon2: QUICK }, OTHER);
    await protectKeyFile({ path, passphrase: OTHER, argon2: QUICK }, { env: 'ASIGNIO_TEST_NEW' }).then(
      () => expect.fail('there is no such variable'),
      (error: unknown) => expect(error).to.have.property('code', 'ASIGNIO_KEY_PASSPHRASE'),
    );
    await protectKeyFile({ path, passphrase: OTHER, argon2: QUICK }, PASSPHRASE);
    expect(await codeOf({ passphrase: OTHER })).to.equal('ASIGNIO_KEY_PASSPHRASE');
    const keys = keysFile({ path, passphrase: PASSPHRASE, argon2: QUICK });
    await keys.open();
    expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    expect(await keys.versions(ACME)).to.have.length(2);
    await keys.close();
  });

  it('opens for a process that has it open, and wraps for it again once it knows the new passphrase', async () => {
    await make();
    const keys = keysFile({ path, passphrase: PASSPHRASE, argon2: QUICK });
    await keys.open();
    const wrapped = await keys.wrap(ACME, dataKey, 'binding');
    await protectKeyFile({ path, passphrase: PASSPHRASE, argon2: QUICK }, OTHER);
    expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    await keys.wrap(ACME, dataKey, 'binding').then(
      () => expect.fail('it wrapped'),
      (error: unknown) => expect(error).to.have.property('code', 'ASIGNIO_KEY_PASSPHRASE'),
    );
    await protectKeyFile({ path, passphrase: OTHER, argon2: QUICK }, PASSPHRASE);
    await keys.wrap(ACME, dataKey, 'binding');
    await keys.close();
  });

  it('is not given a passphrase by who does not have the one of now', async () => {
    await make();
    const before = readFileSync(path, 'utf8');
    for (const passphrase of [OTHER, undefined])
      await protectKeyFile({ path, argon2: QUICK, ...(passphrase === undefined ? {} : { passphrase }) }, OTHER).then(
        () => expect.fail('it was changed'),
        (error: unknown) => expect(error).to.have.property('code', 'ASIGNIO_KEY_PASSPHRASE'),
      );
    expect(readFileSync(path, 'utf8')).to.equal(before);
  });
});
