import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import { MOST_DRAWINGS } from '#src/modality/signature/model/reference.js';
import { signatureRunner } from '#src/modality/signature/index.js';
import { extractFeatures } from '#src/modality/signature/preprocess/features.js';
import { copyOf, drawings, enrolled } from './support.ts';

const ada = createSigner({ seed: 'ada' });
const bob = createSigner({ seed: 'bob' });
const codes = (findings: readonly { readonly code: string }[]): string[] => findings.map(({ code }) => code);

describe('enrolment of a signature', () => {
  it('accepts five drawings by one person, and is provisional after one sitting', () => {
    const { findings, reference, variant, samples } = signatureRunner.enrol(drawings(ada));
    expect({ findings, variant, samples }).to.deep.equal({ findings: [], variant: 'stylus', samples: 5 });
    expect(reference).to.include({ established: false, anchors: 5 });
  });

  it('asks for five', () => {
    expect(codes(signatureRunner.enrol(drawings(ada, 4)).findings)).to.deep.equal(['ASIGNIO_QUALITY_TOO_FEW_SAMPLES']);
    expect(codes(signatureRunner.enrol([]).findings)).to.deep.equal(['ASIGNIO_QUALITY_TOO_FEW_SAMPLES']);
  });

  it('refuses five different signatures', () => {
    const parts = ['a', 'b', 'c', 'd', 'e'].map((seed) => extractFeatures(createSigner({ seed }).sign()));
    expect(codes(signatureRunner.enrol(parts).findings)).to.deep.equal(['ASIGNIO_QUALITY_INCONSISTENT']);
  });

  it('refuses a set drawn with two kinds of pointer', () => {
    const mixed = [...drawings(ada, 4), extractFeatures(createSigner({ seed: 'ada', pointerType: 'mouse' }).sign())];
    expect(codes(signatureRunner.enrol(mixed).findings)).to.deep.equal(['ASIGNIO_QUALITY_OTHER_POINTER']);
  });

  it('refuses a set with a copy in it', () => {
    const copied = [...drawings(ada, 4), extractFeatures(copyOf(ada.sign({ seed: 0 }), { move: 3 }))];
    expect(codes(signatureRunner.enrol(copied).findings)).to.deep.equal(['ASIGNIO_QUALITY_REPEATED']);
  });

  describe('one more drawing', () => {
    const next = extractFeatures(ada.sign({ seed: 'next' }));

    it('is welcome as the first, and beside others like it', () => {
      expect(signatureRunner.judge(next, [])).to.deep.equal([]);
      for (const count of [1, 2, 4]) expect(signatureRunner.judge(next, drawings(ada, count))).to.deep.equal([]);
    });

    it('is told to be unlike the others', () => {
      const findings = signatureRunner.judge(extractFeatures(bob.sign()), drawings(ada, 3));
      expect(codes(findings)).to.deep.equal(['ASIGNIO_QUALITY_UNLIKE_OTHERS']);
    });

    it('is told to be by another pointer', () => {
      const finger = extractFeatures(createSigner({ seed: 'ada', pointerType: 'finger' }).sign());
      expect(codes(signatureRunner.judge(finger, drawings(ada, 1)))).to.deep.equal(['ASIGNIO_QUALITY_OTHER_POINTER']);
    });

    for (const count of [1, 4])
      it(`is told to be a copy of one of ${count}`, () => {
        const copy = extractFeatures(
          copyOf(ada.sign({ seed: 0 }), { scale: 1.1, jitter: (i) => ((i * 37) % 10) / 50 }),
        );
        expect(codes(signatureRunner.judge(copy, drawings(ada, count)))).to.deep.equal(['ASIGNIO_QUALITY_REPEATED']);
      });
  });
});

describe('a later sitting', () => {
  it('establishes the reference', () => {
    const [later] = drawings(ada, 1, 1);
    const { reference, samples, established } = signatureRunner.adapt(enrolled(ada), later!);
    expect({ samples, established }).to.deep.equal({ samples: 6, established: true });
    expect(reference.drawings.at(-1)).to.equal(later);
  });

  it('takes the place of the oldest once the reference is full; the anchors stay', () => {
    const first = enrolled(ada);
    const later = drawings(ada, 8, 1);
    const full = later.reduce((reference, drawing) => signatureRunner.adapt(reference, drawing).reference, first);
    expect(full.drawings).to.have.length(MOST_DRAWINGS);
    expect(full.drawings.slice(0, 5)).to.deep.equal(first.drawings);
    expect(full.drawings.slice(5)).to.deep.equal(later.slice(-5));
  });

  it('makes the next ones of that sitting score higher', () => {
    const probes = drawings(ada, 6, 1);
    const [before] = [enrolled(ada)];
    const after = signatureRunner.adapt(signatureRunner.adapt(before, probes[0]!).reference, probes[1]!).reference;
    const mean = (reference: typeof before): number =>
      probes.slice(2).reduce((sum, probe) => sum + signatureRunner.compare(reference, probe, [])!.score, 0);
    expect(mean(after)).to.be.above(mean(before));
  });
});
