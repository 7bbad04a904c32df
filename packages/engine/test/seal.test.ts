import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError, MODALITIES } from '@asignio/contracts';
import { open, seal, sealAad } from '@asignio/engine';
import type { SealContext } from '@asignio/engine';
import { parseSealAad } from '#src/seal.js';
import { CONTEXT } from './fixtures/fake-engine.ts';

const PLAIN = Buffer.from('plain features of a reference');

function openingCode(open_: () => unknown): string {
  try {
    open_();
  } catch (error) {
    if (error instanceof AsignioError) return error.code;
    throw error;
  }
  return 'opened';
}

describe('sealing', () => {
  const dataKey = randomBytes(32);
  const key = { dataKey, aad: sealAad(CONTEXT) };

  it('gives back what was sealed, and nothing of it shows in the box', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
        expect(Buffer.from(open(key, seal(key, plain)))).to.deep.equal(Buffer.from(plain));
      }),
    );
    expect(Buffer.from(seal(key, PLAIN)).includes(PLAIN.subarray(0, 8))).to.equal(false);
  });

  it('never makes the same box twice', () => {
    expect(Buffer.from(seal(key, PLAIN))).not.to.deep.equal(Buffer.from(seal(key, PLAIN)));
  });

  const swaps: Record<string, Partial<SealContext>> = {
    subjects: { subject: 'bob' },
    tenants: { tenant: 'globex' },
    modalities: { modality: 'face' },
    versions: { version: 2 },
    consents: { consent: 'consent-2' },
    kinds: { kind: 'probe' },
  };
  for (const [what, change] of Object.entries(swaps))
    it(`notices a box that was swapped between ${what}`, () => {
      const box = seal(key, PLAIN);
      const other = { dataKey, aad: sealAad({ ...CONTEXT, ...change }) };
      expect(openingCode(() => open(other, box))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
    });

  it('notices any flipped bit', () => {
    const box = seal(key, PLAIN);
    fc.assert(
      fc.property(fc.nat(box.byteLength * 8 - 1), (bit) => {
        const changed = Uint8Array.from(box);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openingCode(() => open(key, changed))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
      }),
      { numRuns: 500 },
    );
  });

  it('refuses boxes that were cut, and bytes that never were a box', () => {
    const box = seal(key, PLAIN);
    for (let length = 0; length < box.byteLength; length++)
      expect(openingCode(() => open(key, box.subarray(0, length)))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(openingCode(() => open(key, bytes))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
      }),
    );
  });

  it('refuses another key, and one of another length', () => {
    const box = seal(key, PLAIN);
    for (const length of [0, 16, 31, 32, 33])
      expect(openingCode(() => open({ ...key, dataKey: randomBytes(length) }, box))).to.equal(
        'ASIGNIO_REFERENCE_UNREADABLE',
      );
  });

  it('binds every field: two contexts have one form only if they are the same', () => {
    const context = fc.record({
      tenant: fc.string(),
      subject: fc.string({ unit: 'binary' }),
      modality: fc.constantFrom(...MODALITIES),
      version: fc.nat(),
      consent: fc.string(),
      kind: fc.constantFrom('reference' as const, 'part' as const, 'probe' as const),
    });
    fc.assert(
      fc.property(context, (one) => {
        expect(parseSealAad(sealAad(one))).to.deep.equal(one);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        fc.pre(b !== '');
        expect(sealAad({ ...CONTEXT, tenant: a + b, subject: c })).not.to.equal(
          sealAad({ ...CONTEXT, tenant: a, subject: b + c }),
        );
      }),
    );
  });

  it('does not take other text for associated data', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(openingCode(() => parseSealAad(text))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
      }),
    );
    expect(openingCode(() => parseSealAad(` ${sealAad(CONTEXT)}`))).to.equal('ASIGNIO_REFERENCE_UNREADABLE');
  });
});
