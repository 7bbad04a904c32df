import { expect } from 'chai';
import { freePort, mellonMetadata, startMellon } from './support/mellon.js';
import type { Mellon } from './support/mellon.js';
import { needs, PeerFiles } from './support/peers.js';
import { Person } from './support/person.js';
import type { Page } from './support/person.js';
import { ServiceProvider } from './support/service-provider.js';
import { ADA, makeWorld, SHOP_OPTIONS } from './support/world.js';
import type { World } from './support/world.js';

const STRICT = 'urn:asignio:acr:signature-strict';

describe('mod_auth_mellon as a service provider', function () {
  this.timeout(120_000);
  const service = new ServiceProvider('https://mellon.example/saml');
  let files: PeerFiles;
  let world: World;
  let mellon: Mellon;

  before(async function () {
    needs(this, 'mod_auth_mellon', 'test', ['-e', '/usr/lib/apache2/modules/mod_auth_mellon.so']);
    files = new PeerFiles();
    const port = await freePort();
    const metadata = mellonMetadata(`http://127.0.0.1:${port}`, service);
    world = await makeWorld({ serviceProviders: [{ ...SHOP_OPTIONS, metadata, name: 'Behind Apache' }] });
    mellon = await startMellon(files, port, service, await world.bridge.metadata(), STRICT);
  });

  after(async () => {
    await mellon?.stop();
    await world?.close();
    files?.remove();
  });

  /** Goes on at Apache until it sends the person away, or lets them in. */
  async function at(browser: Person, first: Page): Promise<Page> {
    let page = first;
    for (let hops = 0; page.to !== null && hops < 10; hops++) {
      const next = new URL(page.to, page.url);
      if (next.origin !== mellon.url) return page;
      page = await browser.go(next.href);
    }
    return page;
  }

  it('mod_auth_mellon sends a person here with a signed request, and lets them in with our answer', async () => {
    const browser = new Person(mellon.url, 'ada');
    const away = await at(browser, await browser.go('/'));
    expect(away.to).to.match(/^http:\/\/127\.0\.0\.1:\d+\/saml\/sso\?SAMLRequest=.*&Signature=/);
    const ada = world.person();
    const answer = await ada.signIn(await ada.follow(away.to ?? ''), ['email']);
    expect(answer.response).to.contain(`<saml:AuthnContextClassRef>${STRICT}<`);
    const form = { SAMLResponse: answer.encoded, RelayState: answer.relayState ?? '' };
    const inside = await at(browser, await browser.go(answer.action, form, { origin: 'null' }));
    expect([inside.status, inside.text]).to.deep.equal([200, 'inside']);
    expect(inside.headers.get('x-told-mail')).to.equal(ADA.email);
    expect(answer.response).to.contain(`>${inside.headers.get('x-told-name')}<`);
  });

  it('mod_auth_mellon lets nobody in with an answer that was changed', async () => {
    const browser = new Person(mellon.url, 'ada');
    const away = await at(browser, await browser.go('/'));
    const ada = world.person();
    const { response, action, relayState } = await ada.signIn(await ada.follow(away.to ?? ''), ['email']);
    const changed = Buffer.from(response.replace(ADA.email, 'eve@lovelace.example')).toString('base64');
    const form = { SAMLResponse: changed, RelayState: relayState ?? '' };
    expect((await browser.go(action, form, { origin: 'null' })).status).to.be.within(400, 500);
  });

  it('mod_auth_mellon signs a person out here, and takes our answer to that', async () => {
    const browser = new Person(mellon.url, 'ada');
    const away = await at(browser, await browser.go('/'));
    const ada = world.person();
    const { encoded, action, relayState } = await ada.signIn(await ada.follow(away.to ?? ''), []);
    const form = { SAMLResponse: encoded, RelayState: relayState ?? '' };
    expect((await at(browser, await browser.go(action, form, { origin: 'null' }))).text).to.equal('inside');
    const leaving = await at(browser, await browser.go(`/mellon/logout?ReturnTo=${mellon.url}/`));
    expect(leaving.to).to.contain('/saml/slo?SAMLRequest=');
    const answered = await ada.go(leaving.to ?? '');
    expect(answered.to).to.contain(`${mellon.url}/mellon/logout?SAMLResponse=`);
    const left = await browser.go(answered.to ?? '');
    expect(left.to).to.equal(`${mellon.url}/`);
    // Neither Apache nor the identity provider knows them any more.
    const again = await at(browser, left);
    expect((await ada.follow(again.to ?? '')).text).to.contain('asks who you are');
  });
});
