import { promisify } from 'node:util';
import { expect } from 'chai';
import saml2 from 'saml2-js';
import type { IdentityProvider, Told } from 'saml2-js';
import { ServiceProvider } from './support/service-provider.js';
import { ADA, makeWorld, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

describe('saml2-js as a service provider', function () {
  this.timeout(60_000);
  const shop = new ServiceProvider('https://saml2-js.example/saml');
  let world: World;

  before(async () => {
    const metadata = shop.metadata({ role: 'AuthnRequestsSigned="true"' });
    world = await makeWorld({ serviceProviders: [{ ...SHOP_OPTIONS, metadata }] });
  });

  after(() => world.close());

  it('saml2-js asks with a signed request, and takes our answer, not one that was changed', async () => {
    const service = new saml2.ServiceProvider({
      entity_id: shop.entityId,
      private_key: shop.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: shop.certificate.toString(),
      assert_endpoint: shop.consumer,
      allow_unencrypted_assertion: true,
      audience: shop.entityId,
      sign_get_request: true,
    });
    const [, certificate = ''] = /<ds:X509Certificate>([^<]*)</.exec(await world.bridge.metadata()) ?? [];
    const provider = new saml2.IdentityProvider({ sso_login_url: world.sso, certificates: [certificate] });
    const { url, id } = await new Promise<{ url: string; id: string }>((done, failed) =>
      service.create_login_request_url(provider, { relay_state: 'basket 7' }, (error, location, request) =>
        error === null ? done({ url: location, id: request }) : failed(error),
      ),
    );
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(url), ['email']);
    expect(answer.relayState).to.equal('basket 7');
    const assert = promisify<IdentityProvider, object, Told>((idp, options, done) =>
      service.post_assert(idp, options, done),
    );
    const told = await assert(provider, { request_body: { SAMLResponse: answer.encoded } });
    expect(told.response_header.in_response_to).to.equal(id);
    expect(told.user.attributes['urn:oid:0.9.2342.19200300.100.1.3'] ?? told.user.attributes['email']).to.deep.equal([
      ADA.email,
    ]);
    const changed = Buffer.from(answer.response.replace(ADA.email, 'eve@lovelace.example')).toString('base64');
    const refused = await assert(provider, { request_body: { SAMLResponse: changed } }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(Error);
  });
});
