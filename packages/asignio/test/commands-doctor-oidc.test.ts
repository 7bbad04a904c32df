import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkOidc } from '#src/commands/doctor/oidc.js';
import { asignio } from './support/terminal.ts';

const SECRET = 'wUq7vY2mZ0pL4kT9sX1eR6nB8cH3dJ5fGaQiOzMy';

describe('asignio doctor --oidc-options', function () {
  this.timeout(20_000);
  let folder: string;
  let files = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asignio-doctor-oidc-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (options: object): Promise<string> => {
    const file = join(folder, `options-${++files}.mjs`);
    await writeFile(file, `export default ${JSON.stringify(options)};`);
    return file;
  };
  const client = {
    id: 'shop',
    name: 'The Shop',
    region: 'DE',
    secret: SECRET,
    redirectUris: ['https://shop.example/'],
  };

  it('says what the options come to, and whether the bridge answers under the address in its tokens', async () => {
    const server = createServer((req, res) => {
      const { port } = server.address() as AddressInfo;
      const own = req.url?.startsWith('/oidc/.well-known') === true;
      res.end(JSON.stringify({ issuer: own ? `http://127.0.0.1:${port}/oidc` : 'https://elsewhere.example' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const right = await checkOidc(await write({ issuer: `http://127.0.0.1:${port}/oidc`, clients: [client] }));
      expect(right.map(({ status }) => status)).to.deep.equal(['ok', 'ok']);
      expect(right[0]?.detail).to.contain('1 client');
      const moved = await checkOidc(await write({ issuer: `http://127.0.0.1:${port}/other`, clients: [client] }));
      expect(moved.map(({ status }) => status)).to.deep.equal(['ok', 'fail']);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    const down = await checkOidc(await write({ issuer: `http://127.0.0.1:${port}/oidc`, clients: [client] }));
    expect(down.map(({ status }) => status)).to.deep.equal(['ok', 'warn']);
  });

  it('names the option that is wrong, and none of its values', async () => {
    const wrong = [
      ['`issuer`', { issuer: 'http://id.example', clients: [] }],
      [
        '`clients[0].redirectUris[0]`',
        { issuer: 'https://id.example', clients: [{ ...client, redirectUris: ['http://x.example'] }] },
      ],
      [
        '`clients[0]`',
        { issuer: 'https://id.example', clients: [{ ...client, secret: undefined, jwks: { keys: [{ kty: 'RSA' }] } }] },
      ],
    ] as const;
    for (const [option, options] of wrong) {
      const { code, out } = await asignio(['doctor', '--data', folder, '--oidc-options', await write(options)]);
      expect(code, option).to.equal(1);
      expect(out).to.contain(option).and.not.contain(SECRET);
    }
  });

  it('says so where there are no options', async () => {
    const empty = join(folder, 'empty.mjs');
    await writeFile(empty, 'export const nothing = 1;');
    for (const file of [empty, join(folder, 'none.mjs')])
      expect((await checkOidc(file)).map(({ status }) => status)).to.deep.equal(['fail']);
  });
});
