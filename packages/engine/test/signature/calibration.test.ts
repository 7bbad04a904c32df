import { expect } from 'chai';
import fc from 'fast-check';
import { CALIBRATION } from '#src/modality/signature/calibration-table.js';
import { likelihoodRatio, signatureThreshold } from '#src/modality/signature/calibration.js';
import { SIGNATURE_FACTS } from '#src/modality/signature/facts.js';
import { signatureRunner } from '#src/modality/signature/index.js';

describe('calibration of signatures', () => {
  it('says what it was made from', () => {
    expect(CALIBRATION.provenance.people).to.be.above(500);
    expect(CALIBRATION.provenance.skilled).to.be.above(100_000);
    expect(CALIBRATION.provenance.seed).to.be.a('string').with.length.above(0);
  });

  it('lets the ratio fall as drawings differ more, and keeps it within 1 : 10,000', () => {
    const difference = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(difference, difference, fc.boolean(), fc.integer({ min: 2, max: 12 }), (a, b, pressure, samples) => {
        const near = likelihoodRatio(Math.min(a, b), { pressure, samples });
        const far = likelihoodRatio(Math.max(a, b), { pressure, samples });
        expect(near).to.be.at.least(far);
        expect(Math.max(Math.abs(near), Math.abs(far))).to.be.at.most(Math.log(10_000));
      }),
    );
  });

  it('lies between its lines for numbers of drawings between theirs', () => {
    const at = (samples: number): number => likelihoodRatio(-0.3, { pressure: false, samples });
    expect(at(6)).to.be.closeTo((at(5) + at(7)) / 2, 0.5);
    expect(at(3)).to.equal(at(5));
    expect(at(12)).to.equal(at(10));
  });

  it('asks for more the fewer forgers may pass', () => {
    const rates = [0.5, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00001];
    const thresholds = rates.map(signatureThreshold);
    for (const [i, threshold] of thresholds.entries())
      if (i > 0) expect(threshold).to.be.at.least(thresholds[i - 1] ?? Infinity);
    expect(signatureThreshold(0.01)).to.be.above(signatureThreshold(0.1));
    for (const { fmr, llr } of CALIBRATION.thresholds) expect(signatureThreshold(fmr)).to.be.closeTo(llr, 1e-9);
  });

  it('says outside the worker what the runner says inside', () => {
    for (const fact of ['name', 'model', 'samplesToEnrol', 'mediaTypes', 'maxBytes'] as const)
      expect(signatureRunner[fact]).to.equal(SIGNATURE_FACTS[fact]);
    expect(SIGNATURE_FACTS.threshold(0.02)).to.equal(signatureThreshold(0.02));
  });
});
