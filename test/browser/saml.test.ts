import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { CompanyIdp } from '../support/company-idp.ts';
import { startSaml } from '../support/saml.ts';
import type { SamlStage } from '../support/saml.ts';
import { startChromium } from './support/chromium.ts';
import { look } from './support/look.ts';
import { drawAtProvider, visit } from './support/visitor.ts';
import type { Visitor } from './support/visitor.ts';

describe('a person between a shop on node-saml and the SAML identity provider', function () {
  this.timeout(240_000);
  let browser: Browser | undefined;
  let stage: SamlStage | undefined;

  before(async function () {
    browser = await startChromium(this);
    stage = await startSaml();
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  const open = async (name: string): Promise<Visitor & SamlStage> => {
    if (browser === undefined || stage === undefined) throw new Error('The stage is not set');
    return { ...stage, ...(await visit(browser, stage.company, 'finger', name)) };
  };

  it('R14: draws, chooses what the shop may know, and is in; node-saml takes the answer', async () => {
    const ada = await open('ada');
    const { page, shop, told, signer } = ada;
    await ada.enrol('ada', signer);
    await page.goto(shop);
    await page.getByRole('heading', { name: 'Which account?' }).waitFor();
    await look(page, 'saml-01-who');
    await page.getByLabel('Account name').fill('ada');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    await look(page, 'saml-02-draw');
    await drawAtProvider(ada, 'What may The Shop know?');
    await look(page, 'saml-03-consent');
    await page.getByRole('checkbox', { name: 'Your e-mail address' }).check();
    await page.getByRole('button', { name: 'Agree and continue' }).click();
    await page.getByRole('heading', { name: 'Welcome to the shop' }).waitFor();
    const profile = told.at(-1);
    expect(profile?.['urn:oid:0.9.2342.19200300.100.1.3']).to.equal('ada@company.example');
    expect(profile?.nameIDFormat).to.match(/persistent$/);
    expect(JSON.stringify(profile)).to.not.contain('Lovelace');

    // Once more: who is signed in, and agreed, is not asked again.
    await page.goto(shop);
    await page.getByRole('heading', { name: 'Welcome to the shop' }).waitFor();
    expect(told.at(-1)?.nameID).to.equal(profile?.nameID);
    expect(ada.complaints).to.deep.equal([]);
  });

  it('goes back without drawing, and the shop is told so', async () => {
    const grace = await open('grace');
    const { page, shop } = grace;
    await page.goto(shop);
    await page.getByRole('link', { name: 'Go back to The Shop' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(await page.locator('p').innerText()).to.contain('AuthnFailed');
  });

  it('is told in plain words when somebody asks in a wrong way', async () => {
    const { page, company, complaints } = await open('grace');
    await page.goto(`${company}/saml/sso?SAMLRequest=AAAA`);
    await page.getByRole('heading', { name: 'We cannot sign you in from here' }).waitFor();
    await look(page, 'saml-04-wrong');
    expect(complaints).to.deep.equal([]);
  });
});

describe('a person whose company signs them in first, and the shop behind the proxy', function () {
  this.timeout(240_000);
  let browser: Browser | undefined;
  let stage: SamlStage | undefined;
  let company: Server | undefined;

  before(async function () {
    browser = await startChromium(this);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const idp = new CompanyIdp(base);
    const started = await startSaml({ firstFactor: { metadata: idp.metadata(), library: 'saml2-js' } });
    server.on('request', (req, res) => {
      const address = new URL(req.url ?? '', base).href;
      if (address.startsWith(`${base}/slo`)) {
        res.writeHead(303, { location: idp.signedOut(address, `${started.company}/saml/acs/slo`) }).end();
        return;
      }
      if (!address.startsWith(`${base}/sso`)) {
        res.writeHead(404).end();
        return;
      }
      res.setHeader('content-type', 'text/html');
      res.end(
        `<!doctype html><html lang="en"><title>The Company</title><h1>The Company</h1><form method="post" action="${started.company}/saml/acs"><input type="hidden" name="SAMLResponse" value="${idp.answer(address, 'ada')}"><button>I am Ada</button></form></html>`,
      );
    });
    [stage, company] = [started, server];
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
    company?.close();
    company?.closeAllConnections();
  });

  it('says who she is there, draws here, is in at the shop, and signs out of all three', async () => {
    if (browser === undefined || stage === undefined) throw new Error('The stage is not set');
    const ada = { ...stage, ...(await visit(browser, stage.company, 'finger', 'ada')) };
    const { page, shop, told, signer } = ada;
    await ada.enrol('ada', signer);
    await page.goto(shop);
    await page.getByRole('button', { name: 'I am Ada' }).click();
    await drawAtProvider(ada, 'What may The Shop know?');
    await page.getByRole('button', { name: 'Agree and continue' }).click();
    await page.getByRole('heading', { name: 'Welcome to the shop' }).waitFor();
    expect(told.at(-1)?.nameIDFormat).to.match(/persistent$/);

    await page.goto(`${stage.company}/saml/logout`);
    await look(page, 'saml-05-sign-out');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await look(page, 'saml-06-signed-out');
    // There, too: the answer came back from the company.
    expect(page.url()).to.contain('/saml/acs/slo?SAMLResponse=');
    await page.goto(shop);
    await page.getByRole('button', { name: 'I am Ada' }).waitFor();
    expect(ada.complaints).to.deep.equal([]);
  });
});
