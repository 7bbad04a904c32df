import { existsSync } from 'node:fs';
import type { Context } from 'mocha';
import { chromium, type Browser } from 'playwright-core';

const EXECUTABLE = process.env['ASIGNIO_CHROMIUM'] ?? '/usr/bin/chromium';

/**
 * Starts Debian's Chromium; leaves the suite pending where there is none, unless real peers are demanded.
 * @param more arguments of its own
 */
export async function startChromium(context: Context, more: readonly string[] = []): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    if (process.env['ASIGNIO_REQUIRE_PEERS'] === '1') throw new Error(`Chromium is not installed at ${EXECUTABLE}`);
    for (const test of context.test?.parent?.tests ?? []) test.title += ' (Chromium is not installed)';
    return context.skip();
  }
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
