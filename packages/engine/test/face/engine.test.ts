import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packFaceFrames, FACE_FRAMES_MEDIA_TYPE } from '@asignio/contracts';
import type { CompareResult, Engine, Permit, RawSample } from '@asignio/contracts';
import { createEngine } from '@asignio/engine';
import type { EngineOptions } from '@asignio/engine';
import { expect } from 'chai';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { dot } from '#src/modality/face/model/vectors.js';
import { open, parseSealAad, sealAad } from '#src/seal.js';
import { modelPath } from '#src/models/folder.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { PERMIT, codeOf, subjectKeys } from '../fixtures/fake-engine.ts';
import { GOLDEN_FACE, goldenPack, modelsFolder, portrait } from './support.ts';

const modality = 'face';
const permit = { ...PERMIT, modality } as unknown as Permit;
const permits = { verify: () => undefined };
const still = (bytes: Uint8Array): RawSample => ({ mediaType: 'image/jpeg', bytes });
const noise = (seed: number) => (picture: Sharp) =>
  picture.modulate({ brightness: 1 + 0.03 * seed }).rotate(1.3 * seed, { background: '#8a9aa3' });

/** A burst of somebody, each picture a little different. */
async function burst(seed: string, first = 0, count = 3): Promise<RawSample> {
  const frames = [];
  for (let n = 0; n < count; n++) frames.push({ step: 0, t: 150 * n, jpeg: await portrait(seed, noise(first + n)) });
  return { mediaType: FACE_FRAMES_MEDIA_TYPE, bytes: packFaceFrames(frames) };
}

describe('the engine and faces', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof modelsFolder>>;
  let engine: Engine;
  const start = (options: Partial<EngineOptions> = {}): Engine => {
    engine = createEngine({ permits, workers: 1, modalities: ['face'], modelsFolder: folder.path, ...options });
    return engine;
  };
  before(async () => {
    folder = await modelsFolder();
  });
  after(() => folder.remove());

  async function enrol(sample: RawSample, key = subjectKeys({ modality })) {
    const acquired = await engine.acquire({ permit, modality, sample, earlier: [], seal: key() });
    const { reference, findings } = await engine.enrol({
      permit,
      modality,
      parts: acquired.part === undefined ? [] : [acquired.part],
      seal: key(),
    });
    expect(acquired.findings.concat(findings)).to.deep.equal([]);
    return { ...key(), id: 'r', bytes: reference as Uint8Array, recent: [] as Uint8Array[] };
  }

  const fresh = <R extends { dataKey: Uint8Array }>(reference: R): R => ({
    ...reference,
    dataKey: new Uint8Array(reference.dataKey),
  });
  const compare = (reference: Awaited<ReturnType<typeof enrol>>, sample: RawSample): Promise<CompareResult> =>
    engine.compare({ permit, modality, sample, references: [fresh(reference)] });

  describe('with the pack that needs no download', () => {
    it('R28: keeps nothing of two enrolments that could be linked, and carries one to another key', async () => {
      start();
      const sample = await burst('ada');
      const other = subjectKeys({ modality, subject: 'p-other' });
      const [one, two] = [await enrol(sample), await enrol(sample, other)];
      const vectorOf = ({ dataKey, aad, bytes }: typeof one): Float32Array => {
        const plain = open({ dataKey, aad: sealAad({ ...parseSealAad(aad), kind: 'reference' }) }, bytes);
        return new Float32Array(plain.slice(32, 32 + 4 * NPM_PACK.embedder.dimensions).buffer);
      };
      const [first, second] = [vectorOf(one), vectorOf(two)];
      expect(dot(first, first)).to.be.closeTo(1, 1e-3);
      expect(Math.abs(dot(first, second))).to.be.below(0.3);
      const reference = await engine.reseal({
        permit,
        modality,
        direction: 'out',
        reference: one.bytes,
        seal: { dataKey: new Uint8Array(one.dataKey), aad: one.aad },
        outside: other(),
      });
      const carried = { ...other(), id: 'r', bytes: reference, recent: [] };
      const again = await burst('ada', 5);
      const before = await compare(one, again);
      expect((await compare(carried, again)).score).to.be.closeTo(before.score as number, 1e-3);
    });

    before(() => start().warm());
    after(() => engine.close());

    it('enrols a burst, and tells the person from somebody else', async () => {
      const reference = await enrol(await burst('cy'));
      const same = await compare(reference, await burst('cy', 4));
      const other = await compare(reference, await burst('fay', 4));
      expect(same.findings).to.deep.equal([]);
      expect(same.pad).to.deep.equal({ attack: false });
      expect(same.score).to.be.above(engine.threshold('face', 1e-3));
      expect(other.score).to.be.below(0);
      expect(same.model).to.deep.equal({ name: 'face-npm', version: '1.0.0' });
    });

    it('takes stills of three formats', async () => {
      const reference = await enrol(still(await portrait('cy')));
      const picture = sharp(await portrait('cy', noise(2)));
      for (const [mediaType, bytes] of [
        ['image/png', await picture.clone().png().toBuffer()],
        ['image/webp', await picture.clone().webp().toBuffer()],
      ] as const)
        expect((await compare(reference, { mediaType, bytes })).score).to.be.above(0);
    });

    it('takes an enrolled picture that comes again, stored anew or not, for a replay', async () => {
      const bytes = await portrait('cy');
      const reference = await enrol(still(bytes));
      const again = await sharp(bytes).jpeg({ quality: 92 }).toBuffer();
      for (const copy of [bytes, again])
        expect((await compare(reference, still(copy))).pad).to.deep.equal({ attack: true, species: 'replay' });
    });

    it('takes a recent probe that comes again for a replay', async () => {
      const reference = await enrol(await burst('cy'));
      const probe = await compare(reference, await burst('cy', 5));
      reference.recent.push(probe.probe as Uint8Array);
      expect((await compare(reference, await burst('cy', 5))).pad).to.deep.equal({ attack: true, species: 'replay' });
    });

    it('refuses a burst with two identical frames', async () => {
      const jpeg = await portrait('cy');
      const bytes = packFaceFrames([
        { step: 0, t: 0, jpeg },
        { step: 0, t: 100, jpeg },
      ]);
      const sample = { mediaType: FACE_FRAMES_MEDIA_TYPE, bytes };
      const { accepted, findings } = await engine.acquire({
        permit,
        modality,
        sample,
        earlier: [],
        seal: subjectKeys({ modality })(),
      });
      expect(accepted).to.equal(false);
      expect(findings.map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_PICTURE_REPEATED']);
    });

    it('refuses a burst in which the face is exchanged', async () => {
      const frames = await Promise.all(
        ['cy', 'fay', 'cy', 'fay'].map(async (seed, n) => ({
          step: 0,
          t: 100 * n,
          jpeg: await portrait(seed, noise(n)),
        })),
      );
      const reference = await enrol(await burst('cy'));
      const result = await compare(reference, { mediaType: FACE_FRAMES_MEDIA_TYPE, bytes: packFaceFrames(frames) });
      expect(result.acquired).to.equal(false);
      expect(result.findings.map(({ code }) => code)).to.deep.equal(['ASIGNIO_QUALITY_OTHER_FACE']);
    });

    it('says what is wrong with most pictures of a burst that shows nobody', async () => {
      const wall = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#789' } })
        .jpeg()
        .toBuffer();
      const reference = await enrol(still(await portrait('cy')));
      const result = await compare(reference, still(wall));
      expect(result).to.deep.include({ acquired: false });
      expect(result.findings[0]?.code).to.equal('ASIGNIO_QUALITY_NO_FACE');
      expect(result).not.to.have.property('score');
    });

    it('goes on after what is damaged, too large, or of another type', async () => {
      const key = subjectKeys({ modality });
      const send = (sample: RawSample) =>
        codeOf(engine.acquire({ permit, modality, sample, earlier: [], seal: key() }));
      const whole = await portrait('cy');
      expect(await send(still(whole.subarray(0, 3000)))).to.equal('ASIGNIO_SAMPLE_INVALID');
      expect(await send(still(new Uint8Array(5 * 1024 * 1024)))).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
      expect(await send({ mediaType: 'image/gif', bytes: whole })).to.equal('ASIGNIO_MEDIA_TYPE');
      expect(await send({ mediaType: FACE_FRAMES_MEDIA_TYPE, bytes: whole })).to.equal('ASIGNIO_SAMPLE_INVALID');
      await enrol(still(whole));
    });

    it('refuses frames that are larger than frames are', async () => {
      const jpeg = await portrait('cy', (picture) => picture.resize(1000));
      const sample = { mediaType: FACE_FRAMES_MEDIA_TYPE, bytes: packFaceFrames([{ step: 0, t: 0, jpeg }]) };
      const sent = engine.acquire({ permit, modality, sample, earlier: [], seal: subjectKeys({ modality })() });
      expect(await codeOf(sent)).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
    });

    it('builds the npm pack once, and reads it from the cache then', async () => {
      const names = await readdir(folder.path);
      for (const { sha256 } of Object.values(NPM_PACK.files)) expect(names).to.include(`${sha256}.onnx`);
    });

    it('does as much work for somebody unknown', async () => {
      await engine.decoy('face', 200_000);
    });
  });

  describe('with a tiny golden network', () => {
    afterEach(() => engine.close());

    it('gives the score that can be worked out by hand', async () => {
      const facePack = await goldenPack(folder.path);
      start({ facePack });
      const colour = (r: number, g: number, b: number, step = 1) =>
        sharp({ create: { width: 640, height: 640, channels: 3, background: { r, g, b } } })
          .composite([stripes(step)])
          .png()
          .toBuffer();
      const [enrolled, probed] = [await colour(200, 100, 50), await colour(60, 100, 200, 2)];
      const reference = await enrol({ mediaType: 'image/png', bytes: enrolled });
      const { score } = await compare(reference, { mediaType: 'image/png', bytes: probed });
      const cosine = (200 * 60 + 100 * 100 + 50 * 200) / (Math.hypot(200, 100, 50) * Math.hypot(60, 100, 200));
      const { mated, nonMated, limit } = facePack.calibration;
      const llr = (x: { mean: number; deviation: number }) =>
        -(((cosine - x.mean) / x.deviation) ** 2) / 2 - Math.log(x.deviation);
      expect(score).to.be.closeTo(Math.max(-limit, llr(mated) - llr(nonMated)), 0.05);
    });

    it('does not let a reference of one network be read by another', async () => {
      start({ facePack: await goldenPack(folder.path) });
      const bytes = await portrait('cy');
      const reference = await enrol(still(bytes));
      await engine.close();
      start();
      expect(await codeOf(compare(reference, still(bytes)))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
    });

    for (const kind of ['not-a-number', 'zero'] as const)
      it(`fails, and never accepts, where the embedder gives ${kind}`, async () => {
        start({ facePack: await goldenPack(folder.path, kind) });
        const sample = still(await portrait('cy'));
        const sent = engine.acquire({ permit, modality, sample, earlier: [], seal: subjectKeys({ modality })() });
        expect(await codeOf(sent)).to.equal('ASIGNIO_ENGINE_FAILED');
      });

    it('stops waiting for a network that hangs, answers others meanwhile, and does not use it again', async () => {
      const facePack = await goldenPack(folder.path, 'slow');
      start({ facePack, modalities: ['face', 'signature'], deadlineMs: 500, workers: 2 });
      const sample = still(await portrait('cy'));
      const send = () => engine.acquire({ permit, modality, sample, earlier: [], seal: subjectKeys({ modality })() });
      expect(await codeOf(send())).to.equal('ASIGNIO_ENGINE_TIMEOUT');
      const other = async () => codeOf(engine.decoy('signature', 1_000)).catch(() => 'done');
      let answered = await other();
      // On a busy machine the other worker may need some tries until it has started.
      for (let n = 0; n < 50 && answered !== 'done'; n++) answered = await other();
      expect(answered).to.equal('done');
      // The worker is busy until the native code comes back; that of what is refused is left to end by itself.
      await engine.close();
      expect(engine.stats().running).to.equal(0);
    });

    it('refuses a model file that was swapped, before it is loaded', async () => {
      const facePack = await goldenPack(folder.path);
      const path = modelPath(folder.path, facePack.files['embedder']!);
      const right = await readFile(path);
      const swapped = await goldenPack(folder.path, 'zero');
      await writeFile(path, await readFile(modelPath(folder.path, swapped.files['embedder']!)));
      start({ facePack });
      const sample = still(await portrait('cy'));
      const send = () => engine.acquire({ permit, modality, sample, earlier: [], seal: subjectKeys({ modality })() });
      expect(await codeOf(send())).to.equal('ASIGNIO_MODEL_INVALID');
      await writeFile(path, right);
      expect((await send()).accepted).to.equal(true);
      // What runs is what was verified: a file that changes afterwards changes nothing.
      await writeFile(path, 'swapped at run time');
      expect((await send()).accepted).to.equal(true);
    });

    it('says that a model is missing', async () => {
      const other = await modelsFolder();
      try {
        start({ facePack: await goldenPack(folder.path), modelsFolder: other.path });
        expect(await codeOf(engine.warm())).to.equal('ASIGNIO_MODEL_MISSING');
      } finally {
        await other.remove();
      }
    });
  });

  it('does no face where it was not asked for it', async () => {
    start({ modalities: ['signature'] });
    try {
      expect(() => engine.samplesToEnrol('face'))
        .to.throw()
        .with.property('code', 'ASIGNIO_MODALITY_UNAVAILABLE');
      expect(await codeOf(engine.decoy('face', 10))).to.equal('ASIGNIO_MODALITY_UNAVAILABLE');
    } finally {
      await engine.close();
    }
  });

  it('loads neither networks nor decoders for who signs alone', async () => {
    const script = `
      import { createEngine } from '@asignio/engine';
      const engine = createEngine({ permits: { verify() {} }, workers: 1 });
      await engine.warm();
      process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects));
      await engine.close();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      maxBuffer: 16 * 1024 * 1024,
    });
    const loaded = JSON.parse(stdout) as string[];
    expect(loaded.length).to.be.above(2);
    expect(loaded.filter((path) => /onnxruntime|vips|sharp/.test(path))).to.deep.equal([]);
  });

  it('names an option that is wrong', () => {
    for (const [name, option] of [
      ['modalities', { modalities: [] }],
      ['modalities', { modalities: ['voice'] }],
      ['modelsFolder', { modelsFolder: '' }],
    ] as const)
      expect(() => createEngine({ permits, ...option } as never)).to.throw(`\`${name}\``);
  });
});

/** Something to be sharp in: darker bars, which change no colour's direction. */
function stripes(step: number) {
  const { x, y, width, height } = GOLDEN_FACE;
  const lines = Array.from(
    { length: Math.floor(height / (50 * step)) },
    (_, n) => `<rect x="0" y="${50 * step * n}" width="${width}" height="${25 * step}" opacity=".35"/>`,
  ).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${lines}</svg>`;
  return { input: Buffer.from(svg), left: x, top: y };
}
