import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { Rotation } from '#src/modality/face/model/rotation.js';
import { assemble, enrol, judge } from '#src/modality/face/model/reference.js';
import { faceTransform } from '#src/modality/face/model/transform.js';
import { dot } from '#src/modality/face/model/vectors.js';
import { compare } from '#src/modality/face/postprocess/score.js';
import type { FaceFeatures } from '#src/modality/face/types.js';
import { template } from './support.ts';

const CALIBRATION = {
  mated: { mean: 0.9, deviation: 0.05 },
  nonMated: { mean: 0.1, deviation: 0.1 },
  limit: 9,
  provenance: 'made up',
};
const key = (seed: number) => Buffer.alloc(32, seed);
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const vectors = (dimensions: number) =>
  fc
    .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions })
    .filter((values) => values.some((value) => Math.abs(value) > 0.01))
    .map((values) => template(values).vector);
/** Vectors that are drawn anew each time, as those of strangers are. */
const stranger = (dimensions: number) =>
  template(Array.from({ length: dimensions }, () => randomBytes(4).readInt32LE() / 2 ** 31)).vector;

describe('the keyed transform of faces', () => {
  for (const dimensions of [3, 128, 192, 1024])
    it(`keeps every angle, and is undone by its key alone: ${dimensions} dimensions`, () => {
      fc.assert(
        fc.property(keys, vectors(dimensions), vectors(dimensions), (bytes, a, b) => {
          const rotation = new Rotation(bytes, dimensions);
          expect(dot(rotation.apply(a), rotation.apply(b))).to.be.closeTo(dot(a, b), 1e-5);
          for (const [i, value] of rotation.undo(rotation.apply(a)).entries()) expect(value).to.be.closeTo(a[i]!, 1e-5);
        }),
        { numRuns: 20 },
      );
    });

  it('makes vectors of one face under two keys as unlike as those of strangers', () => {
    // Of random unit vectors of n dimensions, cosines have the standard deviation 1/sqrt(n).
    const dimensions = 128;
    const cosines = Array.from({ length: 400 }, () => {
      const face = stranger(dimensions);
      return dot(
        new Rotation(randomBytes(32), dimensions).apply(face),
        new Rotation(randomBytes(32), dimensions).apply(face),
      );
    });
    const deviation = Math.sqrt(cosines.reduce((sum, cosine) => sum + cosine ** 2, 0) / cosines.length);
    expect(deviation * Math.sqrt(dimensions)).to.be.within(0.8, 1.2);
    expect(Math.max(...cosines.map(Math.abs))).to.be.below(6 / Math.sqrt(dimensions));
  });

  it('spreads each number over all of them, also where there is no power of two of them', () => {
    for (const dimensions of [128, 192, 1024]) {
      const one = new Float32Array(dimensions);
      one[7] = 1;
      const turned = new Rotation(key(5), dimensions).apply(one);
      const largest = turned.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest, `${dimensions}`).to.be.below(7 / Math.sqrt(dimensions));
    }
  });

  it('changes no decision: also with the key known, strangers are as far off as without it', () => {
    const face = stranger(128);
    const near = () => {
      const other = stranger(128);
      return template([...face].map((value, i) => value + (other[i] ?? 0) * 0.3)).vector;
    };
    const pictures = (make: () => Float32Array, mark: number): FaceFeatures => ({
      templates: Array.from({ length: 3 }, (_, i) => template([...make()], 0.5, mark + i)),
    });
    const [first, second, own, other] = [
      pictures(near, 1),
      pictures(near, 4),
      pictures(near, 7),
      pictures(() => stranger(128), 10),
    ];
    const under = (features: FaceFeatures) => faceTransform.features(features, key(1));
    expect(judge(under(second), [under(first)], CALIBRATION)).to.deep.equal([]);
    expect(judge(under(first), [under(first)], CALIBRATION)).to.have.length(1);
    const plain = enrol([first, second], CALIBRATION).reference!;
    const kept = enrol([under(first), under(second)], CALIBRATION).reference!;
    for (const probe of [own, other])
      expect(compare(kept, under(probe), [], CALIBRATION).score).to.be.closeTo(
        compare(plain, probe, [], CALIBRATION).score,
        1e-3,
      );
    expect(compare(kept, under(first), [], CALIBRATION).pad.attack).to.equal(true);
    expect(compare(kept, under(own), [under(own)], CALIBRATION).pad.attack).to.equal(true);
  });

  it('links nothing of two enrolments of one picture: neither its vector nor its digest', () => {
    const features: FaceFeatures = { templates: [template([...stranger(128)], 0.5, 1)] };
    const [one, two] = [1, 2].map((seed) => faceTransform.features(features, key(seed)).templates[0]!);
    expect(Math.abs(dot(one!.vector, two!.vector))).to.be.below(0.6);
    expect(one!.digest).to.not.deep.equal(two!.digest);
    expect(one!.digest).to.have.length(16);
  });

  it('carries a reference from one key to another, under which its person is found', () => {
    const features: FaceFeatures = { templates: [template([...stranger(128)], 0.5, 1)] };
    const kept = assemble(faceTransform.features(features, key(1)).templates, 1, false);
    const carried = faceTransform.reference(kept, key(1), key(2));
    const probe = faceTransform.features(features, key(2));
    expect(dot(carried.mean, probe.templates[0]!.vector)).to.be.closeTo(1, 1e-5);
    expect(compare(carried, probe, [], CALIBRATION).pad.attack, 'a copy still shows').to.equal(true);
  });
});
