import { generateKeyPairSync } from 'node:crypto';
import { AsignioError } from '@asignio/contracts';
import { expect } from 'chai';
import type { SamlBridgeOptions } from '@asignio/saml';
import { settingsOf } from '#src/options.js';
import { keyAt, ServiceProvider } from './support/service-provider.js';
import { SHOP, SHOP_OPTIONS } from './support/world.js';

const DAY = 86_400_000;
const core = { assurance: { profiles: [{ name: 'signature', acr: 'urn:x' }], obstacles: () => [] } } as never;

async function complaint(options: Partial<SamlBridgeOptions>): Promise<string> {
  const whole = { entityId: 'https://id.example/saml', serviceProviders: [SHOP_OPTIONS], ...options };
  try {
    await settingsOf(core, whole);
  } catch (error) {
    if (error instanceof AsignioError && error.code === 'ASIGNIO_OPTION_INVALID') return error.message;
    throw error;
  }
  return '';
}

const withMetadata = (metadata: string, more: object = {}): Promise<string> =>
  complaint({ serviceProviders: [{ ...SHOP_OPTIONS, metadata, ...more }] });

describe('options of createSamlBridge', function () {
  this.timeout(60_000);
  it('are taken as they are meant', async () => {
    expect(await complaint({})).to.equal('');
  });

  it('an entityId that is no https address is named', async () => {
    for (const entityId of ['http://id.example/saml', 'https://id.example/saml/', 'https://id.example/?x', 'urn:x', ''])
      expect(await complaint({ entityId }), entityId).to.contain('`entityId`');
  });

  it('metadata that expired are named, and so is a certificate that did', async () => {
    const ended = new Date(Date.now() - 1000).toISOString();
    expect(await withMetadata(SHOP.metadata({ attributes: `validUntil="${ended}"` }))).to.match(
      /`serviceProviders\[0\]\.metadata`.*expired/,
    );
    expect(await withMetadata(SHOP.metadata({ role: `validUntil="${ended}"` }))).to.contain('expired');
    const old = new ServiceProvider(SHOP.entityId, keyAt(Date.now() - 3 * DAY));
    expect(await withMetadata(old.metadata())).to.contain('certificates is not in force');
    const coming = new ServiceProvider(SHOP.entityId, keyAt(Date.now() + 3 * DAY));
    expect(await withMetadata(coming.metadata())).to.contain('certificates is not in force');
  });

  it('a key that is too weak, or of a kind that is not used, is named', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const provider = new ServiceProvider(SHOP.entityId, keyAt(Date.now(), weak));
    expect(await withMetadata(provider.metadata())).to.contain('at least 2048 bits');
    expect(await withMetadata(SHOP.metadata().replace(/MII[A-Za-z]{10}/, '%%%'))).to.contain('base64');
  });

  it('metadata that are none, are of another role, or lead somewhere unsafe, are named', async () => {
    const whole = SHOP.metadata();
    expect(await withMetadata('<a/>')).to.contain('EntityDescriptor');
    expect(await withMetadata('not xml')).to.contain('`serviceProviders[0].metadata`');
    expect(await withMetadata(`<!DOCTYPE x>${whole.replace(/<\?xml.*\?>/, '')}`)).to.contain('DOCTYPE');
    expect(await withMetadata(whole.replaceAll('SPSSODescriptor', 'IDPSSODescriptor'))).to.contain('SPSSODescriptor');
    expect(await withMetadata(whole.replaceAll('HTTP-POST', 'HTTP-Artifact'))).to.contain('HTTP-POST');
    expect(await withMetadata(whole.replaceAll('https://shop.example/acs', 'http://shop.example/acs'))).to.contain(
      'https',
    );
    expect(await withMetadata(whole.replaceAll('https://shop.example/acs', 'javascript:alert(1)//'))).to.contain(
      'https',
    );
  });

  it('signed requests need a key', async () => {
    const keyless = SHOP.metadata().replace(/<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/, '');
    expect(await withMetadata(keyless)).to.equal('');
    expect(await withMetadata(keyless, { signedRequests: true })).to.contain('signedRequests');
  });

  it('encrypted assertions need a key of the service provider, of a size and kind that is used, in force', async () => {
    const encryptAssertions = true;
    const keyed = (key: string): string => SHOP.metadata({ content: key });
    expect(await withMetadata(SHOP.metadata(), { encryptAssertions: false })).to.equal('');
    expect(await withMetadata(SHOP.metadata(), { encryptAssertions })).to.match(
      /`serviceProviders\[0\]\.metadata`.*no RSA key.*`encryptAssertions` needs one/,
    );
    expect(await withMetadata(keyed(SHOP.encryptionKey()), { encryptAssertions })).to.equal('');
    // For both where nothing says what it is for.
    expect(await withMetadata(SHOP.metadata().replace(' use="signing"', ''), { encryptAssertions })).to.equal('');
    const weak = keyAt(Date.now(), generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey).certificate;
    expect(await withMetadata(keyed(SHOP.encryptionKey(weak)))).to.equal('');
    expect(await withMetadata(keyed(SHOP.encryptionKey(weak)), { encryptAssertions })).to.contain('no RSA key');
    const old = keyAt(Date.now() - 3 * DAY).certificate;
    expect(await withMetadata(keyed(SHOP.encryptionKey(old)), { encryptAssertions })).to.contain('in force');
    const both = keyed(SHOP.encryptionKey(old) + SHOP.encryptionKey());
    expect(await withMetadata(both, { encryptAssertions })).to.equal('');
  });

  it('a key of the options takes the place of those in the metadata, and is named where it is none', async () => {
    const given = (certificate: string): Promise<string> =>
      withMetadata(SHOP.metadata(), { encryptAssertions: { certificate, keyTransport: 'rsa-oaep' } });
    expect(await given(SHOP.certificate.toString())).to.equal('');
    expect(await given('nothing')).to.contain('`encryptAssertions.certificate`');
    expect(await given(keyAt(Date.now() - 3 * DAY).certificate.toString())).to.contain('not in force');
    expect(await withMetadata(SHOP.metadata(), { encryptAssertions: { keyTransport: 'rsa-1_5' } })).to.contain(
      '`serviceProviders[0].encryptAssertions',
    );
  });

  it('the same service provider twice, and assurance that there is not, are named', async () => {
    expect(await complaint({ serviceProviders: [SHOP_OPTIONS, SHOP_OPTIONS] })).to.contain(
      '`serviceProviders[1].metadata`',
    );
    expect(await complaint({ contexts: [{ ref: 'urn:y', profile: 'retina' }] })).to.contain('`contexts[0].profile`');
    const serviceProviders = [{ ...SHOP_OPTIONS, assurance: 'retina' }];
    expect(await complaint({ serviceProviders })).to.contain('`serviceProviders[0].assurance`');
  });

  it('what there is not is named, without its value', async () => {
    expect(await complaint({ colour: 'red' } as never))
      .to.contain('`colour`')
      .and.not.contain('red');
    expect(await complaint({ lifetimes: { assertion: 1 } })).to.contain('`lifetimes.assertion`');
  });
});
