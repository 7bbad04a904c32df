import {
  AsignioError,
  SYSTEM_TENANT,
  ceremonyId,
  checkRecordKey,
  consentId,
  referenceId,
  subjectId,
  tenantId,
} from '@asignio/contracts';
import { expect } from 'chai';
import fc from 'fast-check';

const refusal = (check: (value: unknown) => string, value: unknown): unknown => {
  try {
    check(value);
  } catch (error) {
    return error;
  }
  return undefined;
};

/** Refused with a code, and with a sentence that does not repeat what was sent. */
const expectRefused = (check: (value: unknown) => string, value: unknown): void => {
  const error = refusal(check, value);
  expect(error, JSON.stringify(value)).to.be.instanceOf(AsignioError);
  expect((error as AsignioError).code).to.equal('ASIGNIO_ID_INVALID');
  if (typeof value === 'string' && value.length > 12) expect((error as AsignioError).message).to.not.contain(value);
};

const notText = fc.anything().filter((value) => typeof value !== 'string');
const text = fc.string({ unit: 'binary', maxLength: 300 });

describe('ids from outside', () => {
  for (const check of [tenantId, subjectId, ceremonyId, consentId, referenceId])
    it(`are text: ${check.name} refuses everything else`, () => {
      fc.assert(fc.property(notText, (value) => expectRefused(check, value)));
      expectRefused(check, '');
      expectRefused(check, Object('abc'));
    });
});

describe('a tenant id', () => {
  it('is 1-64 plain characters that begin with a letter or digit, kept as they are', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), (id) => {
        expect(tenantId(id)).to.equal(id);
      }),
    );
  });

  it('is never the one that the system itself keeps its records under, which only a store takes', () => {
    expectRefused(tenantId, SYSTEM_TENANT);
    checkRecordKey({ tenant: SYSTEM_TENANT, kind: 'maintenance', id: 'schema' });
  });

  it('is nothing else: no path, no line break, no other script', () => {
    for (const id of ['.', '..', '../x', 'a/b', 'a b', 'a\n', '-a', '_a', 'a'.repeat(65), 'ä', 'a\u0000', 'а'])
      expectRefused(tenantId, id);
    fc.assert(
      fc.property(text, (id) => {
        if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) expect(tenantId(id)).to.equal(id);
        else expectRefused(tenantId, id);
      }),
    );
  });
});

describe('a subject id', () => {
  it('is one for all spellings of a name, and stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (name) => {
        fc.pre(!/[\p{Cc}\p{Cs}]/u.test(name) && name.normalize('NFD').length <= 256);
        const id = subjectId(name.normalize('NFC'));
        expect(subjectId(name.normalize('NFD'))).to.equal(id);
        expect(subjectId(id)).to.equal(id);
        expect(id).to.not.match(/[\p{Cc}\p{Cs}]/u);
      }),
    );
  });

  it('survives the way through UTF-8 and JSON', () => {
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(refusal(subjectId, value) === undefined);
        const id = subjectId(value);
        expect(Buffer.from(id, 'utf8').toString('utf8')).to.equal(id);
        expect(subjectId(JSON.parse(JSON.stringify(id)))).to.equal(id);
      }),
    );
  });

  it('is no longer than 256, has no control character and no half of a surrogate pair', () => {
    expect(subjectId('a'.repeat(256))).to.have.length(256);
    // Each becomes two characters in normal form C.
    expect(subjectId('\u0344'.repeat(128))).to.have.length(256);
    expectRefused(subjectId, '\u0344'.repeat(129));
    for (const id of [
      'a'.repeat(257),
      'a\nb',
      'a\r',
      '\u0000',
      'a\u007F',
      'a\u0085',
      '\uD800',
      'a\uDC00b',
      '\uDC00\uD800',
    ])
      expectRefused(subjectId, id);
  });

  it('may be any name that trips up a database: it is a value, never a path or an operator', () => {
    for (const id of ['__proto__', '$where', 'a.b', '../../etc', 'O’Brien', '名前', '👩‍🔬', "'; DROP TABLE"])
      expect(subjectId(id)).to.equal(id.normalize('NFC'));
  });
});

describe('an id that this system made', () => {
  it('is 1-64 characters of base64url', () => {
    for (const check of [ceremonyId, consentId, referenceId]) {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 48 }), (bytes) => {
          const id = Buffer.from(bytes).toString('base64url');
          expect(check(id)).to.equal(id);
        }),
      );
      for (const id of ['a=', 'a+b', 'a/b', '../a', 'a\n', 'a b', '%61', 'a'.repeat(65)]) expectRefused(check, id);
    }
  });
});
