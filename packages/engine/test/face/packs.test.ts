import { copyFile, readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import sharp from 'sharp';
import { decoyOf } from '#src/modality/face/decoy.js';
import { faceRunner } from '#src/modality/face/index.js';
import { openPack } from '#src/modality/face/model/pack.js';
import { dot } from '#src/modality/face/model/vectors.js';
import { cropOf } from '#src/modality/face/model/passive.js';
import { checkSpeed } from '#src/modality/face/model/speed.js';
import { observe } from '#src/modality/face/observe.js';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { sha256Of } from '#src/models/folder.js';
import { checkFacePack } from '#src/models/manifest.js';
import { MOBILEFACENET_PACK } from '#src/models/packs/mobilefacenet.js';
import { OPENCV_ZOO_PACK } from '#src/models/packs/opencv-zoo.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { frontalLandmarks, goldenPack, modelsFolder, portrait, refusal } from './support.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const MODELS = join(ROOT, '../shared/models');

describe('packs of models', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof modelsFolder>>;
  before(async () => {
    folder = await modelsFolder();
  });
  after(() => folder.remove());

  it('can be written by anybody, as docs/models.md shows', async () => {
    const text = await readFile(join(ROOT, 'docs/models.md'), 'utf8');
    const shown = checkFacePack(JSON.parse(/```json\n([\s\S]+?)```/.exec(text)?.[1] ?? ''));
    // With its networks exchanged for tiny ones it runs.
    const golden = await goldenPack(folder.path);
    const own = checkFacePack({
      ...shown,
      files: golden.files,
      detector: golden.detector,
      embedder: { ...golden.embedder, mean: shown.embedder.mean, std: shown.embedder.std },
      aligner: golden.aligner,
    });
    const runner = await faceRunner({ pack: own, folder: folder.path });
    const { features } = await runner.acquire({ mediaType: 'image/jpeg', bytes: await portrait('cy') });
    expect(features?.templates[0]?.vector).to.have.length(3);
    expect(runner.model).to.deep.equal({ name: 'face-my-embedder', version: '1.0.0' });
  });

  it('are refused where each try takes too long, and not where the machine stood still once', async () => {
    let [time, tries] = [0, 0];
    const taking =
      (...durations: readonly number[]) =>
      async () =>
        void (time += durations[tries++]!);
    const now = () => time;
    expect(await refusal(() => checkSpeed('x', taking(9_000, 100), now))).to.equal('done');
    tries = 0;
    expect(await refusal(() => checkSpeed('x', taking(9_000, 5_000), now))).to.equal('ASIGNIO_MODEL_INVALID');
    tries = 0;
    expect(await refusal(() => checkSpeed('x', taking(100), now))).to.equal('done');
  });

  it('work as much for somebody unknown as for a sample of so many bytes', async () => {
    const counts = { detect: 0, landmarks: 0, embed: 0 };
    const decoy = decoyOf(
      {
        detect: async () => {
          counts.detect++;
          return [];
        },
        landmarks: async () => {
          counts.landmarks++;
          return frontalLandmarks().map(({ x, y }) => ({ x: 200 + 240 * x, y: 200 + 240 * y }));
        },
        embed: async () => {
          counts.embed++;
          return new Float32Array(128);
        },
      },
      NPM_PACK,
    );
    await decoy(0);
    expect(counts).to.deep.equal({ detect: 1, landmarks: 1, embed: 1 });
    await decoy(4 * 40_000);
    expect(counts).to.deep.equal({ detect: 5, landmarks: 5, embed: 5 });
    await decoy(1e9);
    expect(counts.detect).to.equal(45);
    expect(counts.embed).to.equal(1 + 4 + 8);
  });

  it('crop for the passive PAD inside the picture, as much as there is', () => {
    const picture = { width: 640, height: 480, data: new Uint8Array(0) };
    const face = { x: 300, y: 200, width: 50, height: 60 };
    expect(cropOf(face, 2.7, picture)).to.deep.equal({ x: 257.5, y: 149, width: 135, height: 162 });
    // At the border it is moved, and a face that is large makes it smaller.
    expect(cropOf({ ...face, x: 0, y: 0 }, 2.7, picture)).to.include({ x: 0, y: 0, width: 135 });
    const large = cropOf({ x: 100, y: 50, width: 300, height: 360 }, 4, picture);
    expect(large.height).to.be.closeTo(479, 1e-9);
    expect(large.y).to.be.closeTo(0, 1e-9);
  });

  describe('with the files of ../shared/models', function () {
    before(async function () {
      if (!existsSync(MODELS)) this.skip();
      for (const name of await readdir(MODELS))
        if (name.endsWith('.onnx')) {
          const sha256 = sha256Of(await readFile(join(MODELS, name)));
          await copyFile(join(MODELS, name), join(folder.path, `${sha256}.onnx`));
        }
    });

    it('mobilefacenet tells people apart', async () => {
      const runner = await faceRunner({ pack: MOBILEFACENET_PACK, folder: folder.path });
      const acquire = async (seed: string, angle: number) => {
        const bytes = await portrait(seed, (picture) => picture.rotate(angle, { background: '#8a9aa3' }));
        const { features, findings } = await runner.acquire({ mediaType: 'image/jpeg', bytes });
        expect(findings).to.deep.equal([]);
        return features!;
      };
      const [first, same, other] = [await acquire('cy', 0), await acquire('cy', 2), await acquire('fay', 2)];
      const cosine = (a: typeof first, b: typeof first) => dot(a.templates[0]!.vector, b.templates[0]!.vector);
      // Drawings of people are more alike to it than people are, so only the order is asked for.
      expect(cosine(first, same)).to.be.above(cosine(first, other) + 0.02);
    });

    it('the passive PAD of mobilefacenet looks at frames, and not at stills', async () => {
      const networks = await openPack(MOBILEFACENET_PACK, folder.path);
      const picture = await decodePicture({ mediaType: 'image/jpeg', bytes: await portrait('cy') });
      const { seen } = await observe(picture, networks, MOBILEFACENET_PACK);
      expect(seen?.live).to.be.within(0, 1);
      const runner = await faceRunner({ pack: MOBILEFACENET_PACK, folder: folder.path });
      expect(await runner.acquire({ mediaType: 'image/jpeg', bytes: await portrait('fay') })).not.to.have.property(
        'pad',
      );
    });

    it('the detector of opencv-zoo finds a face where blazeface does', async () => {
      const mixed = {
        ...NPM_PACK,
        files: { ...NPM_PACK.files, detector: OPENCV_ZOO_PACK.files['detector']! },
        detector: OPENCV_ZOO_PACK.detector,
      };
      const [yunet, blazeface] = await Promise.all([openPack(mixed, folder.path), openPack(NPM_PACK, folder.path)]);
      for (const width of [300, 480, 1000]) {
        const bytes = await sharp(await portrait('dee'))
          .resize(width)
          .jpeg()
          .toBuffer();
        const [a, b] = await Promise.all(
          [yunet, blazeface].map(async (networks, i) => {
            const picture = await decodePicture({ mediaType: 'image/jpeg', bytes });
            return (await observe(picture, networks, i === 0 ? mixed : NPM_PACK)).seen!;
          }),
        );
        for (const at of [36, 45, 30, 8]) {
          const [p, q] = [a!.landmarks[at]!, b!.landmarks[at]!];
          expect(Math.hypot(p.x - q.x, p.y - q.y) / a!.face.box.width).to.be.below(0.06);
        }
      }
    });
  });
});
