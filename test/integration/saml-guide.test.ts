import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { createAsignio } from 'asignio';
import { createSamlBridge } from 'asignio/saml';
import type { SamlContext } from 'asignio/saml';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import { CompanyIdp } from '../support/company-idp.js';
import { ROOT, dataFolder } from '../support/demo.js';
import { SESSION_SIGN_IN, withProgram } from '../support/program.js';
import { firstProgram } from '../support/readme.js';
import { Visitor } from '../support/visitor.js';

const PORT = 4800 + (process.pid % 800);
const SHOP = 'https://shop.example/saml';
const CONSUMER = 'https://shop.example/acs';
const METADATA = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${SHOP}">
  <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:AssertionConsumerService index="0" Location="${CONSUMER}"
      Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/>
  </md:SPSSODescriptor></md:EntityDescriptor>`;

describe('docs/saml.md', () => {
  let guide: string;
  before(async () => {
    guide = await readFile(join(ROOT, 'docs/saml.md'), 'utf8');
  });

  it('shows a first program that node-saml signs a person in at, as it stands', async () => {
    const files = { 'app.mjs': firstProgram(guide, PORT, SESSION_SIGN_IN), 'shop.xml': METADATA };
    await withProgram('saml-guide', { port: PORT, files }, async (base) => {
      const signer = createSigner({ seed: 'saml-guide' });
      const enrolling = new Visitor(base);
      await enrolling.form('/existing-sign-in', { id: 'ada' });
      expect((await enrolling.consent()).status).to.equal(201);
      expect((await enrolling.enrol(() => signer.sign())).status).to.equal(200);

      const metadata = await (await fetch(`${base}/saml/metadata`)).text();
      const saml = new SAML({
        issuer: SHOP,
        audience: SHOP,
        callbackUrl: CONSUMER,
        entryPoint: /SingleSignOnService [^>]*Location="([^"]*)"/.exec(metadata)?.[1] ?? '',
        idpIssuer: /entityID="([^"]*)"/.exec(metadata)?.[1] ?? '',
        idpCert: /<ds:X509Certificate>([^<]*)</.exec(metadata)?.[1] ?? '',
        wantAssertionsSigned: true,
        wantAuthnResponseSigned: true,
        validateInResponseTo: ValidateInResponseTo.always,
        disableRequestedAuthnContext: true,
        identifierFormat: null,
      });
      const ada = new Visitor(base);
      const begun = await ada.get(await saml.getAuthorizeUrlAsync('', undefined, {}));
      const page = begun.headers.get('location') ?? '';
      let shown = await ada.get(page);
      for (let tries = 0; tries < 4 && !shown.text.includes('name="attribute"'); tries++) {
        const { ceremony } = await ada.verify('ada', signer.sign());
        await ada.form(`${page}/login`, { ceremony });
        shown = await ada.get(page);
      }
      const { text } = await ada.form(`${page}/consent`, { attribute: 'email' });
      const [, SAMLResponse = ''] = /name="SAMLResponse" value="([^"]*)"/.exec(text) ?? [];
      const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
      expect(profile?.['urn:oid:0.9.2342.19200300.100.1.3']).to.equal('ada@company.example');
    });
  }).timeout(60_000);

  it('shows an app whose first factor is the company’s identity provider: whom it names agrees and draws', async () => {
    const port = PORT + 1;
    const idp = new CompanyIdp();
    const [, program = ''] = /```js company\n([\s\S]*?)```/.exec(guide) ?? [];
    const files = { 'app.mjs': program.replaceAll('3000', String(port)), 'company-idp.xml': idp.metadata() };
    await withProgram('saml-company', { port, files }, async (base) => {
      const ada = new Visitor(base);
      const follow = async (path: string): Promise<string> => (await ada.get(path)).headers.get('location') ?? '';
      const login = await follow('/inbox');
      const away = await follow(login);
      expect(away).to.match(/^https:\/\/idp\.company\.example\/sso\?SAMLRequest=/);
      const landed = await ada.form('/saml/acs', { SAMLResponse: idp.answer(away, 'ada') });
      expect(await follow(landed.headers.get('location') ?? '')).to.equal('/inbox');
      expect((await ada.get('/inbox')).text).to.equal('The inbox of ada');
      const signer = createSigner({ seed: 'saml-company' });
      expect((await ada.consent()).status).to.equal(201);
      expect((await ada.enrol(() => signer.sign())).status).to.equal(200);
    });
  }).timeout(60_000);

  it('has contexts that the bridge takes as they stand', async () => {
    const [, text = ''] = /```js contexts\n([\s\S]*?)```/.exec(guide) ?? [];
    // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call -- the page's own example
    const contexts = new Function(`return (${text});`)() as SamlContext[];
    const data = await dataFolder();
    const asignio = await createAsignio({ origins: ['https://id.example'], data, workers: 1 });
    try {
      const bridge = await createSamlBridge(asignio.core, {
        entityId: 'https://id.example/saml',
        serviceProviders: [],
        contexts,
      });
      expect(await bridge.metadata()).to.contain('entityID="https://id.example/saml"');
    } finally {
      await asignio.close();
      await rm(data, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
