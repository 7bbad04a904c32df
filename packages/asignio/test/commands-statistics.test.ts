import { expect } from 'chai';
import fc from 'fast-check';
import { bootstrap, quantile } from '#src/commands/evaluate/bootstrap.js';
import { detPlot, normal, probit } from '#src/commands/evaluate/det-plot.js';
import { detCurve, errorRates, scoreList } from '#src/commands/evaluate/error-rates.js';
import type { Scored } from '#src/commands/evaluate/error-rates.js';

const FMRS = [0.01, 0.001];

function scored(mated: readonly number[], nonMated: readonly number[]): Scored[] {
  return [
    ...mated.map((score, index) => ({ score, mated: true, user: index % 4 })),
    ...nonMated.map((score, index) => ({ score, mated: false, user: index % 4 })),
  ];
}

function rates(mated: readonly number[], nonMated: readonly number[], fmrs: readonly number[] = FMRS) {
  return errorRates(scoreList(scored(mated, nonMated)), [1, 1, 1, 1], fmrs);
}

/** The definitions, word for word and slow. */
function byDefinition(mated: readonly number[], nonMated: readonly number[], fmr: number) {
  const thresholds = [...new Set([...mated, ...nonMated])].sort((a, b) => a - b);
  const at = (t: number) => ({
    fnmr: mated.filter((score) => score < t).length / mated.length,
    fmr: nonMated.filter((score) => score >= t).length / nonMated.length,
  });
  const points = [...thresholds.map(at), { fnmr: 1, fmr: 0 }];
  const crossing = points.findIndex((point) => point.fnmr >= point.fmr);
  const [before, after] = [points[crossing - 1], points[crossing]];
  const allowed = Math.floor(fmr * nonMated.length + 1e-9);
  const strict = [...thresholds, Number.POSITIVE_INFINITY].find(
    (t) => nonMated.filter((score) => score >= t).length <= allowed,
  );
  return { before, after, fnmr: mated.filter((score) => score < (strict ?? 0)).length / mated.length };
}

describe('error rates', () => {
  it('are nothing where the scores are apart', () => {
    expect(rates([3, 4, 5], [0, 1, 2])).to.deep.include({ eer: 0, fnmr: [0, 0] });
  });

  it('are one half where the scores are the same, and one where they are the wrong way round', () => {
    expect(rates([1, 1, 1], [1, 1]).eer).to.equal(0.5);
    expect(rates([1, 2], [3, 4]).eer).to.equal(1);
  });

  it('are those worked out by hand', () => {
    // At threshold 4: one of four mated below (25 %), one of four non-mated at or above (25 %).
    expect(rates([3, 5, 6, 7], [0, 1, 2, 4]).eer).to.equal(0.25);
    // FMR 0.25 allows one of four: the threshold lies above 2, where one mated of four (1.5) is below it.
    expect(rates([1.5, 5, 6, 7], [0, 1, 2, 4], [0.25]).fnmr).to.deep.equal([0.25]);
    // FMR 0 allows none: the threshold lies above 4.
    expect(rates([3, 3.5, 6, 7], [0, 1, 2, 4], [0.001]).fnmr).to.deep.equal([0.5]);
  });

  it('lie between the two thresholds that cross, for any scores with any ties', () => {
    const some = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(some, some, fc.double({ min: 0.001, max: 0.9, noNaN: true }), (mated, nonMated, fmr) => {
        const { eer, fnmr } = rates(mated, nonMated, [fmr]);
        const { before, after, fnmr: expected } = byDefinition(mated, nonMated, fmr);
        expect(fnmr[0]).to.be.closeTo(expected, 1e-12);
        expect(eer).to.be.at.least((before?.fnmr ?? 0) - 1e-12);
        expect(eer).to.be.at.most((after?.fnmr ?? 1) + 1e-12);
        expect(eer).to.be.at.most((before?.fmr ?? 1) + 1e-12);
        expect(eer).to.be.at.least((after?.fmr ?? 0) - 1e-12);
      }),
    );
  });

  it('are the same for several FMRs at once as one by one, in any order', () => {
    const mated = [1, 3, 3, 4, 8, 9];
    const nonMated = [0, 1, 2, 3, 3, 5, 6, 7, 8, 2];
    const fmrs = [0.5, 0.1, 0.9, 0.2];
    expect(rates(mated, nonMated, fmrs).fnmr).to.deep.equal(fmrs.map((fmr) => rates(mated, nonMated, [fmr]).fnmr[0]));
  });

  it('are not known where one side is missing', () => {
    expect(rates([], [1])).to.deep.equal({ eer: null, eerScore: null, fnmr: [null, null] });
    expect(rates([1], []).eer).to.equal(null);
  });

  it('count a user as often as the weights say', () => {
    const comparisons: Scored[] = [
      { score: 5, mated: true, user: 0 },
      { score: 0, mated: false, user: 0 },
      { score: 0, mated: true, user: 1 },
      { score: 5, mated: false, user: 1 },
    ];
    const list = scoreList(comparisons);
    expect(errorRates(list, [2, 0], []).eer).to.equal(0);
    expect(errorRates(list, [0, 2], []).eer).to.equal(1);
    const twice = scoreList([...comparisons, ...comparisons.filter(({ user }) => user === 0)]);
    expect(errorRates(list, [2, 1], [0.4])).to.deep.equal(errorRates(twice, [1, 1], [0.4]));
  });
});

describe('confidence intervals', () => {
  const noise = Array.from({ length: 400 }, (_, index) => 6 * (((index * 7919) % 997) / 997) - 3);
  const list = scoreList(
    noise.map((value, index) => ({
      score: value + (index % 2) * 2,
      mated: index % 2 === 1,
      user: Math.floor(index / 20),
    })),
  );

  it('hold the rate, and are the same for the same seed alone', () => {
    const { eer } = errorRates(
      list,
      Array.from({ length: 20 }, () => 1),
      [],
    );
    const one = bootstrap(list, 20, [0.1], 1);
    expect(one.eer?.[0]).to.be.lessThan(eer as number);
    expect(one.eer?.[1]).to.be.greaterThan(eer as number);
    expect(bootstrap(list, 20, [0.1], 1)).to.deep.equal(one);
    expect(bootstrap(list, 20, [0.1], 2)).not.to.deep.equal(one);
  });

  it('draw people, not comparisons: people who are all alike leave no doubt', () => {
    const alike = scoreList(
      Array.from({ length: 10 }, (_, user) =>
        scored([3, 5, 6, 7], [0, 1, 2, 4]).map((one) => ({ ...one, user })),
      ).flat(),
    );
    expect(bootstrap(alike, 10, [], 1).eer).to.deep.equal([0.25, 0.25]);
  });

  it('are none with one user', () => {
    expect(bootstrap(scoreList(scored([1], [0]).map((one) => ({ ...one, user: 0 }))), 1, [0.1], 1)).to.deep.equal({
      eer: null,
      fnmr: [null],
    });
  });

  it('are of quantiles between the nearest two', () => {
    expect(quantile([0, 10, 20, 30, 40], 0.5)).to.equal(20);
    expect(quantile([0, 10], 0.25)).to.equal(2.5);
    expect(quantile([7], 0.99)).to.equal(7);
  });
});

describe('a DET plot', () => {
  it('has an axis in normal deviates', () => {
    // Quantiles of the normal distribution, as in any table of it.
    expect(probit(0.5)).to.be.closeTo(0, 1e-3);
    expect(probit(0.975)).to.be.closeTo(1.959964, 1e-3);
    expect(probit(0.001)).to.be.closeTo(-3.090232, 1e-3);
    expect(normal(1.959964)).to.be.closeTo(0.975, 1e-6);
  });

  it('runs from accepting all to accepting none, never back', () => {
    const points = detCurve(scoreList(scored([3, 5, 6, 7], [0, 1, 2, 4])));
    expect(points[0]).to.deep.equal({ fmr: 1, fnmr: 0 });
    expect(points.at(-1)).to.deep.equal({ fmr: 0, fnmr: 1 });
    for (const [index, point] of points.slice(1).entries()) {
      expect(point.fmr).to.be.at.most(points[index]?.fmr ?? 1);
      expect(point.fnmr).to.be.at.least(points[index]?.fnmr ?? 0);
    }
  });

  it('says what it shows: units, counts, intervals, and no markup of a name', () => {
    const kinds = ['skilled', '<script>'].map((kind) => ({
      kind,
      list: scoreList(scored([3, 5, 6, 7], [0, 1, 2, 4])),
      mated: 4,
      nonMated: 4000,
    }));
    const svg = detPlot(kinds, 4, 1, { title: 'a & b', subtitle: 'four users' });
    for (const words of [
      'False match rate, %',
      'False non-match rate, %',
      'EER 25.00 %',
      '4 mated, 4,000 non-mated',
      'a &#38; b',
    ])
      expect(svg).to.contain(words);
    expect(svg).not.to.contain('<script>');
    expect(svg).to.contain('stroke-dasharray="9 5"');
    expect(svg.match(/NaN|undefined/)).to.equal(null);
  });
});
