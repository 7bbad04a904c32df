import { AsignioError } from '@asignio/contracts';
import { forbiddenIn } from '../../../models/onnx/inspect.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** One loaded network: arrays of floats in and out. */
export interface Network {
  /** @throws AsignioError `ASIGNIO_ENGINE_FAILED` where what comes out is not finite, or not of this name. */
  run(input: Float32Array, shape: readonly number[]): Promise<{ readonly [output: string]: Float32Array }>;
}

/**
 * Loads a network from bytes that were verified; nothing is read from a file again. One thread: the pool has one worker a
 * core already.
 * @throws AsignioError `ASIGNIO_MODEL_INVALID` where it is no network, or one that could ask for endless work.
 */
export async function loadNetwork(bytes: Uint8Array, name: string): Promise<Network> {
  const forbidden = forbiddenIn(bytes);
  if (forbidden !== undefined) throw new AsignioError('ASIGNIO_MODEL_INVALID', `${name} ${forbidden}`);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  }).catch(() => {
    throw new AsignioError('ASIGNIO_MODEL_INVALID', `${name} is no network that can be run`);
  });
  const [input] = session.inputNames;
  if (session.inputNames.length !== 1 || input === undefined)
    throw new AsignioError('ASIGNIO_MODEL_INVALID', `${name} must have one input`);
  return {
    run: async (data, shape) => {
      const outputs = await session.run({ [input]: new Tensor('float32', data, shape) });
      const floats: { [output: string]: Float32Array } = {};
      for (const [output, { data: values }] of Object.entries(outputs)) {
        if (!(values instanceof Float32Array) || !areFinite(values))
          throw new AsignioError('ASIGNIO_ENGINE_FAILED', `${name} gave what is no number`);
        floats[output] = values;
      }
      return floats;
    },
  };
}

function areFinite(values: Float32Array): boolean {
  // One by one: `every` takes as long as some networks do.
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
