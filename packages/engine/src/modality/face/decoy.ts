import type { FacePack } from '../../models/manifest-types.ts';
import type { Detection } from './model/detectors/detector.ts';
import type { FaceNetworks } from './model/pack.ts';
import { align } from './preprocess/align.ts';
import { Pyramid } from './preprocess/picture.ts';
import type { DecodedPicture } from './preprocess/picture.ts';
import { poseOf } from './preprocess/pose.ts';
import { measureFace } from './preprocess/quality.ts';
import { decodePicture } from './preprocess/decode.ts';
import sharp from 'sharp';

const SIDE = 640;
/** Bytes of a usual frame; a sample of so many bytes has so many frames. */
const FRAME_BYTES = 40_000;
const MOST_FRAMES = 40;
const MOST_EMBEDDED = 8;

/** Makes what does the work of a comparison: all networks run on drawn pictures, as many as a sample of so many bytes has. */
export function decoyOf(networks: FaceNetworks, pack: FacePack): (sampleBytes: number) => Promise<void> {
  let drawn: Promise<Uint8Array> | undefined;
  return async (sampleBytes) => {
    drawn ??= draw();
    const bytes = await drawn;
    const frames = Math.min(MOST_FRAMES, Math.max(1, Math.round((sampleBytes || 0) / FRAME_BYTES)));
    for (let n = 0; n < frames; n++) {
      const picture = await decodePicture({ mediaType: 'image/jpeg', bytes });
      await work(picture, networks, pack, n < MOST_EMBEDDED);
    }
  };
}

async function work(picture: DecodedPicture, networks: FaceNetworks, pack: FacePack, embed: boolean): Promise<void> {
  const pyramid = new Pyramid(picture);
  try {
    await networks.detect(pyramid);
    const landmarks = await networks.landmarks(pyramid, FACE);
    if (landmarks === undefined) return;
    await networks.pad?.(pyramid, FACE.box);
    const aligned = align(pyramid, FACE, landmarks, pack);
    if (aligned === undefined) return;
    measureFace(picture, landmarks, poseOf(landmarks), aligned.chip, aligned.toChip);
    if (embed) await networks.embed(aligned.chip);
  } finally {
    pyramid.wipe();
  }
}

/** Where a face would be. */
const FACE: Detection = {
  score: 1,
  box: { x: 200, y: 160, width: 240, height: 320 },
  eyes: [
    { x: 270, y: 280 },
    { x: 370, y: 280 },
  ],
  nose: { x: 320, y: 340 },
  mouth: [
    { x: 280, y: 400 },
    { x: 360, y: 400 },
  ],
};

/** Soft waves: about as many bytes as a picture of somebody. */
function draw(): Promise<Uint8Array> {
  const data = new Uint8Array(3 * SIDE * SIDE);
  for (let y = 0, at = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      for (let c = 0; c < 3; c++, at++)
        data[at] = 128 + 60 * Math.sin(x / 23 + c) * Math.cos(y / 31) + 20 * Math.sin((x * y) / 997);
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}
