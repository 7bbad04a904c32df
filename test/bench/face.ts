import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACE_PACKS, readModel, sha256Of } from '@asignio/engine';
import type { FacePack } from '@asignio/engine';
import { drawPortrait } from '@asignio/testkit';
import sharp from 'sharp';
import { ROOT } from '../support/demo.js';

/*
 * What a picture of a face costs on one thread beside the time that the networks themselves take of it: both are measured
 * in the same rounds, so a busy machine slows both. What is compared is the ratio; the ms are this machine's.
 */
export const name = 'face: a picture beside its networks alone, one thread';

/** What finding, judging, aligning and embedding may take of the bare networks' time. */
const GOAL = 1.1;
const ROUNDS = 60;
const MODELS = join(ROOT, '../shared/models');
const ENGINE = new URL('../../packages/engine/dist/', import.meta.url);

interface Network {
  run(input: Float32Array, shape: readonly number[]): Promise<object>;
}
interface Networks {
  detect(pyramid: object): Promise<readonly object[]>;
  landmarks(pyramid: object, face: object): Promise<readonly object[] | undefined>;
  embed(chip: object): Promise<Float32Array>;
}
interface Observation {
  readonly findings: readonly { readonly code: string }[];
  readonly seen?: { readonly chip: object };
}
interface Internals {
  blazefaceDetector(network: Network): Networks['detect'];
  yunetDetector(network: Network, options: object): Networks['detect'];
  landmarkFinder(network: Network): Networks['landmarks'];
  embedderOf(network: Network, options: object): Networks['embed'];
  observe(picture: object, networks: Networks, pack: FacePack): Promise<Observation>;
  decodePicture(sample: { readonly mediaType: string; readonly bytes: Uint8Array }): Promise<object>;
  loadNetwork(bytes: Uint8Array, name: string): Promise<Network>;
  readonly Pyramid: new (picture: object) => object;
}

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'asignio-bench-'));
  try {
    if (existsSync(MODELS))
      for (const file of readdirSync(MODELS))
        if (file.endsWith('.onnx'))
          cpSync(join(MODELS, file), join(folder, `${sha256Of(readFileSync(join(MODELS, file)))}.onnx`));
    const internals = await load();
    const bytes = await sharp(
      await sharp(Buffer.from(drawPortrait({ seed: 'cy' })))
        .png()
        .toBuffer(),
    )
      .jpeg({ quality: 90 })
      .toBuffer();
    for (const pack of FACE_PACKS) await measure(pack, folder, bytes, internals);
    await besideOpenCv(folder, bytes, internals);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(): Promise<Internals> {
  const parts = await Promise.all(
    [
      'model/detectors/blazeface.js',
      'model/detectors/yunet.js',
      'model/landmarks.js',
      'model/embedder.js',
      'model/network.js',
      'observe.js',
      'preprocess/decode.js',
      'preprocess/picture.js',
    ].map((file) => import(new URL(`modality/face/${file}`, ENGINE).href) as Promise<object>),
  );
  return Object.assign({}, ...parts) as Internals;
}

async function measure(whole: FacePack, folder: string, bytes: Uint8Array, internals: Internals): Promise<void> {
  const { pad: _, ...pack } = whole;
  let inside = 0;
  const timed = (network: Network): Network => ({
    run: async (input, shape) => {
      const started = performance.now();
      const output = await network.run(input, shape);
      inside += performance.now() - started;
      return output;
    },
  });
  const networks = await open(pack, folder, internals, timed).catch(() => undefined);
  if (networks === undefined) return void process.stdout.write(`  ${pack.name}: its files are not here\n`);
  const rounds: { decode: number; bare: number; whole: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const picture = await internals.decodePicture({ mediaType: 'image/jpeg', bytes });
    const decoded = performance.now();
    inside = 0;
    const { seen, findings } = await internals.observe(picture, networks, pack);
    if (seen === undefined || findings.length > 0) throw new Error('The bench sees no good face');
    await networks.embed(seen.chip);
    rounds.push({ decode: decoded - started, bare: inside, whole: performance.now() - decoded });
  }
  const of = (pick: (round: (typeof rounds)[number]) => number) => middle(rounds.map(pick));
  process.stdout.write(
    `  ${pack.name.padEnd(14)} networks ${ms(of(({ bare }) => bare))}, found, judged, aligned and embedded ${ms(of((round) => round.whole))}: ` +
      `${of((round) => round.whole / round.bare).toFixed(2)} times (goal ${GOAL}); decoding a JPEG of 480 px ${ms(of(({ decode }) => decode))}\n`,
  );
}

async function open(
  { detector, landmarks, embedder, files }: FacePack,
  folder: string,
  internals: Internals,
  timed: (network: Network) => Network = (network) => network,
): Promise<Networks> {
  const bare = async (file: string) => timed(await internals.loadNetwork(await readModel(folder, files[file]!), file));
  const detecting = await bare(detector.file);
  return {
    detect:
      detector.kind === 'yunet' ? internals.yunetDetector(detecting, detector) : internals.blazefaceDetector(detecting),
    landmarks: internals.landmarkFinder(await bare(landmarks.file)),
    embed: internals.embedderOf(await bare(embedder.file), embedder),
  };
}

/** The same YuNet in OpenCV's own runtime, where python3-opencv is here. */
async function besideOpenCv(folder: string, bytes: Uint8Array, internals: Internals): Promise<void> {
  const pack = FACE_PACKS.find((one) => one.name === 'opencv-zoo')!;
  const path = join(folder, `${pack.files['detector']!.sha256}.onnx`);
  if (!existsSync(path)) return void process.stdout.write('  YuNet is not here to be compared with OpenCV\n');
  const npm = FACE_PACKS[0]!;
  const mixed: FacePack = {
    ...pack,
    files: { ...npm.files, yunet: pack.files['detector']! },
    detector: { kind: 'yunet', file: 'yunet', side: 640, fixed: true, score: 0.6 },
    aligner: npm.aligner,
    embedder: npm.embedder,
  };
  const networks = await open(mixed, folder, internals);
  const picture = await internals.decodePicture({ mediaType: 'image/jpeg', bytes });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS / 2; round++) {
    const started = performance.now();
    const pyramid = new internals.Pyramid(picture);
    await networks.detect(pyramid);
    times.push(performance.now() - started);
  }
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', OPENCV, path], { encoding: 'utf8' });
  const theirs = status === 0 ? Number.parseFloat(stdout) : undefined;
  process.stdout.write(
    `  YuNet at 640 px: ours with all around it ${ms(middle(times))}; OpenCV's forward pass alone ` +
      `${theirs === undefined ? 'not measured: python3-opencv is not here' : `${ms(theirs)}, ${(theirs / middle(times)).toFixed(2)} times ours`}\n`,
  );
}

const OPENCV = `
import cv2, sys, time, numpy
cv2.setNumThreads(1)
net = cv2.dnn.readNet(sys.argv[1])
names = net.getUnconnectedOutLayersNames()
image = numpy.full((640, 640, 3), 127, numpy.uint8)
times = []
for _ in range(30):
    started = time.perf_counter()
    net.setInput(cv2.dnn.blobFromImage(image))
    net.forward(names)
    times.append(1000 * (time.perf_counter() - started))
print(sorted(times)[15])
`;

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
