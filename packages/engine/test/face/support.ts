import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { drawPortrait } from '@asignio/testkit';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { putModel, sha256Of } from '#src/models/folder.js';
import type { FacePack, ModelFile } from '#src/models/manifest-types.js';
import { OnnxGraph } from '#src/models/onnx/graph.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import type { FaceTemplate } from '#src/modality/face/types.js';

/** A JPEG of somebody who does not exist. */
export async function portrait(seed: string, edit: (picture: Sharp) => Sharp = (picture) => picture): Promise<Buffer> {
  const drawn = await sharp(Buffer.from(drawPortrait({ seed })))
    .png()
    .toBuffer();
  return edit(sharp(drawn)).jpeg({ quality: 90 }).toBuffer();
}

/** A folder for one suite; removed by what `remove` is given to. */
export async function modelsFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'asignio-models-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What a tiny pack's embedder does. */
export type GoldenEmbedder = 'means' | 'not-a-number' | 'zero' | 'slow';

/** Sides of the tiny networks' inputs, and where the detector sees a face in a picture of 640 px. */
const SIDE = 64;
export const GOLDEN_FACE = { x: 160, y: 160, width: 320, height: 320 } as const;

/**
 * A pack of networks of a few operators: whatever the picture, the detector sees one face in its middle and the landmarks
 * are frontal; the embedder gives the mean red, green and blue of the aligned face, so that what should come out can be
 * worked out by hand.
 */
export async function goldenPack(folder: string, embedder: GoldenEmbedder = 'means'): Promise<FacePack> {
  const files: { [id: string]: ModelFile } = {};
  for (const [id, bytes] of Object.entries({
    detector: detectorNetwork(),
    landmarks: landmarksNetwork(),
    embedder: embedderNetwork(embedder),
  })) {
    files[id] = {
      name: `golden-${id}`,
      sha256: sha256Of(bytes),
      bytes: bytes.byteLength,
      licence: 'Apache-2.0',
      source: { by: 'made by a test' },
    };
    await putModel(folder, files[id], bytes);
  }
  return {
    ...NPM_PACK,
    name: `golden-${embedder}`,
    files,
    detector: { kind: 'yunet', file: 'detector', side: SIDE, fixed: true, score: 0.5 },
    aligner: {
      points: 'detected5',
      template: [
        [4, 5],
        [12, 5],
        [8, 9],
        [5, 12],
        [11, 12],
      ],
    },
    embedder: {
      file: 'embedder',
      output: 'y',
      dimensions: 3,
      side: 16,
      colour: 'rgb',
      mean: [0, 0, 0],
      std: [255, 255, 255],
    },
    calibration: {
      ...NPM_PACK.calibration,
      mated: { mean: 0.99, deviation: 0.01 },
      nonMated: { mean: 0.8, deviation: 0.02 },
    },
  };
}

function detectorNetwork(): Uint8Array {
  const graph = new OnnxGraph('golden-detector');
  graph.input('x', [1, 3, SIDE, SIDE]);
  for (const stride of [8, 16, 32]) {
    const places = (SIDE / stride) ** 2;
    const centre = 4 * 8 + 4;
    const fill = (width: number, values: readonly number[]) => {
      const data = new Float32Array(places * width);
      if (stride === 8) data.set(values, centre * width);
      return graph.floats({ shape: [1, places, width], data });
    };
    const size = Math.log(4);
    graph.output(fill(1, [1]), `cls_${stride}`, [1, places, 1]);
    graph.output(fill(1, [1]), `obj_${stride}`, [1, places, 1]);
    graph.output(fill(4, [0, 0, size, size]), `bbox_${stride}`, [1, places, 4]);
    graph.output(fill(10, [-1, -0.6, 1, -0.6, 0, 0.2, -0.7, 1, 0.7, 1]), `kps_${stride}`, [1, places, 10]);
  }
  return graph.bytes();
}

/** Where 68 landmarks lie in a frontal face, in parts of a crop: close enough to one for pose and eyes. */
function landmarksNetwork(): Uint8Array {
  const data = Float32Array.from(frontalLandmarks().flatMap(({ x, y }) => [x, y]));
  const graph = new OnnxGraph('golden-landmarks');
  graph.input('x', ['n', 3, 112, 112]);
  graph.output(graph.floats({ shape: [1, 136], data }), 'y', [1, 136]);
  return graph.bytes();
}

/** 68 points of a frontal face in a square of side 1. */
export function frontalLandmarks(): { x: number; y: number }[] {
  const arc = (count: number, from: number, to: number, y: number, rise: number) =>
    Array.from({ length: count }, (_, i) => {
      const part = i / (count - 1);
      return { x: from + part * (to - from), y: y + rise * Math.sin(Math.PI * part) };
    });
  const eye = (x: number) =>
    [
      [-0.08, 0],
      [-0.03, -0.03],
      [0.03, -0.03],
      [0.08, 0],
      [0.03, 0.03],
      [-0.03, 0.03],
    ].map(([dx = 0, dy = 0]) => ({ x: x + dx, y: 0.32 + dy }));
  return [
    ...arc(17, 0.12, 0.88, 0.35, 0.55),
    ...arc(5, 0.2, 0.42, 0.22, -0.04),
    ...arc(5, 0.58, 0.8, 0.22, -0.04),
    ...Array.from({ length: 4 }, (_, i) => ({ x: 0.5, y: 0.32 + 0.07 * i })),
    ...arc(5, 0.42, 0.58, 0.57, 0.02),
    ...eye(0.31),
    ...eye(0.69),
    ...arc(7, 0.36, 0.64, 0.7, -0.04),
    ...arc(5, 0.6, 0.4, 0.74, 0.04),
    ...arc(5, 0.38, 0.62, 0.71, -0.01),
    ...arc(3, 0.56, 0.44, 0.72, 0.01),
  ];
}

function embedderNetwork(kind: GoldenEmbedder): Uint8Array {
  const graph = new OnnxGraph('golden-embedder');
  let x = graph.input('x', ['n', 3, 16, 16]);
  const one = (value: number) => graph.floats({ shape: [1], data: Float32Array.of(value) });
  if (kind === 'slow') x = graph.node('Add', [x, graph.node('Mul', [slow(graph), one(0)])]);
  let means = graph.node('Flatten', [graph.node('GlobalAveragePool', [x])], { axis: 1 });
  if (kind === 'zero') means = graph.node('Mul', [means, one(0)]);
  if (kind === 'not-a-number') means = graph.node('Div', [graph.node('Mul', [means, one(0)]), one(0)]);
  graph.output(means, 'y', ['n', 3]);
  return graph.bytes();
}

/** Some seconds of multiplying matrices, of which one number is left. */
function slow(graph: OnnxGraph): string {
  const size = 1024;
  const seed = graph.floats({ shape: [size, 1], data: new Float32Array(size).fill(1) });
  const row = graph.floats({ shape: [1, size], data: new Float32Array(size).fill(1e-3) });
  // Of the input, so that it is not worked out when the network is loaded.
  const some = graph.node('ReduceMax', ['x'], { keepdims: 0 });
  let matrix = graph.node('Add', [graph.node('MatMul', [seed, row]), some]);
  for (let n = 0; n < 45; n++) matrix = graph.node('Tanh', [graph.node('MatMul', [matrix, matrix])]);
  return graph.node('ReduceMax', [matrix], { keepdims: 0 });
}

/** A template in a given direction. */
export function template(vector: readonly number[], quality = 0.5, mark = 0): FaceTemplate {
  const length = Math.hypot(...vector);
  return {
    vector: Float32Array.from(vector, (value) => value / length),
    quality,
    digest: new Uint8Array(16).fill(mark),
  };
}

/** The code that work is refused with; `done` where it is not. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return error instanceof AsignioError ? error.code : `unexpected: ${String(error)}`;
  }
}
