import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { POINTER_TYPES } from '@asignio/contracts';
import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import type { Signer } from '@asignio/testkit';
import { expect } from 'chai';
import { NETWORK_FACTS, NETWORK_MODEL, SIGNATURE_MODEL } from '#src/modality/signature/facts.js';
import { networkRunner, signatureRunner } from '#src/modality/signature/index.js';
import type { SignatureFeatures, SignatureReference } from '#src/modality/signature/index.js';
import { distancesTo } from '#src/modality/signature/model/distances.js';
import { MANIFEST } from '#src/modality/signature/model/manifest.js';
import { likelihoodRatio } from '#src/modality/signature/calibration.js';
import { NETWORK_CALIBRATION } from '#src/modality/signature/network-calibration-table.js';
import { checkedWeights, embed } from '#src/modality/signature/model/network.js';
import { assemble } from '#src/modality/signature/model/reference.js';
import { fuse } from '#src/modality/signature/postprocess/score.js';
import { extract } from '#src/modality/signature/preprocess/features.js';
import { enrolled as enrolledWithout, raw } from './support.ts';

const read = (sample: SignatureSample, runner = networkRunner): SignatureFeatures => {
  const { features } = runner.acquire(raw(sample));
  if (features === undefined) throw new Error('The drawing cannot be acquired');
  return features;
};
const enrol = (signer: Signer, change = (sample: SignatureSample): SignatureSample => sample): SignatureReference => {
  const parts = [0, 1, 2, 3, 4].map((seed) => read(change(signer.sign({ sitting: 0, seed }))));
  const { reference } = networkRunner.enrol(parts);
  if (reference === undefined) throw new Error('The signer cannot be enrolled');
  return reference;
};
const silent = (sample: SignatureSample): SignatureSample => ({ ...sample, pressure: sample.pressure.map(() => null) });
const again = (reference: SignatureReference): SignatureReference =>
  networkRunner.decodeReference(networkRunner.encodeReference(reference));

describe('the network beside local features', () => {
  const ada = createSigner({ seed: 'ada' });
  const reference = enrol(ada);
  const probe = read(ada.sign({ seed: 'later', sitting: 1 }));

  for (const pointerType of POINTER_TYPES)
    it(`ranks own drawings over forgeries, and these over strangers' (${pointerType})`, () => {
      const kinds = { own: [] as number[], forged: [] as number[], stranger: [] as number[] };
      for (let i = 0; i < 8; i++) {
        const signer = createSigner({ seed: `network/${i}`, pointerType });
        const stranger = createSigner({ seed: `network/${i + 100}`, pointerType });
        const own = enrol(signer);
        const score = (sample: SignatureSample): number => networkRunner.compare(own, read(sample), [])!.score;
        kinds.own.push(score(signer.sign({ seed: 'a' })), score(signer.sign({ seed: 'b', sitting: 1 })));
        kinds.forged.push(score(signer.forge({ skill: 'shape-and-timing', seed: 1 })));
        kinds.stranger.push(score(stranger.sign({ seed: 1 })));
      }
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(kinds.own)).to.be.above(1);
      expect(mean(kinds.own)).to.be.above(mean(kinds.forged));
      expect(mean(kinds.forged)).to.be.above(mean(kinds.stranger));
      expect(Math.max(...kinds.stranger)).to.be.below(0);
    });

  it("does not let pass by the network what is a stranger's by shape and movement", () => {
    const variation = { shape: { nearest: 0.5, mean: 0.6 }, network: { nearest: 2, mean: 2.4 } };
    const ratio = (shape: readonly number[]): number => {
      const fused = fuse({ shape, full: undefined, network: [2, 2.4, 2.8] }, variation);
      return likelihoodRatio(fused, { pressure: false, samples: 5 }, NETWORK_CALIBRATION);
    };
    expect(ratio([0.5, 0.6, 0.7])).to.be.above(NETWORK_FACTS.threshold(0.02));
    expect(ratio([1.5, 1.6, 1.7])).to.be.below(-5);
  });

  it('says that it compared, and the local features alone where they did', () => {
    expect(networkRunner.compare(reference, probe, [])!.model).to.deep.equal(NETWORK_MODEL);
    const old = enrolledWithout(ada);
    expect(networkRunner.compare(old, probe, [])!.model).to.deep.equal(SIGNATURE_MODEL);
    expect(MANIFEST.fallback).to.deep.equal(SIGNATURE_MODEL);
  });

  it('compares a reference from before it as it was compared then', () => {
    const old = enrolledWithout(ada);
    const plain = read(ada.sign({ seed: 'later', sitting: 1 }), signatureRunner);
    expect(networkRunner.compare(old, probe, [])!.score).to.equal(signatureRunner.compare(old, plain, [])!.score);
  });

  it('leaves to local features what has pressure on one side alone', () => {
    const without = read(silent(ada.sign({ seed: 'later', sitting: 1 })));
    expect(networkRunner.compare(reference, without, [])!.model).to.deep.equal(SIGNATURE_MODEL);
    const blind = enrol(ada, silent);
    expect(networkRunner.compare(blind, without, [])!.model).to.deep.equal(NETWORK_MODEL);
    expect(networkRunner.compare(blind, probe, [])!.model).to.deep.equal(SIGNATURE_MODEL);
  });

  it('keeps what it made: a reference that was stored compares as before', () => {
    const stored = again(reference);
    expect(stored.drawings).to.deep.equal(reference.drawings);
    const kept = networkRunner.decodeFeatures(networkRunner.encodeFeatures(probe));
    expect(networkRunner.compare(stored, kept, [])!.score).to.be.closeTo(
      networkRunner.compare(reference, probe, [])!.score,
      1e-4,
    );
  });

  it('takes in a later sitting, and forgets nothing of what it made of the first', () => {
    const { reference: adapted } = networkRunner.adapt(reference, probe);
    const next = read(ada.sign({ seed: 'next', sitting: 1 }));
    expect(networkRunner.compare(again(adapted), next, [])!.model).to.deep.equal(NETWORK_MODEL);
    const { reference: mixed } = networkRunner.adapt(enrolledWithout(ada), probe);
    expect(networkRunner.compare(again(mixed), next, [])!.model).to.deep.equal(SIGNATURE_MODEL);
  });

  it('leaves aside what another network made', () => {
    const bytes = networkRunner.encodeFeatures(probe);
    const at = bytes.length - 2 * probe.embedding!.length - 6;
    bytes[at] = bytes[at]! ^ 1;
    const other = networkRunner.decodeFeatures(bytes);
    expect(other).to.not.have.property('embedding');
    expect(networkRunner.compare(reference, other, [])!.model).to.deep.equal(SIGNATURE_MODEL);
  });

  it('refuses a recording of an enrolled drawing', () => {
    expect(networkRunner.compare(reference, read(ada.sign({ sitting: 0, seed: 2 })), [])!.pad).to.deep.equal({
      attack: true,
      species: 'replay',
    });
  });

  it('refuses weights that are not those of the manifest', () => {
    const file = readFileSync(new URL(`../../models/${MANIFEST.file.name}`, import.meta.url));
    expect(checkedWeights(file, MANIFEST)).to.have.length(file.length / 4);
    const changed = Buffer.from(file);
    changed[1000] = changed[1000]! ^ 1;
    expect(() => checkedWeights(changed, MANIFEST)).to.throw(MANIFEST.file.name);
    expect(() => checkedWeights(file.subarray(4), MANIFEST)).to.throw(MANIFEST.file.name);
    expect(MANIFEST.file.sha256.startsWith(MANIFEST.tag.toString(16).padStart(8, '0'))).to.equal(true);
  });
});

/** Numbers of the Python that trained the network, on synthetic signatures (training/signature/golden.py). */
interface Golden {
  readonly samples: readonly Pick<SignatureSample, 't' | 'x' | 'y' | 'pressure' | 'pen'>[];
  readonly input_of_sample_0: readonly (readonly number[])[];
  readonly embedding_of_sample_0: readonly (readonly number[])[];
  readonly trials: readonly {
    readonly probe: number;
    readonly references: readonly number[];
    readonly network_distances: readonly number[];
    readonly classical_distances: readonly number[];
    readonly fused: number;
  }[];
}

const folder = new URL('../../../../training/signature/golden/', import.meta.url);

describe('golden signatures', () => {
  before(function () {
    if (!existsSync(folder)) this.skip();
  });

  it('give the numbers that training gave', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(files).to.have.length.above(2);
    for (const name of files) {
      const golden = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Golden;
      const pressed = golden.samples[0]!.pressure !== null;
      const samples = golden.samples.map<SignatureSample>((sample) => ({
        ...sample,
        format: 'asignio-signature/1',
        pointerType: pressed ? 'stylus' : 'finger',
        canvas: { width: 10_000, height: 10_000 },
        pixelRatio: 1,
        pressure: pressed ? sample.pressure : sample.t.map(() => null),
      }));
      const { input } = extract(samples[0]!);
      expect(input.length).to.equal(golden.input_of_sample_0.length);
      for (const [row, wanted] of golden.input_of_sample_0.entries())
        for (const [k, value] of wanted.entries())
          expect(input.data[k * input.length + row], `${name} ${row} ${k}`).to.be.closeTo(value, 5e-4);
      const drawings = samples.map<SignatureFeatures>((sample) => {
        const { features, input: channels } = extract(sample);
        return { ...features, embedding: embed(channels)! };
      });
      const { length, embedding } = drawings[0]!;
      for (const [row, wanted] of golden.embedding_of_sample_0.entries())
        for (const [k, value] of wanted.entries())
          expect(embedding![k * length + row], `${name} ${row} ${k}`).to.be.closeTo(value, 3e-3);
      for (const trial of golden.trials) {
        const of = trial.references.map((i) => drawings[i]!);
        const view = pressed ? 'full' : 'shape';
        const { variation } = assemble(of, of.length, false);
        const network = distancesTo(drawings[trial.probe]!, of, 'network');
        const classical = distancesTo(drawings[trial.probe]!, of, view);
        for (const [i, value] of trial.network_distances.entries()) expect(network[i]).to.be.closeTo(value, 3e-3);
        for (const [i, value] of trial.classical_distances.entries()) expect(classical[i]).to.be.closeTo(value, 3e-3);
        const shape = distancesTo(drawings[trial.probe]!, of, 'shape');
        const full = pressed ? classical : undefined;
        const fused = fuse({ shape, full, network }, { ...variation, network: variation.network! });
        expect(fused).to.be.closeTo(trial.fused, 3e-3);
      }
    }
  });
});
