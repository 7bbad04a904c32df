import { expect } from 'chai';
import fc from 'fast-check';
import { faceCodec } from '#src/modality/face/encoding.js';
import { adapt, assemble, enrol, judge, withoutOutliers } from '#src/modality/face/model/reference.js';
import { isMonotone, likelihoodRatio, thresholdOf } from '#src/modality/face/postprocess/calibration.js';
import { compare } from '#src/modality/face/postprocess/score.js';
import { FACE_PACKS } from '#src/models/packs/index.js';
import { refusal, template } from './support.ts';

const CALIBRATION = {
  mated: { mean: 0.9, deviation: 0.05 },
  nonMated: { mean: 0.1, deviation: 0.1 },
  limit: 9,
  provenance: 'made up',
};
const codes = (findings: readonly { code: string }[]) =>
  findings.map(({ code }) => code.replace('ASIGNIO_QUALITY_', ''));

describe('calibration of cosines', () => {
  it('is the logarithm of how much likelier one person is than two', () => {
    const density = (x: number, { mean, deviation }: { mean: number; deviation: number }) =>
      Math.exp(-(((x - mean) / deviation) ** 2) / 2) / deviation;
    for (const cosine of [0.5, 0.55, 0.6, 0.63])
      expect(likelihoodRatio(cosine, { ...CALIBRATION, limit: 1_000 })).to.be.closeTo(
        Math.log(density(cosine, CALIBRATION.mated) / density(cosine, CALIBRATION.nonMated)),
        1e-9,
      );
  });

  it('stays within its limit, and never falls as the cosine grows, for every pack', () => {
    for (const { calibration, name } of FACE_PACKS) {
      expect(isMonotone(calibration), name).to.equal(true);
      fc.assert(
        fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (cosine) => {
          expect(Math.abs(likelihoodRatio(cosine, calibration))).to.be.at.most(calibration.limit);
        }),
      );
    }
  });

  it('has thresholds that grow as fewer strangers may pass', () => {
    for (const { calibration } of FACE_PACKS) {
      const thresholds = [0.1, 0.03, 0.01, 1e-3, 1e-4].map((fmr) => thresholdOf(fmr, calibration));
      expect(thresholds).to.deep.equal(thresholds.toSorted((a, b) => a - b));
    }
    // One in a thousand of a normal distribution lies 3.09 deviations above its mean.
    expect(thresholdOf(1e-3, CALIBRATION)).to.be.closeTo(likelihoodRatio(0.1 + 3.0902 * 0.1, CALIBRATION), 0.02);
  });

  it('is refused where a larger cosine would be held against somebody', () => {
    expect(isMonotone({ ...CALIBRATION, mated: { mean: 0.2, deviation: 0.01 } })).to.equal(false);
  });
});

describe('a reference of faces', () => {
  const ada = [template([1, 0, 0], 0.9, 1), template([1, 0.1, 0], 0.4, 2), template([1, 0, 0.1], 0.6, 3)];
  const bob = template([0, 1, 0], 0.95, 4);

  it('keeps templates apart and as a mean, without those that are of somebody else', () => {
    const enrolled = enrol([{ templates: [ada[0]!, bob] }, { templates: ada.slice(1) }], CALIBRATION);
    expect(enrolled.findings).to.deep.equal([]);
    expect(enrolled.samples).to.equal(3);
    expect(enrolled.reference?.templates.map(({ quality }) => quality)).to.deep.equal([0.9, 0.6, 0.4]);
    const mean = [0, 1, 2].map((i) => ada.reduce((sum, { vector }) => sum + vector[i]! / 3, 0));
    for (const [i, value] of mean.entries()) expect(enrolled.reference?.mean[i]).to.be.closeTo(value, 1e-6);
  });

  it('is not made of two people, nor of nobody', () => {
    expect(codes(enrol([{ templates: [ada[0]!] }, { templates: [bob] }], CALIBRATION).findings)).to.deep.equal([
      'OTHER_FACE',
    ]);
    expect(codes(enrol([], CALIBRATION).findings)).to.deep.equal(['TOO_FEW_PICTURES']);
    const four = [ada[0]!, ada[1]!, bob, template([0, 1, 0.1])];
    expect(enrol([{ templates: four }], CALIBRATION)).not.to.have.property('reference');
  });

  it('takes the score of the mean of all cosines', () => {
    const probe = template([1, 0.2, 0.1], 0.5, 9);
    const { score } = compare(assemble(ada, 3, false), { templates: [probe] }, [], CALIBRATION);
    const cosines = ada.map(({ vector }) => vector.reduce((sum, value, i) => sum + value * probe.vector[i]!, 0));
    expect(score).to.be.closeTo(likelihoodRatio(cosines.reduce((a, b) => a + b) / 3, CALIBRATION), 1e-4);
  });

  it('takes a copy of an enrolled picture, or of a recent probe, for a replay', () => {
    const reference = assemble(ada, 3, false);
    const fresh = { templates: [template([1, 0.2, 0.1], 0.5, 9)] };
    const sameFile = { templates: [template([1, 0.3, 0], 0.5, 1)] };
    const storedAgain = { templates: [template([1, 0.2001, 0.1], 0.5, 10)] };
    expect(compare(reference, fresh, [], CALIBRATION).pad).to.deep.equal({ attack: false });
    expect(compare(reference, sameFile, [], CALIBRATION).pad).to.deep.equal({ attack: true, species: 'replay' });
    expect(compare(reference, storedAgain, [fresh], CALIBRATION).pad.attack).to.equal(true);
  });

  it('holds copies and other faces against one more sample', () => {
    const first = { templates: [ada[0]!] };
    expect(judge({ templates: [ada[1]!] }, [first], CALIBRATION)).to.deep.equal([]);
    expect(judge(first, [], CALIBRATION)).to.deep.equal([]);
    expect(codes(judge({ templates: [ada[0]!] }, [first], CALIBRATION))).to.deep.equal(['PICTURE_REPEATED']);
    expect(codes(judge({ templates: [bob] }, [first], CALIBRATION))).to.deep.equal(['OTHER_FACE']);
  });

  it('takes in later sittings, the best picture of each, and keeps those of the enrolment', () => {
    let reference = assemble(ada, 3, false);
    for (let n = 0; n < 30; n++) {
      const later = [template([1, 0, n / 300], 0.2, 20 + n), template([1, n / 300, 0], 0.7, 60 + n)];
      const adapted = adapt(reference, { templates: later });
      expect(adapted.established).to.equal(true);
      expect(adapted.samples).to.equal(adapted.reference.templates.length);
      reference = adapted.reference;
    }
    expect(reference.templates).to.have.length(16);
    expect(reference.templates.slice(0, 3)).to.deep.equal(ada);
    expect(reference.templates.at(-1)?.digest[0]).to.equal(89);
  });

  it('leaves nobody out of two', () => {
    expect(withoutOutliers([ada[0]!, bob], CALIBRATION)).to.have.length(2);
  });
});

describe('bytes of faces', () => {
  const codec = faceCodec(7, 3);
  const features = { templates: [template([1, 2, 3], 0.25, 5), template([3, 2, 1], 0.75, 6)] };
  const reference = assemble(features.templates, 1, true);

  it('come back as they were', () => {
    expect(codec.decodeFeatures(codec.encodeFeatures(features))).to.deep.equal(features);
    expect(codec.decodeReference(codec.encodeReference(reference))).to.deep.equal(reference);
  });

  it('are of one network: another cannot read them', async () => {
    const bytes = codec.encodeReference(reference);
    for (const other of [faceCodec(8, 3), faceCodec(7, 4)])
      expect(await refusal(() => other.decodeReference(bytes))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
  });

  it('of features are not those of a reference', async () => {
    expect(await refusal(() => codec.decodeReference(codec.encodeFeatures(features)))).to.equal(
      'ASIGNIO_REFERENCE_UNREADABLE',
    );
    expect(await refusal(() => codec.decodeFeatures(codec.encodeReference(reference)))).to.equal(
      'ASIGNIO_REFERENCE_UNREADABLE',
    );
  });

  it('are refused or give unit vectors, whatever they are', async () => {
    const whole = codec.encodeReference(reference);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(whole.length),
        async (edits, cut) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of edits) bytes[at] = value;
          const code = await refusal(() => {
            const read = codec.decodeReference(cut % 4 === 0 ? bytes.subarray(0, cut) : bytes);
            for (const { vector } of read.templates) expect(Math.hypot(...vector)).to.be.closeTo(1, 1e-3);
          });
          expect(code).to.be.oneOf(['done', 'ASIGNIO_REFERENCE_UNREADABLE']);
        },
      ),
    );
  });
});
