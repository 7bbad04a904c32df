import { selfSigned } from '@asignio/bridge';
import { generateKeyPairSync } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkSaml } from '#src/commands/doctor/saml.js';
import { asignio } from './support/terminal.ts';

const NOW = Date.UTC(2026, 6);
const DAY = 86_400_000;

describe('asignio doctor --saml-metadata', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asignio-doctor-saml-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const look = async (attributes: string, location = 'https://shop.example/acs', key = '') => {
    const file = join(folder, 'shop.xml');
    await writeFile(
      file,
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://shop.example" ${attributes}>
        <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
          ${key}<md:AssertionConsumerService index="0" Location="${location}"
            Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
        </md:SPSSODescriptor></md:EntityDescriptor>`,
    );
    return checkSaml(file, { now: () => NOW });
  };
  const until = (ms: number): string => `validUntil="${new Date(ms).toISOString()}"`;

  it('says whose they are, and how long they can be used', async () => {
    expect(await look('')).to.deep.include({
      status: 'ok',
      detail: 'service provider https://shop.example; nothing in it ends',
    });
    expect(await look(until(NOW + 90 * DAY))).to.deep.include({ status: 'ok' });
    expect(await look(until(NOW + 3 * DAY))).to.deep.include({ status: 'warn' });
  });

  it('says whether there is a key to encrypt for', async () => {
    const day = { from: NOW - DAY, to: NOW + DAY };
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keyed = (certificate: X509Certificate) =>
      look(
        '',
        'https://shop.example/acs',
        `<md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>${certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
      );
    expect((await keyed(selfSigned(privateKey, 'shop', day))).detail).to.contain(', has a key to encrypt for');
    const old = { from: NOW - 3 * DAY, to: NOW - DAY };
    expect((await keyed(selfSigned(privateKey, 'shop', old))).detail).to.not.contain('encrypt');
  });

  it('says what is wrong with them', async () => {
    expect((await look(until(NOW - DAY))).detail).to.contain('expired');
    expect((await look('', 'http://shop.example/acs')).detail).to.contain('https');
    expect(await checkSaml(join(folder, 'none.xml'), { now: () => NOW })).to.deep.include({ status: 'fail' });
    const { code, out } = await asignio(['doctor', '--data', folder, '--saml-metadata', join(folder, 'none.xml')]);
    expect(code).to.equal(1);
    expect(out).to.contain('none.xml cannot be read');
  });
});
