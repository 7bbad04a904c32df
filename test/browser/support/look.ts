import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

const SCREENS = fileURLToPath(new URL('../../../test-results/screens/', import.meta.url));
const HEIGHTS = { 320: 640, 390: 844, 768: 1024, 1280: 800 } as const;
const WIDTHS = [320, 390, 768, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Looks at the screen as it stands: in every width and scheme it makes a picture (`test-results/screens/`), has axe look
 * for barriers, and sees that nothing is wider than the window.
 */
export async function look(
  page: Page,
  name: string,
  widths: readonly (keyof typeof HEIGHTS)[] = WIDTHS,
): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: HEIGHTS[width] });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${name} is wider than ${width} px`).to.be.at.most(0);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SCREENS}${name}-${width}-${colorScheme}.png`, fullPage: true });
      if (width === widths[0]) expect(await barriers(page), `${name}, ${colorScheme}`).to.deep.equal([]);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  if (before !== null) await page.setViewportSize(before);
}

/** What axe finds: rule and place. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (values) => {
    const { axe: tool } = window as unknown as { axe: typeof axe };
    const { violations } = await tool.run(document, { runOnly: { type: 'tag', values } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }, RULES);
}
