import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The two networks of the live hints, as files of `@vladmandic/face-api` (MIT); none of its code runs. */
const NETWORKS = { detector: 'tiny_face_detector_model', landmarks: 'face_landmark_68_tiny_model' };

/** Packs the weights into one file, as `packages/capture/src/face/net/weights.ts` reads it: a byte a weight. */
export async function faceWeights() {
  const capture = createRequire(new URL('../packages/capture/package.json', import.meta.url));
  const folder = join(dirname(dirname(capture.resolve('@vladmandic/face-api'))), 'model');
  const entries = [];
  const bodies = [];
  for (const [network, file] of Object.entries(NETWORKS)) {
    const groups = JSON.parse(await readFile(join(folder, `${file}-weights_manifest.json`), 'utf8'));
    for (const { name, shape, quantization } of groups.flatMap(({ weights }) => weights)) {
      if (quantization?.dtype !== 'uint8') throw new Error(`${file}: ${name} is not a byte a weight`);
      const size = shape.reduce((product, one) => product * one, 1);
      entries.push({ name: `${network}/${name}`, size, scale: quantization.scale, min: quantization.min });
    }
    bodies.push(await readFile(join(folder, `${file}.bin`)));
  }
  const head = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...bodies]);
}
