import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError, tenantId } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { keysEnv } from '@asignio/keys-env';
import type { KeySource, KeysEnvOptions } from '@asignio/keys-env';

const ACME = tenantId('acme');
const NAME = 'ASIGNIO_TEST_KEY';
const dataKey = new Uint8Array(32).fill(7);

async function refusal(options: KeysEnvOptions): Promise<AsignioError | undefined> {
  const keys = keysEnv(options);
  try {
    await keys.open();
    await keys.close();
    return undefined;
  } catch (error) {
    expect(error).to.be.instanceOf(AsignioError);
    return error as AsignioError;
  }
}

describe('a key from the environment', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    folder.remove();
    delete process.env[NAME];
    delete process.env['CREDENTIALS_DIRECTORY'];
  });

  async function wrapping(source: KeySource): Promise<string> {
    const keys = keysEnv({ key: source });
    await keys.open();
    const { keyId } = await keys.wrap(ACME, dataKey, 'binding');
    await keys.close();
    return keyId;
  }

  it('is the same in every encoding, and from every place', async () => {
    const key = randomBytes(32);
    const ids = new Set<string>();
    for (const text of [
      key.toString('hex'),
      key.toString('hex').toUpperCase(),
      key.toString('base64'),
      key.toString('base64').replace('=', ''),
      key.toString('base64url'),
      ` ${key.toString('base64')}\n`,
    ]) {
      process.env[NAME] = text;
      ids.add(await wrapping({ env: NAME }));
    }
    const file = join(folder.path, 'asignio-key');
    writeFileSync(file, `${key.toString('hex')}\n`, { mode: 0o600 });
    ids.add(await wrapping({ file }));
    process.env['CREDENTIALS_DIRECTORY'] = folder.path;
    ids.add(await wrapping({ credential: 'asignio-key' }));
    // As an access list shows.
    chmodSync(file, 0o440);
    ids.add(await wrapping({ credential: 'asignio-key' }));
    expect(ids.size).to.equal(1);
  });

  it('is refused when it is no key of 32 bytes, without a word of it', async () => {
    const key = randomBytes(32);
    for (const text of [
      key.toString('hex').slice(1),
      `${key.toString('hex')}00`,
      key.toString('base64').slice(4),
      `${key.toString('base64')}AAAA`,
      `${key.toString('base64url').slice(0, 20)}!${key.toString('base64url').slice(21)}`,
      randomBytes(16).toString('hex'),
      'a passphrase that somebody thought of',
    ]) {
      process.env[NAME] = text;
      const error = await refusal({ key: { env: NAME } });
      expect(error?.code, text.length.toString()).to.equal('ASIGNIO_OPTION_INVALID');
      expect(error?.message).to.include(NAME).and.to.include('openssl rand');
      expect(inspect(error, { depth: 9 })).not.to.include(text.slice(0, 10));
    }
  });

  it('is refused when somebody could guess it', async () => {
    const weak: readonly Uint8Array[] = [
      Buffer.alloc(32),
      Buffer.alloc(32, 0xff),
      Buffer.from(Array.from({ length: 32 }, (_, i) => i)),
      Buffer.from(Array.from({ length: 32 }, (_, i) => (255 - 3 * i) & 255)),
      Buffer.from('correct horse battery staple!!!!'),
      Buffer.concat([Buffer.alloc(24), randomBytes(8)]),
      Buffer.from('0123456789abcdef0123456789abcdef'),
    ];
    const half = randomBytes(16);
    for (const bytes of [...weak, Buffer.concat([half, half])]) {
      process.env[NAME] = Buffer.from(bytes).toString('hex');
      expect((await refusal({ key: { env: NAME } }))?.code, process.env[NAME]).to.equal('ASIGNIO_OPTION_INVALID');
    }
  });

  it('is taken when it is random', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constant(0), async () => {
        process.env[NAME] = randomBytes(32).toString('base64');
        expect(await refusal({ key: { env: NAME } })).to.equal(undefined);
      }),
      { numRuns: 300 },
    );
  });

  it('is missed when it is not there, or not for its owner alone', async () => {
    const file = join(folder.path, 'key');
    for (const key of [{ env: NAME }, { file }, { credential: 'key' }])
      expect((await refusal({ key }))?.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    process.env[NAME] = '';
    expect((await refusal({ key: { env: NAME } }))?.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    process.env['CREDENTIALS_DIRECTORY'] = folder.path;
    expect((await refusal({ key: { credential: 'key' } }))?.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    if (process.platform === 'win32') return;
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
    for (const mode of [0o640, 0o604, 0o620]) {
      chmodSync(file, mode);
      expect((await refusal({ key: { file } }))?.code, mode.toString(8)).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    }
    chmodSync(file, 0o444);
    expect((await refusal({ key: { credential: 'key' } }))?.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
  });

  it('is changed for another without a gap: the new one opens first, then wraps, then is alone', async () => {
    const [before, after] = ['ASIGNIO_TEST_BEFORE', 'ASIGNIO_TEST_AFTER'].map((env) => {
      process.env[env] = randomBytes(32).toString('base64');
      return { env };
    }) as [KeySource, KeySource];
    const steps = [
      keysEnv({ key: before }),
      keysEnv({ key: before, others: [after] }),
      keysEnv({ key: after, others: [before] }),
      keysEnv({ key: after }),
    ];
    for (const step of steps) await step.open();
    const [first, second, third, last] = steps as [
      (typeof steps)[0],
      (typeof steps)[0],
      (typeof steps)[0],
      (typeof steps)[0],
    ];
    const old = await first.wrap(ACME, dataKey, 'binding');
    expect((await second.wrap(ACME, dataKey, 'binding')).keyId).to.equal(old.keyId);
    const fresh = await third.wrap(ACME, dataKey, 'binding');
    for (const keys of [second, third])
      for (const wrapped of [old, fresh]) expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    expect(await last.unwrap(ACME, fresh, 'binding')).to.deep.equal(dataKey);
    let code: unknown;
    await last.unwrap(ACME, old, 'binding').catch((error: AsignioError) => (code = error.code));
    expect(code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect((await third.versions()).map(({ keyId }) => keyId)).to.deep.equal([old.keyId, fresh.keyId]);
    delete process.env['ASIGNIO_TEST_BEFORE'];
    delete process.env['ASIGNIO_TEST_AFTER'];
  });

  it('has options that are refused by name', () => {
    for (const [name, options] of [
      ['key', { key: 'secret' }],
      ['key', { key: { env: 'A B' } }],
      ['key', { key: { credential: '../key' } }],
      ['others', { others: {} }],
      ['others[0]', { others: ['x'] }],
      ['variable', { variable: 'X' }],
    ] as const)
      expect(() => keysEnv(options as unknown as KeysEnvOptions))
        .to.throw(AsignioError, `"${name}"`)
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
  });
});
