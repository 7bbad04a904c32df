import { readFile } from 'node:fs/promises';
import { drawPortrait, PORTRAIT_EYES, PORTRAIT_SIDE, Puppet, type HeadPose, type Photo } from '@asignio/testkit';
import { expect } from 'chai';
import sharp from 'sharp';
import { readWeights, type Weights } from '#src/face/net/weights.js';
import { viewOf, type FaceShape, type FaceView } from '#src/face/view.js';

const SIDE = 192;
const PEOPLE = ['ada', 'bea', 'cid', 'dee'];

async function puppet(seed: string, { shut = 0, relief = 1 } = {}): Promise<Puppet> {
  const drawn = sharp(Buffer.from(drawPortrait({ seed, shut }))).removeAlpha();
  const data = new Uint8Array(await drawn.raw().toBuffer());
  return new Puppet({ width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, data }, { eyes: PORTRAIT_EYES, relief });
}

describe('what the browser sees of a face', function () {
  this.timeout(20_000);
  let weights: Weights;

  before(async () => {
    weights = readWeights(new Uint8Array(await readFile(new URL('../dist/browser/face-weights.bin', import.meta.url))));
  });

  async function seen({ width, height, data }: Photo): Promise<FaceView> {
    const small = sharp(data, { raw: { width, height, channels: 3 } }).resize(SIDE, SIDE);
    const rgba = await small.ensureAlpha().raw().toBuffer();
    return viewOf({ width: SIDE, height: SIDE, data: new Uint8ClampedArray(rgba) }, weights);
  }

  async function shape(head: Puppet, pose: HeadPose): Promise<FaceShape> {
    const { face } = await seen(head.show(pose));
    if (face === undefined) throw new Error('No face was found');
    return face;
  }

  for (const seed of PEOPLE)
    it(`follows ${seed} turning, lifting the chin, coming closer, shutting the eyes`, async () => {
      const head = await puppet(seed);
      const straight = await shape(head, {});
      expect(straight.yaw).to.be.within(-0.06, 0.06);
      expect((await shape(head, { yaw: 22 })).yaw - straight.yaw).to.be.above(0.065);
      expect((await shape(head, { yaw: -22 })).yaw - straight.yaw).to.be.below(-0.065);
      expect((await shape(head, { pitch: 18 })).pitch - straight.pitch).to.be.below(-0.03);
      expect((await shape(head, { near: 1.5 })).size / straight.size).to.be.above(1.3);
      const asleep = await shape(await puppet(seed, { shut: 1 }), {});
      expect(asleep.open / straight.open).to.be.below(0.72);
    });

  it('finds nobody where nobody is, and says how light it is', async () => {
    const grey = { width: 64, height: 64, data: new Uint8Array(3 * 64 * 64).fill(20) };
    const view = await seen(grey);
    expect(view).to.include({ faces: 0 }).and.not.have.property('face');
    expect(view.light).to.be.within(18, 22);
  });
});

describe('packed weights', () => {
  it('are refused where description and bytes do not match', async () => {
    const bytes = new Uint8Array(await readFile(new URL('../dist/browser/face-weights.bin', import.meta.url)));
    expect(() => readWeights(bytes.subarray(0, bytes.length - 1))).to.throw(RangeError);
    expect(() => readWeights(bytes)('nothing')).to.throw(RangeError);
  });
});
