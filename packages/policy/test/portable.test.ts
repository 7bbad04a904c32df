import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { AsignioError, tenantId } from '@asignio/contracts';
import { PORTABLE_SCHEMA, portableDigest, readPortable, writePortable } from '@asignio/policy';
import type { PortableDocument } from '@asignio/policy';

const DOCUMENT: PortableDocument = {
  format: 'asignio-portable/1',
  id: 'abcdefghijklmnopqrstuv',
  issuer: tenantId('acme'),
  issuedAt: '2026-01-01T00:00:00.000Z',
  subject: 'ada',
  attributes: { name: 'Ada King' },
  consents: [],
  protection: null,
  references: [],
  signature: 'a.b.c',
};

function codeOf(text: unknown): string {
  try {
    readPortable(text);
    return 'read';
  } catch (error) {
    return error instanceof AsignioError ? error.code : String(error);
  }
}

describe('a portable export', () => {
  it('R22: has its schema published as a file of the package', async () => {
    const file = fileURLToPath(import.meta.resolve('@asignio/policy/asignio-portable-1.schema.json'));
    expect(JSON.parse(await readFile(file, 'utf8'))).to.deep.equal(PORTABLE_SCHEMA);
  });

  it('R22: is one text, read back as it was written, and in no other form', () => {
    const text = writePortable(DOCUMENT);
    expect(readPortable(text)).to.deep.equal(DOCUMENT);
    for (const other of [
      ` ${text}`,
      text.replace(':', ': '),
      text.replace('Ada', String.raw`\u0041da`),
      `${text}\n`,
      7,
    ])
      expect(codeOf(other)).to.equal('ASIGNIO_EXPORT_INVALID');
    const { format, ...rest } = DOCUMENT;
    expect(codeOf(JSON.stringify({ ...rest, format }))).to.equal('ASIGNIO_EXPORT_INVALID');
  });

  it('R22: is refused where it does not follow the schema', () => {
    for (const wrong of [
      { format: 'asignio-portable/2' },
      { issuer: '../etc' },
      { issuedAt: 'today' },
      { attributes: { name: 'x'.repeat(201) } },
      { attributes: { __proto__: null, admin: 'yes' } },
      { consents: [{}] },
      { protection: { kdf: 'scrypt', n: 2, r: 8, p: 3, salt: 'AAAA' } },
      { references: Array.from({ length: 17 }, () => ({})) },
      { extra: true },
    ])
      expect(codeOf(writePortable({ ...DOCUMENT, ...wrong } as PortableDocument))).to.equal('ASIGNIO_EXPORT_INVALID');
  });

  it('R22: has a digest that covers everything but the signature', () => {
    const digest = portableDigest(DOCUMENT);
    expect(portableDigest({ ...DOCUMENT, signature: 'd.e.f' } as PortableDocument)).to.equal(digest);
    expect(portableDigest({ ...DOCUMENT, subject: 'bob' })).to.not.equal(digest);
  });
});
