import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createEncoder, type Encoder } from '../../../kernel/encoder.ts';
import type { Sequence } from '../../../kernel/sequence.ts';
import { quantise } from '../preprocess/quantise.ts';
import type { ModelManifest } from './manifest-types.ts';
import { MANIFEST } from './manifest.ts';

let encoder: Encoder | 'none' | undefined;

/**
 * What the network of the manifest makes of a drawing's channels, as it is kept: a vector for each two rows. The network is
 * read and checked at the first call of a thread. `undefined` on a machine without SIMD, where local features compare alone.
 * @throws Error where the file is missing or not the one that the manifest names.
 */
export function embed(input: Sequence): Float32Array | undefined {
  encoder ??= choose(readWeights());
  return encoder === 'none' ? undefined : encoder.encode(input).map(quantise);
}

function choose(weights: Float32Array): Encoder | 'none' {
  try {
    return createEncoder(MANIFEST.shape, weights);
  } catch {
    return 'none';
  }
}

function readWeights(): Float32Array {
  return checkedWeights(readFileSync(new URL(`../../../../models/${MANIFEST.file.name}`, import.meta.url)), MANIFEST);
}

/** The weights in a model's file, once it is known to be the one that the manifest names. @throws Error */
export function checkedWeights(file: Uint8Array, { name, version, file: named }: ModelManifest): Float32Array {
  if (file.length !== named.bytes || createHash('sha256').update(file).digest('hex') !== named.sha256)
    throw new Error(`${named.name} is not the file that the manifest of ${name} ${version} names`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return Float32Array.from({ length: named.bytes / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
