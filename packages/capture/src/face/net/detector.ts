import { convolve, convolveDepthwise, convolvePointwise, pool, rectify, type Plane } from './layers.ts';
import { crop, type Box, type Pixels } from './pixels.ts';
import type { Weights } from './weights.ts';

/** A face that was found, px of the picture. */
export interface FoundFace {
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
}

/**
 * The tiny face detector of `@vladmandic/face-api` (MIT): anchors, mean colour and slope are its constants
 * (`tinyFaceDetector/const.ts`, `tinyYolov2/leaky.ts`).
 */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
const MEAN = [117.001, 114.697, 97.404] as const;
const SLOPE = 0.1;
const BLOCKS = 5;
/** Values a box: x, y, width, height, score. */
const VALUES = 5;

/** Side of the picture that the network reads, px: faces from a fifth of it on are found. */
const SIDE = 128;
/** The person is known to be looking in, so a faint find counts. */
const SURE = 0.3;
/** Boxes that overlap by more are one face. */
const OVERLAP = 0.4;

/** Finds the faces in a picture, the surest first. */
export function detectFaces(picture: Pixels, weights: Weights): readonly FoundFace[] {
  const longer = Math.max(picture.width, picture.height);
  const input = crop(picture, { x: 0, y: 0, width: longer, height: longer }, SIDE, MEAN);
  let x = rectify(
    convolve(input, weights('detector/conv0/filters'), weights('detector/conv0/bias'), { stride: 1, same: false }),
    SLOPE,
  );
  for (let block = 1; block <= BLOCKS; block += 1) {
    const name = `detector/conv${block}`;
    const spread = convolveDepthwise(pool(x, 2), weights(`${name}/depthwise_filter`), 1);
    x = rectify(convolvePointwise(spread, weights(`${name}/pointwise_filter`), weights(`${name}/bias`)), SLOPE);
  }
  const cells = convolvePointwise(pool(x, 1), weights('detector/conv8/filters'), weights('detector/conv8/bias'));
  return suppress(boxes(cells, longer));
}

function boxes({ width: cells, data }: Plane, longer: number): readonly FoundFace[] {
  const found: FoundFace[] = [];
  for (let cell = 0; cell < cells * cells; cell += 1)
    for (const [anchor, [wide, high]] of ANCHORS.entries()) {
      const [x = 0, y = 0, w = 0, h = 0, s = 0] = data.subarray((cell * ANCHORS.length + anchor) * VALUES);
      const score = sigmoid(s);
      if (score < SURE) continue;
      const unit = longer / cells;
      const width = Math.exp(w) * wide * unit;
      const height = Math.exp(h) * high * unit;
      const centreX = ((cell % cells) + sigmoid(x)) * unit;
      const centreY = (Math.floor(cell / cells) + sigmoid(y)) * unit;
      found.push({ score, box: { x: centreX - width / 2, y: centreY - height / 2, width, height } });
    }
  return found;
}

function suppress(found: readonly FoundFace[]): readonly FoundFace[] {
  const kept: FoundFace[] = [];
  for (const face of [...found].sort((a, b) => b.score - a.score))
    if (kept.every(({ box }) => overlap(box, face.box) <= OVERLAP)) kept.push(face);
  return kept;
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
