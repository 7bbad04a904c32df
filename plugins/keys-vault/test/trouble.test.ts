import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { AsignioError, tenantId } from '@asignio/contracts';
import { temporaryFolder, testCertificate } from '@asignio/testkit';
import type { TemporaryFolder } from '@asignio/testkit';
import { keysVault } from '@asignio/keys-vault';
import type { KeysVaultOptions, VaultKeyProvider } from '@asignio/keys-vault';
import { startTransit } from './support/transit-server.js';
import type { TransitServer } from './support/transit-server.js';

const ACME = tenantId('acme');
const TOKEN = 'hvs.canary-of-a-token';
const dataKey = new Uint8Array(32).fill(7);

/** What a call is refused with; asserts that nothing in the error, however deep, is the token or the data key. */
async function refusal(action: () => Promise<unknown>): Promise<AsignioError> {
  try {
    await action();
  } catch (error) {
    expect(error).to.be.instanceOf(AsignioError);
    const all = inspect(error, { depth: 20, showHidden: true });
    for (const secret of [TOKEN, 'canary', Buffer.from(dataKey).toString('base64')]) expect(all).not.to.include(secret);
    return error as AsignioError;
  }
  throw new Error('it was not refused');
}

describe('a key server in trouble', function trouble() {
  this.timeout(20_000);
  let server: TransitServer;
  let keys: VaultKeyProvider;
  beforeEach(async () => {
    server = await startTransit();
    server.tokens.add(TOKEN);
    keys = provider();
    await keys.open();
  });
  afterEach(async () => {
    await keys.close();
    await server.close();
  });

  function provider(options: Partial<KeysVaultOptions> = {}): VaultKeyProvider {
    return keysVault({ address: server.address, token: { text: TOKEN }, retries: 3, ...options });
  }

  for (const fault of [412, 429, 473, 500, 502, 503, 'reset', 'cut'] as const)
    it(`is asked again after ${fault}, and nobody notices`, async () => {
      const wrapped = await keys.wrap(ACME, dataKey, 'binding');
      let left = 2;
      server.fault = () => (left-- > 0 ? fault : undefined);
      expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
      expect(left).to.equal(-1);
    });

  for (const fault of [429, 500, 503, 'reset', 'cut', 'garbage', 'huge', 'redirect', 418] as const)
    it(`is given up after ${fault} that does not end, as unavailable`, async () => {
      const wrapped = await keys.wrap(ACME, dataKey, 'binding');
      server.fault = () => fault;
      expect((await refusal(() => keys.unwrap(ACME, wrapped, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
      server.fault = () => undefined;
      expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    });

  it('is not waited for longer than the option says', async () => {
    const hasty = provider({ timeoutMs: 50, retries: 1 });
    await hasty.open();
    const wrapped = await hasty.wrap(ACME, dataKey, 'binding');
    const before = server.seen.length;
    server.fault = () => 'hang';
    const error = await refusal(() => hasty.unwrap(ACME, wrapped, 'binding'));
    expect(error.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(error.message).to.include('in time');
    expect(server.seen.length - before).to.equal(2);
    await hasty.close();
  });

  it('is asked for a rotation once, since each one counts', async () => {
    await keys.wrap(ACME, dataKey, 'binding');
    server.fault = (path) => (path.endsWith('/rotate') ? 503 : undefined);
    expect((await refusal(() => keys.rotate(ACME))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(server.seen.filter((request) => request.endsWith('/rotate'))).to.have.length(1);
  });

  it('is not opened while it is sealed, or where there is none', async () => {
    server.fault = () => 503;
    expect((await refusal(() => provider().open())).message).to.include('503');
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const error = await refusal(() => provider({ address: `http://127.0.0.1:${port}` }).open());
    expect(error.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(error.message).to.include('ECONNREFUSED');
  });

  it('refuses a token that it does not know, and one that is none is never sent', async () => {
    const other = provider({ token: { text: 'hvs.canary-of-another' } });
    await other.open();
    const error = await refusal(() => other.wrap(ACME, dataKey, 'binding'));
    expect(error.code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(error.message).to.include('token');
    await other.close();
    for (const text of ['canary\r\nx-evil: 1', 'canary of spaces', 'canäry'])
      expect((await refusal(() => provider({ token: { text } }).open())).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
  });

  it('has no Transit engine where the option says', async () => {
    const other = provider({ mount: 'elsewhere' });
    await other.open();
    expect((await refusal(() => other.wrap(ACME, dataKey, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    await other.close();
  });

  it('has lost a tenant’s key: what it wrapped is gone, and a new key opens none of it', async () => {
    const wrapped = await keys.wrap(ACME, dataKey, 'binding');
    server.deleteKey('', 'asignio-acme-key');
    expect((await refusal(() => keys.unwrap(ACME, wrapped, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect((await refusal(() => keys.rewrap(ACME, wrapped, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect((await refusal(() => keys.retire(ACME, wrapped.keyId))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    expect(await keys.versions(ACME)).to.deep.equal([]);
    await keys.wrap(ACME, dataKey, 'binding');
    expect((await refusal(() => keys.unwrap(ACME, wrapped, 'binding'))).code).to.equal('ASIGNIO_KEY_REFUSED');
  });

  it('holds a key of that name which is not derived: it is not used', async () => {
    await fetch(`${server.address}/v1/transit/keys/asignio-acme-key`, {
      method: 'POST',
      headers: { 'x-vault-token': TOKEN },
      body: JSON.stringify({ derived: false }),
    });
    expect((await refusal(() => keys.wrap(ACME, dataKey, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
  });

  it('keeps tenants of ids that no URL would take apart', async () => {
    for (const id of ['a.', 'a-', 'a..b', 'A', 'x'.repeat(64)]) {
      const tenant = tenantId(id);
      const wrapped = await keys.wrap(tenant, dataKey, 'binding');
      expect(await keys.unwrap(tenant, wrapped, 'binding')).to.deep.equal(dataKey);
      expect((await refusal(() => keys.unwrap(ACME, wrapped, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    }
  });

  it('deletes the versions that are retired, and takes them for gone', async () => {
    await keys.wrap(ACME, dataKey, 'binding');
    const newest = await keys.rotate(ACME);
    await keys.retire(ACME, newest);
    const response = await fetch(`${server.address}/v1/transit/keys/asignio-acme-key`, {
      headers: { 'x-vault-token': TOKEN },
    });
    const { data } = (await response.json()) as { data: { keys: object } };
    expect(Object.keys(data.keys)).to.deep.equal(['2']);
  });

  describe('whose token is in a file', () => {
    let folder: TemporaryFolder;
    let file: string;
    beforeEach(() => {
      folder = temporaryFolder();
      file = join(folder.path, 'token');
    });
    afterEach(() => {
      folder.remove();
    });

    it('gets the one that an agent has put there meanwhile', async () => {
      writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
      const other = provider({ token: { file } });
      await other.open();
      const wrapped = await other.wrap(ACME, dataKey, 'binding');
      server.tokens.delete(TOKEN);
      expect((await refusal(() => other.unwrap(ACME, wrapped, 'binding'))).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
      server.tokens.add('hvs.canary-renewed');
      writeFileSync(file, 'hvs.canary-renewed');
      expect(await other.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
      await other.close();
    });

    it('is not opened without the file, or when others may read it', async () => {
      expect((await refusal(() => provider({ token: { file } }).open())).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
      if (process.platform === 'win32') return;
      writeFileSync(file, TOKEN, { mode: 0o600 });
      chmodSync(file, 0o644);
      expect((await refusal(() => provider({ token: { file } }).open())).message).to.include('chmod 600');
    });
  });
});

describe('R28: the way to a key server', function way() {
  this.timeout(20_000);
  const { ca, cert, key } = testCertificate(['localhost']);
  let server: TransitServer;
  let folder: TemporaryFolder;
  let caFile: string;
  beforeEach(async () => {
    folder = temporaryFolder();
    caFile = join(folder.path, 'ca.pem');
    writeFileSync(caFile, ca);
    server = await startTransit({ cert, key });
    server.tokens.add(TOKEN);
  });
  afterEach(async () => {
    await server.close();
    folder.remove();
  });

  it('is open where the authority vouches for the server', async () => {
    const keys = keysVault({ address: server.address, token: { text: TOKEN }, caFile });
    await keys.open();
    const wrapped = await keys.wrap(ACME, dataKey, 'binding');
    expect(await keys.unwrap(ACME, wrapped, 'binding')).to.deep.equal(dataKey);
    await keys.close();
  });

  it('is closed where nobody vouches for it, or for another name, and the token is not sent', async () => {
    const other = testCertificate(['localhost']);
    writeFileSync(join(folder.path, 'other.pem'), other.ca);
    for (const options of [
      {},
      { caFile: join(folder.path, 'other.pem') },
      { caFile, address: server.address.replace('localhost', '127.0.0.1') },
    ]) {
      const keys = keysVault({ address: server.address, token: { text: TOKEN }, retries: 0, ...options });
      expect((await refusal(() => keys.open())).code).to.equal('ASIGNIO_KEY_UNAVAILABLE');
    }
    expect(server.seen).to.deep.equal([]);
    const keys = keysVault({
      address: server.address,
      caFile: join(folder.path, 'missing.pem'),
      token: { text: TOKEN },
    });
    expect((await refusal(() => keys.open())).message).to.include('ENOENT');
  });

  it('is never without TLS but on this machine', () => {
    for (const address of [
      'http://vault.example:8200',
      'http://10.0.0.1:8200',
      'http://127.0.0.1.example',
      'ftp://localhost',
    ])
      expect(() => keysVault({ address }), address)
        .to.throw(AsignioError, '"address"')
        .with.property('code', 'ASIGNIO_OPTION_INVALID');
    for (const address of [
      'https://vault.example:8200',
      'http://127.0.0.1:8200',
      'http://localhost:8200',
      'http://[::1]:8200',
    ])
      expect(() => keysVault({ address }), address).not.to.throw();
  });
});

describe('options of keysVault', () => {
  const address = 'https://vault.example';
  for (const [name, options] of [
    ['options', undefined],
    ['address', {}],
    ['address', { address: 'vault' }],
    ['address', { address: 'https://vault.example/v1' }],
    ['address', { address: 'https://user:canary@vault.example' }],
    ['token', { address, token: 'hvs.canary' }],
    ['mount', { address, mount: '../sys' }],
    ['mount', { address, mount: 'a//b' }],
    ['prefix', { address, prefix: 'a/b' }],
    ['namespace', { address, namespace: 'a\r\nb' }],
    ['timeoutMs', { address, timeoutMs: 0 }],
    ['retries', { address, retries: -1 }],
    ['region', { address, region: 'Europe' }],
    ['tokens', { address, tokens: 'x' }],
  ] as const)
    it(`are refused with the name of ${name}: ${JSON.stringify(options)}`, () => {
      let error: unknown;
      try {
        keysVault(options as unknown as KeysVaultOptions);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).to.be.instanceOf(AsignioError).with.property('code', 'ASIGNIO_OPTION_INVALID');
      expect((error as Error).message).to.include(`"${name}"`);
      expect(inspect(error, { depth: 9 })).not.to.include('canary');
    });
});
