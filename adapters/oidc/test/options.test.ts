import { AsignioError } from '@asignio/contracts';
import { createOidcBridge } from '@asignio/oidc';
import { expect } from 'chai';
import fc from 'fast-check';
import { CLIENT, makeWorld, SECRET } from './support/world.js';
import type { World } from './support/world.js';

describe('the options of the bridge', function () {
  this.timeout(20_000);
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const complaint = async (change: object, client: object = {}): Promise<string> => {
    const options = { issuer: 'https://id.example/oidc', clients: [{ ...CLIENT, ...client }], ...change };
    try {
      await createOidcBridge(world.core, options);
      return 'taken';
    } catch (error) {
      return error instanceof AsignioError ? `${error.code}: ${error.message}` : `unexpected: ${String(error)}`;
    }
  };

  it('are taken when they are right', async () => {
    expect(await complaint({})).to.equal('taken');
    expect(await complaint({}, { redirectUris: ['http://127.0.0.1:8080/cb'] })).to.equal('taken');
    expect(await complaint({}, { kind: 'native', redirectUris: ['com.shop.app:/cb'] })).to.equal('taken');
  });

  const WRONG: readonly [string, object, object][] = [
    ['`issuer`', { issuer: 'http://id.example/oidc' }, {}],
    ['`issuer`', { issuer: 'https://id.example/oidc/' }, {}],
    ['`issuer`', { issuer: 'https://id.example/oidc?x' }, {}],
    ['`issuer`', { issuer: 'https://user@id.example' }, {}],
    ['`clients[0].redirectUris[0]`', {}, { redirectUris: ['http://shop.example/callback'] }],
    ['`clients[0].redirectUris[0]`', {}, { redirectUris: ['https://shop.example/#x'] }],
    ['`clients[0].redirectUris[0]`', {}, { redirectUris: ['https://*.shop.example/'] }],
    ['`clients[0].redirectUris[0]`', {}, { redirectUris: ['javascript:alert(1)'] }],
    ['`clients[0].redirectUris[0]`', {}, { redirectUris: ['com.shop.app:/cb'] }],
    ['`clients[0].redirectUris[0]`', {}, { kind: 'native', redirectUris: ['app:/cb'] }],
    ['`clients[0].redirectUris`', {}, { redirectUris: [] }],
    ['`clients[0].secret`', {}, { secret: 'short' }],
    ['`clients[0].secret`', {}, { secret: 'a'.repeat(40) }],
    ['`clients[0]`', {}, { secret: undefined, authentication: 'client_secret_post' }],
    ['`clients[0]`', {}, { authentication: 'none' }],
    ['`clients[0]`', {}, { secret: undefined, authentication: 'private_key_jwt' }],
    ['`clients[0].jwks.keys[0].d`', {}, { secret: undefined, jwks: { keys: [{ kty: 'EC', d: 'x' }] } }],
    ['`clients[0]`', {}, { secret: undefined, pkce: false }],
    ['`clients[0]`', {}, { backchannel: true }],
    [
      '`clients[0].backchannel`',
      {},
      { secret: undefined, jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] }, backchannel: true },
    ],
    ['`backchannel.notify`', { backchannel: { subject: () => 'ada' } }, {}],
    ['`clients[0].region`', {}, { region: 'Germany' }],
    ['`clients[0].backchannelLogoutUri`', {}, { backchannelLogoutUri: 'http://shop.example/out' }],
    ['`clients[0].assurance`', {}, { assurance: 'no such profile' }],
    ['`clients[0].attributes[0]`', {}, { attributes: ['score'] }],
    ['`clients[1]`', { clients: [CLIENT, CLIENT] }, {}],
    ['`keys.publishBefore`', { keys: { rotateEvery: 3600, publishBefore: 3600 } }, {}],
    ['`alternative.href`', { alternative: { label: 'Elsewhere', href: '//evil.example' } }, {}],
    ['`alternative.href`', { alternative: { label: 'Elsewhere', href: 'javascript:alert(1)' } }, {}],
    ['`lifetimes.code`', { lifetimes: { code: 86_400 } }, {}],
    ['`clients`', { clients: undefined }, {}],
  ];
  for (const [option, change, client] of WRONG)
    it(`name ${option} for ${JSON.stringify({ ...change, ...client })}`, async () => {
      const said = await complaint(change, client);
      expect(said).to.match(/^ASIGNIO_OPTION_INVALID: createOidcBridge: /);
      expect(said).to.include(option).and.not.include(SECRET);
    });

  it('are refused with a sentence, whatever they are, and never with a value', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('issuer', 'clients', 'tenant', 'keys', 'x'), fc.anything()),
        async (any) => {
          expect(await complaint({ ...any, tenant: 17 })).to.match(/^ASIGNIO_OPTION_INVALID: /);
        },
      ),
      { numRuns: 100 },
    );
  });
});
