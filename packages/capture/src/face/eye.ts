import type { FaceView } from './view.ts';

/** Looks at pictures. */
export interface Eye {
  /** `undefined` while it is still looking at the one before. */
  look(picture: ImageData): Promise<FaceView> | undefined;
  close(): void;
}

/** A picture, as the worker is sent it. The first message is the networks' weights. */
export interface EyeRequest {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayBuffer;
}

/** Loading the networks takes longer than any look, ms. */
const PATIENCE_MS = 10_000;

/** A name that a page's Content-Security-Policy can allow: `trusted-types asignio`. */
const POLICY = 'asignio';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string;
  };
}

/**
 * Starts the worker that looks at pictures. Rejects where the page does not allow one, or the networks cannot be loaded:
 * then there are no live hints, and the server says what was wrong.
 * @param folder where `face-worker.js` and `face-weights.bin` are
 */
export async function openEye(folder: URL): Promise<Eye> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(new URL('face-weights.bin', folder), { credentials: 'same-origin', signal });
  if (!response.ok) throw new Error('The networks could not be loaded');
  const weights = await response.arrayBuffer();
  const worker = new Worker(scriptUrl(new URL('face-worker.js', folder)), { type: 'module' });
  try {
    const ready = answerOf(worker, signal);
    worker.postMessage(weights, [weights]);
    await ready;
  } catch (error) {
    worker.terminate();
    throw error;
  }
  let busy = false;
  return {
    look: ({ width, height, data }) => {
      if (busy) return undefined;
      busy = true;
      const request: EyeRequest = { width, height, data: data.buffer };
      const answer = answerOf(worker, AbortSignal.timeout(PATIENCE_MS)).finally(() => (busy = false));
      worker.postMessage(request, [request.data]);
      return answer as Promise<FaceView>;
    },
    close: () => worker.terminate(),
  };
}

/** The next answer of the worker; it gives one after it has loaded, and one a picture. */
function answerOf(worker: Worker, patience: AbortSignal): Promise<unknown> {
  return new Promise((done, failed) => {
    const over = new AbortController();
    const { signal } = over;
    const end = (act: () => void): void => {
      over.abort();
      act();
    };
    worker.addEventListener('message', ({ data }) => end(() => done(data)), { signal });
    worker.addEventListener('error', () => end(() => failed(new Error('The worker failed'))), { signal });
    patience.addEventListener('abort', () => end(() => failed(new Error('The worker took too long'))), { signal });
  });
}

/** Where the page demands Trusted Types, an address of a script must come from a policy. */
function scriptUrl(url: URL): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return url.href;
  policy ??= trustedTypes.createPolicy(POLICY, { createScriptURL: (script) => script });
  return policy.createScriptURL(url.href);
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;
