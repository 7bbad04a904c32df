import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { startChromium } from './support/chromium.ts';
import { startDemo, type RunningDemo } from './support/demo.ts';
import { beginSignIn, settle, visit } from './support/visitor.ts';

const RESULT = fileURLToPath(new URL('../../test-results/sign-in-time.json', import.meta.url));

// A phone of the middle: a quarter of this machine's speed, on a mobile network's latency and bandwidth.
const SLOWDOWN = 4;
const NETWORK = { offline: false, latency: 60, downloadThroughput: 1_000_000, uploadThroughput: 500_000 };

describe('signing in again', function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let demo: RunningDemo | undefined;
  let data = '';

  before(async function () {
    browser = await startChromium(this);
    data = await mkdtemp(join(tmpdir(), 'asignio-browser-'));
    demo = await startDemo(data);
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
    if (data !== '') await rm(data, { recursive: true, force: true });
  });

  it('takes few seconds from the first touch to the protected page; test-results/sign-in-time.json says how many', async () => {
    if (browser === undefined || demo === undefined) throw new Error('Not started');
    const ada = await visit(browser, demo.url, 'finger', 'ada');
    await settle(ada);
    await ada.page.getByRole('button', { name: 'Sign out, and sign in by drawing' }).click();
    const session = await ada.context.newCDPSession(ada.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', NETWORK);

    await beginSignIn(ada);
    const drawing = ada.signer.sign({ sitting: 0, seed: 'against the clock' });
    const touched = performance.now();
    await ada.hand.draw(drawing, { slowly: true });
    const drawn = performance.now();
    await ada.page.getByRole('button', { name: 'Done' }).tap();
    await ada.page.getByRole('heading', { name: 'You are inside' }).waitFor();
    const inside = performance.now();

    const whole = Math.round(inside - touched);
    const afterDrawing = Math.round(inside - drawn);
    await mkdir(join(RESULT, '..'), { recursive: true });
    await writeFile(
      RESULT,
      `${JSON.stringify({ wholeMs: whole, afterDrawingMs: afterDrawing, slowdown: SLOWDOWN })}\n`,
    );
    // The goal is five seconds in all; a machine that runs other tests meanwhile is given three times that.
    expect(whole).to.be.below(15_000);
  });
});
