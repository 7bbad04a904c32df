import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { distancesTo } from '#src/modality/signature/model/distances.js';
import { butterworth, slope, zeroPhase } from '#src/modality/signature/preprocess/filter.js';
import { extractFeatures } from '#src/modality/signature/preprocess/features.js';
import { resample } from '#src/modality/signature/preprocess/trajectory.js';
import { copyOf } from './support.ts';

const drawn = createSigner({ seed: 'features' }).sign({ seed: 1 });

/** A line with these points in px and ms. */
function sampleOf(
  points: readonly (readonly [x: number, t: number, pen?: 0 | 1, pressure?: number])[],
): SignatureSample {
  return {
    format: 'asignio-signature/1',
    pointerType: 'stylus',
    canvas: { width: 500, height: 500 },
    pixelRatio: 1,
    x: points.map(([x]) => x),
    y: points.map(() => 10),
    t: points.map(([, t]) => t),
    pressure: points.map(([, , , pressure]) => pressure ?? null),
    pen: points.map(([, , pen]) => pen ?? 1),
  };
}

describe('signature preprocessing', () => {
  it('puts irregular points on a grid of 10 ms', () => {
    expect([
      ...resample(
        sampleOf([
          [0, 0],
          [17, 17],
          [30, 30],
        ]),
      ).x,
    ]).to.deep.equal([0, 10, 20, 30]);
  });

  it('fills a pen-up with a straight way without pressure', () => {
    const { x, pressure } = resample(
      sampleOf([
        [0, 0, 1, 0.6],
        [10, 10, 0, 0.6],
        [40, 40, 1, 0.8],
        [50, 50, 1, 0.8],
      ]),
    );
    expect([...x]).to.deep.equal([0, 10, 20, 30, 40, 50]);
    expect([...(pressure ?? [])]).to.deep.equal([0.6, 0, 0, 0, 0.8, 0.8]);
  });

  it('drops points of the same time, but not the lift among them', () => {
    const { x, pressure } = resample(
      sampleOf([
        [0, 0, 1, 0.6],
        [10, 10, 1, 0.6],
        [99, 10, 0, 0],
        [30, 30, 1, 0.7],
      ]),
    );
    expect([...x]).to.deep.equal([0, 10, 20, 30]);
    expect(pressure?.[2]).to.equal(0);
  });

  it('shortens a long rest to a second', () => {
    expect(
      resample(
        sampleOf([
          [0, 0],
          [10, 9_000],
          [20, 9_010],
        ]),
      ).x,
    ).to.have.length(102);
  });

  for (const [what, sample] of Object.entries({
    "a mouse's constant half": { ...drawn, pointerType: 'mouse' as const, pressure: drawn.pressure.map(() => 0.5) },
    "a finger's zeros and ones": {
      ...drawn,
      pointerType: 'finger' as const,
      pressure: drawn.pressure.map((_, i) => i % 2),
    },
    'a stylus that cannot sense it': { ...drawn, pressure: drawn.pressure.map(() => 1) },
    nulls: { ...drawn, pressure: drawn.pressure.map(() => null) },
  }))
    it(`takes pressure to be absent from ${what}`, () => {
      expect(extractFeatures(sample)).to.include({ pressure: false });
    });

  it('smooths without shifting: a slow wave passes, a fast one does not', () => {
    const wave = (hertz: number): Float64Array =>
      Float64Array.from({ length: 200 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / 100));
    const section = butterworth(15, 100);
    const middle = (values: Float64Array): Float64Array => values.slice(50, 150);
    expect(
      Math.max(...middle(zeroPhase(wave(2), section).map((value, i) => Math.abs(value - (wave(2)[i] ?? 0))))),
    ).to.be.below(0.01);
    expect(Math.max(...middle(zeroPhase(wave(45), section)))).to.be.below(0.01);
  });

  it('finds the slope of a line everywhere but at its ends', () => {
    expect([...slope(Float64Array.from({ length: 7 }, (_, i) => 3 * i))].slice(2, 5)).to.deep.equal([3, 3, 3]);
  });

  it('makes the same features of a drawing wherever, however large and however often it is sampled', () => {
    const here = extractFeatures(drawn);
    const there = extractFeatures(copyOf(drawn, { move: 37, scale: 0.8 }));
    expect(distancesTo(there, [here], 'full')[0]).to.be.below(0.01);
    const sparse = { ...drawn };
    const kept = (_: unknown, i: number): boolean => i % 2 === 0 || drawn.pen[i] === 0 || drawn.pen[i - 1] === 0;
    const thinned = {
      ...sparse,
      x: drawn.x.filter(kept),
      y: drawn.y.filter(kept),
      t: drawn.t.filter(kept),
      pressure: drawn.pressure.filter(kept),
      pen: drawn.pen.filter(kept),
    };
    expect(distancesTo(extractFeatures(thinned), [here], 'shape')[0]).to.be.below(0.35);
  });

  it('gives finite numbers for anything that a sample may hold', () => {
    const point = fc.tuple(
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom(0 as const, 1 as const),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (steps) => {
        let now = 0;
        const sample = sampleOf(
          steps.map(([x, step, pen, pressure], i) => [x, i === 0 ? 0 : (now += step), pen, pressure]),
        );
        expect(extractFeatures(sample).data.every(Number.isFinite)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });
});
