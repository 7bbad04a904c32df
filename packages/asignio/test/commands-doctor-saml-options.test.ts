import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '@asignio/bridge';
import { expect } from 'chai';
import { checkSamlOptions } from '#src/commands/doctor/saml-options.js';
import { asignio } from './support/terminal.ts';

const DAY = 86_400_000;
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const entity = (entityId: string, role: string, attributes = ''): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}" ${attributes}>${role}</md:EntityDescriptor>`;

const shop = (entityId = 'https://shop.example', attributes = ''): string =>
  entity(
    entityId,
    `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService index="0" Location="https://shop.example/acs" Binding="${BINDINGS}:HTTP-POST"/></md:SPSSODescriptor>`,
    attributes,
  );

const company = (from = Date.now() - DAY, signOn = 'https://idp.example/sso'): string =>
  entity(
    'https://idp.example',
    `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${selfSigned(privateKey, 'idp', { from, to: from + 90 * DAY }).raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${signOn}"/></md:IDPSSODescriptor>`,
  );

const serviceProvider = (metadata = shop()) => ({ metadata, name: 'The Shop', region: 'DE' });

describe('asignio doctor --saml-options', function () {
  this.timeout(20_000);
  let folder: string;
  let files = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asignio-doctor-saml-options-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (options: object, more = ''): Promise<string> => {
    const file = join(folder, `options-${++files}.mjs`);
    await writeFile(file, `export default { ...${JSON.stringify(options)}, ${more} };`);
    return file;
  };
  const look = async (options: object, more?: string) => {
    const found = await checkSamlOptions(await write(options, more), { now: () => Date.now() });
    return { found, statuses: found.map(({ status }) => status) };
  };

  it('says what the options come to, how long others can be used, and whether the bridge answers under its name', async () => {
    const server = createServer((req, res) => {
      const { port } = server.address() as AddressInfo;
      res.end(shop(req.url === '/saml/metadata' ? `http://127.0.0.1:${port}/saml` : 'https://elsewhere.example'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = {
      entityId: `http://127.0.0.1:${port}/saml`,
      serviceProviders: [serviceProvider()],
      firstFactor: { metadata: company(), library: 'saml2-js' },
    };
    try {
      const { found, statuses } = await look(options);
      expect(statuses).to.deep.equal(['ok', 'ok', 'ok', 'ok']);
      expect(found.map(({ detail }) => detail).join('\n'))
        .to.contain('service provider https://shop.example')
        .and.contain('identity provider https://idp.example; usable until');
      const ends = new Date(Date.now() + DAY).toISOString();
      const soon = [serviceProvider(shop('https://shop.example', `validUntil="${ends}"`))];
      expect((await look({ ...options, serviceProviders: soon })).statuses).to.deep.equal(['ok', 'warn', 'ok', 'ok']);
      const moved = { ...options, entityId: `http://127.0.0.1:${port}/other` };
      expect((await look(moved)).statuses).to.deep.equal(['ok', 'ok', 'ok', 'fail']);
    } finally {
      server.close();
      server.closeAllConnections();
    }
    expect((await look(options)).statuses).to.deep.equal(['ok', 'ok', 'ok', 'warn']);
  });

  it('looks at the options of an app of one’s own too', async () => {
    const options = { entityId: 'http://localhost:9/saml', firstFactor: { metadata: company() } };
    const { found } = await look(options, 'signedIn() {}');
    expect(found[0]?.detail).to.equal('service provider http://localhost:9/saml');
    expect(found[1]?.detail).to.contain('identity provider https://idp.example');
  });

  it('names the option that is wrong: an http URL, metadata or a certificate that expired, what cannot go together', async () => {
    const entityId = 'https://id.example/saml';
    const expired = `validUntil="${new Date(Date.now() - DAY).toISOString()}"`;
    for (const [option, options] of [
      ['`entityId`', { entityId: 'http://id.example/saml', serviceProviders: [] }],
      [
        '`serviceProviders[0].metadata`',
        { entityId, serviceProviders: [serviceProvider(shop('https://shop.example', expired))] },
      ],
      [
        '`firstFactor.metadata`',
        { entityId, serviceProviders: [], firstFactor: { metadata: company(Date.now() - 100 * DAY) } },
      ],
      [
        '`firstFactor.metadata`',
        { entityId, serviceProviders: [], firstFactor: { metadata: company(undefined, 'http://idp.example/sso') } },
      ],
      [
        '`firstFactor.library`',
        {
          entityId,
          serviceProviders: [],
          firstFactor: { metadata: company(), library: 'node-saml', encryption: { required: true } },
        },
      ],
      [
        '`firstFactor.metadata`',
        { entityId, serviceProviders: [], firstFactor: { metadata: company(), logout: { encryptNames: true } } },
      ],
    ] as const) {
      const { code, out } = await asignio(['doctor', '--data', folder, '--saml-options', await write(options)]);
      expect(code, option).to.equal(1);
      expect(out).to.contain(option);
    }
  });

  it('says so where there are no options', async () => {
    const empty = join(folder, 'empty.mjs');
    await writeFile(empty, 'export const nothing = 1;');
    for (const file of [empty, join(folder, 'none.mjs')])
      expect((await checkSamlOptions(file, { now: () => 0 })).map(({ status }) => status)).to.deep.equal(['fail']);
  });
});
