import { expect } from 'chai';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { openPack } from '#src/modality/face/model/pack.js';
import type { FaceNetworks } from '#src/modality/face/model/pack.js';
import { observe } from '#src/modality/face/observe.js';
import { decodePicture } from '#src/modality/face/preprocess/decode.js';
import { assessFace, opennessOf, qualityOf } from '#src/modality/face/preprocess/quality.js';
import type { FaceMeasures } from '#src/modality/face/preprocess/quality.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { frontalLandmarks, modelsFolder, portrait } from './support.ts';

const GOOD: FaceMeasures = {
  size: 200,
  pose: { yaw: 3, pitch: -4, roll: 2 },
  inside: 1,
  light: 120,
  burnt: 0,
  sharpness: 0.1,
  openness: 0.3,
  mouthContrast: 0.7,
  eyeLight: 0.8,
};

describe('quality of a face', () => {
  const wrong: Record<string, Partial<FaceMeasures>> = {
    FACE_TOO_SMALL: { size: 79 },
    FACE_TOO_DARK: { light: 12 },
    FACE_TOO_BRIGHT: { burnt: 0.5 },
    FACE_BLURRED: { sharpness: 0.005 },
    FACE_TURNED: { pose: { yaw: -65, pitch: 0, roll: 0 } },
    FACE_CUT_OFF: { inside: 0.9 },
    FACE_COVERED: { mouthContrast: 0.1 },
    EYES_CLOSED: { openness: 0.05 },
  };
  for (const [code, measures] of Object.entries(wrong))
    it(`has the code ${code} where that alone is wrong`, () => {
      expect(assessFace({ ...GOOD, ...measures })).to.deep.equal([`ASIGNIO_QUALITY_${code}`]);
      expect(assessFace(GOOD)).to.deep.equal([]);
    });

  it('holds tilting, nodding and dark glasses against a picture too', () => {
    for (const measures of [
      { pose: { yaw: 0, pitch: 55, roll: 0 } },
      { pose: { yaw: 0, pitch: 0, roll: -60 } },
      { eyeLight: 0.1 },
    ])
      expect(assessFace({ ...GOOD, ...measures })).to.have.length(1);
  });

  it('ranks pictures: frontal, sharp, large and lit before turned, soft, small and dim', () => {
    const best = qualityOf(GOOD);
    for (const worse of [{ pose: { yaw: 30, pitch: 0, roll: 0 } }, { sharpness: 0.02 }, { size: 90 }, { light: 30 }])
      expect(qualityOf({ ...GOOD, ...worse })).to.be.below(0.8 * best);
    expect(best).to.be.within(0, 1);
  });

  it('sees how far eyes are open', () => {
    const open = frontalLandmarks();
    const shut = open.map((point, i) => (i >= 36 && i < 48 ? { ...point, y: 0.32 } : point));
    expect(opennessOf(open)).to.be.closeTo(0.06 / 0.16, 1e-3);
    expect(opennessOf(shut)).to.equal(0);
  });

  describe('as the npm pack sees pictures', function () {
    this.timeout(30_000);
    let networks: FaceNetworks;
    let folder: Awaited<ReturnType<typeof modelsFolder>>;
    before(async () => {
      folder = await modelsFolder();
      networks = await openPack(NPM_PACK, folder.path);
    });
    after(() => folder.remove());

    async function codes(edit: (picture: Sharp) => Sharp | Promise<Sharp>): Promise<readonly string[]> {
      const edited = await edit(sharp(await portrait('ada')));
      const bytes = await edited.jpeg({ quality: 92 }).toBuffer();
      const { findings } = await observe(await decodePicture({ mediaType: 'image/jpeg', bytes }), networks, NPM_PACK);
      for (const { message } of findings) expect(message).to.match(/^[A-Z].*\.$/);
      return findings.map(({ code }) => code.replace('ASIGNIO_QUALITY_', ''));
    }

    it('finds nothing wrong with a good one', async () => {
      expect(await codes((picture) => picture)).to.deep.equal([]);
    });

    it('finds nobody in a wall', async () => {
      expect(await codes((picture) => picture.extract({ left: 0, top: 0, width: 100, height: 100 }))).to.deep.equal([
        'NO_FACE',
      ]);
    });

    it('finds two side by side', async () => {
      const other = await portrait('bob');
      const codesOf = await codes(async (picture) =>
        sharp(
          await picture
            .extend({ right: 480, background: '#888' })
            .composite([{ input: other, left: 480, top: 0 }])
            .png()
            .toBuffer(),
        ),
      );
      expect(codesOf).to.deep.equal(['SEVERAL_FACES']);
    });

    it('finds a face of 60 px too small', async () => {
      const found = await codes(async (picture) =>
        sharp(
          await picture
            .resize(110)
            .extend({ top: 70, bottom: 70, left: 70, right: 70, background: '#888' })
            .png()
            .toBuffer(),
        ),
      );
      expect(found).to.include('FACE_TOO_SMALL');
    });

    it('finds a tenth of the light too dark, and three times of it too bright', async () => {
      expect(await codes((picture) => picture.linear(0.1, 0))).to.include('FACE_TOO_DARK');
      expect(await codes((picture) => picture.linear(3, 20))).to.include('FACE_TOO_BRIGHT');
    });

    it('finds a picture blurred whatever its contrast', async () => {
      expect(await codes((picture) => picture.blur(9))).to.include('FACE_BLURRED');
      const pale = async (picture: Sharp) => sharp(await picture.blur(9).png().toBuffer()).linear(0.4, 80);
      expect(await codes(pale)).to.include('FACE_BLURRED');
      expect(await codes((picture) => picture.linear(0.4, 80))).not.to.include('FACE_BLURRED');
    });

    it('finds a face cut off', async () => {
      expect(await codes((picture) => picture.extract({ left: 0, top: 0, width: 480, height: 320 }))).to.include(
        'FACE_CUT_OFF',
      );
    });
  });
});
