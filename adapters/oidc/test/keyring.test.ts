import { Keyring } from '#src/keys/keyring.js';
import { expect } from 'chai';
import sinon from 'sinon';
import { decodeProtectedHeader } from 'jose';
import { relyingParty } from './support/relying-party.js';
import { makeWorld, TENANT } from './support/world.js';
import type { World } from './support/world.js';

const DAY = 86_400_000;

describe('the signing keys', function () {
  this.timeout(60_000);
  let world: World;
  let time: sinon.SinonFakeTimers;
  beforeEach(async () => {
    time = sinon.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date'] });
    world = await makeWorld();
  });
  afterEach(async () => {
    time.restore();
    await world.close();
  });

  const published = async (url = world.issuer): Promise<string[]> => {
    const { keys } = (await (await fetch(`${url}/jwks`)).json()) as {
      keys: { kid: string; alg: string; d?: unknown }[];
    };
    for (const key of keys) expect(key, 'a private part').to.not.have.property('d');
    return keys.filter(({ alg }) => alg === 'RS256').map(({ kid }) => kid);
  };
  const signing = async (): Promise<string | undefined> => {
    const shop = await relyingParty(world);
    const { url, state } = await shop.begin();
    const { id_token: token } = await shop.finish(await world.person().signIn(url), state);
    return decodeProtectedHeader(token ?? '').kid;
  };

  it('are published a day before they sign, and for 30 days after they did', async () => {
    const [first] = await published();
    expect(await signing()).to.equal(first);
    time.tick(90 * DAY);
    const [stillFirst, second] = await published();
    expect(stillFirst).to.equal(first);
    expect(second).to.be.a('string');
    expect(await signing()).to.equal(first);
    time.tick(DAY);
    expect(await signing()).to.equal(second);
    expect(await published()).to.include.members([first, second]);
    time.tick(90 * DAY);
    await published();
    expect(await published())
      .to.include(second)
      .and.not.include(first);
  });

  it('are the same in every process, whichever of them makes them', async () => {
    expect(await published(`${world.otherUrl}/oidc`)).to.deep.equal(await published());
    time.tick(90 * DAY);
    const [one, two] = await Promise.all([published(), published(`${world.otherUrl}/oidc`)]);
    expect(one).to.have.length(2).and.to.deep.equal(two);
  });

  it('made by six at once are one generation', async () => {
    const ring = () =>
      new Keyring({
        cabinet: world.core.cabinet,
        tenant: TENANT,
        issuer: 'https://elsewhere.example',
        now: () => Date.now(),
        rotateEvery: 90 * 86_400,
        publishBefore: 86_400,
        keepAfter: 30 * 86_400,
      });
    const versions = async () =>
      new Set((await Promise.all(Array.from({ length: 6 }, () => ring().current()))).map(({ version }) => version));
    expect((await versions()).size).to.equal(1);
    time.tick(91 * DAY);
    expect((await versions()).size).to.equal(1);
  });

  it('that got out are replaced at once, and revoked ones verify nothing', async () => {
    const [before] = await published();
    await world.bridge.rotateKeys();
    expect((await published())[0]).to.not.equal(before);
    expect(await published()).to.include(before);
    await world.bridge.rotateKeys({ revoke: true });
    const after = await published();
    expect(after).to.have.length(1).and.to.not.include(before);
    time.tick(31_000);
    expect(await published(`${world.otherUrl}/oidc`)).to.deep.equal(after);
  });

  it('R28: stand in the store sealed', async () => {
    const kid = (await published())[0] ?? '';
    expect(kid).to.not.equal('');
    const raw = await world.raw();
    expect(raw.includes(kid)).to.equal(false);
    expect(raw.includes('"kty"')).to.equal(false);
  });
});
