import type { SignatureSample } from '@asignio/contracts';
import type { CDPSession, Page } from 'playwright-core';

/** What draws. */
export type Tool = 'finger' | 'mouse' | 'pen';

interface Point {
  readonly x: number;
  readonly y: number;
  /** ms since the first point. */
  readonly t: number;
  readonly pressure: number;
  readonly pen: 0 | 1;
}

/**
 * A hand that draws with the browser's own input events, through the DevTools protocol: the page cannot tell them from a
 * device's. Each event carries its own time, so that a signature keeps its rhythm however fast the events are sent.
 */
export class Hand {
  readonly #page: Page;
  readonly #tool: Tool;
  #session: CDPSession | undefined;

  constructor(page: Page, tool: Tool) {
    this.#page = page;
    this.#tool = tool;
  }

  /** Draws a sample on the surface, scaled to fit. `slowly` sends each event when its time has come. */
  async draw(sample: SignatureSample, { slowly = false }: { slowly?: boolean } = {}): Promise<void> {
    const points = await this.#place(sample);
    const session = (this.#session ??= await this.#page.context().newCDPSession(this.#page));
    const length = points.at(-1)?.t ?? 0;
    // Times lie in the past, or the person's next event would come before the drawing's last one; but not before the page.
    const age = await this.#page.evaluate(() => performance.now());
    if (!slowly) await until(Date.now() + length + 50 - age);
    const begun = Date.now();
    const origin = slowly ? begun : begun - length;
    const sent: Promise<unknown>[] = [];
    let down = false;
    for (const point of points) {
      if (slowly) await until(begun + point.t);
      sent.push(this.#send(session, point, down, (origin + point.t) / 1000));
      down = point.pen === 1;
    }
    await Promise.all(sent);
  }

  #send(session: CDPSession, { x, y, pen, pressure }: Point, down: boolean, timestamp: number): Promise<unknown> {
    if (this.#tool === 'finger') {
      const type = pen === 0 ? 'touchEnd' : down ? 'touchMove' : 'touchStart';
      const touchPoints = pen === 0 ? [] : [{ x, y, id: 1 }];
      return session.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp });
    }
    const type = pen === 0 ? 'mouseReleased' : down ? 'mouseMoved' : 'mousePressed';
    const pointerType = this.#tool === 'pen' ? 'pen' : 'mouse';
    const force = this.#tool === 'pen' ? pressure : pen === 0 ? 0 : 0.5;
    const buttons = pen === 0 ? 0 : 1;
    const event = { type, x, y, timestamp, pointerType, force, buttons, button: 'left', clickCount: 1 } as const;
    return session.send('Input.dispatchMouseEvent', event);
  }

  /** The drawing in the middle of the surface, in CSS px of the page. */
  async #place(sample: SignatureSample): Promise<readonly Point[]> {
    const surface = this.#page.locator('[part~="surface"]');
    await surface.scrollIntoViewIfNeeded();
    const box = await surface.boundingBox();
    if (box === null) throw new Error('There is no surface to draw on');
    const left = Math.min(...sample.x);
    const top = Math.min(...sample.y);
    const width = Math.max(...sample.x) - left;
    const height = Math.max(...sample.y) - top;
    const scale = Math.min(1, (0.85 * box.width) / width, (0.85 * box.height) / height);
    const dx = box.x + (box.width - width * scale) / 2;
    const dy = box.y + (box.height - height * scale) / 2;
    return sample.x.map((x, i) => ({
      x: dx + (x - left) * scale,
      y: dy + ((sample.y[i] ?? 0) - top) * scale,
      t: sample.t[i] ?? 0,
      pressure: sample.pressure[i] ?? 0.5,
      pen: sample.pen[i] ?? 0,
    }));
  }
}

function until(at: number): Promise<void> {
  return new Promise((done) => void setTimeout(done, Math.max(0, at - Date.now())));
}
