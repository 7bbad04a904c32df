import type { SignatureSample } from '@asignio/contracts';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { Hand, type Tool } from './support/hand.ts';
import { stage } from './support/stage.ts';
import { createAccount, giveRelease, visit, type Visitor } from './support/visitor.ts';

type Sign = HTMLElement & { sample(): SignatureSample | undefined };

/** What the surface has recorded, asked of the component inside the ceremony. */
function recorded(page: Page): Promise<SignatureSample | undefined> {
  return page.locator('asignio-sign').evaluate((sign) => (sign as Sign).sample());
}

/** Share of the surface's pixels that hold ink. */
function inked(page: Page): Promise<number> {
  return page.locator('asignio-sign canvas[role="img"]').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    let count = 0;
    for (let i = 3; i < pixels.length; i += 4) if ((pixels[i] ?? 0) > 0) count += 1;
    return count / (width * height);
  });
}

describe('the signing surface', function () {
  this.timeout(60_000);
  const started = stage();
  let people = 0;

  /** Somebody in front of the surface, about to draw the first of five. */
  async function atSurface(tool: Tool): Promise<Visitor> {
    const { browser, demo } = started();
    const visitor = await visit(browser, demo.url, tool, `person ${(people += 1)}`);
    await createAccount(visitor);
    await giveRelease(visitor);
    await visitor.page.getByRole('link', { name: 'Continue to drawing' }).click();
    await visitor.page.getByRole('button', { name: 'Done' }).waitFor();
    return visitor;
  }

  for (const [tool, pointerType] of [
    ['finger', 'finger'],
    ['mouse', 'mouse'],
    ['pen', 'stylus'],
  ] as const)
    it(`records what a ${tool} draws, point for point, with its own times`, async () => {
      const { page, hand, signer, context, complaints } = await atSurface(tool);
      const drawn = signer.sign({ sitting: 0, seed: 1 });
      await hand.draw(drawn);
      const sample = await recorded(page);
      if (sample === undefined) throw new Error('Nothing was recorded');
      expect(sample.pointerType).to.equal(pointerType);
      expect(sample.pen.filter((pen) => pen === 0).length).to.equal(drawn.pen.filter((pen) => pen === 0).length);
      expect(sample.x.length).to.be.within(0.9 * drawn.x.length, drawn.x.length + 5);
      expect(sample.t.at(-1)).to.be.closeTo(drawn.t.at(-1) ?? 0, 20);
      expect(sample.pressure.some((pressure) => pressure !== null)).to.equal(tool === 'pen');
      expect(await inked(page)).to.be.above(0);
      expect(complaints).to.deep.equal([]);
      await context.close();
    });

  it('keeps the ink when the phone is turned, and goes on in the same frame', async () => {
    const { page, hand, signer, context } = await atSurface('finger');
    await hand.draw(signer.sign({ sitting: 0, seed: 1 }));
    const before = await recorded(page);
    await page.setViewportSize({ width: 844, height: 390 });
    await page.waitForFunction(() => innerWidth === 844);
    expect(await recorded(page)).to.deep.equal(before);
    expect(await inked(page)).to.be.above(0);
    await hand.draw(signer.sign({ sitting: 0, seed: 1 }));
    const after = await recorded(page);
    expect(after?.canvas).to.deep.equal(before?.canvas);
    expect(after?.x.length).to.be.above(before?.x.length ?? 0);
    await context.close();
  });

  it('follows the first finger alone', async () => {
    const { page, context } = await atSurface('finger');
    const box = await page.locator('[part~="surface"]').boundingBox();
    if (box === null) throw new Error('There is no surface');
    const at = (dx: number, dy: number, id: number) => ({ x: box.x + dx, y: box.y + dy, id });
    const session = await context.newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: ReturnType<typeof at>[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', at(20, 20, 1));
    await touch('touchMove', at(40, 40, 1));
    await touch('touchStart', at(40, 40, 1), at(200, 150, 2));
    await touch('touchMove', at(60, 60, 1), at(250, 100, 2));
    await touch('touchEnd', at(60, 60, 1));
    await touch('touchEnd');
    const sample = await recorded(page);
    expect(Math.max(...(sample?.x ?? [])), 'where the second finger never was').to.be.below(100);
    expect(sample?.pen.filter((pen) => pen === 0)).to.have.length(1);
    await context.close();
  });

  it('takes what touched before the pen for a palm', async () => {
    const { page, signer, context } = await atSurface('mouse');
    const box = await page.locator('[part~="surface"]').boundingBox();
    if (box === null) throw new Error('There is no surface');
    const session = await context.newCDPSession(page);
    const palm = { x: box.x + 300, y: box.y + 150, radiusX: 40, radiusY: 40 };
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [palm] });
    expect((await recorded(page))?.pointerType).to.equal('finger');
    const drawn = signer.sign({ sitting: 0, seed: 1 });
    await new Hand(page, 'pen').draw(drawn);
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    const sample = await recorded(page);
    expect(sample?.pointerType).to.equal('stylus');
    expect(sample?.x.length).to.be.within(0.9 * drawn.x.length, drawn.x.length + 5);
    await context.close();
  });

  it('says in words what to do better, forgets that drawing, and sends nothing', async () => {
    const { page, context } = await atSurface('mouse');
    const sent: string[] = [];
    page.on('request', (request) => void (request.method() === 'PUT' && sent.push(request.url())));
    const box = await page.locator('[part~="surface"]').boundingBox();
    if (box === null) throw new Error('There is no surface');
    await page.mouse.move(box.x + 20, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 25, box.y + 52);
    await page.mouse.up();
    await page.getByText('Draw your signature a little slower, in one go.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await recorded(page)).to.equal(undefined);
    expect(await inked(page)).to.equal(0);

    await page.mouse.move(box.x + 20, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 220, box.y + 60, { steps: 45 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Draw something with curves: your initials, say.').waitFor();
    expect(sent).to.deep.equal([]);
    await context.close();
  });

  it('starts over at once, and leaves nothing of a drawing in the page', async () => {
    const { page, hand, signer, context } = await atSurface('finger');
    await hand.draw(signer.sign({ sitting: 0, seed: 1 }));
    const sample = await recorded(page);
    const markup = await page.evaluate(() => {
      const text = (root: Document | ShadowRoot): string =>
        [...root.querySelectorAll('*')]
          .flatMap((each) => [
            ...[...each.attributes].map(({ value }) => value),
            each.shadowRoot === null ? '' : text(each.shadowRoot),
          ])
          .join(' ') + (root.textContent ?? '');
      return text(document) + JSON.stringify([localStorage, sessionStorage]);
    });
    for (const value of sample?.x.filter((x) => !Number.isInteger(x)).slice(0, 5) ?? [])
      expect(markup).to.not.contain(`${value}`);
    await page.getByRole('button', { name: 'Start over' }).click();
    expect(await recorded(page)).to.equal(undefined);
    expect(await inked(page)).to.equal(0);
    await context.close();
  });

  it('works by itself, from its own small bundle, and hands the drawing to the page', async () => {
    const { browser, demo } = started();
    const { page, hand, signer, context, complaints } = await visit(browser, demo.url, 'finger', 'alone');
    await page.goto('/nowhere');
    // As text: the compiler would put a helper into the page that is not there.
    await page.evaluate("import('/asignio/capture/sign.js')");
    const handed = page.evaluate(() => {
      const sign = document.createElement('asignio-sign');
      document.querySelector('main')?.replaceChildren(sign);
      return new Promise<SignatureSample>((done) => {
        sign.addEventListener('asignio-sample', (event) => {
          done((event as CustomEvent<{ sample: SignatureSample }>).detail.sample);
        });
      });
    });
    await page.getByRole('button', { name: 'Done' }).waitFor();
    const drawn = signer.sign({ sitting: 0, seed: 1 });
    await hand.draw(drawn);
    await page.getByRole('button', { name: 'Done' }).click();
    expect((await handed).x.length).to.be.within(0.9 * drawn.x.length, drawn.x.length + 5);
    expect(complaints.filter((each) => !each.includes('404'))).to.deep.equal([]);
    await context.close();
  });

  it('does not scroll the page under the finger', async () => {
    const { page, context } = await atSurface('finger');
    await page.setViewportSize({ width: 320, height: 400 });
    const box = await page.locator('[part~="surface"]').boundingBox();
    if (box === null) throw new Error('There is no surface');
    const before = await page.evaluate(() => scrollY);
    const session = await context.newCDPSession(page);
    await page.locator('[part~="surface"]').scrollIntoViewIfNeeded();
    const start = await page.evaluate(() => scrollY);
    const y = box.y - (start - before);
    await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 100, y: y + 100 }] });
    for (let dy = 0; dy < 90; dy += 10)
      await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: 100, y: y + 100 - dy }] });
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    expect(await page.evaluate(() => scrollY)).to.equal(start);
    expect((await recorded(page))?.x.length).to.be.above(3);
    await context.close();
  });
});
