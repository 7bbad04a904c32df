import { createSigner, type Signer } from '@asignio/testkit';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Hand, type Tool } from './hand.ts';

export const PASSPHRASE = 'blue herons over quiet water';

/** Somebody with a browser, a name, a signature and a passphrase. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly hand: Hand;
  readonly name: string;
  readonly signer: Signer;
  /** What went wrong in the page: exceptions, and whatever the browser complained of. */
  readonly complaints: readonly string[];
}

const TYPES = { finger: 'finger', mouse: 'mouse', pen: 'stylus' } as const;
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 } };

/** Opens a browser context: a phone for a finger, a desk for a mouse or pen. */
export async function visit(browser: Browser, baseURL: string, tool: Tool, name: string): Promise<Visitor> {
  const context = await browser.newContext({ baseURL, ...(tool === 'finger' ? PHONE : DESK) });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refusal that the page handles is still an error to the console.
    const handled = /the server responded with a status of 4\d\d/.test(message.text());
    if (message.type() === 'error' && !handled) complaints.push(message.text());
  });
  const signer = createSigner({ seed: name, pointerType: TYPES[tool] });
  return { context, page, hand: new Hand(page, tool), name, signer, complaints };
}

/** Creates an account; ends at the notice. */
export async function createAccount({ page, name }: Visitor): Promise<void> {
  await page.goto('/account');
  await page.getByLabel('Account name').fill(name);
  await page.getByLabel('Passphrase').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.waitForURL('/release');
}

/** Reads the notice, says yes, signs; ends at the receipt. */
export async function giveRelease({ page }: Visitor, fullName = 'Ada Lovelace'): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('radio', { name: 'Yes' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Your full name').fill(fullName);
  await page.getByRole('button', { name: 'Agree and sign' }).click();
  await page.getByRole('heading', { name: 'Signed' }).waitFor();
}

/** Draws until the signature is set; a drawing that is not good enough is drawn again. */
export async function enrol({ page, hand, signer }: Visitor, seen?: (kept: number) => Promise<void>): Promise<void> {
  const set = page.getByRole('heading', { name: 'Your signature is set' });
  for (let drawn = 0, kept = 0; kept < 5; drawn += 1) {
    if (drawn > 15) throw new Error('Fifteen drawings, and not five that go together');
    await hand.draw(signer.sign({ sitting: 0, seed: drawn }));
    await page.getByRole('button', { name: 'Done' }).click();
    await page.locator('asignio-sign:not([busy])').or(set).first().waitFor();
    const label = (await set.isVisible())
      ? '5'
      : await page.getByRole('img', { name: 'drawings kept' }).getAttribute('aria-label');
    kept = Number(/\d/.exec(label ?? '')?.[0] ?? 0);
    await seen?.(kept);
  }
}

/** From account to signature. */
export async function settle(visitor: Visitor): Promise<void> {
  await createAccount(visitor);
  await giveRelease(visitor);
  await visitor.page.getByRole('link', { name: 'Continue to drawing' }).click();
  await enrol(visitor);
}

/** Names the account at sign-in; ends at the surface. */
export async function beginSignIn({ page, name }: Visitor): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Account name').fill(name);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Done' }).waitFor();
}

/**
 * Draws at the surface until it is accepted, at most three times: a genuine drawing is refused now and then. Ends on the
 * protected page.
 */
export async function drawToGetIn(
  { page, hand, signer }: Visitor,
  slowly = false,
): Promise<{ afterDrawingMs: number }> {
  const inside = page.getByRole('heading', { name: 'You are inside' });
  const refused = page.getByRole('heading', { name: 'We could not confirm that it is you' });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await hand.draw(signer.sign({ sitting: 0, seed: `return ${attempt}` }), { slowly });
    const drawn = performance.now();
    await page.getByRole('button', { name: 'Done' }).click();
    await inside.or(refused).waitFor();
    if (await inside.isVisible()) return { afterDrawingMs: Math.round(performance.now() - drawn) };
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Done' }).waitFor();
  }
  throw new Error('Refused three times');
}

/** Draws on the provider's page until it is accepted, and the page that is called so comes. */
export async function drawAtProvider({ page, hand, signer }: Visitor, next: string): Promise<void> {
  const arrived = page.getByRole('heading', { name: next });
  const refused = page.getByRole('heading', { name: 'We could not confirm that it is you' });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await page.getByRole('button', { name: 'Done' }).waitFor();
    await hand.draw(signer.sign({ sitting: 0, seed: `shop ${attempt}` }));
    await page.getByRole('button', { name: 'Done' }).click();
    await arrived.or(refused).waitFor();
    if (await arrived.isVisible()) return;
    await page.getByRole('button', { name: 'Try again' }).click();
  }
  throw new Error('Refused three times');
}
