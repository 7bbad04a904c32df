import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { stage } from './support/stage.ts';
import { beginSignIn, drawToGetIn, settle, visit } from './support/visitor.ts';

const RESULT = fileURLToPath(new URL('../../test-results/sign-in-time.json', import.meta.url));

// A phone of the middle: a quarter of this machine's speed, on a mobile network's latency and bandwidth.
const SLOWDOWN = 4;
const NETWORK = { offline: false, latency: 60, downloadThroughput: 1_000_000, uploadThroughput: 500_000 };

describe('signing in again', function () {
  this.timeout(120_000);
  const started = stage();

  it('takes few seconds from the last stroke to the protected page; test-results/sign-in-time.json says how many', async () => {
    const { browser, demo } = started();
    const ada = await visit(browser, demo.url, 'finger', 'ada');
    await settle(ada);
    await ada.page.getByRole('button', { name: 'Sign out, and sign in by drawing' }).click();
    const session = await ada.context.newCDPSession(ada.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', NETWORK);

    await beginSignIn(ada);
    const drawingMs = ada.signer.sign({ sitting: 0, seed: 'return 0' }).t.at(-1) ?? 0;
    const { afterDrawingMs } = await drawToGetIn(ada, true);
    await mkdir(join(RESULT, '..'), { recursive: true });
    await writeFile(RESULT, `${JSON.stringify({ drawingMs, afterDrawingMs, slowdown: SLOWDOWN, network: NETWORK })}\n`);
    // The goal is five seconds in all, three of them for drawing; a machine that runs other tests meanwhile gets more.
    expect(afterDrawingMs).to.be.below(10_000);
  });
});
