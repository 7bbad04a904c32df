import { convolve, convolveDepthwise, convolvePointwise, rectify, sum, type Plane } from './layers.ts';
import { crop, type Box, type Pixels } from './pixels.ts';
import type { Weights } from './weights.ts';

/** A place in a picture, px. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of `@vladmandic/face-api` (MIT): `faceFeatureExtractor/TinyFaceFeatureExtractor.ts`. */
const MEAN = [122.782, 117.001, 104.298] as const;
const SIDE = 112;
const COUNT = 68;

/** The tiny 68-landmark network, on the part of a picture where a face is. */
export function findLandmarks(picture: Pixels, box: Box, weights: Weights): readonly Point[] {
  const side = Math.max(box.width, box.height);
  const place = { x: box.x + (box.width - side) / 2, y: box.y + (box.height - side) / 2, width: side, height: side };
  let x = crop(picture, place, SIDE, MEAN);
  for (let block = 0; block < 3; block += 1) x = denseBlock(x, `landmarks/dense${block}`, weights);
  const values = layer(means(x), weights('landmarks/fc/weights'), weights('landmarks/fc/bias'));
  return Array.from({ length: COUNT }, (_, i) => ({
    x: place.x + (values[2 * i] ?? 0) * side,
    y: place.y + (values[2 * i + 1] ?? 0) * side,
  }));
}

/** Three convolutions; each reads the sum of all before it. */
function denseBlock(x: Plane, name: string, weights: Weights): Plane {
  const first = rectify(
    name === 'landmarks/dense0'
      ? convolve(x, weights(`${name}/conv0/filters`), weights(`${name}/conv0/bias`), { stride: 2, same: true })
      : separable(x, `${name}/conv0`, weights, 2),
  );
  const second = separable(first, `${name}/conv1`, weights, 1);
  const third = separable(rectify(sum(first, second)), `${name}/conv2`, weights, 1);
  return rectify(sum(first, second, third));
}

function separable(x: Plane, name: string, weights: Weights, stride: number): Plane {
  const spread = convolveDepthwise(x, weights(`${name}/depthwise_filter`), stride);
  return convolvePointwise(spread, weights(`${name}/pointwise_filter`), weights(`${name}/bias`));
}

/** The mean of each channel. */
function means({ height, width, channels, data }: Plane): Float32Array {
  const out = new Float32Array(channels);
  for (let i = 0; i < data.length; i += 1) out[i % channels]! += data[i]! / (height * width);
  return out;
}

function layer(input: Float32Array, matrix: Float32Array, bias: Float32Array): Float32Array {
  const out = bias.slice();
  for (const [i, value] of input.entries())
    for (let o = 0; o < out.length; o += 1) out[o]! += value * matrix[i * out.length + o]!;
  return out;
}
