import { expect } from 'chai';
import {
  createNoticeRegister,
  DEFAULT_RETENTION,
  defaultNotices,
  noticeSha256,
  retentionRules,
  retentionSchedule,
} from '@asignio/policy';
import type { Notice, RetentionRule } from '@asignio/policy';
import { codeOf, CONTROLLER } from './support/fixtures.js';

const NOTICES = defaultNotices({ controller: CONTROLLER });
const textOf = ({ title, sections }: Notice) =>
  [title, ...sections.flatMap(({ heading, text }) => [heading, text])].join('\n');
const inLanguage = (notices: readonly Notice[], language: string) =>
  notices.find((notice) => notice.language === language) as Notice;

/** Sentences and words of a running text; a clause after a semicolon reads as a sentence. */
function measure(text: string) {
  const sentences = text.split(/[.?!:;؟؛\n]+/u).filter((part) => /\p{L}/u.test(part));
  const words = text.match(/[\p{L}\p{M}\p{N}’'-]+/gu) ?? [];
  const characters = words.join('').length;
  return { wordsPerSentence: words.length / sentences.length, charactersPerWord: characters / words.length };
}

describe('the default notice', () => {
  it('R2: is there in English, Spanish and Arabic, and is a right notice', () => {
    expect(NOTICES.map(({ language }) => language)).to.deep.equal(['en', 'es', 'ar']);
    expect(() => createNoticeRegister(NOTICES)).to.not.throw();
  });

  it('R2: asks for signing in by signature alone, and says what, why, how long and with whom', () => {
    for (const { purposes } of NOTICES) {
      expect(purposes).to.have.length(1);
      expect(purposes[0]).to.include({ purpose: 'authentication', required: true });
      expect(purposes[0]?.modalities).to.deep.equal(['signature']);
    }
  });

  it('R2: says how to withdraw, what other way in there is, who asks and whom to ask, in every language', () => {
    const said: Record<string, readonly RegExp[]> = {
      en: [
        /take your consent back/,
        /other way to sign in/,
        /written release/,
        /never sell it, lease it or trade it/,
        /complain/,
      ],
      es: [
        /retire allí su consentimiento/,
        /otra forma de iniciar sesión/,
        /autorización por escrito/,
        /Nunca los vendemos, alquilamos ni intercambiamos/,
        /reclamar/,
      ],
      ar: [/اسحب موافقتك/, /طريقتك الأخرى لتسجيل الدخول/, /موافقة مكتوبة/, /لا نبيعها ولا نؤجرها ولا نتاجر بها/, /تشتكي/],
    };
    for (const notice of NOTICES) {
      const text = textOf(notice);
      for (const pattern of said[notice.language] as readonly RegExp[]) expect(text).to.match(pattern);
      expect(text).to.include(CONTROLLER.contact);
      expect(notice.purposes[0]?.withWhom).to.include(CONTROLLER.name);
      expect(notice.sections).to.have.length(NOTICES[0]?.sections.length as number);
    }
  });

  it('R2: reads as easily as a school book of the eighth grade, and in short sentences in every language', () => {
    for (const notice of NOTICES) expect(measure(textOf(notice)).wordsPerSentence, notice.language).to.be.lessThan(14);
    // Automated readability index: R. J. Senter and E. A. Smith, AMRL-TR-66-220, 1967.
    const { wordsPerSentence, charactersPerWord } = measure(textOf(inLanguage(NOTICES, 'en')));
    expect(4.71 * charactersPerWord + 0.5 * wordsPerSentence - 21.43).to.be.lessThan(8);
    expect(textOf(inLanguage(NOTICES, 'en'))).to.not.match(
      /biometric|template|sample|probe|controller|process(?:ing|or)/i,
    );
  });

  it('R2: is written from right to left in Arabic, and in that script', () => {
    const { title, sections } = inLanguage(NOTICES, 'ar');
    for (const line of [title, ...sections.flatMap(({ heading, text }) => [heading, text])])
      expect(line).to.match(/^\p{Script=Arabic}/u);
  });

  it('R10: promises the periods of the default schedule, in every language', () => {
    expect(retentionSchedule(DEFAULT_RETENTION).find(({ from }) => from === 'last-interaction')?.months).to.equal(36);
    expect(retentionSchedule(DEFAULT_RETENTION).find(({ from }) => from === 'capture')?.days).to.equal(90);
    const promised: Record<string, readonly string[]> = {
      en: [
        '3 years after you last signed in',
        'at once when you take your consent back',
        'at once when you ask us to',
        '90 days after',
      ],
      es: [
        '3 años después de la última vez',
        'de inmediato cuando retira su consentimiento',
        'de inmediato cuando nos lo pide',
        '90 días después',
      ],
      ar: ['بعد 3 سنوات من آخر مرة', 'فورًا عندما تسحب موافقتك', 'فورًا عندما تطلب منا ذلك', 'بعد 90 يومًا من'],
    };
    for (const notice of NOTICES)
      for (const words of promised[notice.language] as readonly string[]) {
        expect(notice.purposes[0]?.howLong).to.include(words);
        expect(textOf(notice)).to.include(words);
      }
  });

  it('R10: promises what other rules keep, and nothing that they do not', () => {
    const colorado = defaultNotices({
      controller: CONTROLLER,
      retention: retentionRules({ jurisdictions: ['colorado'] }),
    });
    expect(textOf(inLanguage(colorado, 'en')))
      .to.include('2 years after you last signed in')
      .and.to.not.include('3 years');
    expect(textOf(inLanguage(colorado, 'es')))
      .to.include('2 años después')
      .and.to.not.include('3 años');
    expect(textOf(inLanguage(colorado, 'ar')))
      .to.include('بعد سنتين من')
      .and.to.not.include('3 سنوات');

    const rule = (changes: Partial<RetentionRule>): RetentionRule => ({
      id: 'own',
      from: 'enrolment',
      months: 0,
      source: 'our own',
      sentence: 'our own',
      ...changes,
    });
    const own = (changes: Partial<RetentionRule>, language = 'en') =>
      inLanguage(defaultNotices({ controller: CONTROLLER, retention: [rule(changes)] }), language).purposes[0]?.howLong;
    expect(own({ months: 18 })).to.equal(
      'We destroy the numbers at the first of these times: 18 months after you set up your signature here.',
    );
    expect(own({ months: 1 })).to.include('1 month after');
    expect(own({ days: 1 })).to.include('1 day after');
    expect(own({ months: 12 }, 'es')).to.include('1 año después');
    const arabic: readonly [Partial<RetentionRule>, string][] = [
      [{ months: 12 }, 'سنة واحدة'],
      [{ months: 2 }, 'شهرين'],
      [{ days: 10 }, '10 أيام'],
      [{ days: 11 }, '11 يومًا'],
      [{ days: 100 }, '100 يوم'],
      [{ days: 103 }, '103 أيام'],
    ];
    for (const [changes, words] of arabic) expect(own(changes, 'ar')).to.include(`بعد ${words} من`);
  });

  it('R10: is not made from rules that are wrong', () => {
    expect(codeOf(() => defaultNotices({ controller: CONTROLLER, retention: [] }))).to.equal(
      'ASIGNIO_RETENTION_INVALID',
    );
  });

  it('R33: has the words that were published: other words need another version and date', () => {
    expect(NOTICES.map((notice) => [notice.version, notice.language, noticeSha256(notice)])).to.deep.equal([
      ['2026-01-01', 'en', 'a3c6426ec97dbe49539a6f3befebc8317f90f1e01cf1d9ed1b3eae5dc29b4b47'],
      ['2026-01-01', 'es', 'd14f58cdf8cf49881b0f27e3abae43481768fd0ec5cd89716d5f2f9fe5ee4266'],
      ['2026-01-01', 'ar', 'efed74ba4a13e37c2c1ca5ca0f2e6b995fdd7380feccbfbb73c746b4cd2d6583'],
    ]);
  });
});

describe('the default notice where faces are compared', () => {
  const WITH_FACE = defaultNotices({ controller: CONTROLLER, modalities: ['signature', 'face'] });
  const register = createNoticeRegister(WITH_FACE);
  const LATER = Date.UTC(2027, 0, 1);

  it('R2, R5: asks for the face as a question of its own, in every language', () => {
    for (const language of ['en', 'es', 'ar']) {
      const { purposes, sections } = register.current(LATER, language);
      expect(purposes.map(({ purpose, modalities }) => [purpose, ...modalities])).to.deep.equal([
        ['authentication', 'signature'],
        ['authentication', 'face'],
      ]);
      const [signature, face] = purposes;
      expect(face?.what).to.not.equal(signature?.what);
      expect(sections.length).to.equal(inLanguage(NOTICES, language).sections.length + 1);
    }
  });

  it('R33: is a minor version of the other one: who agreed to signature is told, and not asked again', () => {
    const before = inLanguage(NOTICES, 'en');
    const reference = { noticeVersion: before.version, language: 'en', noticeSha256: noticeSha256(before) };
    expect(register.holds(reference, LATER)).to.equal(true);
    expect(register.current(LATER, 'en').version).to.not.equal(before.version);
    expect(register.current(LATER, 'en').whatChanged).to.be.a('string');
  });

  it('says the same of signature, word for word, where nobody compares faces', () => {
    expect(defaultNotices({ controller: CONTROLLER, modalities: ['signature'] })).to.deep.equal(NOTICES);
  });
});
