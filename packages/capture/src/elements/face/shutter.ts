import type { TakenFrame } from '../../face/burst.ts';

/** Side of the pictures that are sent, and of those that are looked at for hints, px. */
const SIDE = 480;
const SMALL = 192;
const QUALITY = 0.86;

/** Takes pictures of a video: the square in its middle, which is what the person sees. */
export class Shutter {
  readonly #video: HTMLVideoElement;
  readonly #large = canvas(SIDE);
  readonly #small = canvas(SMALL);

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** Whether there is a picture to take. */
  get open(): boolean {
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.#video.videoWidth > 0;
  }

  /** A small picture to look at. */
  glance(): ImageData | undefined {
    return this.#draw(this.#small, SMALL)?.getImageData(0, 0, SMALL, SMALL);
  }

  /** A picture to send. */
  async take(): Promise<TakenFrame | undefined> {
    if (this.#draw(this.#large, SIDE) === undefined) return undefined;
    const at = performance.now();
    const blob = await new Promise<Blob | null>((done) => this.#large.toBlob(done, 'image/jpeg', QUALITY));
    if (blob === null) return undefined;
    const jpeg = new Uint8Array(await blob.arrayBuffer());
    return { at, jpeg, sha256: new Uint8Array(await crypto.subtle.digest('SHA-256', jpeg)) };
  }

  /** Leaves no picture on a canvas. */
  clear(): void {
    for (const one of [this.#large, this.#small]) one.getContext('2d')?.clearRect(0, 0, one.width, one.height);
  }

  #draw(to: HTMLCanvasElement, side: number): CanvasRenderingContext2D | undefined {
    const context = to.getContext('2d', { willReadFrequently: side === SMALL });
    if (context === null || !this.open) return undefined;
    const { videoWidth: width, videoHeight: height } = this.#video;
    const square = Math.min(width, height);
    context.drawImage(this.#video, (width - square) / 2, (height - square) / 2, square, square, 0, 0, side, side);
    return context;
  }
}

function canvas(side: number): HTMLCanvasElement {
  const made = document.createElement('canvas');
  made.width = side;
  made.height = side;
  return made;
}
