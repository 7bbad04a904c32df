import { expect } from 'chai';
import { ERRORS } from '@asignio/contracts';
import { CATALOGUE, addLanguage, type Word } from '#src/words/all.js';
import { Words } from '#src/words/catalogue.js';

const placeholders = (sentence: string): readonly string[] => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();

describe('the catalogue of sentences', () => {
  it('says of each error code what the contracts say', () => {
    for (const [code, sentence] of Object.entries(CATALOGUE.en).filter(([word]) => word.startsWith('ASIGNIO_')))
      expect(sentence, code).to.equal(ERRORS[code as keyof typeof ERRORS].remedy);
  });

  it('has a sentence for every finding about a sample', () => {
    const findings = Object.keys(ERRORS).filter((code) => code.startsWith('ASIGNIO_QUALITY_'));
    expect(Object.keys(CATALOGUE.en)).to.include.members(findings);
  });

  for (const language of ['es', 'ar'])
    it(`is complete in ${language}, with the same values in each sentence`, () => {
      const own = CATALOGUE[language] ?? {};
      for (const [word, sentence] of Object.entries(CATALOGUE.en)) {
        const translated = own[word as Word] ?? '';
        expect(translated, word).to.not.equal('');
        expect(placeholders(translated), word).to.deep.equal(placeholders(sentence));
      }
    });

  it('fills values in, numbers in the language’s own way', () => {
    expect(new Words(CATALOGUE, 'es').say('drawingOf', { next: 2, needed: 5 })).to.equal('Dibujo 2 de 5');
    expect(new Words(CATALOGUE, 'en').say('keptOf', { received: 1, needed: 1234 })).to.equal(
      '1 of 1,234 drawings kept',
    );
    expect(new Words(CATALOGUE, 'en').say('drawingOf', { next: 2 })).to.equal('Drawing 2 of {needed}');
  });

  it('reads from right to left where the language does, and falls back to English where it has none', () => {
    expect(new Words(CATALOGUE, 'ar-EG').direction).to.equal('rtl');
    expect(new Words(CATALOGUE, 'es-MX').say('done')).to.equal('Listo');
    for (const unknown of ['tlh', '', 'constructor', '__proto__', 'en_US!', 'x'.repeat(300)]) {
      const words = new Words(CATALOGUE, unknown);
      expect(words.say('done'), unknown).to.equal('Done');
      expect(words.direction).to.equal('ltr');
      expect(words.date('2026-01-02T00:00:00Z')).to.match(/January/);
    }
  });

  it('says dates and lengths of time in words, and nothing for what is no date', () => {
    const words = new Words(CATALOGUE, 'en');
    expect(words.date('2026-05-04T12:00:00Z')).to.equal('May 4, 2026');
    expect(words.date('soon')).to.equal('');
    expect(words.dateTime('soon')).to.equal('');
    expect(words.duration(29_100)).to.equal('30 seconds');
    expect(words.duration(180_000)).to.equal('3 minutes');
    expect(words.duration(0)).to.equal('1 second');
  });

  it('finds nothing for what is no code', () => {
    const words = new Words(CATALOGUE, 'en');
    expect(words.find('toString')).to.equal(undefined);
    expect(words.find('ASIGNIO_QUALITY_REPEATED')).to.equal('Draw it afresh each time.');
  });

  it('takes another language from the page', () => {
    addLanguage('nl', { done: 'Klaar' });
    const words = new Words(CATALOGUE, 'nl');
    expect(words.say('done')).to.equal('Klaar');
    expect(words.say('startOver')).to.equal('Start over');
  });
});
