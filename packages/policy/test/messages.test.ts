import { expect } from 'chai';
import type { Notice, NoticeVersion } from '@asignio/policy';
import {
  ANNOUNCE_BEFORE_MS,
  announcementOf,
  announcements,
  checkPreference,
  createNoticeRegister,
  createTemplates,
  DEFAULT_TEMPLATES,
  lintText,
  maySend,
  mustBeTold,
  NO_OPTIONAL_MESSAGES,
  renderTemplate,
  supersedeConsent,
  UNHINDERED,
  withdrawConsent,
} from '@asignio/policy';
import type { MessageTemplate } from '@asignio/policy';
import { codeOf, consent, ENGLISH, HOUR, notice, NOW, refusalOf } from './support/fixtures.js';

const NEWS: MessageTemplate = {
  name: 'news',
  class: 'optional',
  values: ['what'],
  languages: {
    en: { title: 'News of {what}', text: 'There is {what}.\n\n{what} is new.' },
    'pt-BR': { title: 'Novidades: {what}', text: '{what} chegou.' },
  },
};

describe('templates of messages', () => {
  it('are filled in in the language asked for, else the one it is a kind of, else the first', () => {
    const values = { what: 'voice' };
    expect(renderTemplate(NEWS, 'pt-br', values)).to.deep.equal({
      language: 'pt-BR',
      title: 'Novidades: voice',
      text: 'voice chegou.',
    });
    expect(renderTemplate(NEWS, 'en-GB', values).text).to.equal('There is voice.\n\nvoice is new.');
    for (const language of ['pt', 'fr', '', '__proto__', 'constructor'])
      expect(renderTemplate(NEWS, language, values).language).to.equal('en');
  });

  it('put in a value as it is: it is no place for another, and no pattern', () => {
    expect(renderTemplate(NEWS, 'en', { what: '{what} $& $1 {{x}}' }).title).to.equal('News of {what} $& $1 {{x}}');
  });

  const values: Record<string, object> = {
    'a value that is missing': {},
    'a value too many': { what: 'x', more: 'y' },
    'a value of the prototype': { __proto__: { what: 'x' } },
    'a value that is no text': { what: 7 },
    'an empty value': { what: ' ' },
    'a title of two lines': { what: 'x\ny' },
    'a text without end': { what: 'x'.repeat(9000) },
  };
  for (const [name, given] of Object.entries(values))
    it(`are not filled in with ${name}`, () => {
      expect(codeOf(() => renderTemplate(NEWS, 'en', given as Record<string, string>))).to.equal(
        'ASIGNIO_TEMPLATE_INVALID',
      );
    });

  it('are copied and frozen', () => {
    const given = structuredClone(NEWS) as { class: string };
    const template = createTemplates([given as MessageTemplate]).get('news') as { class: string };
    given.class = 'mandatory';
    expect(template.class).to.equal('optional');
    expect(() => Object.assign(template, { class: 'mandatory' })).to.throw(TypeError);
  });

  const { en } = NEWS.languages as { en: { title: string; text: string } };
  const wrong: Record<string, unknown> = {
    nothing: undefined,
    'a name of another alphabet': { ...NEWS, name: 'News!' },
    'no class': { ...NEWS, class: undefined },
    'a class that there is not': { ...NEWS, class: 'marketing' },
    'no values': { ...NEWS, values: undefined },
    'a value that is no name': { ...NEWS, values: ['what', 'a b'] },
    'no language': { ...NEWS, languages: {} },
    'words in what is no language': { ...NEWS, languages: { klingon9: en } },
    'no words': { ...NEWS, languages: { en: undefined } },
    'no title': { ...NEWS, languages: { en: { ...en, title: '' } } },
    'a title of two lines': { ...NEWS, languages: { en: { ...en, title: '{what}\n' } } },
    'no text': { ...NEWS, languages: { en: { ...en, text: '' } } },
    'a place for what is not declared': { ...NEWS, languages: { en: { ...en, text: '{who}' } } },
    'no place for what is declared': { ...NEWS, values: ['what', 'who'] },
  };
  for (const [name, template] of Object.entries(wrong))
    it(`are refused with ${name}`, () => {
      expect(codeOf(() => createTemplates([template as MessageTemplate]))).to.equal('ASIGNIO_TEMPLATE_INVALID');
    });

  it('are refused twice under one name', () => {
    expect(codeOf(() => createTemplates([NEWS, NEWS]))).to.equal('ASIGNIO_TEMPLATE_INVALID');
  });

  it('R40: one that asks for personal data is refused when it is registered, and the refusal shows where', () => {
    const asking = { ...NEWS, languages: { ...NEWS.languages, es: { title: '{what}', text: 'Envíe su contraseña.' } } };
    const error = refusalOf(() => createTemplates([...DEFAULT_TEMPLATES, asking]));
    expect(error.code).to.equal('ASIGNIO_TEMPLATE_INVALID');
    expect(error.message).to.include('news (es) asks for personal data').and.to.include('envie su contrasena');
  });
});

describe('what a person is written to about', () => {
  const on = { optional: true };

  it('R35: a mandatory message is sent whatever was chosen; an optional one to whoever switched it on', () => {
    expect(maySend('mandatory', NO_OPTIONAL_MESSAGES, UNHINDERED)).to.equal(true);
    expect(maySend('optional', NO_OPTIONAL_MESSAGES, UNHINDERED)).to.equal(false);
    expect(maySend('optional', on, UNHINDERED)).to.equal(true);
  });

  it('R21, R34: nothing optional goes to a person whose data are not used, or to a minor alone; what is mandatory does', () => {
    for (const standing of [
      { ...UNHINDERED, restrictedAt: NOW },
      { ...UNHINDERED, minorAlone: true },
    ]) {
      expect(maySend('optional', on, standing)).to.equal(false);
      expect(maySend('mandatory', on, standing)).to.equal(true);
    }
  });

  it('R35: mandatory messages cannot be switched off', () => {
    expect(checkPreference({ optional: true })).to.deep.equal(on);
    expect(checkPreference({ optional: false, mandatory: true })).to.deep.equal({ optional: false });
    for (const mandatory of [false, 0, null, 'no'])
      expect(codeOf(() => checkPreference({ optional: false, mandatory }))).to.equal('ASIGNIO_MESSAGE_MANDATORY');
    for (const wrong of [undefined, null, {}, { optional: 'yes' }, { optional: true, marketing: true }, [], 'off'])
      expect(codeOf(() => checkPreference(wrong))).to.equal('ASIGNIO_REQUEST_INVALID');
  });
});

describe('the announcement of a notice', () => {
  const DAY = 24 * HOUR;
  const follows = (supersedes: string) => ({ supersedes, whatChanged: 'We keep it for two years.' });
  const minor = notice({ version: 'minor', material: false, effectiveAt: NOW + 40 * DAY, ...follows(ENGLISH.version) });
  const material = notice({ version: 'material', effectiveAt: NOW + 90 * DAY, ...follows('minor') });
  const notices = createNoticeRegister([ENGLISH, minor, material]);
  const told = (at: number) => announcements(notices, at).map(({ version }) => version);
  const version = (name: string) => notices.versions().find((one) => one.version === name) as NoticeVersion;

  it('R33: is due thirty days before the date, of a minor change as well; the first notice is no change', () => {
    expect(ANNOUNCE_BEFORE_MS).to.equal(30 * DAY);
    expect(told(NOW + 10 * DAY - 1)).to.deep.equal([]);
    expect(told(NOW + 10 * DAY)).to.deep.equal(['minor']);
    expect(told(NOW + 59 * DAY)).to.deep.equal(['minor']);
    expect(told(NOW + 60 * DAY)).to.deep.equal(['minor', 'material']);
    expect(told(NOW + 90 * DAY)).to.deep.equal(['material']);
    expect(told(0)).to.deep.equal([]);
  });

  it('R33: is for whoever agreed to an older notice, as long as that stands', () => {
    const old = consent({ notices });
    const fresh = consent({ notices }, NOW + 90 * DAY);
    const at = NOW + 60 * DAY;
    expect(mustBeTold(old, version('minor'), notices, at)).to.equal(true);
    expect(mustBeTold(old, version('material'), notices, at)).to.equal(true);
    expect(mustBeTold(old, version('material'), notices, NOW + 900 * DAY)).to.equal(true);
    expect(mustBeTold(fresh, version('material'), notices, at)).to.equal(false);
    expect(mustBeTold(fresh, version('minor'), notices, at)).to.equal(false);
    expect(mustBeTold(withdrawConsent(old, at), version('minor'), notices, at)).to.equal(false);
    expect(mustBeTold(supersedeConsent(old, fresh), version('minor'), notices, at)).to.equal(false);
    expect(mustBeTold({ ...old, validUntil: at }, version('minor'), notices, at)).to.equal(false);
    expect(mustBeTold({ ...old, noticeVersion: 'forgotten' }, version('minor'), notices, at)).to.equal(true);
  });

  it('R33: says what changes, from when, by whom, and whether anything must be done', () => {
    const templates = createTemplates(DEFAULT_TEMPLATES);
    const words = (of: Notice) => {
      const { template, language, values } = announcementOf(of);
      return renderTemplate(templates.get(template) as MessageTemplate, language, values);
    };
    const { title, text } = words(material);
    expect(title).to.include('September 13, 2026');
    expect(text).to.include('Acme').and.to.include('We keep it for two years.').and.to.include('needs your yes');
    expect(words(minor).text).to.include('nothing for you to do');
    expect(words({ ...material, language: 'es' }).title).to.include('13 de septiembre de 2026');
    expect(words({ ...material, language: 'ar' }).text).to.include('We keep it for two years.');
    for (const language of ['en', 'es', 'ar', 'fr']) {
      const { whatChanged: _, supersedes: __, ...bare } = material;
      const { title: head, text: body } = words({ ...bare, language });
      expect(lintText(`${head}\n${body}`), language).to.deep.equal([]);
    }
  });

  it('is read in the nearest language', () => {
    expect(notices.read('material', 'en-AU').version).to.equal('material');
    expect(notices.read('material', 'fr').language).to.equal('en');
    expect(codeOf(() => notices.read('1999', 'en'))).to.equal('ASIGNIO_NOTICE_UNKNOWN');
  });
});
