import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { look } from './support/look.ts';
import { stage } from './support/stage.ts';
import { beginSignIn, drawToGetIn, enrol, PASSPHRASE, visit } from './support/visitor.ts';

describe('a person and the demo, from the first page to the last', function () {
  this.timeout(240_000);
  const started = stage();

  it('signs up, agrees, draws five times, signs in by drawing, sees what is held, withdraws, and is gone', async () => {
    const { browser, demo } = started();
    const ada = await visit(browser, demo.url, 'finger', 'ada');
    const { page, hand, signer } = ada;
    const heading = (name: string): Promise<void> => page.getByRole('heading', { name, level: 1 }).waitFor();
    const tap = (name: string): Promise<void> => page.getByRole('button', { name }).click();

    await page.goto('/');
    await look(page, '01-start');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await tap('Create the account');
    await look(page, '02-account-error');
    await page.getByLabel('Account name').fill('ada');
    await page.getByLabel('Passphrase').fill('blue herons over quiet water');
    await look(page, '02-account');
    await tap('Create the account');

    await page.getByRole('button', { name: 'No thanks' }).waitFor();
    await look(page, '03-notice');
    await tap('No thanks');
    await heading('That is fine');
    await look(page, '04-declined');
    await tap('Back');
    await tap('Continue');
    await page.getByRole('radio', { name: 'Yes' }).waitFor();
    await tap('Continue');
    await page.getByText('Choose yes or no.').waitFor();
    await look(page, '05-question');
    await page.getByRole('radio', { name: 'Yes' }).check();
    await tap('Continue');
    await heading('Sign your decision');
    await tap('Agree and sign');
    await page.getByText('Type your full name.').waitFor();
    await look(page, '06-signature');
    await page.getByLabel('Your full name').fill('Ada Lovelace');
    await tap('Agree and sign');
    await heading('Signed');
    await look(page, '07-signed');
    const receipt = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the receipt' }).click();
    expect((await receipt).suggestedFilename()).to.match(/^receipt-[\w-]+\.jws$/);

    await page.getByRole('link', { name: 'Continue to drawing' }).click();
    await heading('Draw your signature');
    await look(page, '08-draw-1');
    let pictured = false;
    await enrol(ada, async (kept) => {
      if (kept !== 2 || pictured) return;
      pictured = true;
      await hand.draw(signer.sign({ sitting: 0, seed: 'picture' }));
      await look(page, '09-draw-3');
      await tap('Start over');
    });
    await heading('Your signature is set');
    await look(page, '10-set');

    await tap('Sign out, and sign in by drawing');
    await heading('Which account?');
    await look(page, '11-which-account');
    await beginSignIn(ada);
    await hand.draw(signer.sign({ sitting: 0, seed: 'picture of a return' }));
    await look(page, '12-draw-once');
    await tap('Start over');
    await drawToGetIn(ada);
    await look(page, '13-inside');
    const facts = await page.locator('.facts').innerText();
    expect(facts).to.contain('ada').and.contain('signature').and.contain('urn:asignio:acr:signature');

    await page.getByRole('link', { name: 'See what is held about you' }).click();
    await heading('What is held about you');
    await page.getByText('Drawn with a finger').waitFor();
    await look(page, '14-my-data');
    const confirmation = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download a written confirmation of this' }).click();
    const written = await confirmation;
    expect(written.suggestedFilename()).to.match(/^confirmation-\d{4}-\d\d-\d\d\.txt$/);
    expect(await readFile(await written.path(), 'utf8')).to.include('signature (finger), since');
    await page.getByRole('button', { name: 'Take back: Signing you in' }).click();
    await heading('Take back your agreement?');
    await look(page, '15-withdraw');
    await tap('Take it back');
    await heading('Gone');
    await look(page, '16-gone');
    const certificate = page.waitForEvent('download');
    await tap('Download the certificate');
    expect((await certificate).suggestedFilename()).to.equal('certificate.jws');

    await page.goto('/my-data');
    await page.getByText('None. No signature of yours is held.').waitFor();
    await look(page, '17-nothing-held');
    await page.goto('/enrol');
    await heading('Your agreement is needed first');
    await look(page, '18-consent-first');
    await page.goto('/my-data');
    await page.getByRole('link', { name: 'Close the account too' }).click();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await tap('Close the account');
    await page.getByText('Your account is closed').waitFor();

    await beginSignIn(ada);
    await hand.draw(signer.sign({ sitting: 0, seed: 'after the end' }));
    await tap('Done');
    await heading('We could not confirm that it is you');
    await look(page, '19-not-confirmed');
    expect(ada.complaints).to.deep.equal([]);
  });
});
