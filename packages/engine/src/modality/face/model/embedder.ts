import { AsignioError } from '@asignio/contracts';
import type { InputLayout } from '../../../models/manifest-types.ts';
import type { Planes } from '../preprocess/warp.ts';
import type { Network } from './network.ts';

/** Makes a vector of unit length of an aligned face. */
export type Embedder = (chip: Planes) => Promise<Float32Array>;

export interface EmbedderOptions extends InputLayout {
  readonly output: string;
  readonly dimensions: number;
}

/** Runs the network on a face and on its mirror image, one by one for many take no more; the vector is the mean of both. */
export function embedderOf(network: Network, options: EmbedderOptions): Embedder {
  const { side, output, dimensions } = options;
  return async (chip) => {
    const vector = new Float32Array(dimensions);
    for (const flip of [false, true]) {
      const input = inputOf(chip, flip, options);
      const { [output]: values } = await network.run(input, [1, 3, side, side]);
      input.fill(0);
      if (values?.length !== dimensions)
        throw new AsignioError(
          'ASIGNIO_ENGINE_FAILED',
          'The embedder gave another number of values than its manifest says',
        );
      for (let i = 0; i < dimensions; i++) vector[i] = vector[i]! + values[i]!;
      values.fill(0);
    }
    return normalise(vector);
  };
}

/** To unit length, in place. A vector without a direction is a fault of the network, not a face. */
function normalise(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const length = Math.sqrt(square);
  if (!(length > 1e-6) || !Number.isFinite(length))
    throw new AsignioError('ASIGNIO_ENGINE_FAILED', 'The embedder gave what is no direction');
  for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! / length;
  return vector;
}

/** The face, or what a mirror shows of it, in the layout of the network. */
function inputOf({ data, width }: Planes, flip: boolean, { colour, mean, std }: InputLayout): Float32Array {
  const out = new Float32Array(data.length);
  const plane = data.length / 3;
  for (let c = 0; c < 3; c++) {
    const [centre, scale] = [mean[c]!, 1 / std[c]!];
    const start = (colour === 'rgb' ? c : 2 - c) * plane;
    const step = flip ? -1 : 1;
    for (let row = 0, to = c * plane; row < plane; row += width)
      for (let x = 0, from = start + row + (flip ? width - 1 : 0); x < width; x++, from += step, to++)
        out[to] = (data[from]! - centre) * scale;
  }
  return out;
}
