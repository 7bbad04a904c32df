import { expect } from 'chai';
import fc from 'fast-check';
import { loadAligner } from '#src/kernel/aligner.js';
import { javascriptAligner } from '#src/kernel/javascript.js';
import { MOST_CHANNELS, MOST_ROWS } from '#src/kernel/sequence.js';
import type { Sequence } from '#src/kernel/sequence.js';
import { createWasmAligner } from '#src/kernel/wasm.js';

const sequence = (channels: number, most: number): fc.Arbitrary<Sequence> =>
  fc
    .integer({ min: 1, max: most })
    .chain((length) =>
      fc
        .float32Array({ minLength: length * channels, maxLength: length * channels, min: -32, max: 32, noNaN: true })
        .map((data) => ({ length, data })),
    );

const ramp = (length: number, channels: number): Sequence => ({
  length,
  data: Float32Array.from({ length: length * channels }, (_, i) => (i * 37) % 11),
});

describe('alignment kernel', () => {
  const compiled = createWasmAligner();

  it('is the compiled one where the machine can run it', () => {
    expect(loadAligner().kind).to.equal('wasm-simd');
  });

  it('gives the distances of the definition for any sequences', () => {
    const cases = fc
      .integer({ min: 1, max: 12 })
      .chain((channels) =>
        fc.tuple(fc.constant(channels), sequence(channels, 40), fc.array(sequence(channels, 40), { maxLength: 4 })),
      );
    fc.assert(
      fc.property(cases, ([channels, probe, others]) => {
        const fast = compiled.distances(probe, others, channels);
        for (const [i, distance] of javascriptAligner.distances(probe, others, channels).entries())
          expect(fast[i]).to.be.closeTo(distance, 1e-4 * (1 + distance));
      }),
      { numRuns: 150 },
    );
  });

  it('finds that a sequence is no distance from itself, and the same distance both ways', () => {
    const [a, b] = [ramp(37, 9), ramp(52, 9)];
    expect(compiled.distances(a, [a], 9)[0]).to.be.closeTo(0, 1e-4);
    expect(compiled.distances(a, [b], 9)[0]).to.be.closeTo(compiled.distances(b, [a], 9)[0] ?? 0, 1e-4);
  });

  it('counts only the leading channels that it is told to', () => {
    const a = ramp(20, 7);
    const noisy = { length: 20, data: Float32Array.from([...a.data, ...Array.from({ length: 40 }, (_, i) => i)]) };
    expect(compiled.distances(noisy, [ramp(30, 7)], 7)[0]).to.equal(compiled.distances(a, [ramp(30, 7)], 7)[0]);
  });

  it('is not disturbed by what it compared before', () => {
    const [a, b] = [ramp(21, 9), ramp(18, 9)];
    const before = compiled.distances(a, [b], 9)[0];
    compiled.distances(ramp(300, 9), [ramp(301, 9)], 9);
    expect(compiled.distances(a, [b], 9)[0]).to.equal(before);
  });

  it('takes the longest sequence and refuses a longer one', () => {
    const longest = ramp(MOST_ROWS, MOST_CHANNELS);
    expect(compiled.distances(longest, [longest], MOST_CHANNELS)[0]).to.be.closeTo(0, 1e-3);
    expect(() => compiled.distances(ramp(MOST_ROWS + 1, 1), [ramp(2, 1)], 1)).to.throw(RangeError);
    expect(() => compiled.distances(ramp(2, 1), [ramp(MOST_ROWS + 1, 1)], 1)).to.throw(RangeError);
    expect(() => compiled.distances(ramp(2, 40), [ramp(2, 40)], MOST_CHANNELS + 1)).to.throw(RangeError);
  });
});
