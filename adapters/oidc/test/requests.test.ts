import { subjectId } from '@asignio/contracts';
import { amrOf } from '#src/assurance/amr.js';
import { expect } from 'chai';
import { relyingParty } from './support/relying-party.js';
import type { RelyingParty } from './support/relying-party.js';
import { makeWorld, TENANT } from './support/world.js';
import type { World } from './support/world.js';

describe('what a request may ask for', function () {
  this.timeout(20_000);
  let world: World;
  let shop: RelyingParty;
  before(async () => {
    world = await makeWorld();
    shop = await relyingParty(world);
  });
  after(() => world.close());

  const errorOf = (url: string | null): string | null => new URL(url ?? '').searchParams.get('error');

  it('prompt=none: an answer for who is signed in and agreed, an error for anybody else', async () => {
    const ada = world.person();
    const silent = await shop.begin({ prompt: 'none' });
    expect(errorOf((await ada.follow(silent.url)).to)).to.equal('login_required');
    await ada.signIn((await shop.begin()).url);
    const again = await shop.begin({ prompt: 'none' });
    const answer = new URL((await ada.follow(again.url)).to ?? '');
    expect((await shop.finish(answer, again.state)).claims()?.['acr']).to.equal('urn:asignio:acr:signature');
  });

  it('prompt=login asks for a drawing again', async () => {
    const ada = world.person();
    await ada.signIn((await shop.begin()).url);
    const page = await ada.follow((await shop.begin({ prompt: 'login', login_hint: 'ada' })).url);
    expect(page.text).to.include('<asignio-ceremony').and.include('subject="ada"');
  });

  it('prompt=consent asks again what may be told, and no is as good an answer', async () => {
    const ada = world.person();
    await ada.signIn((await shop.begin()).url);
    const page = await ada.follow((await shop.begin({ prompt: 'consent' })).url);
    expect(page.text).to.include('/consent"');
    expect(errorOf((await ada.follow(`${page.url}/abort`)).to)).to.equal('access_denied');
  });

  it('a higher assurance than the session has is a drawing more', async () => {
    const ada = world.person();
    await ada.signIn((await shop.begin()).url);
    const step = await shop.begin({ acr_values: 'urn:asignio:acr:signature-strict', login_hint: 'ada' });
    const tokens = await shop.finish(await ada.signIn(step.url), step.state);
    expect(tokens.claims()?.['acr']).to.equal('urn:asignio:acr:signature-strict');
  });

  it('login_hint names the account, which the person can change; nothing is typed', async () => {
    const ada = world.person();
    const page = await ada.follow((await shop.begin({ login_hint: 'ada' })).url);
    expect(page.text).to.include('subject="ada"').and.not.include('name="who"');
    expect((await ada.follow(`${page.url}?other`)).text).to.include('name="who"');
  });

  it('the claims request: an essential acr is what must be drawn, a voluntary one is a wish', async () => {
    const strict = 'urn:asignio:acr:signature-strict';
    const asking = async (acr: object, more: Record<string, string> = {}): Promise<string> => {
      const { url } = await shop.begin({ claims: JSON.stringify({ id_token: { acr } }), login_hint: 'ada', ...more });
      return /assurance="([^"]*)"/.exec((await world.person().follow(url)).text)?.[1] ?? '';
    };
    expect(await asking({ essential: true, value: strict })).to.equal('signature-strict');
    const less = { acr_values: 'urn:asignio:acr:signature' };
    expect(await asking({ essential: true, values: ['urn:elsewhere', strict] }, less)).to.equal('signature-strict');
    expect(await asking({ values: [strict] })).to.equal('signature-strict');
    expect(await asking({ values: ['urn:elsewhere'] })).to.equal('signature');
  });

  it('the session of one person is not used while the host has another signed in', async () => {
    let host: string | undefined;
    const own = await makeWorld({ bridge: { subject: () => host } });
    try {
      const party = await relyingParty(own);
      const ada = own.person();
      await ada.signIn((await party.begin()).url);
      const silently = async (): Promise<string | null> =>
        errorOf((await ada.follow((await party.begin({ prompt: 'none' })).url)).to);
      const said: (string | null)[] = [];
      for (const there of [undefined, 'bob', 'ada']) {
        host = there;
        said.push(await silently());
      }
      expect(said).to.deep.equal([null, 'login_required', null]);
    } finally {
      await own.close();
    }
  });

  it('a request that was pushed (RFC 9126) is taken', async () => {
    const pushed = await shop.begin({}, { pushed: true });
    expect(new URL(pushed.url).searchParams.get('request_uri')).to.match(/^urn:/);
    expect((await shop.finish(await world.person().signIn(pushed.url), pushed.state)).claims()?.sub).to.be.a('string');
  });

  it('an id_token_hint of one person signs nobody else in', async () => {
    const first = await shop.begin();
    const { id_token: hint = '' } = await shop.finish(await world.person().signIn(first.url), first.state);
    const next = await shop.begin({ id_token_hint: hint });
    expect(errorOf((await world.person('bob').signIn(next.url)).href)).to.equal('login_required');
  });

  it('amr has the values of RFC 8176, and mfa where two kinds of factor came together', () => {
    expect(amrOf(['signature'])).to.deep.equal(['signature']);
    expect(amrOf(['face', 'voice'])).to.deep.equal(['face', 'vbm']);
    expect(amrOf(['signature', 'passkey'])).to.deep.equal(['signature', 'pop', 'mfa']);
    expect(amrOf(['face', 'device'])).to.deep.equal(['face', 'hwk', 'pop', 'mfa']);
  });

  it('R14: who took a release back is told of no more', async () => {
    const { url, state } = await shop.begin();
    const answer = await world.person('bob').signIn(url);
    await world.core.governance.releases.withdraw(TENANT, subjectId('bob'), 'shop');
    let refused = false;
    await shop.finish(answer, state).catch(() => (refused = true));
    expect(refused).to.equal(true);
  });
});
