import {
  AsignioError,
  commitmentInput,
  FACE_FRAMES_LIMITS,
  packFaceFrames,
  unpackFaceFrames,
} from '@asignio/contracts';
import type { FaceFrame } from '@asignio/contracts';
import { expect } from 'chai';
import fc from 'fast-check';

function jpeg(length = 200, fill = 7): Uint8Array {
  const bytes = new Uint8Array(length).fill(fill);
  bytes.set([0xff, 0xd8, 0xff]);
  bytes.set([0xff, 0xd9], length - 2);
  return bytes;
}

const frames = (count: number, each = 2): FaceFrame[] =>
  Array.from({ length: count }, (_, n) => ({ step: Math.floor(n / each), t: n * 100, jpeg: jpeg(200 + n) }));

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'resolved';
  } catch (error) {
    return error instanceof AsignioError ? error.code : `unexpected: ${String(error)}`;
  }
}

const refused = (given: readonly FaceFrame[]) => codeOf(() => packFaceFrames(given));

describe('packed face frames', () => {
  it('come out as they went in', () => {
    const given = frames(8);
    const read = unpackFaceFrames(packFaceFrames(given));
    expect(read.map(({ step, t }) => [step, t])).to.deep.equal(given.map(({ step, t }) => [step, t]));
    expect(read.map((frame) => [...frame.jpeg])).to.deep.equal(given.map((frame) => [...frame.jpeg]));
  });

  it('keep their order of steps and times', () => {
    const [a, b] = frames(2, 1) as [FaceFrame, FaceFrame];
    for (const wrong of [
      [],
      [b],
      [a, { ...b, step: 2 }],
      [a, { ...b, t: 0 }],
      [{ ...a, t: 5 }, b],
      [{ ...a, jpeg: new Uint8Array(200) }, b],
      [{ ...a, jpeg: jpeg(50) }, b],
    ])
      expect(refused(wrong)).to.equal('ASIGNIO_SAMPLE_INVALID');
  });

  it('have caps on count, steps, bytes and duration', () => {
    const { frames: most, framesAStep, steps, frameBytes, bytes, durationMs } = FACE_FRAMES_LIMITS;
    const [a, b] = frames(2, 1) as [FaceFrame, FaceFrame];
    for (const wrong of [
      frames(most + 1, framesAStep),
      frames(framesAStep + 1, framesAStep + 1),
      frames(steps + 1, 1),
      [{ ...a, jpeg: jpeg(frameBytes + 1) }, b],
      [a, { ...b, t: durationMs + 1 }],
    ])
      expect(refused(wrong)).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
    expect(codeOf(() => unpackFaceFrames(new Uint8Array(bytes + 1)))).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
  });

  it('are refused with a code, or read within the caps, whatever the bytes are', () => {
    const whole = packFaceFrames(frames(6));
    const mutated = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }).chain((edits) =>
      fc.nat(whole.length).map((cut) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of edits) bytes[at] = value;
        return cut % 3 === 0 ? bytes.subarray(0, cut) : bytes;
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutated), (bytes) => {
        const code = codeOf(() => {
          const read = unpackFaceFrames(bytes);
          expect(read.length).to.be.within(1, FACE_FRAMES_LIMITS.frames);
          for (const frame of read) expect(frame.jpeg.byteLength).to.be.at.most(FACE_FRAMES_LIMITS.frameBytes);
        });
        expect(code).to.be.oneOf(['resolved', 'ASIGNIO_SAMPLE_INVALID', 'ASIGNIO_SAMPLE_TOO_LARGE']);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what a commitment binds', () => {
  it('differs by nonce, step, time, frame and order', () => {
    const nonce = new Uint8Array(32).fill(1);
    const one = { t: 0, sha256: new Uint8Array(32).fill(2) };
    const two = { t: 100, sha256: new Uint8Array(32).fill(3) };
    const all = [
      commitmentInput(nonce, 0, [one, two]),
      commitmentInput(new Uint8Array(32).fill(9), 0, [one, two]),
      commitmentInput(nonce, 1, [one, two]),
      commitmentInput(nonce, 0, [one, { ...two, t: 101 }]),
      commitmentInput(nonce, 0, [one, { ...two, sha256: new Uint8Array(32).fill(4) }]),
      commitmentInput(nonce, 0, [two, one]),
      commitmentInput(nonce, 0, [one]),
    ];
    expect(new Set(all.map((bytes) => Buffer.from(bytes).toString('hex'))).size).to.equal(all.length);
  });
});
