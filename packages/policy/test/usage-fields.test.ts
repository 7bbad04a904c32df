import { readFile, readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import { checkFields, FIELD_PURPOSES, usageFields } from '@asignio/policy';
import { outcomeOf } from './support/fixtures.js';

describe('the register of usage and device fields', () => {
  it('R41: declares each field once in its place, with a purpose', () => {
    const fields = usageFields();
    const names = fields.map(({ place, field }) => `${place} ${field}`);
    expect(new Set(names).size).to.equal(names.length);
    for (const { purpose } of fields) expect(FIELD_PURPOSES[purpose]).to.match(/^to /);
    expect(new Set(fields.map(({ place }) => place))).to.include.members(['audit', 'metric', 'device', 'ceremony']);
  });

  it('R41: refuses a field that is not declared, by its name and never by its value', () => {
    for (const place of ['audit', 'metric', 'device', 'ceremony', 'attempts', 'decision'])
      for (const value of [{ userAgent: 'Mozilla' }, { constructor: 'x' }, JSON.parse('{"__proto__":1}') as object])
        expect(outcomeOf(() => checkFields(place, value))).to.equal('ASIGNIO_FIELD_UNDECLARED');
    expect(() => checkFields('audit', { ['x'.repeat(500)]: 'secret' })).to.throw(
      AsignioError,
      /^(?!.*secret).{0,140}$/,
    );
    expect(outcomeOf(() => checkFields('audit', { modality: 'signature', purpose: 'authentication' }))).to.equal(
      'passed',
    );
  });

  it('R41: is minimal: nothing of an address, a browser, a screen or a score, and nothing that is not written any more', async () => {
    const fields = usageFields();
    for (const { field } of fields)
      expect(field).to.not.match(/^ip$|address|agent|browser|screen|fingerprint|cookie|score|email|phone/i);
    const folder = new URL('../../core/dist/', import.meta.url);
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
    const code = (await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
    const unused = fields
      .filter(({ place }) => !['device', 'metric'].includes(place))
      .filter(({ field }) => !new RegExp(`\\b${field}\\b`).test(code));
    expect(unused).to.deep.equal([]);
  });
});
