import { POINTER_TYPES } from '@asignio/contracts';
import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { expect } from 'chai';
import { signatureRunner } from '#src/modality/signature/index.js';
import { extractFeatures } from '#src/modality/signature/preprocess/features.js';
import { copyOf, enrolled } from './support.ts';

const people = Array.from({ length: 12 }, (_, i) => `compare/${i}`);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const scores = (signer: Signer, probes: readonly SignatureSample[]): number[] => {
  const reference = enrolled(signer);
  return probes.map((probe) => signatureRunner.compare(reference, extractFeatures(probe), [])!.score);
};

/** Uniform in ±1, the same in every run. */
const noise = (seed: number): number => {
  const value = Math.sin(seed * 12.9898) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
};

/** Faster and slower by turns, up to this share. */
const inRhythm = (sample: SignatureSample, share: number): SignatureSample => {
  let now = 0;
  const t = sample.t.map((time, i) => {
    now += (time - (sample.t[i - 1] ?? 0)) * (1 + share * Math.sin(time / 70));
    return now;
  });
  return { ...sample, t };
};

describe('comparison of signatures', () => {
  for (const pointerType of POINTER_TYPES)
    it(`ranks own drawings over forgeries, and these over strangers' (${pointerType})`, () => {
      const kinds = { own: [] as number[], timing: [] as number[], shape: [] as number[], stranger: [] as number[] };
      for (const [i, seed] of people.entries()) {
        const signer = createSigner({ seed, pointerType });
        const stranger = createSigner({ seed: people[(i + 1) % people.length] ?? seed, pointerType });
        kinds.own.push(...scores(signer, [signer.sign({ seed: 'a' }), signer.sign({ seed: 'b', sitting: 1 })]));
        kinds.timing.push(...scores(signer, [signer.forge({ skill: 'shape-and-timing', seed: 1 })]));
        kinds.shape.push(
          ...scores(
            signer,
            [1, 2].map((k) => signer.forge({ skill: 'shape', seed: k })),
          ),
        );
        kinds.stranger.push(...scores(signer, [stranger.sign()]));
      }
      expect(mean(kinds.own)).to.be.above(1);
      expect(mean(kinds.own)).to.be.above(mean(kinds.timing));
      expect(mean(kinds.timing)).to.be.above(mean(kinds.shape));
      expect(mean(kinds.shape)).to.be.below(-1);
      expect(Math.max(...kinds.stranger)).to.be.below(0);
    });

  it('needs a reference of the same kind of pointer', () => {
    const finger = createSigner({ seed: 'p', pointerType: 'finger' });
    const probe = extractFeatures(createSigner({ seed: 'p', pointerType: 'mouse' }).sign());
    expect(signatureRunner.compare(enrolled(finger), probe, [])).to.equal(undefined);
  });

  it('compares without pressure where the probe has none', () => {
    const signer = createSigner({ seed: 'pressure' });
    const probe = signer.sign({ seed: 'probe' });
    const silent = extractFeatures({ ...probe, pressure: probe.pressure.map(() => null) });
    expect(signatureRunner.compare(enrolled(signer), silent, [])!.score).to.be.above(0);
  });

  describe('a recording', () => {
    const copies: Record<string, (sample: SignatureSample) => SignatureSample> = {
      'point for point': (sample) => sample,
      'with jitter of a fifth of a px': (sample) => copyOf(sample, { jitter: (i) => 0.19 * noise(i) }),
      'moved and enlarged': (sample) => copyOf(sample, { move: 11, scale: 1.3 }),
      'begun 60 ms later': (sample) => copyOf(sample, { delay: 60 }),
      'begun 400 ms later': (sample) => copyOf(sample, { delay: 400 }),
      'a tenth slower': (sample) => copyOf(sample, { pace: 1.1 }),
      'a third faster': (sample) => copyOf(sample, { pace: 0.75 }),
      'twice as slow': (sample) => copyOf(sample, { pace: 1.99 }),
      'in another rhythm': (sample) => inRhythm(copyOf(sample, { jitter: (i) => 0.19 * noise(i) }), 0.3),
      'without pressure': (sample) => ({ ...sample, pressure: sample.pressure.map(() => null) }),
      'with made-up pressure': (sample) => ({
        ...sample,
        pressure: sample.pressure.map((_, i) => 0.5 + 0.3 * noise(i)),
      }),
    };
    for (const [what, copy] of Object.entries(copies))
      it(`of an enrolled drawing is refused every time: ${what}`, () => {
        for (const seed of people) {
          const signer = createSigner({ seed });
          const reference = enrolled(signer);
          for (let drawing = 0; drawing < 5; drawing++) {
            const probe = extractFeatures(copy(signer.sign({ seed: drawing })));
            expect(signatureRunner.compare(reference, probe, [])!.pad).to.deep.equal({
              attack: true,
              species: 'replay',
            });
          }
        }
      });

    it('of an earlier probe is refused', () => {
      const signer = createSigner({ seed: 'recent' });
      const reference = enrolled(signer);
      const earlier = signer.sign({ seed: 'earlier' });
      const again = extractFeatures(copyOf(earlier, { move: 4, jitter: (i) => 0.19 * noise(i) }));
      expect(signatureRunner.compare(reference, again, [])!.pad.attack).to.equal(false);
      expect(signatureRunner.compare(reference, again, [extractFeatures(earlier)])!.pad.attack).to.equal(true);
    });

    it('is not suspected where a person draws anew, among many drawings of theirs', () => {
      for (const pointerType of POINTER_TYPES)
        for (const seed of people) {
          const signer = createSigner({ seed, pointerType });
          const reference = enrolled(signer);
          const probes = Array.from({ length: 8 }, (_, i) =>
            extractFeatures(signer.sign({ seed: `g${i}`, sitting: i % 2 })),
          );
          for (const [i, probe] of probes.entries())
            expect(signatureRunner.compare(reference, probe, probes.slice(0, i))!.pad).to.deep.equal({ attack: false });
        }
    });
  });

  it('has a decoy for samples of any size', () => {
    for (const size of [0, 1, 5_000, 262_144, 1e9, Number.NaN])
      expect(() => signatureRunner.decoy(size)).not.to.throw();
  });
});
