import { AsignioError, POINTER_TYPES } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { signatureRunner } from '#src/modality/signature/index.js';
import { drawings, enrolled, errorOf } from './support.ts';

const signers = POINTER_TYPES.map((pointerType) => createSigner({ seed: 'encoding', pointerType }));
const references = signers.map(
  (signer) => signatureRunner.adapt(enrolled(signer), drawings(signer, 1, 1)[0]!).reference,
);
const encodedReferences = references.map((reference) => signatureRunner.encodeReference(reference));
const encodedFeatures = references.map(({ drawings: [first] }) => signatureRunner.encodeFeatures(first!));

/** Bytes that are nearly right: some overwritten, some cut off or added. */
const damaged = (originals: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.integer({ min: -40, max: 40 }),
    )
    .map(([original, changes, growth]) => {
      const bytes = new Uint8Array(Math.max(0, original.length + growth));
      bytes.set(original.subarray(0, bytes.length));
      // Half of the damage where the structure is.
      for (const [at, value] of changes)
        if (bytes.length > 0) bytes[at % (at % 2 === 0 ? Math.min(32, bytes.length) : bytes.length)] = value;
      return bytes;
    });

describe('stored signatures', () => {
  it('come back as they were', () => {
    for (const reference of references) {
      const again = signatureRunner.decodeReference(signatureRunner.encodeReference(reference));
      expect(again.drawings).to.deep.equal(reference.drawings);
      expect(again).to.include({
        pointerType: reference.pointerType,
        pressure: reference.pressure,
        established: true,
        anchors: 5,
      });
      expect(again.variation.shape.nearest).to.be.closeTo(reference.variation.shape.nearest, 1e-6);
      const probe = reference.drawings[5]!;
      expect(signatureRunner.compare(again, probe, [])!.score).to.be.closeTo(
        signatureRunner.compare(reference, probe, [])!.score,
        1e-4,
      );
    }
  });

  it('take two bytes a number', () => {
    const [features] = references[0]!.drawings;
    expect(signatureRunner.encodeFeatures(features!)).to.have.length(
      6 + 2 * (features!.trace.length + features!.data.length),
    );
  });

  it('may lie anywhere in a larger buffer', () => {
    const [original] = encodedFeatures;
    const large = new Uint8Array(original!.length + 11);
    large.set(original!, 7);
    expect(signatureRunner.decodeFeatures(large.subarray(7, 7 + original!.length))).to.deep.equal(
      references[0]!.drawings[0],
    );
  });

  for (const [what, decode, originals] of [
    ['features', signatureRunner.decodeFeatures, encodedFeatures],
    ['a reference', signatureRunner.decodeReference, encodedReferences],
  ] as const) {
    it(`refuses as ${what}: nothing, noise, another kind, another version, a byte too few or too many`, () => {
      const [original] = originals;
      const other = what === 'features' ? encodedReferences[0]! : encodedFeatures[0]!;
      const version = original!.slice();
      version[1] = 2;
      for (const bytes of [
        new Uint8Array(0),
        new Uint8Array(100),
        other,
        version,
        original!.slice(0, -1),
        Uint8Array.of(...original!, 0),
      ])
        expect(errorOf(() => decode(bytes)).code).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
    });

    it(`reads ${what} or says that it cannot, whatever the bytes`, () => {
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged(originals)), (bytes) => {
          try {
            const value = decode(bytes);
            // What is read can be used.
            const reference = 'drawings' in value ? value : { ...references[0]!, pointerType: value.pointerType };
            const probe = 'drawings' in value ? value.drawings[0]! : value;
            const compared = signatureRunner.compare(reference, probe, []);
            expect(compared?.score).to.satisfy(Number.isFinite);
          } catch (error) {
            expect(error).to.be.instanceOf(AsignioError).with.property('code', 'ASIGNIO_REFERENCE_UNREADABLE');
          }
        }),
        { numRuns: 300 },
      );
    });
  }
});
