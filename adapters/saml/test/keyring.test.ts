import { expect } from 'chai';
import { Keyring } from '#src/keys/keyring.js';
import type { KeyringTools } from '#src/keys/ring.js';
import { ReadingKeyring } from '#src/keys/reading.js';
import { makeWorld, TENANT } from './support/world.js';
import type { World } from './support/world.js';

const DAY = 86_400_000;

describe('signing keys', function () {
  this.timeout(60_000);
  let world: World;
  let now: number;

  const tools = (): KeyringTools => ({
    cabinet: world.core.cabinet,
    tenant: TENANT,
    entityId: 'https://id.example/other',
    now: () => now,
    publishBefore: (14 * DAY) / 1000,
    keepAfter: (7 * DAY) / 1000,
    certificateLifetime: (1095 * DAY) / 1000,
  });
  const keyring = (): Keyring => new Keyring(tools());

  before(async () => {
    world = await makeWorld();
  });

  after(() => world.close());

  beforeEach(() => {
    now = Date.now();
  });

  it('are the same at every process, in the store sealed, with a certificate that is in force', async () => {
    const [one, two] = await Promise.all([keyring().current(), keyring().current()]);
    expect(one.version).to.equal(two.version);
    const { certificate } = one.signing;
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.subject).to.equal('CN=id.example');
    expect(Date.parse(certificate.validFrom)).to.be.below(now);
    expect(Date.parse(certificate.validTo)).to.be.above(now + 1000 * DAY);
    const pem = one.signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const [, line = ''] = pem.split('\n');
    expect((await world.raw()).includes(line)).to.equal(false);
  });

  it('roll over: the new one is published before it signs, the old one after it signed', async () => {
    const ring = keyring();
    const before = await ring.current();
    await ring.roll(false);
    const during = await ring.current();
    expect(during.published).to.have.length(2);
    expect(during.signing.certificate.fingerprint256).to.equal(before.signing.certificate.fingerprint256);
    now += 15 * DAY;
    const after = await ring.current();
    expect(after.signing.certificate.fingerprint256).to.equal(during.published[1]?.fingerprint256);
    expect(after.published).to.have.length(2);
    now += 7 * DAY;
    expect((await ring.current()).published).to.have.length(1);
  });

  it('that got out are gone at once', async () => {
    const ring = keyring();
    const before = await ring.current();
    await ring.roll(true);
    const after = await ring.current();
    expect(after.published).to.have.length(1);
    expect(after.version).to.not.contain(before.signing.certificate.fingerprint256);
  });

  it('that others encrypt for are published alone, are no signing keys, and read on for three weeks', async () => {
    const ring = new ReadingKeyring(tools());
    const first = await ring.current();
    expect((await keyring().current()).version).to.not.contain(first.published.fingerprint256);
    await ring.roll(false);
    const after = await new ReadingKeyring(tools()).current();
    expect(after.published.fingerprint256).to.not.equal(first.published.fingerprint256);
    expect(after.privateKeys.map((key) => key.equals(first.privateKeys[0] ?? key))).to.deep.equal([false, true]);
    now += 20 * DAY;
    expect((await ring.current()).privateKeys).to.have.length(2);
    now += 2 * DAY;
    expect((await ring.current()).privateKeys).to.have.length(1);
    await ring.roll(false);
    await ring.roll(true);
    expect((await ring.current()).privateKeys).to.have.length(1);
  });
});
