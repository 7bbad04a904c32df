import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { dataFolder, startDemo, type RunningDemo } from '../support/demo.ts';
import { startChromium } from './support/chromium.ts';
import { film, type Film, type Sitting } from './support/fake-camera.ts';
import { look } from './support/look.ts';
import { settle, visit } from './support/visitor.ts';

/** How they sit when they come back, try after try. */
const AGAIN: readonly Sitting[] = [
  { light: 0.65, pitch: 5, roll: 4, near: 1.05 },
  { light: 1.12, pitch: -6, roll: -3, x: -0.1 },
  { light: 0.8, yaw: 6, pitch: 3, roll: 2, near: 1.08 },
];

describe('a signature and a face', function () {
  this.timeout(300_000);
  let movie: Film | undefined;
  let browser: Browser | undefined;
  let demo: RunningDemo | undefined;

  before(async function () {
    movie = await film('ada');
    browser = await startChromium(this, movie.args);
    demo = await startDemo(await dataFolder(), {}, '0', ['--face']);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
    if (demo !== undefined) await rm(demo.data, { recursive: true, force: true });
    await movie?.remove();
  });

  it('are agreed to apart, set up, asked for together, and open what neither opens alone', async () => {
    if (browser === undefined || demo === undefined || movie === undefined) throw new Error('Nothing was started');
    const visitor = await visit(browser, demo.url, 'finger', 'ada');
    const { page, hand, signer, complaints } = visitor;
    await settle(visitor);

    await page.goto('/vault');
    await page.waitForURL('/confirm/both');
    await page.goto('/face/enrol');
    await page.getByRole('heading', { name: 'Your agreement is needed first' }).waitFor();

    await page.goto('/face/release');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('May we use your face for this?').waitFor();
    await look(page, 'face-release', [390, 1280]);
    await page.getByRole('radio', { name: 'Yes' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Your full name').fill('Ada Lovelace');
    await page.getByRole('button', { name: 'Agree and sign' }).click();
    await page.getByRole('link', { name: 'Continue to the camera' }).click();
    const set = page.getByRole('heading', { name: 'Your face is set' });
    const start = page.getByRole('button', { name: 'Start the camera' });
    for (let tries = 0; tries < 3 && !(await set.isVisible()); tries += 1) {
      await start.click();
      await page.getByRole('button', { name: 'Stop the camera' }).waitFor();
      await set.or(start).waitFor({ timeout: 100_000 });
    }
    await set.waitFor();
    await look(page, 'face-set', [390, 1280]);

    await page.goto('/vault');
    const open = page.getByRole('heading', { name: 'The vault is open' });
    const refused = page.getByRole('heading', { name: 'We could not confirm that it is you' });
    // A genuine attempt is refused now and then.
    for (const [tries, sitting] of AGAIN.entries()) {
      if (await open.isVisible()) break;
      await movie.sitAgain(sitting);
      if (await refused.isVisible()) await page.getByRole('button', { name: 'Try again' }).click();
      await start.click({ timeout: 20_000 });
      await page.getByRole('status').filter({ hasText: 'Now draw your signature' }).waitFor({ timeout: 100_000 });
      await hand.draw(signer.sign({ sitting: 0, seed: `both ${tries}` }), { slowly: true });
      await page.getByRole('button', { name: 'Done' }).click();
      await open.or(refused).waitFor({ timeout: 100_000 });
    }
    await open.waitFor();
    await page.getByText('signature, face', { exact: true }).waitFor();
    await look(page, 'vault', [390, 1280]);

    await page.goto('/my-data');
    await page.getByText('Your face, from').waitFor();
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });
});
