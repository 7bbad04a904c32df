import { rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { dataFolder, startDemo } from '../../support/demo.ts';
import type { RunningDemo } from '../../support/demo.ts';
import { startChromium } from './chromium.ts';

/** A browser and a demo on data of its own. */
export interface Stage {
  readonly browser: Browser;
  readonly demo: RunningDemo;
}

/** Sets the stage before the tests of a suite, and clears it after them. Call it in the suite, and what it returns in a test. */
export function stage(): () => Stage {
  let browser: Browser | undefined;
  let demo: RunningDemo | undefined;

  before(async function () {
    browser = await startChromium(this);
    demo = await startDemo(await dataFolder());
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
    if (demo !== undefined) await rm(demo.data, { recursive: true, force: true });
  });

  return () => {
    if (browser === undefined || demo === undefined) throw new Error('The stage is not set');
    return { browser, demo };
  };
}
