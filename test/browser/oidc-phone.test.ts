import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAsignio } from 'asignio';
import type { Asignio } from 'asignio';
import { createOidcBridge } from 'asignio/oidc';
import type { BackchannelMessage } from 'asignio/oidc';
import { expect } from 'chai';
import express from 'express';
import * as oidc from 'openid-client';
import type { Browser } from 'playwright-core';
import { dataFolder } from '../support/demo.ts';
import { Visitor } from '../support/visitor.ts';
import { startChromium } from './support/chromium.ts';
import { look } from './support/look.ts';
import { visit } from './support/visitor.ts';

const pairOf = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);

describe('a bank asks, and a person’s phone signs', function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let server: Server | undefined;
  let asignio: Asignio | undefined;
  let data = '';
  let base = '';
  let bank: oidc.Configuration;
  const sent: BackchannelMessage[] = [];

  before(async function () {
    browser = await startChromium(this);
    const app = express();
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    data = await dataFolder();
    asignio = await createAsignio({
      origins: [base],
      data,
      workers: 1,
      subject: (req) => req.headers['x-signed-in'] as string | undefined,
      regions: { deployment: 'DE', policy: { home: 'DE', allowed: [] } },
    });
    const keys = await pairOf();
    const jwk = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
    const redirectUris = ['https://bank.example/callback'];
    const bridge = await createOidcBridge(asignio.core, {
      issuer: `${base}/oidc`,
      clients: [{ id: 'bank', name: 'The Bank', region: 'DE', redirectUris, jwks: { keys: [jwk] }, backchannel: true }],
      backchannel: { subject: (hint) => hint, notify: (message) => void sent.push(message) },
    });
    app.use('/asignio', asignio.router());
    app.use('/oidc', bridge.router());
    const key = { key: keys.privateKey, kid: 'k' };
    bank = await oidc.discovery(new URL(bridge.issuer), 'bank', undefined, oidc.PrivateKeyJwt(key), {
      execute: [oidc.allowInsecureRequests],
    });
  });
  after(async () => {
    await browser?.close();
    server?.close();
    server?.closeAllConnections();
    await asignio?.close();
    if (data !== '') await rm(data, { recursive: true, force: true });
  });

  const ask = async (text: string): Promise<string> => {
    const parameters = { scope: 'openid', login_hint: 'ada', binding_message: text };
    return (await oidc.initiateBackchannelAuthentication(bank, parameters)).auth_req_id;
  };
  const poll = (id: string) => oidc.genericGrantRequest(bank, 'urn:openid:params:grant-type:ciba', { auth_req_id: id });

  it('shows what is asked word for word, and is drawn on with a finger; the bank is told', async () => {
    if (browser === undefined) throw new Error('The stage is not set');
    const { page, hand, signer, complaints } = await visit(browser, base, 'finger', 'ada');
    const enrolling = new Visitor(base, new Map(), { 'x-signed-in': 'ada' });
    await enrolling.consent();
    expect((await enrolling.enrol(() => signer.sign({ sitting: 0 }))).status).to.equal(200);

    const request = await ask('Pay 4,800.00 EUR to Lighthouse Boats, invoice 2026-117');
    await page.goto(sent.at(-1)?.url ?? '');
    await page.getByRole('heading', { name: 'The Bank asks you to confirm' }).waitFor();
    await page.getByText('Pay 4,800.00 EUR to Lighthouse Boats, invoice 2026-117').waitFor();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    await look(page, 'oidc-11-confirm');
    const confirmed = page.getByRole('heading', { name: 'Confirmed' });
    const again = page.getByRole('heading', { name: 'We could not confirm that it is you' });
    for (let attempt = 0; attempt < 3 && !(await confirmed.isVisible()); attempt += 1) {
      await hand.draw(signer.sign({ sitting: 0, seed: `phone ${attempt}` }));
      await page.getByRole('button', { name: 'Done' }).click();
      await confirmed.or(again).first().waitFor();
      if (await again.isVisible()) await page.getByRole('button', { name: 'Try again' }).click();
    }
    await look(page, 'oidc-12-confirmed');
    expect((await poll(request)).claims()?.['acr']).to.equal('urn:asignio:acr:signature');

    const second = await ask('Pay 9,999.00 EUR to somebody else');
    await page.goto(sent.at(-1)?.url ?? '');
    await page.getByRole('button', { name: 'No, I did not ask for this' }).click();
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
    await look(page, 'oidc-13-refused', [390]);
    let refused = '';
    await poll(second).catch((error: { error?: string }) => (refused = error.error ?? ''));
    expect(refused).to.equal('access_denied');
    expect(complaints).to.deep.equal([]);
  });
});
