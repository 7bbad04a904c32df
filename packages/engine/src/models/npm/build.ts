import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import type { NpmBuild } from '../manifest-types.ts';
import { blazefaceToOnnx } from './blazeface.ts';
import { landmarks68ToOnnx } from './landmarks68.ts';
import { recognitionToOnnx } from './recognition.ts';

interface Recipe {
  /** Paths of the network's description and weights inside the package. */
  readonly json: string;
  readonly weights: string;
  readonly convert: (json: string, bytes: Uint8Array) => Uint8Array;
}

const RECIPES: { readonly [B in NpmBuild]: Recipe } = {
  blazeface: { json: 'models/blazeface.json', weights: 'models/blazeface.bin', convert: blazefaceToOnnx },
  landmarks68: {
    json: 'model/face_landmark_68_model-weights_manifest.json',
    weights: 'model/face_landmark_68_model.bin',
    convert: landmarks68ToOnnx,
  },
  recognition: {
    json: 'model/face_recognition_model-weights_manifest.json',
    weights: 'model/face_recognition_model.bin',
    convert: recognitionToOnnx,
  },
};

/**
 * Builds a network as ONNX of the weights inside an npm package. Two of its files are read; none of its code ever runs.
 * @throws AsignioError `ASIGNIO_MODEL_MISSING` where the package is not installed, or lacks them.
 */
export async function buildFromNpm(name: string, build: NpmBuild): Promise<Uint8Array> {
  const { json, weights, convert } = RECIPES[build];
  try {
    const folder = packageFolder(name);
    return convert(await readFile(join(folder, json), 'utf8'), await readFile(join(folder, weights)));
  } catch (error) {
    throw new AsignioError('ASIGNIO_MODEL_MISSING', `The ${build} network cannot be built of ${name}`, {
      cause: error,
    });
  }
}

/** The entry point is found, not loaded: packages need not export their other files. It lies in `dist/`. */
function packageFolder(name: string): string {
  return dirname(dirname(createRequire(import.meta.url).resolve(name)));
}
