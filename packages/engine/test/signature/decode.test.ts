import { AsignioError, SIGNATURE_LIMITS } from '@asignio/contracts';
import type { SignatureSample } from '@asignio/contracts';
import { createSigner } from '@asignio/testkit';
import { expect } from 'chai';
import fc from 'fast-check';
import { signatureRunner } from '#src/modality/signature/index.js';
import { errorOf, raw } from './support.ts';

const good = createSigner({ seed: 'decode' }).sign({ seed: 1 });
const withAt = (column: readonly unknown[], index: number, value: unknown): unknown[] =>
  column.map((item, i) => (i === index ? value : item));
const many = (count: number, value: unknown): unknown[] => Array.from({ length: count }, () => value);

describe('a signature sample from anybody', () => {
  it('is acquired when it keeps to the format', () => {
    const { findings, features } = signatureRunner.acquire(raw(good));
    expect(findings).to.deep.equal([]);
    expect(features).to.include({ pointerType: 'stylus', pressure: true });
  });

  const invalid: Record<string, readonly [field: string, sample: unknown]> = {
    'a number': ['the sample', 7],
    null: ['the sample', null],
    'an array': ['the sample', [good]],
    'another format': ['format', { ...good, format: 'asignio-signature/2' }],
    'a field of its own': ['the sample', { ...good, sneaky: 1 }],
    'an unknown pointer': ['pointerType', { ...good, pointerType: 'laser' }],
    'no canvas': ['canvas', { ...good, canvas: undefined }],
    'a canvas of no width': ['canvas.width', { ...good, canvas: { width: 0, height: 100 } }],
    'a canvas as large as a field': ['canvas.height', { ...good, canvas: { width: 100, height: 1e6 } }],
    'a pixel ratio of 1000': ['pixelRatio', { ...good, pixelRatio: 1000 }],
    'x that is text': ['x', { ...good, x: 'points' }],
    'no points': ['x', { ...good, x: [], y: [], t: [], pressure: [], pen: [] }],
    'y that is shorter': ['y', { ...good, y: good.y.slice(1) }],
    'pressure that is longer': ['pressure', { ...good, pressure: [...good.pressure, 0.5] }],
    'a null position': ['x[3]', { ...good, x: withAt(good.x, 3, null) }],
    'a position in text': ['y[2]', { ...good, y: withAt(good.y, 2, '12') }],
    'a position far off': ['x[5]', { ...good, x: withAt(good.x, 5, 1e9) }],
    'a first time of 5': ['t[0]', { ...good, t: good.t.map((time) => time + 5) }],
    'time that runs backwards': ['t[4]', { ...good, t: withAt(good.t, 4, (good.t[3] ?? 0) - 1) }],
    'negative time': ['t[1]', { ...good, t: withAt(good.t, 1, -1) }],
    'pressure of 2': ['pressure[0]', { ...good, pressure: withAt(good.pressure, 0, 2) }],
    'half a pen': ['pen[1]', { ...good, pen: withAt(good.pen, 1, 0.5) }],
  };
  for (const [what, [field, sample]] of Object.entries(invalid))
    it(`is refused with ${what}, naming ${field}`, () => {
      const error = errorOf(() => signatureRunner.acquire(raw(sample)));
      expect(error.code).to.equal('ASIGNIO_SAMPLE_INVALID');
      expect(error.message).to.contain(` ${field} `);
    });

  for (const [what, text] of Object.entries({
    'a number past all doubles': JSON.stringify(good).replace('"x":[', '"x":[1e999,'),
    'a NaN': JSON.stringify(good).replace('"x":[', '"x":[NaN,'),
    'half a JSON': JSON.stringify(good).slice(0, 100),
    nothing: '',
    'brackets without end': '['.repeat(200_000),
  }))
    it(`is refused with ${what}`, () => {
      const bytes = new TextEncoder().encode(text);
      expect(errorOf(() => signatureRunner.acquire({ ...raw(good), bytes })).code).to.equal('ASIGNIO_SAMPLE_INVALID');
    });

  it('is refused in anything but UTF-8, without an echo of what it said', () => {
    const bytes = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    const error = errorOf(() => signatureRunner.acquire({ ...raw(good), bytes }));
    expect(error.message).to.equal('Signature sample: the sample is not JSON in UTF-8');
  });

  it('is refused under another media type', () => {
    const sample = { ...raw(good), mediaType: 'text/x-svc2004' };
    expect(errorOf(() => signatureRunner.acquire(sample)).code).to.equal('ASIGNIO_SAMPLE_INVALID');
  });

  const tooLarge: Record<string, SignatureSample | object> = {
    'a point too many': {
      ...good,
      ...Object.fromEntries(
        ['x', 'y', 't', 'pressure', 'pen'].map((name) => [name, many(SIGNATURE_LIMITS.points + 1, 0)]),
      ),
    },
    'a ms too many': { ...good, t: withAt(good.t, good.t.length - 1, SIGNATURE_LIMITS.durationMs + 1) },
  };
  for (const [what, sample] of Object.entries(tooLarge))
    it(`is too large with ${what}`, () => {
      expect(errorOf(() => signatureRunner.acquire(raw(sample))).code).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
    });

  it('is too large before it is read, past the cap on bytes', () => {
    const bytes = new Uint8Array(SIGNATURE_LIMITS.bytes + 1);
    expect(errorOf(() => signatureRunner.acquire({ ...raw(good), bytes })).code).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
  });

  it('never does anything but be acquired or refused, whatever is changed in it', () => {
    const value = fc.oneof(fc.anything(), fc.double(), fc.constantFrom(null, -0, 1e308, -1e308, '', [], {}));
    const change = fc.tuple(fc.constantFrom(...Object.keys(good)), fc.nat(), value, fc.boolean());
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const sample: Record<string, unknown> = { ...good };
        for (const [field, index, put, whole] of changes) {
          const column = sample[field];
          sample[field] =
            whole || !Array.isArray(column) ? put : withAt(column, index % Math.max(1, column.length), put);
        }
        let text: string;
        try {
          text = JSON.stringify(sample, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
        } catch {
          return;
        }
        try {
          signatureRunner.acquire({ ...raw(good), bytes: new TextEncoder().encode(text) });
        } catch (error) {
          expect(error).to.be.instanceOf(AsignioError);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('never does anything but be refused as random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(errorOf(() => signatureRunner.acquire({ ...raw(good), bytes })).code).to.equal('ASIGNIO_SAMPLE_INVALID');
      }),
    );
  });
});
