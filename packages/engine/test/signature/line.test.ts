import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { lineDistance } from '#src/modality/signature/postprocess/line.js';
import { traceOf } from '#src/modality/signature/preprocess/trace.js';

const signer = createSigner({ seed: 'line' });
const sample = signer.sign({ seed: 1 });
const trace = traceOf(sample);

function mapped(place: (x: number, y: number) => readonly [number, number]): SignatureSample {
  const places = sample.x.map((x, i) => place(x, sample.y[i]!));
  return { ...sample, x: places.map(([x]) => x), y: places.map(([, y]) => y) };
}

describe('the distance of two lines', () => {
  it('is next to nothing for one line, moved, turned, enlarged and sheared', () => {
    const other = traceOf(mapped((x, y) => [30 + 1.4 * x + 0.2 * y, 9 - 0.3 * x + 1.2 * y]));
    expect(lineDistance(trace, trace)).to.be.below(0.001);
    expect(lineDistance(trace, other)).to.be.below(0.006);
  });

  it('does not depend on when the points were drawn, or how many', () => {
    const every = (_: unknown, i: number): boolean => i % 2 === 0;
    const half = { ...sample, x: sample.x.filter(every), y: sample.y.filter(every), t: sample.t.filter(every) };
    expect(traceOf({ ...sample, t: sample.t.map((t) => t ** 1.2) })).to.deep.equal(trace);
    expect(lineDistance(trace, traceOf(half))).to.be.below(0.02);
  });

  it('is small for a part of a line', () => {
    const part = { ...sample, x: sample.x.slice(2, -2), y: sample.y.slice(2, -2) };
    expect(lineDistance(trace, traceOf(part))).to.be.below(0.01);
  });

  it('is larger for the same hand drawing again, and infinite for another signature', () => {
    expect(lineDistance(trace, traceOf(signer.sign({ seed: 2 })))).to.be.above(0.015);
    expect(lineDistance(trace, traceOf(createSigner({ seed: 'other line' }).sign()))).to.equal(Infinity);
  });

  it('is a number, or infinite, whatever is drawn', () => {
    const place = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const drawing = fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 40 });
    const of = (places: readonly (readonly [number, number])[]): Float32Array =>
      traceOf({ ...sample, x: places.map(([x]) => x), y: places.map(([, y]) => y) });
    fc.assert(
      fc.property(drawing, drawing, (a, b) => {
        expect(lineDistance(of(a), of(b))).to.be.at.least(0);
        expect(lineDistance(of(a), of(a))).to.be.at.least(0);
      }),
    );
    expect(lineDistance(of([[1, 1]]), of([[1, 1]]))).to.equal(Infinity);
  });
});
