import type { FaceFrame } from '@asignio/contracts';
import type { TakenFrame } from './burst.ts';
import { committedBytes, packFrames } from './format.ts';

/** What was taken for each prompt of one challenge, until it is sent. */
export class FaceAnswers {
  #frames: (FaceFrame & { readonly sha256: Uint8Array })[] = [];
  #begun: number | undefined;

  /** Adds what was taken for a step. */
  add(step: number, taken: readonly TakenFrame[]): void {
    for (const { at, jpeg, sha256 } of taken) {
      this.#begun ??= at;
      const before = this.#frames.at(-1)?.t ?? -1;
      this.#frames.push({ step, t: Math.max(before + 1, Math.round(at - this.#begun)), jpeg, sha256 });
    }
  }

  /** What the server is told of a step before it says the next prompt: SHA-256, base64url. */
  async commitment(nonce: string, step: number): Promise<string> {
    const own = this.#frames.filter((frame) => frame.step === step);
    const digest = await crypto.subtle.digest('SHA-256', committedBytes(fromBase64url(nonce), step, own));
    return toBase64url(new Uint8Array(digest));
  }

  /** A moment on the page's clock, ms since the first picture. */
  since(at: number): number {
    return Math.max(0, Math.round(at - (this.#begun ?? at)));
  }

  /** The sample. */
  pack(): Uint8Array<ArrayBuffer> {
    return packFrames(this.#frames);
  }

  /** Overwrites all pictures. */
  clear(): void {
    for (const { jpeg } of this.#frames) jpeg.fill(0);
    this.#frames = [];
    this.#begun = undefined;
  }
}

export function toBase64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}
