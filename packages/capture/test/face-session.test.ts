import { createHash } from 'node:crypto';
import { commitmentInput, unpackFaceFrames } from '@asignio/contracts';
import { expect } from 'chai';
import type { TakenFrame } from '#src/face/burst.js';
import { obstacle, progressOf } from '#src/face/hints.js';
import { FaceSession } from '#src/face/session.js';
import type { FaceShape } from '#src/face/view.js';

const STRAIGHT: FaceShape = { x: 0.5, y: 0.5, size: 0.4, yaw: 0.01, pitch: 0.62, roll: 1, open: 0.45 };
const shape = (more: Partial<FaceShape> = {}): FaceShape => ({ ...STRAIGHT, ...more });
const view = (more: Partial<FaceShape> = {}) => ({ faces: 1, light: 120, face: shape(more) });
const nonce = Buffer.alloc(32, 7);

function picture(at: number, mark = at): TakenFrame {
  const jpeg = new Uint8Array(120).fill(mark % 251);
  jpeg.set([0xff, 0xd8, 0xff]);
  jpeg.set([0xff, 0xd9], 118);
  return { at, jpeg, sha256: createHash('sha256').update(jpeg).digest() };
}

const prompt = (step: number, what: string) => ({
  nonce: nonce.toString('base64url'),
  step,
  steps: 4,
  prompt: what,
  leastMs: 500,
  mostMs: 10_000,
});

describe('one challenge in front of the camera', () => {
  it('is placed only after several good looks in a row', () => {
    const session = new FaceSession();
    const placed = [view(), view(), view({ yaw: 0.3 }), view(), view(), view()].map((one, i) => session.look(one, i));
    expect(placed.map((look) => look.placed)).to.deep.equal([false, false, false, false, false, true]);
    expect(placed[2]?.hint).to.equal('faceStraight');
  });

  it('answers a step when it is done and held, not before, with its first and last pictures', async () => {
    const session = new FaceSession();
    session.ask(prompt(0, 'look-straight'), 0);
    let now = 0;
    const go = (more: Partial<FaceShape> = {}): void => {
      now += 180;
      session.look(view(more), now - 1);
      session.take(picture(now));
    };
    while (!session.ready(now, false)) go();
    expect((await session.answer()).step).to.equal(0);

    session.ask(prompt(1, 'turn-left'), now);
    const first = now + 180;
    for (let i = 0; i < 20; i += 1) go();
    expect(session.ready(now, false)).to.equal(false);
    for (const yaw of [0.04, 0.07, 0.1, 0.1]) go({ yaw });
    expect(session.ready(now, false)).to.equal(true);
    await session.answer();
    const frames = unpackFaceFrames(session.pack()).filter(({ step }) => step === 1);
    expect(frames).to.have.length(9);
    expect((frames.at(-1)?.t ?? 0) - (frames[0]?.t ?? 0)).to.equal(now - first);
  });

  it('takes no picture twice, which slow cameras give', async () => {
    const session = new FaceSession();
    session.ask(prompt(0, 'look-straight'), 0);
    for (let i = 0; i < 12; i += 1) session.take(picture(1_000 + i * 170, 1 + (i >> 1)));
    await session.answer();
    expect(unpackFaceFrames(session.pack())).to.have.length(6);
  });

  it('commits to each picture and its time, as the server reads them', async () => {
    const session = new FaceSession();
    session.ask(prompt(0, 'look-straight'), 0);
    for (let i = 0; i < 30; i += 1) session.take(picture(1_000 + i * 170));
    const { commitment } = await session.answer();
    const frames = unpackFaceFrames(session.pack());
    const hashed = frames.map(({ t, jpeg }) => ({ t, sha256: createHash('sha256').update(jpeg).digest() }));
    const expected = createHash('sha256')
      .update(commitmentInput(nonce, 0, hashed))
      .digest('base64url');
    expect(commitment).to.equal(expected);
  });

  it('overwrites every picture when it is cleared', async () => {
    const session = new FaceSession();
    const pictures = Array.from({ length: 20 }, (_, i) => picture(i * 100, i + 1));
    session.ask(prompt(0, 'look-straight'), 0);
    for (const one of pictures.slice(0, 12)) session.take(one);
    await session.answer();
    session.ask(prompt(1, 'blink'), 0);
    for (const one of pictures.slice(12)) session.take(one);
    session.clear();
    for (const { jpeg } of pictures) expect(jpeg.every((byte) => byte === 0)).to.equal(true);
  });

  it('is late after the time that the server gives', () => {
    const session = new FaceSession();
    expect(session.late(1e9)).to.equal(false);
    session.ask(prompt(0, 'look-straight'), 100);
    expect([session.late(10_100), session.late(10_101)]).to.deep.equal([false, true]);
  });
});

describe('hints', () => {
  it('say one thing at a time, the light first', () => {
    expect(obstacle({ faces: 0, light: 10 })).to.equal('faceDark');
    expect(obstacle({ faces: 0, light: 250 })).to.equal('faceBright');
    expect(obstacle({ faces: 0, light: 120 })).to.equal('faceNone');
    expect(obstacle({ ...view(), faces: 2 })).to.equal('faceSeveral');
    expect(obstacle(view({ size: 0.1 }))).to.equal('faceCloser');
    expect(obstacle(view({ size: 0.7 }))).to.equal('faceFarther');
    expect(obstacle(view({ x: 0.8 }))).to.equal('faceCentre');
    expect(obstacle(view({ roll: 30 }))).to.equal('faceLevel');
    expect(obstacle(view())).to.equal(undefined);
  });

  it('see left as the person’s own, and nothing done by doing the opposite', () => {
    const left = [shape({ yaw: 0.1 })];
    expect(progressOf('turn-left', left, STRAIGHT).done).to.equal(true);
    expect(progressOf('turn-right', left, STRAIGHT)).to.deep.equal({ share: 0, done: false });
    expect(progressOf('look-up', [shape({ pitch: 0.7 })], STRAIGHT).done).to.equal(false);
    expect(progressOf('move-closer', [shape({ size: 0.3 })], STRAIGHT).done).to.equal(false);
  });

  it('take a blink for done when the eyes are open again', () => {
    const shut = shape({ open: 0.2 });
    expect(progressOf('blink', [STRAIGHT, shut], STRAIGHT)).to.deep.equal({ share: 0.5, done: false });
    expect(progressOf('blink', [STRAIGHT, shut, STRAIGHT], STRAIGHT).done).to.equal(true);
    expect(progressOf('blink', [STRAIGHT, STRAIGHT], STRAIGHT).done).to.equal(false);
  });
});
