import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { startOidcExample } from '../support/oidc-example.ts';
import type { OidcExample } from '../support/oidc-example.ts';
import { startChromium } from './support/chromium.ts';
import { look } from './support/look.ts';
import { drawAtProvider, visit } from './support/visitor.ts';
import type { Visitor } from './support/visitor.ts';

describe('a person between a shop and the OpenID provider', function () {
  this.timeout(240_000);
  let browser: Browser | undefined;
  let example: OidcExample | undefined;

  before(async function () {
    browser = await startChromium(this);
    example = await startOidcExample();
  });
  after(async () => {
    await browser?.close();
    await example?.stop();
  });

  const open = async (tool: 'finger' | 'mouse', name: string): Promise<Visitor & { shop: string; company: string }> => {
    if (browser === undefined || example === undefined) throw new Error('The stage is not set');
    const { shop, company } = example;
    return { ...(await visit(browser, company, tool, name)), shop, company };
  };

  /** Signs in to the company with a passphrase, agrees, and draws five times. */
  const enrolAtCompany = async ({ page, hand, signer, name }: Visitor, pictures: boolean): Promise<void> => {
    await page.goto('/');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Passphrase').fill(example?.passphrases.get(name) ?? '');
    if (pictures) await look(page, 'oidc-01-company');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('radio', { name: 'Yes' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Your full name').fill('Ada Lovelace');
    await page.getByRole('button', { name: 'Agree and sign' }).click();
    await page.getByRole('heading', { name: 'Signed' }).waitFor();
    await page.reload();
    const set = page.getByRole('heading', { name: 'Your signature is set' });
    for (let drawn = 0; !(await set.isVisible()); drawn += 1) {
      if (drawn > 15) throw new Error('Fifteen drawings, and not five that go together');
      await page.getByRole('button', { name: 'Done' }).waitFor();
      await hand.draw(signer.sign({ sitting: 0, seed: drawn }));
      await page.getByRole('button', { name: 'Done' }).click();
      await page.locator('asignio-sign:not([busy])').or(set).first().waitFor();
    }
  };

  it('agrees and draws at the company, signs in to the shop by drawing, chooses what it may know, and signs out', async () => {
    const ada = await open('finger', 'ada');
    const { page, shop } = ada;
    await enrolAtCompany(ada, true);
    await page.context().clearCookies();

    await page.goto(shop);
    await look(page, 'oidc-02-shop');
    await page.getByRole('link', { name: 'Sign in by drawing' }).click();
    await page.getByRole('heading', { name: 'Which account?' }).waitFor();
    await look(page, 'oidc-03-who');
    await page.getByLabel('Account name').fill('ada');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    await look(page, 'oidc-04-draw');
    await drawAtProvider(ada, 'What may The Shop know?');
    await look(page, 'oidc-05-consent');
    await page.getByRole('checkbox', { name: 'Your e-mail address' }).check();
    await page.getByRole('button', { name: 'Agree and continue' }).click();
    await page.getByRole('heading', { name: 'Welcome to the shop' }).waitFor();
    await look(page, 'oidc-06-welcome');
    const told = await page.locator('dl').innerText();
    expect(told).to.contain('ada@company.example').and.contain('urn:asignio:acr:signature').and.contain('signature');
    expect(told).to.not.contain('Lovelace');

    // Once more: who is signed in, and agreed, is not asked again.
    await page.goto(`${shop}/sign-in`);
    await page.getByRole('heading', { name: 'Welcome to the shop' }).waitFor();

    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await look(page, 'oidc-07-sign-out');
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('We do not know you yet.').waitFor();
    await page.getByRole('link', { name: 'Sign in by drawing' }).click();
    await page.getByRole('heading', { name: 'Which account?' }).waitFor();
    await page.getByRole('link', { name: 'Go back to The Shop' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(await page.locator('code').innerText()).to.equal('access_denied');
    expect(ada.complaints).to.deep.equal([]);
  });

  it('is told in plain words when the shop asks in a wrong way, or the page is of another visit', async () => {
    const { page, company, complaints } = await open('mouse', 'ada');
    await page.goto(`${company}/oidc/auth?client_id=nobody&response_type=code&scope=openid`);
    await page.getByRole('heading', { name: 'We cannot sign you in from here' }).waitFor();
    await look(page, 'oidc-08-wrong');
    await page.goto(`${company}/oidc/interaction/of-another-day`);
    await page.getByRole('heading', { name: 'That took a while' }).waitFor();
    await look(page, 'oidc-09-gone');
    expect(complaints).to.deep.equal([]);
  });

  it('reads the pages from right to left in Arabic, and in Spanish', async () => {
    const { page, shop } = await open('mouse', 'ada');
    for (const [language, direction, heading] of [
      ['ar', 'rtl', /[\u0600-\u06FF]/],
      ['es', 'ltr', /cuenta/i],
    ] as const) {
      await page.setExtraHTTPHeaders({ 'accept-language': language });
      await page.goto(`${shop}/sign-in`);
      expect(await page.locator('html').getAttribute('dir')).to.equal(direction);
      expect(await page.getByRole('heading', { level: 1 }).innerText()).to.match(heading);
      await look(page, `oidc-10-who-${language}`, [320, 1280]);
    }
  });
});
