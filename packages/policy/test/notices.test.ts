import { createHash } from 'node:crypto';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { consentState, createNoticeRegister, noticeSha256 } from '@asignio/policy';
import type { Notice, NoticePurpose } from '@asignio/policy';
import { codeOf, consent, ENGLISH, notice, NOW, refusalOf } from './support/fixtures.js';

const [PURPOSE] = ENGLISH.purposes as [NoticePurpose];
const follows = (supersedes: string) => ({ supersedes, whatChanged: 'We say more clearly how long we keep it.' });

describe('notices', () => {
  it('are hashed over their canonical JSON, which the order of keys does not change', () => {
    const small: Notice = {
      version: '1',
      language: 'en',
      title: 'T',
      sections: [{ heading: 'H', text: 'é "q"' }],
      purposes: [],
      controller: { name: 'N', contact: 'C' },
      effectiveAt: 5,
      material: true,
    };
    const text =
      '{"controller":{"contact":"C","name":"N"},"effectiveAt":5,"language":"en","material":true,"purposes":[],' +
      '"sections":[{"heading":"H","text":"é \\"q\\""}],"title":"T","version":"1"}';
    expect(noticeSha256(small)).to.equal(createHash('sha256').update(text, 'utf8').digest('hex'));
    const reversed = Object.fromEntries(Object.entries(small).reverse()) as unknown as Notice;
    expect(noticeSha256(reversed)).to.equal(noticeSha256(small));
  });

  it('have another hash whenever a word is another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, other) => {
        fc.pre(title !== other);
        expect(noticeSha256(notice({ title }))).to.not.equal(noticeSha256(notice({ title: other })));
      }),
    );
  });

  it('are served in the language asked for, else the one it is a kind of, else the first', () => {
    const register = createNoticeRegister([ENGLISH, notice({ language: 'pt' }), notice({ language: 'zh-Hant' })]);
    const served = (language?: string) => register.current(NOW, language).language;
    expect(served()).to.equal('en');
    expect(served('pt-BR')).to.equal('pt');
    expect(served('PT')).to.equal('pt');
    expect(served('zh-Hant-TW')).to.equal('zh-Hant');
    expect(served('zh-hant-x-private')).to.equal('zh-Hant');
    for (const language of ['zh', 'fr', '', '*', '__proto__', '-'.repeat(100_000)])
      expect(served(language)).to.equal('en');
  });

  it('come into force on their dates; before the first date the first one holds', () => {
    const next = notice({ version: '2', effectiveAt: NOW });
    const register = createNoticeRegister([next, ENGLISH]);
    const at = (time: number) => register.current(time).version;
    expect([at(0), at(NOW - 1), at(NOW), at(NOW + 1)]).to.deep.equal([ENGLISH.version, ENGLISH.version, '2', '2']);
    expect(register.isCurrent('2', NOW)).to.equal(true);
    expect(register.isCurrent(ENGLISH.version, NOW)).to.equal(false);
  });

  it('R33: a material change makes the consents before it stale, from its date on; a minor one does not', () => {
    const minor = notice({ version: 'minor', material: false, effectiveAt: NOW + 1000, ...follows(ENGLISH.version) });
    const material = notice({ version: 'material', effectiveAt: NOW + 2000, ...follows('minor') });
    const notices = createNoticeRegister([ENGLISH, minor, material]);
    const old = consent({ notices });
    const between = consent({ notices }, NOW + 1000);
    const fresh = consent({ notices }, NOW + 2000);
    const states = (at: number) => [old, between, fresh].map((record) => consentState(record, notices, at));
    expect(states(NOW + 1999)).to.deep.equal(['granted', 'granted', 'granted']);
    expect(states(NOW + 2000)).to.deep.equal(['stale', 'stale', 'granted']);
  });

  it('R33: tells since when a consent is stale, and of every version with its languages and hashes', () => {
    const minor = notice({ version: 'minor', material: false, effectiveAt: NOW + 1000, ...follows(ENGLISH.version) });
    const material = notice({ version: 'material', effectiveAt: NOW + 2000, ...follows('minor') });
    const later = notice({ version: 'later', effectiveAt: NOW + 3000, ...follows('material') });
    const notices = createNoticeRegister([ENGLISH, later, minor, material]);
    const given = consent({ notices });
    expect(notices.staleSince(given, NOW + 1999)).to.equal(undefined);
    expect(notices.staleSince(given, NOW + 5000)).to.equal(NOW + 2000);
    expect(notices.staleSince({ ...given, noticeSha256: 'edited' }, NOW + 5000)).to.equal(undefined);
    expect(notices.versions().map(({ version, material: is }) => [version, is])).to.deep.equal([
      [ENGLISH.version, true],
      ['minor', false],
      ['material', true],
      ['later', true],
    ]);
    expect(notices.versions()[1]?.languages).to.deep.equal([{ language: 'en', sha256: noticeSha256(minor) }]);
  });

  it('R33: a notice whose words are changed under its version does not keep the consents to the old words', () => {
    const given = consent();
    for (const changed of [
      notice({ purposes: [{ ...PURPOSE, withWhom: 'Everybody.' }] }),
      notice({ controller: { name: 'Bcme', contact: 'privacy@bcme.example' } }),
      notice({ version: 'renamed' }),
      notice({ language: 'es' }),
    ])
      expect(consentState(given, createNoticeRegister([changed]), NOW)).to.equal('stale');
  });

  it('cannot be changed once they are registered', () => {
    const given = structuredClone(ENGLISH) as { title: string } & Notice;
    const register = createNoticeRegister([given]);
    given.title = 'Something else';
    expect(register.find(ENGLISH.version, 'en').title).to.equal(ENGLISH.title);
    expect(() => Object.assign(register.find(ENGLISH.version, 'en').controller, { name: 'Mallory' })).to.throw(
      TypeError,
    );
  });

  it('are found by version and language alone', () => {
    const register = createNoticeRegister([ENGLISH]);
    expect(register.find(ENGLISH.version, 'EN')).to.deep.equal(ENGLISH);
    for (const [version, language] of [
      ['2', 'en'],
      [ENGLISH.version, 'es'],
      ['__proto__', 'en'],
      ['', ''],
    ] as const)
      expect(codeOf(() => register.find(version, language))).to.equal('ASIGNIO_NOTICE_UNKNOWN');
  });

  const wrong: Record<string, readonly unknown[]> = {
    'none at all': [],
    'one without a version': [{ ...ENGLISH, version: '' }],
    'one with a version of another alphabet': [{ ...ENGLISH, version: 'v 1' }],
    'one without a language': [{ ...ENGLISH, language: undefined }],
    'one without a title': [{ ...ENGLISH, title: ' ' }],
    'one without sections': [{ ...ENGLISH, sections: [] }],
    'a section without text': [{ ...ENGLISH, sections: [{ heading: 'H', text: '' }] }],
    'one that does not say who asks': [{ ...ENGLISH, controller: { name: 'Acme', contact: '' } }],
    'one without a controller': [{ ...ENGLISH, controller: undefined }],
    'particulars that are no text': [{ ...ENGLISH, particulars: { authority: 5 } }],
    'a date that is none': [{ ...ENGLISH, effectiveAt: '2026-01-01' }],
    'no word on whether it is material': [{ ...ENGLISH, material: undefined }],
    'one without purposes': [{ ...ENGLISH, purposes: [] }],
    'a purpose that does not say how long': [{ ...ENGLISH, purposes: [{ ...PURPOSE, howLong: '' }] }],
    'a purpose without modality': [{ ...ENGLISH, purposes: [{ ...PURPOSE, modalities: [] }] }],
    'a purpose of an unknown modality': [{ ...ENGLISH, purposes: [{ ...PURPOSE, modalities: ['gait'] }] }],
    'a purpose that may or may not be required': [{ ...ENGLISH, purposes: [{ ...PURPOSE, required: undefined }] }],
    'a purpose asked for twice': [{ ...ENGLISH, purposes: [PURPOSE, PURPOSE] }],
    'a consent of no length': [{ ...ENGLISH, purposes: [{ ...PURPOSE, validMonths: 0 }] }],
    'one twice': [ENGLISH, ENGLISH],
    'one language twice in two spellings': [ENGLISH, { ...ENGLISH, language: 'EN' }],
    'languages that disagree on the date': [ENGLISH, { ...ENGLISH, language: 'es', effectiveAt: NOW }],
    'languages that disagree on materiality': [ENGLISH, { ...ENGLISH, language: 'es', material: false }],
    'languages that ask for different things': [
      ENGLISH,
      { ...ENGLISH, language: 'es', purposes: [PURPOSE, { ...PURPOSE, purpose: 'improvement' }] },
    ],
    'two versions of one date': [ENGLISH, { ...ENGLISH, version: '2' }],
    'one that does not say what it changed': [
      ENGLISH,
      { ...ENGLISH, version: '2', effectiveAt: NOW, supersedes: ENGLISH.version },
    ],
    'one that changed nothing that was before it': [{ ...ENGLISH, whatChanged: 'Everything.' }],
    'a change that is no text': [{ ...ENGLISH, ...follows('0'), whatChanged: ' ' }],
    'an address that is none': [{ ...ENGLISH, controller: { ...ENGLISH.controller, address: '' } }],
    'one that supersedes what is not there': [{ ...ENGLISH, ...follows('0') }],
    'one that supersedes a later one': [
      { ...ENGLISH, ...follows('2') },
      { ...ENGLISH, version: '2', effectiveAt: NOW },
    ],
  };
  for (const [name, notices] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      const error = refusalOf(() => createNoticeRegister(notices as readonly Notice[]));
      expect(error.code).to.equal('ASIGNIO_OPTION_INVALID');
      expect(error.message).to.match(/^notices: /);
    });

  it('R11: none can ask for sale, lease, trade or marketing; R39: nor a person for evaluation', () => {
    for (const purpose of ['sale', 'lease', 'trade', 'marketing', 'evaluation', undefined, null, {}])
      expect(
        codeOf(() => createNoticeRegister([{ ...ENGLISH, purposes: [{ ...PURPOSE, purpose } as NoticePurpose] }])),
      ).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
  });
});
