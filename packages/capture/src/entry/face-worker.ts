import type { EyeRequest } from '../face/eye.ts';
import { readWeights, type Weights } from '../face/net/weights.ts';
import { viewOf } from '../face/view.ts';

/*
 * The worker that looks at the camera's pictures: `dist/browser/face-worker.js`. The page hands it the networks, and it
 * asks for nothing: served with a policy of `default-src 'none'` it could not send away what it sees.
 */
let weights: Weights | undefined;

addEventListener('message', ({ data }: MessageEvent<EyeRequest | ArrayBuffer>) => {
  if (data instanceof ArrayBuffer) {
    weights = readWeights(new Uint8Array(data));
    postMessage('ready');
  } else if (weights !== undefined) {
    const pixels = new Uint8ClampedArray(data.data);
    postMessage(viewOf({ width: data.width, height: data.height, data: pixels }, weights));
    pixels.fill(0);
  }
});
