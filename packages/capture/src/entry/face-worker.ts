import type { EyeRequest } from '../face/eye.ts';
import { readWeights } from '../face/net/weights.ts';
import { viewOf } from '../face/view.ts';

/** The worker that looks at the camera's pictures: `dist/browser/face-worker.js`. What it sees stays in it. */
const response = await fetch(new URL('face-weights.bin', import.meta.url));
if (!response.ok) throw new Error('The networks could not be loaded');
const weights = readWeights(new Uint8Array(await response.arrayBuffer()));

addEventListener('message', ({ data: { width, height, data } }: MessageEvent<EyeRequest>) => {
  const pixels = new Uint8ClampedArray(data);
  postMessage(viewOf({ width, height, data: pixels }, weights));
  pixels.fill(0);
});
postMessage('ready');
