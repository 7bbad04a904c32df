import { expect } from 'chai';
import fc from 'fast-check';
import { SIGNATURE_LIMITS } from '@asignio/contracts';
import { SignatureRecorder, pointerTypeOf, type Frame, type PointerPosition } from '#src/sample/recorder.js';

const FRAME: Frame = { width: 320, height: 180, pixelRatio: 2 };
const at = (x: number, y: number, timeStamp: number, pressure = 0): PointerPosition => ({ x, y, timeStamp, pressure });

describe('recording a signature', () => {
  it('keeps time from the first point, and marks where the pen was lifted', () => {
    const recorder = new SignatureRecorder();
    recorder.down('finger', at(10, 20, 1000), FRAME);
    recorder.move(at(12, 24, 1016));
    recorder.up(at(13, 25, 1032));
    recorder.down('finger', at(40, 20, 1200), FRAME);
    recorder.up(at(40, 20, 1250));
    expect(recorder.sample()).to.deep.equal({
      format: 'asignio-signature/1',
      pointerType: 'finger',
      canvas: { width: 320, height: 180 },
      pixelRatio: 2,
      x: [10, 12, 13, 40, 40],
      y: [20, 24, 25, 20, 20],
      t: [0, 16, 32, 200, 250],
      pressure: [null, null, null, null, null],
      pen: [1, 1, 0, 1, 0],
    });
  });

  it('has nothing to give before the first point, and after clearing', () => {
    const recorder = new SignatureRecorder();
    expect(recorder.sample()).to.equal(undefined);
    recorder.down('mouse', at(1, 1, 0, 0.5), FRAME);
    recorder.clear();
    expect(recorder.sample()).to.equal(undefined);
    expect(recorder.points).to.deep.equal([]);
  });

  it('keeps the pressure of a pen that feels it', () => {
    const recorder = new SignatureRecorder();
    recorder.down('stylus', at(1, 1, 0, 0.2), FRAME);
    recorder.move(at(2, 2, 5, 0.731));
    recorder.up(at(2, 2, 9, 0));
    expect(recorder.sample()?.pressure).to.deep.equal([0.2, 0.731, 0]);
  });

  it('takes the constant pressure of a pen without a sensor for none', () => {
    for (const constant of [0, 0.5, 1]) {
      const recorder = new SignatureRecorder();
      recorder.down('stylus', at(1, 1, 0, constant), FRAME);
      recorder.move(at(2, 2, 5, constant));
      recorder.up(at(3, 3, 9, 0));
      expect(recorder.sample()?.pressure, `${constant}`).to.deep.equal([null, null, null]);
    }
  });

  it('ignores another kind of pointer within one drawing, and a second one at the same time', () => {
    const recorder = new SignatureRecorder();
    recorder.down('finger', at(1, 1, 0), FRAME);
    expect(recorder.down('finger', at(90, 90, 1), FRAME)).to.equal(false);
    recorder.up(at(2, 2, 5));
    expect(recorder.down('mouse', at(3, 3, 10), FRAME)).to.equal(false);
    expect(recorder.sample()?.x).to.deep.equal([1, 2]);
  });

  it('lifts the pen at its last position when the browser takes the pointer away', () => {
    const recorder = new SignatureRecorder();
    recorder.down('mouse', at(1, 1, 0), FRAME);
    recorder.move(at(7, 8, 20));
    recorder.up();
    const sample = recorder.sample();
    expect(sample?.pen).to.deep.equal([1, 0]);
    expect(sample?.x.at(-1)).to.equal(7);
  });

  it('stops at the caps, with the pen lifted', () => {
    const recorder = new SignatureRecorder();
    recorder.down('mouse', at(0, 0, 0), FRAME);
    for (let i = 1; i < 2 * SIGNATURE_LIMITS.points; i += 1) recorder.move(at(i % 300, i % 170, i));
    recorder.up(at(5, 5, 2 * SIGNATURE_LIMITS.points));
    const sample = recorder.sample();
    expect(sample?.x).to.have.length(SIGNATURE_LIMITS.points);
    expect(sample?.pen.at(-1)).to.equal(0);
    expect(recorder.full).to.equal(true);
    expect(recorder.down('mouse', at(0, 0, 9999), FRAME)).to.equal(false);

    const slow = new SignatureRecorder();
    slow.down('mouse', at(0, 0, 0), FRAME);
    expect(slow.move(at(1, 1, SIGNATURE_LIMITS.durationMs + 1))).to.equal(false);
  });

  it('names pointers in the contract’s words', () => {
    expect(['pen', 'touch', 'mouse', ''].map(pointerTypeOf)).to.deep.equal(['stylus', 'finger', 'mouse', 'mouse']);
  });

  it('gives a sample within the format whatever a device reports', () => {
    const number = fc.oneof(fc.double(), fc.double({ min: -500, max: 40_000, noNaN: true }));
    const step = fc.record({
      kind: fc.constantFrom('down', 'move', 'up', 'lost'),
      type: fc.constantFrom('stylus', 'finger', 'mouse'),
      position: fc.record({ x: number, y: number, timeStamp: number, pressure: number }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const recorder = new SignatureRecorder();
        for (const { kind, type, position } of steps) {
          if (kind === 'down') recorder.down(type, position, FRAME);
          else if (kind === 'move') recorder.move(position);
          else recorder.up(kind === 'up' ? position : undefined);
        }
        const sample = recorder.sample();
        if (sample === undefined) return;
        const { x, y, t, pressure, pen } = sample;
        expect(new Set([x.length, y.length, t.length, pressure.length, pen.length])).to.have.property('size', 1);
        expect(t[0]).to.equal(0);
        expect(t.every((value, i) => Number.isFinite(value) && value >= (t[i - 1] ?? 0))).to.equal(true);
        expect(x.every((value) => value >= -640 && value <= 960)).to.equal(true);
        expect(y.every((value) => value >= -360 && value <= 540)).to.equal(true);
        expect(pressure.every((value) => value === null || (value >= 0 && value <= 1))).to.equal(true);
        expect(JSON.parse(JSON.stringify(sample))).to.deep.equal(sample);
      }),
    );
  });
});
