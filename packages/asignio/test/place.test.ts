import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import { temporaryFolder } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { keysNameOf, keysOf } from '#src/place/keys.js';
import { placeOfCommand } from '#src/place/place.js';
import { asignio } from './support/terminal.js';

describe('the keys of a data folder', () => {
  let folder: TemporaryFolder;
  const before = { ...process.env };
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    folder.remove();
  });

  it('are in a file, sealed where the environment has a passphrase', async () => {
    process.env['ASIGNIO_KEY_PASSPHRASE'] = 'correct horse battery staple';
    const keys = keysOf(folder.path);
    await keys.open();
    await keys.close();
    expect(readFileSync(join(folder.path, 'keys.json'), 'utf8')).to.include('argon2id');
    const doctor = await asignio(['doctor', '--data', folder.path, '--json']);
    const found = (JSON.parse(doctor.out) as { check: string; detail: string; status: string }[]).find(
      ({ check }) => check === 'keys',
    );
    expect(found).to.include({ status: 'ok' });
    expect(found?.detail).to.include('with a passphrase');
    process.env['ASIGNIO_KEY_PASSPHRASE'] = 'entirely different words';
    expect((await asignio(['doctor', '--data', folder.path])).out).to.include('ASIGNIO_KEY_PASSPHRASE');
  }).timeout(30_000);

  it('are in the environment, or at a key server, where it says so', async () => {
    expect(keysNameOf({})).to.equal('file');
    expect(() => keysNameOf({ ASIGNIO_KEYS: 'cloud' })).to.throw(AsignioError, 'ASIGNIO_KEYS');
    process.env['ASIGNIO_TEST_OLD'] = randomBytes(32).toString('base64');
    process.env['ASIGNIO_KEY'] = randomBytes(32).toString('hex');
    const env = { ASIGNIO_KEYS: 'env', ASIGNIO_KEY_OTHERS: 'ASIGNIO_TEST_OLD, ' };
    const keys = keysOf(folder.path, env);
    await keys.open();
    expect(keys.metadata.name).to.equal('@asignio/keys-env');
    expect(await keys.versions?.('acme' as never)).to.have.length(2);
    await keys.close();
    const vault = keysOf(folder.path, {
      ASIGNIO_KEYS: 'vault',
      VAULT_ADDR: 'https://vault.example',
      ASIGNIO_VAULT_REGION: 'DE',
    });
    expect(vault.metadata).to.include({ name: '@asignio/keys-vault', region: 'DE' });
    expect(() => keysOf(folder.path, { ASIGNIO_KEYS: 'vault' })).to.throw(AsignioError, 'VAULT_ADDR');
  });

  it('come with the store from a module, where a command is given one', async () => {
    const file = join(folder.path, 'place.mjs');
    writeFileSync(
      file,
      `export default { storage: { metadata: { kind: 'storage' } }, keys: { metadata: { kind: 'keys' } } };`,
    );
    expect((await placeOfCommand({ config: file })).storage.metadata.kind).to.equal('storage');
    const wrong = join(folder.path, 'wrong.mjs');
    writeFileSync(wrong, `export default { storage: { metadata: { kind: 'keys' } } };`);
    for (const [values, code] of [
      [{ config: wrong }, 'ASIGNIO_PLUGIN_INVALID'],
      [{ config: join(folder.path, 'missing.mjs') }, 'ASIGNIO_FILE_UNREADABLE'],
      [{ data: folder.path }, 'ASIGNIO_FILE_UNREADABLE'],
    ] as const) {
      let found: unknown;
      await placeOfCommand(values).catch((error: unknown) => (found = error));
      expect(found).to.be.instanceOf(AsignioError).with.property('code', code);
    }
  });
});
