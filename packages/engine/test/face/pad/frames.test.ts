import { FACE_FRAMES_MEDIA_TYPE, packFaceFrames } from '@asignio/contracts';
import type { CaptureChallenge, FaceFrame } from '@asignio/contracts';
import {
  PORTRAIT_EYES,
  PORTRAIT_SIDE,
  Puppet,
  drawPortrait,
  sitFor,
  type Moment,
  type Sitting,
} from '@asignio/testkit';
import { expect } from 'chai';
import sharp from 'sharp';
import type { ModalityRunner } from '#src/modality.js';
import { NPM_PACK } from '#src/models/packs/npm.js';
import { faceRunner } from '#src/modality/face/index.js';
import type { FaceFeatures, FaceReference } from '#src/modality/face/types.js';
import { modelsFolder } from '../support.ts';

const PROMPTS = ['look-straight', 'turn-left', 'blink', 'turn-right'];

async function puppets(seed: string, relief: number): Promise<(moment: Moment) => Promise<Uint8Array>> {
  const of = async (shut: number): Promise<Puppet> => {
    const drawn = sharp(Buffer.from(drawPortrait({ seed, shut }))).removeAlpha();
    const data = new Uint8Array(await drawn.raw().toBuffer());
    return new Puppet({ width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, data }, { eyes: PORTRAIT_EYES, relief });
  };
  const [open, shut] = [await of(0), await of(1)];
  return async (moment) => {
    const { width, height, data } = (moment.shut === true ? shut : open).show(moment);
    return sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 86 })
      .toBuffer();
  };
}

describe('frames that answer a challenge, through the networks', function () {
  this.timeout(120_000);
  let runner: ModalityRunner<FaceFeatures, FaceReference>;
  let folder: Awaited<ReturnType<typeof modelsFolder>>;
  let sitting: Sitting;

  before(async () => {
    folder = await modelsFolder();
    runner = await faceRunner({ pack: NPM_PACK, folder: folder.path });
    sitting = await sitFor({ prompts: PROMPTS, picture: await puppets('ada', 1) });
  });
  after(() => folder.remove());

  const acquire = async (frames: readonly FaceFrame[], challenge: CaptureChallenge) =>
    runner.acquire({ mediaType: FACE_FRAMES_MEDIA_TYPE, bytes: packFaceFrames(frames) }, challenge);

  it('are taken of a head that does what is asked, and compared like any other picture of it', async () => {
    const { features, findings, pad } = await acquire(sitting.frames, sitting.challenge);
    expect(findings).to.deep.equal([]);
    expect(pad).to.equal(undefined);
    expect(features?.templates.length).to.be.within(1, 5);
  });

  it('are an attack of a flat print, or show nothing of what was asked', async () => {
    const { frames, challenge } = await sitFor({
      prompts: PROMPTS,
      picture: await puppets('ada', 0),
      movements: { 'turn-left': { yaw: 40 }, 'turn-right': { yaw: -40 }, blink: { shut: true } },
    });
    const { features, pad } = await acquire(frames, challenge);
    expect(features === undefined || pad?.attack === true).to.equal(true);
  });

  it('are an attack when they were taken for another challenge', async () => {
    const { challenge } = await sitFor({
      prompts: PROMPTS,
      picture: () => Promise.resolve(new Uint8Array(120)),
      frames: 5,
    });
    const { pad } = await acquire(sitting.frames, challenge);
    expect(pad).to.deep.equal({ attack: true, species: 'uncommitted' });
  });

  it('are not taken for other prompts than those that they show', async () => {
    const steps = sitting.challenge.steps.map((step, i) => ({ ...step, prompt: PROMPTS.toReversed()[i] ?? '' }));
    const { features, findings } = await acquire(sitting.frames, { ...sitting.challenge, steps });
    expect(features).to.equal(undefined);
    expect(findings[0]?.code).to.equal('ASIGNIO_QUALITY_PROMPT_MISSED');
  });

  it('are an attack when somebody else takes over', async () => {
    const [own, other] = [await puppets('cid', 1), await puppets('bea', 1)];
    const { frames, challenge } = await sitFor({
      prompts: PROMPTS,
      picture: (moment, frame) => (frame < 9 ? own(moment) : other(moment)),
    });
    const { pad } = await acquire(frames, challenge);
    expect(pad?.species).to.be.oneOf(['swapped', 'spliced']);
  });

  it('are refused where frames are asked for and a still picture comes', async () => {
    const raw = { mediaType: 'image/jpeg', bytes: sitting.frames[0]?.jpeg ?? new Uint8Array() };
    const code = await Promise.resolve(runner.acquire(raw, sitting.challenge)).then(
      () => 'taken',
      (error: { code?: string }) => error.code,
    );
    expect(code).to.equal('ASIGNIO_SAMPLE_INVALID');
  });
});
