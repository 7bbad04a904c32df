import { expect } from 'chai';
import { decodeSvc2004 } from '#src/modality/signature/index.js';
import { errorOf } from './support.ts';

const text = (...rows: string[]): string => `${rows.length}\n${rows.join('\n')}\n`;

describe('SVC2004 text', () => {
  it('becomes a sample: px, y downwards, ms from 0, pressure of 1, lifts where time is missing', () => {
    const sample = decodeSvc2004(
      text(
        '100 900 5000 0 10 20 1023',
        '110 880 5010 1 10 20 512',
        '2640 880 5100 1 10 20 0',
        '2640 800 5110 1 10 20 10',
      ),
    );
    expect(sample.x[2]).to.equal(96);
    expect(sample.y.map((value) => Math.round(value * 100) / 100)).to.deep.equal([0, 0.76, 0.76, 3.78]);
    expect(sample.t).to.deep.equal([0, 10, 100, 110]);
    expect(sample.pressure[0]).to.equal(1);
    expect(sample.pen).to.deep.equal([1, 0, 1, 0]);
  });

  it('has no pressure in the four-column form', () => {
    expect(decodeSvc2004(text('1 2 0 1', '2 3 10 1')).pressure).to.deep.equal([null, null]);
  });

  it('takes a clock that steps back to have stood', () => {
    expect(decodeSvc2004(text('1 2 100 1', '2 3 110 1', '2 4 102 1', '3 4 112 1')).t).to.deep.equal([0, 10, 10, 20]);
  });

  for (const [what, broken] of Object.entries({
    'a count that is not the rows': '3\n1 2 3 1\n',
    'no rows': '0\n',
    'a row of five': text('1 2 3 4 5'),
    'rows of different lengths': text('1 2 3 1', '1 2 3 1 5 6 7'),
    'words for numbers': text('1 two 3 1'),
    'an infinity': text('1 Infinity 3 1'),
    'pressure of 5000': text('1 2 3 1 5 6 5000'),
    'positions a kilometre apart': text('1 2 3 1', '99999999 2 4 1'),
    nothing: '',
  }))
    it(`is refused with ${what}`, () => {
      expect(errorOf(() => decodeSvc2004(broken)).code).to.equal('ASIGNIO_SAMPLE_INVALID');
    });

  it('is too large with too many points', () => {
    const rows = Array.from({ length: 4_801 }, (_, i) => `1 2 ${i} 1`);
    expect(errorOf(() => decodeSvc2004(text(...rows))).code).to.equal('ASIGNIO_SAMPLE_TOO_LARGE');
  });
});
