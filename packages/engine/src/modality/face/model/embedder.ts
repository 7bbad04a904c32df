import { AsignioError } from '@asignio/contracts';
import { Board } from '../../../kernel/board.ts';
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
    const board = Board.take();
    try {
      const at = board.planes(chip.data);
      for (const flip of [false, true]) {
        const input = board.lay(at, side, side, options, flip);
        const { [output]: values } = await network.run(input, [1, 3, side, side]);
        if (values?.length !== dimensions)
          throw new AsignioError(
            'ASIGNIO_ENGINE_FAILED',
            'The embedder gave another number of values than its manifest says',
          );
        for (let i = 0; i < dimensions; i++) vector[i] = vector[i]! + values[i]!;
        values.fill(0);
      }
    } finally {
      board.giveBack();
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
