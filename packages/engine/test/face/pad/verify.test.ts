import { expect } from 'chai';
import fc from 'fast-check';
import { FACE_PROMPT_PLAN } from '#src/modality/face/pad/plan.js';
import { sizeOf } from '#src/modality/face/pad/shape.js';
import type { FrameView } from '#src/modality/face/pad/types.js';
import { verifyChallenge } from '#src/modality/face/pad/verify.js';
import { MOVES, act, challengeOf, type Actor } from './sequence.ts';

/** Every order that the plan can draw. */
const ORDERS: readonly (readonly string[])[] = (() => {
  const { first, pool, draws, oneOf = [] } = FACE_PROMPT_PLAN;
  let orders: string[][] = [[first]];
  for (let i = 0; i < draws; i++)
    orders = orders.flatMap((order) => pool.filter((one) => one !== order.at(-1)).map((one) => [...order, one]));
  return orders.filter((order) => order.some((one) => oneOf.includes(one)));
})();

const order = fc.constantFrom(...ORDERS);
const seed = fc.integer();
const noise = fc.double({ min: 0, max: 0.012, noNaN: true });

const verdict = (frames: readonly FrameView[], prompts: readonly string[], oneFace?: boolean) =>
  verifyChallenge({
    frames,
    challenge: challengeOf(prompts, frames),
    ...(oneFace === undefined ? {} : { oneFace }),
  });

/** A head that looks straight ahead. */
const straightAgain = act(['look-straight']).frames[0]?.face?.landmarks ?? [];

describe('a sequence that answers a challenge', function () {
  this.timeout(30_000);

  it('is taken of a head that does what was asked, whatever the order', () => {
    fc.assert(
      fc.property(order, seed, noise, (prompts, own, error) => {
        const { frames, challenge } = act(prompts, { seed: own, noise: error });
        expect(verifyChallenge({ frames, challenge, oneFace: true })).to.deep.equal({ missed: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('is refused of a flat print, however it is turned', () => {
    fc.assert(
      fc.property(order, seed, noise, fc.integer({ min: 14, max: 65 }), (prompts, own, error, angle) => {
        const moves = {
          ...MOVES,
          'turn-left': { yaw: angle },
          'turn-right': { yaw: -angle },
          'look-up': { pitch: angle },
        };
        const { attack, missed } = verdict(act(prompts, { relief: 0, seed: own, noise: error }, moves).frames, prompts);
        expect(attack !== undefined || missed.length > 0).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is a flat print’s even where its turns pass for those of a head', () => {
    const prompts = ['look-straight', 'turn-left', 'move-closer', 'turn-right'];
    const { frames } = act(prompts, { relief: 0 });
    const turned = frames.map((frame) => {
      const yaw = frame.step === 1 ? 15 : frame.step === 3 ? -15 : 0;
      const face = frame.face;
      return face === undefined ? frame : { ...frame, face: { ...face, pose: { ...face.pose, yaw } } };
    });
    expect(verdict(turned, prompts).attack).to.be.oneOf(['flat', 'spliced']);
  });

  it('fails for prompts other than its own: a recording does not know them', () => {
    fc.assert(
      fc.property(order, order, seed, (asked, played, own) => {
        fc.pre(asked.join() !== played.join());
        const { frames } = act(played, { seed: own });
        const { attack, missed } = verdict(frames, asked);
        expect(attack !== undefined || missed.length > 0).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('fails when it was recorded for another nonce, or a frame was changed after it was committed to', () => {
    const prompts = ['look-straight', 'turn-left', 'look-up', 'blink'];
    const { frames, challenge } = act(prompts);
    const other = { ...challenge, nonce: Buffer.alloc(32, 9).toString('base64url') };
    expect(verifyChallenge({ frames, challenge: other }).attack).to.equal('uncommitted');
    fc.assert(
      fc.property(fc.nat(frames.length - 1), fc.constantFrom('digest', 't', 'drop', 'step'), (at, what) => {
        const changed = frames.flatMap((frame, i) => {
          if (i !== at) return [frame];
          if (what === 'drop') return [];
          if (what === 'digest') return [{ ...frame, digest: Buffer.alloc(32, 1) }];
          if (what === 't') return [{ ...frame, t: frame.t + 1 }];
          return [{ ...frame, step: (frame.step + 1) % prompts.length }];
        });
        expect(verifyChallenge({ frames: changed, challenge }).attack).to.equal('uncommitted');
      }),
    );
  });

  it('fails when its times are not those of the server: played faster, or made before', () => {
    const prompts = ['look-straight', 'turn-right', 'blink', 'move-closer'];
    const { frames } = act(prompts);
    for (const factor of [0.2, 4]) {
      const retimed = frames.map((frame) => ({ ...frame, t: Math.round(frame.t * factor) }));
      const { steps, nonce } = challengeOf(prompts, retimed);
      const held = challengeOf(prompts, frames).steps.map(({ heldMs }) => heldMs);
      const challenge = { nonce, steps: steps.map((step, i) => ({ ...step, heldMs: held[i] ?? 0 })) };
      expect(verifyChallenge({ frames: retimed, challenge }).attack, String(factor)).to.equal('mistimed');
    }
  });

  it('passes when somebody comes back from the camera as fast as people do', () => {
    const prompts = ['look-straight', 'move-closer', 'blink', 'turn-left'];
    const { frames, challenge } = act(prompts);
    const [near, back] = [frames.findLast(({ step }) => step === 1), frames.find(({ step }) => step === 2)];
    const hasty = frames.map((frame) => {
      const face = frame.step === 2 ? back?.face : undefined;
      return face === undefined || frame !== back ? frame : { ...frame, face: { ...face, landmarks: straightAgain } };
    });
    expect(Math.log(sizeOf(near?.face?.landmarks ?? []) / sizeOf(straightAgain))).to.be.above(0.3);
    expect(verifyChallenge({ frames: hasty, challenge })).to.deep.equal({ missed: [] });
  });

  it('fails when the size jumps by a quarter where nobody was asked to come closer', () => {
    const prompts = ['look-straight', 'turn-left', 'blink', 'turn-right'];
    const [own, nearer] = [act(prompts).frames, act(prompts, { at: { near: 1.3 } }).frames];
    const spliced = own.map((frame, i) => (frame.step === 2 ? (nearer[i] ?? frame) : frame));
    expect(verdict(spliced, prompts).attack).to.equal('spliced');
  });

  it('passes when the camera sets its exposure anew, and fails when the face alone changes as much', () => {
    const prompts = ['look-straight', 'turn-left', 'blink', 'look-up'];
    const lit = (face: number, scene: number) =>
      act(prompts, { light: 150 }).frames.map((frame, i) => {
        if (frame.face === undefined) return frame;
        const by = i < 12 ? [1, 1] : [face, scene];
        const { light } = frame.face;
        return { ...frame, face: { ...frame.face, light: light * (by[0] ?? 1), scene: 130 * (by[1] ?? 1) } };
      });
    expect(verdict(lit(0.7, 0.72), prompts)).to.deep.equal({ missed: [] });
    expect(verdict(lit(0.7, 1), prompts).attack).to.equal('spliced');
    expect(verdict(lit(0.4, 0.4), prompts).attack).to.equal('spliced');
    const unknown = lit(0.7, 0.72).map((frame) => {
      if (frame.face === undefined) return frame;
      const { scene: _, ...face } = frame.face;
      return { ...frame, face };
    });
    expect(verdict(unknown, prompts).attack).to.equal('spliced');
  });

  it('fails when it is put together of recordings of another place, size or light', () => {
    const prompts = ['look-straight', 'turn-left', 'turn-right', 'look-up'];
    const cuts: readonly Actor[] = [{ at: { x: 1.6 } }, { at: { near: 1.6 } }, { light: 190 }, { at: { yaw: 55 } }];
    for (const cut of cuts) {
      const [own, other] = [act(prompts).frames, act(prompts, cut).frames];
      const spliced = own.map((frame, i) => (frame.step === 2 ? (other[i] ?? frame) : frame));
      expect(verdict(spliced, prompts).attack, JSON.stringify(cut)).to.equal('spliced');
    }
  });

  it('fails when it is not the same person throughout', () => {
    const prompts = ['look-straight', 'turn-left', 'blink', 'look-up'];
    expect(verdict(act(prompts).frames, prompts, false).attack).to.equal('swapped');
  });

  it('says which step could not be seen, and calls that no attack', () => {
    const prompts = ['look-straight', 'turn-left', 'blink', 'look-up'];
    const { frames } = act(prompts, {}, { ...MOVES, 'look-up': {} });
    expect(verdict(frames, prompts)).to.deep.equal({ missed: [3] });
    const gone = act(prompts).frames.map(({ face, ...frame }) =>
      frame.step === 1 || face === undefined ? frame : { ...frame, face },
    );
    expect(verdict(gone, prompts)).to.deep.equal({ missed: [1] });
  });

  it('is missed where nobody turns, for then nothing shows depth', () => {
    const prompts = ['look-straight', 'blink', 'move-closer', 'blink'];
    expect(verdict(act(prompts).frames, prompts).missed).to.have.length(4);
  });

  it('is judged without a fault whatever the frames are', () => {
    const number = fc.double();
    const place = fc.record({ x: number, y: number });
    const face = fc.record({
      landmarks: fc.array(place, { minLength: 68, maxLength: 68 }),
      pose: fc.record({ yaw: number, pitch: number, roll: number }),
      eyes: number,
      light: number,
    });
    const prompts = ['look-straight', 'turn-left', 'look-up', 'blink'];
    fc.assert(
      fc.property(fc.array(face, { minLength: 24, maxLength: 24 }), (faces) => {
        const frames = faces.map((one, i) => ({
          step: Math.floor(i / 6),
          t: 200 * i,
          digest: Buffer.alloc(32, i),
          face: one,
        }));
        const { attack, missed } = verdict(frames, prompts);
        expect(attack !== undefined || missed.length > 0).to.equal(true);
      }),
      { numRuns: 100 },
    );
  });
});
