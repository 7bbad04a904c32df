import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FACE_PACKS, readModel, sha256Of } from '@asignio/engine';
import type { FacePack, ModelFile } from '@asignio/engine';
import { drawPortrait } from '@asignio/testkit';
import sharp from 'sharp';
import { ROOT } from '../support/demo.js';
import { withOlderHeads } from './opencv/heads.js';
import type { Graph } from './opencv/heads.js';
import { startOpenCv } from './opencv/peer.js';

/*
 * What a picture of a face costs on one thread beside the time that the networks themselves take of it: both are measured
 * in the same rounds, so a busy machine slows both. What is compared is the ratio; the ms are this machine's.
 */
export const name = 'face: a picture beside its networks alone, one thread';

/** What finding, judging, aligning and embedding may take of the bare networks' time. */
const GOAL = 1.1;
const ROUNDS = 60;
/** Rounds before those that count. */
const WARM_UP = 10;
const YUNET_SIDE = 640;
const MODELS = join(ROOT, '../shared/models');
const ENGINE = new URL('../../packages/engine/dist/', import.meta.url);

interface Network {
  run(input: Float32Array, shape: readonly number[]): Promise<object>;
}
interface Picture {
  readonly data: Uint8Array;
}
interface Face {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}
interface Networks {
  detect(pyramid: object): Promise<readonly Face[]>;
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
  decodePicture(sample: { readonly mediaType: string; readonly bytes: Uint8Array }): Promise<Picture>;
  loadNetwork(bytes: Uint8Array, name: string): Promise<Network>;
  align(
    pyramid: object,
    face: Face,
    landmarks: readonly object[],
    pack: FacePack,
  ): { readonly chip: object } | undefined;
  readonly Pyramid: new (picture: Picture) => { wipe(): void };
  readonly OnnxGraph: new (name: string) => Graph;
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
    await besideOpenCv(folder, internals);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(): Promise<Internals> {
  const parts = await Promise.all(
    [
      'modality/face/model/detectors/blazeface.js',
      'modality/face/model/detectors/yunet.js',
      'modality/face/model/landmarks.js',
      'modality/face/model/embedder.js',
      'modality/face/model/network.js',
      'modality/face/observe.js',
      'modality/face/preprocess/align.js',
      'modality/face/preprocess/decode.js',
      'modality/face/preprocess/picture.js',
      'models/onnx/graph.js',
    ].map((file) => import(new URL(file, ENGINE).href) as Promise<object>),
  );
  return Object.assign({}, ...parts) as Internals;
}

async function measure(ofAll: FacePack, folder: string, bytes: Uint8Array, internals: Internals): Promise<void> {
  const { pad: _, ...pack } = ofAll;
  let inside = NO_TIME;
  const timed = (network: Network): Network => ({
    run: async (input, shape) => {
      const began = now();
      const output = await network.run(input, shape);
      inside = plus(inside, since(began));
      return output;
    },
  });
  const networks = await open(pack, folder, internals, timed).catch(() => undefined);
  if (networks === undefined) return void process.stdout.write(`  ${pack.name}: its files are not here\n`);
  const rounds: { readonly decode: Time; readonly bare: Time; readonly all: Time }[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const started = now();
    const picture = await internals.decodePicture({ mediaType: 'image/jpeg', bytes });
    const decode = since(started);
    inside = NO_TIME;
    const decoded = now();
    const { seen, findings } = await internals.observe(picture, networks, pack);
    if (seen === undefined || findings.length > 0) throw new Error('The bench sees no good face');
    await networks.embed(seen.chip);
    const took = since(decoded);
    if (round >= 0) rounds.push({ decode, bare: inside, all: took });
  }
  const of = (pick: (round: (typeof rounds)[number]) => number) => middle(rounds.map(pick));
  process.stdout.write(
    `  ${pack.name.padEnd(14)} networks ${ms(of(({ bare }) => bare.wall))}, found, judged, aligned and embedded ${ms(of(({ all }) => all.wall))}: ` +
      `${of(({ all, bare }) => all.wall / bare.wall).toFixed(2)} times, of the process's CPU time ` +
      `${of(({ all, bare }) => all.cpu / bare.cpu).toFixed(2)} times (goal ${GOAL}); decoding a JPEG of 480 px ${ms(of(({ decode }) => decode.wall))}\n`,
  );
}

/** Milliseconds by the clock, and of the process's CPU time, which other processes do not stretch. */
interface Time {
  readonly wall: number;
  readonly cpu: number;
}
const NO_TIME: Time = { wall: 0, cpu: 0 };

function now(): Time {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

function since({ wall, cpu }: Time): Time {
  const end = now();
  return { wall: end.wall - wall, cpu: end.cpu - cpu };
}

function plus(a: Time, b: Time): Time {
  return { wall: a.wall + b.wall, cpu: a.cpu + b.cpu };
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

/**
 * OpenCV's own interfaces beside ours, on one picture and the same networks: FaceDetectorYN with the same YuNet; FaceRecognizerSF,
 * whose SFace is not to be had here, with MobileFaceNet in its place. In turns, so that a busy machine slows both.
 */
async function besideOpenCv(folder: string, internals: Internals): Promise<void> {
  const [yunet, embedder] = [fileOf('opencv-zoo', 'detector'), fileOf('mobilefacenet', 'embedder')].map(({ sha256 }) =>
    join(folder, `${sha256}.onnx`),
  ) as [string, string];
  if (!existsSync(yunet)) return void process.stdout.write('  YuNet is not here to be compared with OpenCV\n');
  const older = join(folder, 'older-heads.onnx');
  writeFileSync(older, withOlderHeads(readFileSync(yunet), new internals.OnnxGraph('older-heads')));
  const png = await sharp(Buffer.from(drawPortrait({ seed: 'cy' })))
    .resize(YUNET_SIDE, YUNET_SIDE)
    .png()
    .toBuffer();
  const path = join(folder, 'picture.png');
  writeFileSync(path, png);
  const files = [path, yunet, older, ...(existsSync(embedder) ? [embedder] : [])];
  const openCv = await startOpenCv(join(ROOT, 'test/bench/opencv/peer.py'), files);
  if (openCv === undefined)
    return void process.stdout.write(
      '  beside OpenCV: not measured, there is no Python with OpenCV and its face module\n',
    );
  try {
    const networks = await open(yunetAt640(), folder, internals);
    const picture = await internals.decodePicture({ mediaType: 'image/png', bytes: png });
    const [face] = await detectOnce(internals, networks, picture);
    const off = [face!.box.x, face!.box.y, face!.box.width, face!.box.height].map((at, i) =>
      Math.abs(at - openCv.box[i]!),
    );
    if (Math.max(...off) > 1) throw new Error('OpenCV sees another face than we do');
    const rounds = await inTurns(
      () => detectOnce(internals, networks, picture),
      () => openCv.time('detect'),
    );
    report(`YuNet at 640 px, FaceDetectorYN of OpenCV ${openCv.version}`, rounds);
    if (!openCv.recognises)
      return void process.stdout.write(
        '  FaceRecognizerSF: not measured, SFace is not here and it does not take MobileFaceNet\n',
      );
    const pack = FACE_PACKS.find((one) => one.name === 'mobilefacenet')!;
    const embedding = await open(pack, folder, internals);
    const recognise = async () => {
      const pyramid = new internals.Pyramid(copyOf(picture));
      const aligned = internals.align(pyramid, face!, [], pack)!;
      pyramid.wipe();
      await embedding.embed(aligned.chip);
    };
    report(
      'MobileFaceNet, aligned, with its mirror image, FaceRecognizerSF',
      await inTurns(recognise, () => openCv.time('recognise')),
    );
  } finally {
    await openCv.end();
  }
}

interface Round {
  readonly ours: number;
  readonly theirs: number;
}

async function inTurns(work: () => Promise<unknown>, theirs: () => Promise<number>): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const started = performance.now();
    await work();
    const ours = performance.now() - started;
    const one = { ours, theirs: await theirs() };
    if (round >= 0) rounds.push(one);
  }
  return rounds;
}

function report(what: string, rounds: readonly Round[]): void {
  const times = middle(rounds.map(({ ours, theirs }) => theirs / ours));
  process.stdout.write(
    `  ${what}: ${ms(middle(rounds.map(({ theirs }) => theirs)))}, ours ${ms(middle(rounds.map(({ ours }) => ours)))}: ` +
      `theirs takes ${times.toFixed(2)} times as long (goal: 1)\n`,
  );
}

async function detectOnce(internals: Internals, networks: Networks, picture: Picture): Promise<readonly Face[]> {
  const pyramid = new internals.Pyramid(copyOf(picture));
  const found = await networks.detect(pyramid);
  pyramid.wipe();
  return found;
}

/** What is seen is overwritten afterwards. */
function copyOf(picture: Picture): Picture {
  return { ...picture, data: picture.data.slice() };
}

function fileOf(pack: string, file: string): ModelFile {
  return FACE_PACKS.find((one) => one.name === pack)!.files[file]!;
}

/** The default pack with the YuNet of the OpenCV zoo. */
function yunetAt640(): FacePack {
  const npm = FACE_PACKS[0]!;
  return {
    ...npm,
    files: { ...npm.files, yunet: fileOf('opencv-zoo', 'detector') },
    detector: { kind: 'yunet', file: 'yunet', side: YUNET_SIDE, fixed: true, score: 0.6 },
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
