import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { stage } from './support/stage.ts';
import { PASSPHRASE, visit } from './support/visitor.ts';

/** Presses Tab until the named control has the focus, and sees that the focus shows. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 25; presses += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      if (!(at instanceof HTMLElement)) return undefined;
      const label = (at as HTMLInputElement).labels?.[0]?.textContent ?? at.textContent;
      const rings = [at, at.closest('label')].map((each) => each && getComputedStyle(each).outlineStyle);
      return { label: label.trim(), visible: rings.some((ring) => ring != null && ring !== 'none') };
    });
    if (focus?.label !== name) continue;
    expect(focus.visible, `the focus on ${name} shows`).to.equal(true);
    return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

describe('the demo without a pointer', function () {
  this.timeout(60_000);
  const started = stage();

  it('lets somebody sign up, agree, reach the other way in from the surface, take it back and sign in again', async () => {
    const { browser, demo } = started();
    const { page, complaints } = await visit(browser, demo.url, 'mouse', 'grace');
    const press = async (name: string): Promise<void> => {
      await tabTo(page, name);
      await page.keyboard.press('Enter');
    };
    const heading = (name: string): Promise<void> => page.getByRole('heading', { name, level: 1 }).waitFor();

    await page.goto('/');
    await press('Create an account');
    await heading('Create an account');
    await tabTo(page, 'Account name');
    await page.keyboard.type('grace');
    await tabTo(page, 'Passphrase');
    await page.keyboard.type(PASSPHRASE);
    await page.keyboard.press('Enter');

    await page.waitForURL('/release');
    await page.getByRole('button', { name: 'No thanks' }).waitFor();
    await press('Continue');
    await page.getByRole('radio', { name: 'Yes' }).waitFor();
    await tabTo(page, 'Yes');
    await page.keyboard.press('Space');
    await press('Continue');
    await heading('Sign your decision');
    await tabTo(page, 'Your full name');
    await page.keyboard.type('Grace Hopper');
    await page.keyboard.press('Enter');
    await heading('Signed');
    await press('Continue to drawing');

    await page.getByRole('button', { name: 'Done' }).waitFor();
    await press('Done');
    await page.getByText('Draw your signature first.').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    await press('Keep to your passphrase');
    await page.waitForURL('/');

    await press('See what is held about you');
    await page.getByRole('button', { name: 'Delete everything' }).waitFor();
    await press('Delete everything');
    await heading('Delete everything held about your signature?');
    await press('Delete for good');
    await heading('First, show that it is you');
    await press('Enter your passphrase');
    await heading('Is it you?');
    await tabTo(page, 'Passphrase');
    await page.keyboard.type(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete everything' }).waitFor();
    await press('Delete everything');
    await press('Delete for good');
    await heading('Gone');
    await press('Sign out');
    await page.waitForURL('/?out');

    await page.goto('/sign-in');
    await press('Use your passphrase instead');
    await heading('Sign in with your passphrase');
    await tabTo(page, 'Account name');
    await page.keyboard.type('GRACE');
    await tabTo(page, 'Passphrase');
    await page.keyboard.type(PASSPHRASE);
    await page.keyboard.press('Enter');
    await heading('Hello, grace');
    expect(complaints).to.deep.equal([]);
  });
});
