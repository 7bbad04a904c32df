import { expect } from 'chai';
import fc from 'fast-check';
import { CALIBRATION } from '#src/modality/signature/calibration-table.js';
import { likelihoodRatio, thresholdOf } from '#src/modality/signature/calibration.js';
import { NETWORK_FACTS, SIGNATURE_FACTS } from '#src/modality/signature/facts.js';
import { networkRunner, signatureRunner } from '#src/modality/signature/index.js';
import { NETWORK_CALIBRATION } from '#src/modality/signature/network-calibration-table.js';

for (const [model, table] of Object.entries({ classical: CALIBRATION, network: NETWORK_CALIBRATION }))
  describe(`calibration of signatures (${model})`, () => {
    it('says what it was made from', () => {
      expect(table.provenance.people).to.be.above(500);
      expect(table.provenance.skilled).to.be.above(100_000);
      expect(table.provenance.seed).to.be.a('string').with.length.above(0);
    });

    it('lets the ratio fall as drawings differ more, and keeps it within 1 : 10,000', () => {
      const difference = fc.double({ min: -20, max: 20, noNaN: true });
      fc.assert(
        fc.property(
          difference,
          difference,
          fc.boolean(),
          fc.integer({ min: 2, max: 12 }),
          (a, b, pressure, samples) => {
            const near = likelihoodRatio(Math.min(a, b), { pressure, samples }, table);
            const far = likelihoodRatio(Math.max(a, b), { pressure, samples }, table);
            expect(near).to.be.at.least(far);
            expect(Math.max(Math.abs(near), Math.abs(far))).to.be.at.most(Math.log(10_000));
          },
        ),
      );
    });

    it('lies between its lines for numbers of drawings between theirs', () => {
      const at = (samples: number): number => likelihoodRatio(-0.3, { pressure: false, samples }, table);
      expect(at(6)).to.be.closeTo((at(5) + at(7)) / 2, 0.5);
      expect(at(3)).to.equal(at(5));
      expect(at(12)).to.equal(at(10));
    });

    it('asks for more the fewer forgers may pass', () => {
      const rates = [0.5, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00001];
      const thresholds = rates.map((rate) => thresholdOf(table, rate));
      for (const [i, threshold] of thresholds.entries())
        if (i > 0) expect(threshold).to.be.at.least(thresholds[i - 1] ?? Infinity);
      expect(thresholdOf(table, 0.01)).to.be.above(thresholdOf(table, 0.1));
      for (const { fmr, llr } of table.thresholds) expect(thresholdOf(table, fmr)).to.be.closeTo(llr, 1e-9);
    });
  });

describe('facts of signatures', () => {
  it('say outside the worker what the runner says inside', () => {
    for (const [runner, facts] of [
      [signatureRunner, SIGNATURE_FACTS],
      [networkRunner, NETWORK_FACTS],
    ] as const)
      for (const fact of ['name', 'model', 'samplesToEnrol', 'mediaTypes', 'maxBytes'] as const)
        expect(runner[fact]).to.equal(facts[fact]);
  });

  it('set a threshold that holds whichever model compared', () => {
    for (const fmr of [0.05, 0.02, 0.01, 0.005, 0.001]) {
      expect(SIGNATURE_FACTS.threshold(fmr)).to.equal(thresholdOf(CALIBRATION, fmr));
      expect(NETWORK_FACTS.threshold(fmr)).to.be.at.least(thresholdOf(CALIBRATION, fmr));
      expect(NETWORK_FACTS.threshold(fmr)).to.be.at.least(thresholdOf(NETWORK_CALIBRATION, fmr));
    }
  });
});
