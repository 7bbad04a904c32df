import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { createSigner } from '@asignio/testkit';
import type { Page } from 'playwright-core';
import { look } from './support/look.ts';
import { stage } from './support/stage.ts';
import { beginSignIn, createAccount, drawToGetIn, enrol, giveRelease, PASSPHRASE, visit } from './support/visitor.ts';

describe('a person and their rights, in the demo', function () {
  this.timeout(240_000);
  const started = stage();

  it('takes a copy and an export, corrects, stops and allows use, says no, contests, complains, and deletes', async () => {
    const { browser, demo } = started();
    const eva = await visit(browser, demo.url, 'finger', 'eva');
    const { page, hand } = eva;
    const heading = (name: string): Promise<void> => page.getByRole('heading', { name, level: 1 }).waitFor();
    const tap = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

    await createAccount(eva);
    await giveRelease(eva, 'Eva Lu Ator');
    await page.getByRole('link', { name: 'Continue to drawing' }).click();
    await enrol(eva);
    await heading('Your signature is set');

    await page.goto('/my-rights');
    await heading('Your rights');
    await look(page, '30-rights');
    await tap('Get a copy of everything');
    await look(page, '31-access');
    await tap('Continue');
    await heading('First, show that it is you');
    await enterPassphrase(page);
    await tap('Get a copy of everything');
    await tap('Continue');
    await heading('Here is everything');
    await look(page, '32-access-done');
    const report = JSON.parse(await saved(page, 'Download the copy')) as { held: { enrolments: unknown[] } };
    expect(report.held.enrolments).to.have.length(1);
    await tap('Back to your rights');

    await tap('Take your data elsewhere');
    await page.getByLabel('A passphrase for your signature').fill('too short');
    await tap('Continue');
    await page.getByText('Choose 15 characters or more, or leave it empty.').waitFor();
    await look(page, '33-export');
    await page.getByLabel('A passphrase for your signature').fill('a heron on one leg, waiting');
    await tap('Continue');
    await heading('Your file is ready');
    await page.getByText('Your signature is in it').waitFor();
    const exported = await saved(page, 'Download the file');
    await look(page, '34-export-done');
    await tap('Back to your rights');

    await tap('Bring data back');
    const changed = exported.replace(/[A-Za-z]/, (letter) => (letter === 'x' ? 'y' : 'x'));
    await page
      .getByLabel('The file')
      .setInputFiles({ name: 'e.json', mimeType: 'application/json', buffer: Buffer.from(changed) });
    await look(page, '35-import');
    await tap('Continue');
    await heading('This file was not taken');
    await look(page, '36-import-refused');
    await tap('Back');
    await page
      .getByLabel('The file')
      .setInputFiles({ name: 'e.json', mimeType: 'application/json', buffer: Buffer.from(exported) });
    await page.getByLabel('Its passphrase').fill('a heron on one leg, waiting');
    await tap('Continue');
    await heading('It is back');
    await tap('Back to your rights');

    await tap('Correct your details');
    await tap('Save');
    await page.getByText('Fill in at least one field.').waitFor();
    await page.getByLabel('E-mail address').fill('eva@example.test');
    await look(page, '37-rectify');
    await tap('Save');
    await heading('Corrected');
    await tap('Back to your rights');

    await tap('Stop all use for now');
    await look(page, '38-restrict');
    await tap('Stop all use');
    await heading('All use has stopped');
    await tap('Back to your rights');
    await tap('Allow use again');
    await tap('Allow use again');
    await heading('You can sign in by drawing again');
    await tap('Back to your rights');

    await tap('Say no to everything but signing in');
    await tap('Say no to all of it');
    await heading('That is recorded');
    await look(page, '39-objected');
    await tap('Back to your rights');

    for (const expected of [
      'Your summary is ready',
      'Your summary is ready',
      'You have had two in the last twelve months',
    ]) {
      await tap('California: a summary of categories');
      await tap('Continue');
      await heading(expected);
      await tap('Back to your rights');
    }

    await page.getByRole('button', { name: 'Sign out' }).click();
    await beginSignIn(eva);
    const forger = createSigner({ seed: 'somebody else', pointerType: 'finger' });
    await hand.draw(forger.sign({ sitting: 0, seed: 'not eva' }));
    await tap('Done');
    await heading('We could not confirm that it is you');
    await signInWithPassphrase(page, 'eva');
    await page.goto('/my-decisions');
    await page.getByText('The drawing did not look like yours').waitFor();
    await look(page, '40-decisions');
    await page.getByRole('button', { name: 'Ask for a person to look at it' }).click();
    await tap('Send');
    await page.getByText('Write a sentence or two.').waitFor();
    await page.getByLabel('In your own words').fill('My hand was cold.');
    await look(page, '41-contest');
    await tap('Send');
    await heading('A person will look at it');
    await look(page, '42-contested');

    await page.goto('/my-requests');
    await page.getByText('A person’s look at a decision').waitFor();
    await look(page, '43-requests');
    await tap('Complain');
    await page.getByLabel('In your own words').fill('Nobody answers the phone.');
    await look(page, '44-complain');
    await tap('Send');
    await heading('We have your complaint');
    await look(page, '45-complained', [390, 1280]);

    await page.goto('/my-data');
    await tap('Delete everything');
    await tap('Delete for good');
    await heading('First, show that it is you');
    await enterPassphrase(page);
    await tap('Delete everything');
    await tap('Delete for good');
    await heading('Gone');
    expect(eva.complaints).to.deep.equal([]);
  });

  it('R27: asks for the passphrase before it gives anything out, in a session that drew to get in', async () => {
    const { browser, demo } = started();
    const kim = await visit(browser, demo.url, 'mouse', 'kim');
    const { page } = kim;
    const heading = (name: string): Promise<void> => page.getByRole('heading', { name, level: 1 }).waitFor();
    await createAccount(kim);
    await giveRelease(kim, 'Kim Possible');
    await page.getByRole('link', { name: 'Continue to drawing' }).click();
    await enrol(kim);
    await page.getByRole('button', { name: 'Sign out, and sign in by drawing' }).click();
    await beginSignIn(kim);
    await drawToGetIn(kim);

    await page.goto('/my-rights');
    await page.getByRole('button', { name: 'Get a copy of everything' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading('First, show that it is you');
    await look(page, '46-proof');
    await enterPassphrase(page, 'not the passphrase');
    await page.getByText('do not go together').waitFor();
    await look(page, '47-identity');
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Go on' }).click();
    await heading('Your rights');
    await page.getByRole('button', { name: 'Get a copy of everything' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading('Here is everything');
    expect(kim.complaints).to.deep.equal([]);
  });
});

/** What a button saves, as text. */
async function saved(page: Page, button: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  return readFile(await (await download).path(), 'utf8');
}

/** From the screen that asks who it is. */
async function enterPassphrase(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByRole('link', { name: 'Enter your passphrase' }).click();
  await page.getByLabel('Passphrase').fill(passphrase);
  await page.getByRole('button', { name: 'Go on' }).click();
}

async function signInWithPassphrase(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in/passphrase');
  await page.getByLabel('Account name').fill(name);
  await page.getByLabel('Passphrase').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('/');
}
