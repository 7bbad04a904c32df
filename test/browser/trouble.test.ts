import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import { look } from './support/look.ts';
import { stage } from './support/stage.ts';
import {
  PASSPHRASE,
  beginSignIn,
  createAccount,
  drawToGetIn,
  enrol,
  giveRelease,
  settle,
  visit,
} from './support/visitor.ts';

describe('what goes wrong on the way', function () {
  this.timeout(120_000);
  const started = stage();

  it('goes on where the line broke, without sending a drawing twice', async () => {
    const { page, hand, signer, context } = await visit(started().browser, started().demo.url, 'finger', 'edsger');
    const visitor = { page, hand, signer, context, name: 'edsger', complaints: [] };
    await createAccount(visitor);
    await giveRelease(visitor);
    await page.getByRole('link', { name: 'Continue to drawing' }).click();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    // The drawing arrives; its answer does not.
    await page.route('**/samples/signature', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await hand.draw(signer.sign({ sitting: 0, seed: 'broken' }));
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'The connection was lost' }).waitFor();
    await look(page, '20-offline');
    await page.unroute('**/samples/signature');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('img', { name: '1 of 5 drawings kept' }).waitFor();
    await enrol(visitor);
    await context.close();
  });

  it('begins again on a tap when the ceremony has expired', async () => {
    const visitor = await visit(started().browser, started().demo.url, 'finger', 'barbara');
    await beginSignIn(visitor);
    await visitor.page.route('**/samples/signature', (route) =>
      route.fulfill({
        status: 410,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'ASIGNIO_CEREMONY_EXPIRED', title: 'The ceremony has expired', status: 410 }),
      }),
    );
    await visitor.hand.draw(visitor.signer.sign());
    await visitor.page.getByRole('button', { name: 'Done' }).click();
    await visitor.page.getByRole('heading', { name: 'That took a while' }).waitFor();
    await look(visitor.page, '21-expired');
    await visitor.page.getByRole('button', { name: 'Start again' }).click();
    await visitor.page.getByRole('button', { name: 'Done' }).waitFor();
    await visitor.context.close();
  });

  it('lets nobody in with another signature, and shows the way in with the passphrase on the same screen', async () => {
    const ada = await visit(started().browser, started().demo.url, 'finger', 'ada');
    await settle(ada);
    const other = await visit(started().browser, started().demo.url, 'finger', 'ada');
    await beginSignIn(other);
    await other.hand.draw(createSigner({ seed: 'somebody else', pointerType: 'finger' }).sign());
    await other.page.getByRole('button', { name: 'Done' }).click();
    await other.page.getByRole('heading', { name: 'We could not confirm that it is you' }).waitFor();
    await other.page.getByText('Is this wrong? Write to the people').waitFor();
    await other.page.getByRole('link', { name: 'Use your passphrase' }).click();
    await other.page.getByLabel('Account name').fill('ada');
    await other.page.getByLabel('Passphrase').fill('not the passphrase at all');
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByText('Account name and passphrase do not go together.').waitFor();
    await look(other.page, '22-passphrase-error');
    await other.page.getByLabel('Passphrase').fill(PASSPHRASE);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByRole('heading', { name: 'Hello, ada' }).waitFor();
    await look(other.page, '23-signed-in');

    await other.page.goto('/inside');
    await other.page.waitForURL('/confirm');
    await other.page.getByRole('button', { name: 'Done' }).waitFor();
    await look(other.page, '24-confirm');
    await drawToGetIn(other);
    await ada.context.close();
    await other.context.close();
  });

  it('says how long to wait after too many attempts, and counts down', async () => {
    const visitor = await visit(started().browser, started().demo.url, 'finger', 'niklaus');
    await visitor.page.route('**/asignio/ceremonies', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'Retry-After': '2' },
        contentType: 'application/problem+json',
        body: JSON.stringify({ code: 'ASIGNIO_ATTEMPTS_WAIT', title: 'Too many attempts', status: 429 }),
      }),
    );
    await visitor.page.goto('/sign-in');
    await visitor.page.getByLabel('Account name').fill('niklaus');
    await visitor.page.getByRole('button', { name: 'Continue' }).click();
    await visitor.page.getByText('You can try again in 2 seconds').waitFor();
    await visitor.page.unroute('**/asignio/ceremonies');
    await visitor.page.getByText('You can try again now.').waitFor();
    await look(visitor.page, '25-wait');
    await visitor.page.getByRole('button', { name: 'Try again' }).click();
    await visitor.page.getByRole('button', { name: 'Done' }).waitFor();
    await visitor.context.close();
  });

  for (const [language, direction, first] of [
    ['es', 'ltr', 'Listo'],
    ['ar', 'rtl', 'تم'],
  ] as const)
    it(`holds its layout in ${language}`, async () => {
      const visitor = await visit(started().browser, started().demo.url, 'finger', `reader of ${language}`);
      const { page } = visitor;
      await createAccount(visitor);
      const into = (name: string): Promise<void> =>
        page.locator(name).evaluate((element, lang) => {
          document.documentElement.lang = lang;
          (element as HTMLElement & { restart?(): void; refresh?(): void }).restart?.();
          (element as HTMLElement & { refresh?(): void }).refresh?.();
        }, language);
      await page.getByRole('button', { name: 'Continue' }).waitFor();
      await into('asignio-consent');
      await page.locator(`[part="screen"][dir="${direction}"]`).waitFor();
      await look(page, `30-${language}-notice`, [320, 1280]);
      await page.goto('/release');
      await giveRelease(visitor);
      await page.goto('/enrol');
      await page.getByRole('button', { name: 'Done' }).waitFor();
      await into('asignio-ceremony');
      await page.getByRole('button', { name: first, exact: true }).waitFor();
      await look(page, `31-${language}-draw`, [320, 1280]);
      await page.goto('/my-data');
      await page.getByRole('button', { name: 'Delete everything' }).waitFor();
      await into('asignio-data');
      await page.locator(`[part="screen"][dir="${direction}"] h1`).waitFor();
      await look(page, `32-${language}-my-data`, [320, 1280]);
      expect(visitor.complaints).to.deep.equal([]);
      await visitor.context.close();
    });
});
