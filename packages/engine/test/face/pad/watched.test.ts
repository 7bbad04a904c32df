import type { BesideSample } from '@asignio/contracts';
import { expect } from 'chai';
import type { FrameView } from '#src/modality/face/pad/types.js';
import { verifyChallenge } from '#src/modality/face/pad/verify.js';
import { act, challengeOf } from './sequence.ts';

const PROMPTS = ['look-straight', 'turn-left', 'look-up', 'blink', 'sign'];
const SIGN = PROMPTS.length - 1;

describe('somebody who signs while the camera looks', () => {
  const { frames } = act(PROMPTS);
  const own = frames.filter(({ step }) => step === SIGN);
  const start = own[0]?.t ?? 0;
  const drawing: BesideSample = { sha256: 'd'.repeat(43), from: start + 100, to: (own.at(-1)?.t ?? 0) - 50 };

  const verdict = (changed: readonly FrameView[], beside = drawing, oneSigner?: boolean) =>
    verifyChallenge({
      frames: changed,
      challenge: { ...challengeOf(PROMPTS, changed), beside },
      oneFace: true,
      ...(oneSigner === undefined ? {} : { oneSigner }),
    });
  const whileSigning = (change: (frame: FrameView, i: number) => FrameView) =>
    frames.map((frame) => (frame.step === SIGN ? change(frame, own.indexOf(frame)) : frame));
  const unseen = { missed: [SIGN] };

  it('passes when the face is there all the while', () => {
    expect(verdict(frames)).to.deep.equal({ missed: [] });
    expect(verdict(frames, drawing, true)).to.deep.equal({ missed: [] });
  });

  it('is not believed when nobody was seen, or only at the beginning, or only before it', () => {
    const { face: _, ...nobody } = own[0] as FrameView;
    const hidden = (frame: FrameView): FrameView => ({ ...nobody, t: frame.t, digest: frame.digest, step: frame.step });
    expect(verdict(whileSigning(hidden))).to.deep.equal(unseen);
    expect(
      verdict(
        whileSigning((frame, i) => (i < 3 ? frame : hidden(frame))),
        { ...drawing, to: drawing.to + 900 },
      ),
    ).to.deep.equal(unseen);
    expect(verdict(whileSigning((frame) => (frame.t < drawing.from ? frame : hidden(frame))))).to.deep.equal(unseen);
  });

  it('is not believed when one picture was shown over and over, packed anew each time', () => {
    const frozen = whileSigning((frame) => {
      const { face } = own[0] as FrameView;
      return face === undefined ? frame : { ...frame, face };
    });
    expect(verdict(frozen)).to.deep.equal(unseen);
  });

  it('is not believed when it is unsure that the person who drew is the one who answered', () => {
    expect(verdict(frames, drawing, false)).to.deep.equal(unseen);
  });

  it('is an attack when the drawing was made at another time than that of its step', () => {
    for (const beside of [
      { ...drawing, from: 0, to: 2_000 },
      { ...drawing, from: start - 2_000 },
      { ...drawing, to: drawing.to + 5_000 },
    ])
      expect(verdict(frames, beside).attack).to.equal('mistimed');
  });

  it('needs frames all along a long drawing', () => {
    const gap = whileSigning((frame, i) => (i < 5 ? frame : { ...frame, t: frame.t + 2_500 }));
    const to = (gap.at(-1)?.t ?? 0) - 50;
    expect(verdict(gap, { ...drawing, to })).to.deep.equal(unseen);
  });

  it('does not believe a step to sign of which no drawing was announced', () => {
    const result = verifyChallenge({ frames, challenge: challengeOf(PROMPTS, frames), oneFace: true });
    expect(result).to.deep.equal(unseen);
  });
});
