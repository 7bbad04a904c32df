import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { expect } from 'chai';
import { loadNetwork } from '#src/modality/face/model/network.js';
import { buildFromNpm } from '#src/models/npm/build.js';
import type { NpmBuild } from '#src/models/manifest-types.js';
import { BLAZEFACE, LANDMARKS68, RECOGNITION } from '#src/models/packs/npm-files.js';
import { sha256Of } from '#src/models/folder.js';

/** As much of TensorFlow.js and face-api as is called here. */
interface Tensor {
  dataSync(): Float32Array;
}
interface Net {
  loadFromWeightMap(weights: object): void;
  forwardInput(input: object): Tensor;
}
interface LandmarkNet extends Net {
  readonly faceFeatureExtractor: Net;
  runNet(input: object): Tensor;
}
interface FaceApi {
  readonly FaceRecognitionNet: new () => Net;
  readonly FaceLandmark68Net: new () => LandmarkNet;
  readonly tf: {
    env(): { setPlatform(name: string, platform: object): void };
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    tensor4d(values: Float32Array, shape: readonly number[]): Tensor;
    loadGraphModel(handler: object): Promise<{ execute(input: Tensor, outputs: readonly string[]): readonly Tensor[] }>;
    readonly io: { decodeWeights(bytes: ArrayBuffer, specs: readonly object[]): object };
  };
}

const require = createRequire(import.meta.url);
const folderOf = (name: string) => dirname(dirname(require.resolve(name)));
const HUMAN = folderOf('@vladmandic/human');
const FACE_API = folderOf('@vladmandic/face-api');

/** face-api as it is published, in a context of its own, on TensorFlow.js in plain JavaScript. */
async function loadFaceApi(): Promise<FaceApi> {
  const sandbox: Record<string, unknown> = {
    performance,
    atob,
    btoa,
    TextEncoder,
    TextDecoder,
    setTimeout,
    clearTimeout,
    queueMicrotask,
    URL,
    Float32Array,
    Uint8Array,
    Int32Array,
    ArrayBuffer,
    navigator: { userAgent: 'test' },
    console: { log: () => undefined, warn: () => undefined, error: () => undefined },
  };
  for (const name of ['globalThis', 'self', 'window']) sandbox[name] = sandbox;
  const context = createContext(sandbox);
  runInContext(await readFile(join(FACE_API, 'dist/face-api.js'), 'utf8'), context);
  const api = runInContext('faceapi', context) as FaceApi;
  api.tf.env().setPlatform('test', {
    now: () => performance.now(),
    fetch: () => Promise.reject(new Error('offline')),
    encode: (text: string) => new TextEncoder().encode(text),
    decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
    isTypedArray: (value: unknown) => ArrayBuffer.isView(value),
  });
  await api.tf.setBackend('cpu');
  await api.tf.ready();
  return api;
}

async function bufferOf(path: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(path)).buffer;
}

/** Something with detail at every scale, rows of pixels of three channels. */
function pattern(side: number): Float32Array {
  return Float32Array.from({ length: 3 * side * side }, (_, i) =>
    Math.round(127 + 100 * Math.sin(i * 0.37) + 20 * Math.sin(i * i)),
  );
}

async function ours(build: NpmBuild, name: string, pixels: Float32Array, side: number) {
  const planes = new Float32Array(pixels.length);
  for (let c = 0; c < 3; c++) for (let i = 0; i < side * side; i++) planes[c * side * side + i] = pixels[3 * i + c]!;
  const network = await loadNetwork(await buildFromNpm(name, build), build);
  return network.run(planes, [1, 3, side, side]);
}

function expectEqual(got: Float32Array, wanted: Float32Array): void {
  expect(got.length).to.equal(wanted.length);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = got.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
  expect(off / largest).to.be.below(1e-5);
}

describe('networks built of npm packages', function () {
  this.timeout(120_000);
  let api: FaceApi;
  before(async () => {
    api = await loadFaceApi();
  });

  async function weightsOf(model: string): Promise<object> {
    const groups = JSON.parse(await readFile(join(FACE_API, `model/${model}-weights_manifest.json`), 'utf8')) as {
      weights: object[];
    }[];
    const bytes = await bufferOf(join(FACE_API, `model/${model}.bin`));
    return api.tf.io.decodeWeights(
      bytes,
      groups.flatMap(({ weights }) => weights),
    );
  }
  const input = (pixels: Float32Array, side: number) => ({
    toBatchTensor: () => api.tf.tensor4d(pixels, [1, side, side, 3]),
  });

  it('recognise as the original does', async () => {
    const net = new api.FaceRecognitionNet();
    net.loadFromWeightMap(await weightsOf('face_recognition_model'));
    const pixels = pattern(150);
    const { y } = await ours('recognition', '@vladmandic/face-api', pixels, 150);
    expectEqual(y!, net.forwardInput(input(pixels, 150)).dataSync());
  });

  it('find landmarks as the original does', async () => {
    const net = new api.FaceLandmark68Net();
    net.loadFromWeightMap(await weightsOf('face_landmark_68_model'));
    const pixels = pattern(112);
    const { y } = await ours('landmarks68', '@vladmandic/face-api', pixels, 112);
    expectEqual(y!, net.runNet(net.faceFeatureExtractor.forwardInput(input(pixels, 112))).dataSync());
  });

  it('detect as the original does', async () => {
    const model = JSON.parse(await readFile(join(HUMAN, 'models/blazeface.json'), 'utf8')) as {
      modelTopology: object;
      format: string;
      weightsManifest: { weights: object[] }[];
      userDefinedMetadata: { signature: object };
    };
    const weightData = await bufferOf(join(HUMAN, 'models/blazeface.bin'));
    const original = await api.tf.loadGraphModel({
      load: () =>
        Promise.resolve({
          modelTopology: model.modelTopology,
          weightSpecs: model.weightsManifest[0]?.weights,
          weightData,
          format: model.format,
          signature: model.userDefinedMetadata.signature,
        }),
    });
    const pixels = pattern(256).map((value) => value / 127.5 - 1);
    const names = ['scores16', 'scores8', 'boxes16', 'boxes8'];
    const wanted = original.execute(api.tf.tensor4d(pixels, [1, 256, 256, 3]), [
      'Identity',
      'Identity_1',
      'Identity_2',
      'Identity_3',
    ]);
    const got = await ours('blazeface', '@vladmandic/human', pixels, 256);
    for (const [i, name] of names.entries()) expectEqual(got[name]!, wanted[i]!.dataSync());
  });

  it('are the files that the manifests name, byte for byte', async () => {
    for (const file of [BLAZEFACE, LANDMARKS68, RECOGNITION]) {
      if (!('npm' in file.source)) throw new Error('not of npm');
      const bytes = await buildFromNpm(file.source.npm, file.source.build);
      expect([sha256Of(bytes), bytes.byteLength]).to.deep.equal([file.sha256, file.bytes]);
    }
  });
});
