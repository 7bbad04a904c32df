import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { startChromium } from './support/chromium.ts';
import { startFaceDesk, type FaceDesk } from './support/face-desk.ts';
import { film, type Film } from './support/fake-camera.ts';
import { Hand } from './support/hand.ts';
import { barriers, look } from './support/look.ts';

describe('the camera that asks', function () {
  this.timeout(120_000);
  let movie: Film | undefined;
  let browser: Browser | undefined;
  let desk: FaceDesk | undefined;

  before(async function () {
    movie = await film('ada');
    browser = await startChromium(this, movie.args);
    desk = await startFaceDesk();
  });
  after(async () => {
    await browser?.close();
    await desk?.close();
    await movie?.remove();
  });

  async function visit(query = '', init?: () => void): Promise<{ page: Page; complaints: string[]; desk: FaceDesk }> {
    if (browser === undefined || desk === undefined) throw new Error('Nothing was started');
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    if (init !== undefined) await page.addInitScript(init);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const handled = /the server responded with a status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !handled) complaints.push(message.text());
    });
    await page.goto(`${desk.url}/${query}`);
    return { page, complaints, desk };
  }

  const done = (page: Page): Promise<void> =>
    page.getByRole('heading', { name: 'It is you' }).waitFor({ timeout: 90_000 });

  it('leads through four prompts by itself, and sends what it committed to', async () => {
    const { page, complaints, desk: server } = await visit();
    const before = server.seen.length;
    await page.getByRole('button', { name: 'Start the camera' }).waitFor();
    await look(page, 'face-start');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Step 2 of 4').waitFor({ timeout: 60_000 });
    await look(page, 'face-prompt', [390, 1280]);
    await done(page);
    const challenge = server.seen[before];
    expect(challenge?.committed).to.equal(true);
    expect(challenge?.prompts).to.have.length(4);
    const frames = challenge?.frames ?? [];
    for (const step of [0, 1, 2, 3]) expect(frames.filter((frame) => frame.step === step).length).to.be.within(5, 10);
    const { width, height, format } = await sharp(frames[0]?.jpeg).metadata();
    expect([width, height, format]).to.deep.equal([480, 480, 'jpeg']);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('is done with the keyboard alone, and says each prompt to a screen reader', async () => {
    const { page } = await visit();
    const said = page.getByRole('status');
    await page.getByRole('button', { name: 'Start the camera' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await said.filter({ hasText: 'Look straight ahead' }).waitFor({ timeout: 60_000 });
    await done(page);
    await page.context().close();
  });

  it('lets somebody sign while the camera looks, and announces the drawing before it is sent', async () => {
    const { page, complaints, desk: server } = await visit('?modalities=both');
    const hand = new Hand(page, 'mouse');
    const signer = createSigner({ seed: 'ada', pointerType: 'mouse' });
    const before = [server.seen.length, server.drawings.length] as const;
    await page.getByRole('heading', { name: 'Show your face, then sign' }).waitFor();
    await look(page, 'together-start');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Step 2 of 5').waitFor({ timeout: 60_000 });
    expect(await page.locator('[part~="surface"]').isVisible()).to.equal(false);
    await page.getByRole('status').filter({ hasText: 'Now draw your signature' }).waitFor({ timeout: 60_000 });
    await look(page, 'together-sign');
    const surface = await page.locator('[part~="surface"]').boundingBox();
    expect((surface?.y ?? 0) + (surface?.height ?? 1e9), 'the surface is on the first screen').to.be.at.most(844);
    await hand.draw(signer.sign({ sitting: 0, seed: 'first' }), { slowly: true });
    await page.getByRole('button', { name: 'Start over' }).click();
    await hand.draw(signer.sign({ sitting: 0, seed: 'second' }), { slowly: true });
    await look(page, 'together-drawn', [320, 1280]);
    await page.getByRole('button', { name: 'Done' }).click();
    await done(page);
    const challenge = server.seen[before[0]];
    expect(challenge?.committed).to.equal(true);
    expect(challenge?.prompts.at(-1)).to.equal('sign');
    expect(challenge?.frames.filter(({ step }) => step === 4).length).to.be.within(4, 10);
    expect(server.drawings.slice(before[1])).to.deep.equal([{ announced: true }]);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('goes one after the other for whoever would rather, also after the camera was on', async () => {
    const { page, desk: server } = await visit('?modalities=both');
    const hand = new Hand(page, 'mouse');
    const before = server.drawings.length;
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Step 1 of 5').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Do one after the other instead' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Done' }).waitFor();
    expect(await page.locator('asignio-face').count()).to.equal(0);
    await hand.draw(createSigner({ seed: 'ada', pointerType: 'mouse' }).sign({ sitting: 0, seed: 'apart' }));
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Step 1 of 4').waitFor({ timeout: 60_000 });
    await done(page);
    expect(server.drawings.slice(before)).to.deep.equal([{ announced: false }]);
    await page.context().close();
  });

  it('goes one after the other in a window that is too low for both', async () => {
    const { page } = await visit('?modalities=both');
    await page.setViewportSize({ width: 640, height: 360 });
    await page.reload();
    await page.getByRole('button', { name: 'Done' }).waitFor();
    expect(await page.locator('asignio-face').count()).to.equal(0);
    await page.context().close();
  });

  it('offers no one after the other where one sitting is asked for, says why, and waits for room', async () => {
    const { page, complaints, desk: server } = await visit('?modalities=one-sitting');
    const before = server.drawings.length;
    await page.getByText('Here both are needed in one go').waitFor();
    expect(await page.getByRole('button', { name: 'Do one after the other instead' }).count()).to.equal(0);
    await look(page, 'one-sitting-start');
    await page.setViewportSize({ width: 640, height: 360 });
    await page.reload();
    await page.getByRole('heading', { name: 'Make room for both' }).waitFor();
    expect(await barriers(page)).to.deep.equal([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByRole('status').filter({ hasText: 'Now draw your signature' }).waitFor({ timeout: 90_000 });
    expect(await page.getByText('Here both are needed in one go').isVisible()).to.equal(false);
    const surface = await page.locator('[part~="surface"]').boundingBox();
    expect((surface?.y ?? 0) + (surface?.height ?? 1e9), 'the surface is on the first screen').to.be.at.most(844);
    const signer = createSigner({ seed: 'ada', pointerType: 'mouse' });
    await new Hand(page, 'mouse').draw(signer.sign({ sitting: 0, seed: 'only' }), { slowly: true });
    await page.getByRole('button', { name: 'Done' }).click();
    await done(page);
    expect(server.drawings.slice(before)).to.deep.equal([{ announced: true }]);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('goes on in a low window for whoever has no other, as where a page is enlarged', async () => {
    const { page } = await visit('?modalities=one-sitting');
    await page.setViewportSize({ width: 320, height: 256 });
    await page.reload();
    await page.getByRole('button', { name: 'Go on in this window' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Start the camera' }).waitFor();
    await page.getByText('Here both are needed in one go').waitFor();
    await page.context().close();
  });

  it('says what went wrong, forgets the pictures, and asks again with prompts of another challenge', async () => {
    const { page, desk: server } = await visit();
    const before = server.seen.length;
    server.refuseNext('ASIGNIO_QUALITY_PROMPT_MISSED');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Do what is asked, one thing after the other').waitFor({ timeout: 90_000 });
    expect(await barriers(page)).to.deep.equal([]);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await done(page);
    expect(server.seen.length - before).to.equal(2);
    await page.context().close();
  });

  it('goes by time where there are no live hints', async () => {
    const { page, desk: server } = await visit('', () => {
      Object.defineProperty(window, 'Worker', { value: undefined });
    });
    const before = server.seen.length;
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await done(page);
    expect(server.seen[before]?.committed).to.equal(true);
    await page.context().close();
  });

  it('lets somebody stop at any time, and turns the camera off', async () => {
    const { page } = await visit();
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Step 1 of 4').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    await page.getByText('The camera is off.').waitFor();
    const live = await page
      .locator('asignio-face video')
      .evaluate((video) => (video as HTMLVideoElement).srcObject !== null);
    expect(live).to.equal(false);
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('ASIGNIO-CEREMONY');
    await page.context().close();
  });

  for (const [name, code, title] of [
    ['NotAllowedError', 'denied', 'The camera may not be used'],
    ['NotFoundError', 'none', 'There is no camera'],
    ['NotReadableError', 'busy', 'The camera is in use'],
  ] as const)
    it(`tells what to do when the camera is ${code}, and offers another way`, async () => {
      const { page } = await visit(`?trouble=${name}`, () => {
        const trouble = new URL(location.href).searchParams.get('trouble') ?? '';
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', trouble));
      });
      await page.getByRole('button', { name: 'Start the camera' }).click();
      await page.getByText(title).waitFor();
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      await page.getByText('You can use another way in').first().waitFor();
      if (code === 'denied') await look(page, 'face-denied', [320, 1280]);
      await page.context().close();
    });

  it('offers the other camera where there are two, and uses it', async () => {
    const { page } = await visit('', () => {
      const { mediaDevices } = navigator;
      const asked: unknown[] = [];
      const real = mediaDevices.getUserMedia.bind(mediaDevices);
      Object.assign(window, { asked });
      mediaDevices.getUserMedia = (constraints) => {
        asked.push((constraints?.video as MediaTrackConstraints | undefined)?.deviceId);
        return real({ video: true });
      };
      mediaDevices.enumerateDevices = () =>
        Promise.resolve(['front', 'back'].map((deviceId) => ({ deviceId, kind: 'videoinput' }) as MediaDeviceInfo));
    });
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByRole('button', { name: 'Use another camera' }).click();
    await page.getByText('Step 1 of 4').waitFor({ timeout: 60_000 });
    const asked = await page.evaluate(() => (window as unknown as { asked: unknown[] }).asked);
    expect(asked).to.deep.equal([undefined, { exact: 'front' }]);
    await page.context().close();
  });

  it('goes on when the phone is turned', async () => {
    const { page } = await visit();
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText('Step 2 of 4').waitFor({ timeout: 60_000 });
    await page.setViewportSize({ width: 844, height: 390 });
    await done(page);
    await page.context().close();
  });

  for (const [language, start] of [
    ['es', 'Encender la cámara'],
    ['ar', 'تشغيل الكاميرا'],
  ] as const)
    it(`speaks ${language}`, async () => {
      const { page, complaints } = await visit(`?lang=${language}`);
      await page.getByRole('button', { name: start }).click();
      await page.locator('asignio-face [part~="ask"]:not(:empty)').waitFor({ timeout: 60_000 });
      await look(page, `face-${language}`, [390]);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    });
});
