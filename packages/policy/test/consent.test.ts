import { expect } from 'chai';
import {
  consentState,
  createNoticeRegister,
  defaultNotices,
  DEFAULT_RETENTION,
  grantConsent,
  noticeSha256,
  receiptClaims,
  withdrawConsent,
} from '@asignio/policy';
import type { ConsentRequest, Notice } from '@asignio/policy';
import { ENGLISH, NOTICES, NOW, REGISTER, codeOf, consent, release, successor } from './support.js';

describe('consent', () => {
  it('R2: records what is collected, why and for how long, with the hash of the notice that was shown', () => {
    const record = consent();
    const [purpose] = ENGLISH.purposes;
    expect(record).to.include({ what: purpose?.what, why: purpose?.why, retentionPeriod: purpose?.howLong });
    expect(record.noticeSha256).to.equal(noticeSha256(ENGLISH));
    expect(record.signature).to.include({ method: 'typed-name', signedAt: NOW });
    expect(record).to.include({ state: 'granted', grantedAt: NOW, lawfulBasis: 'consent' });
  });

  it('R2: holds the typed name nowhere: who signed is for the caller to seal', () => {
    expect(JSON.stringify(consent())).to.not.include('Lovelace');
  });

  const wrong: Record<string, Partial<ConsentRequest>> = {
    'a hash of another text': { noticeSha256: 'f'.repeat(64) },
    'a hash of another length': { noticeSha256: 'f' },
    'a version that never was': { noticeVersion: '1999' },
    'a language that the notice does not have': { language: 'tlh' },
    'no purpose': { purposes: [] },
    'one purpose twice': { purposes: ['authentication', 'authentication'] },
    'a purpose that the notice does not ask for': { purposes: ['improvement'] },
    'a forbidden purpose': { purposes: ['sale' as 'authentication'] },
    'a modality that the notice does not ask for': { modality: 'face' },
    'an empty name': { signature: { method: 'typed-name', name: '  ', signedAt: NOW } },
    'a name of control characters': { signature: { method: 'typed-name', name: 'A\u0000da', signedAt: NOW } },
    'a name of 201 characters': { signature: { method: 'typed-name', name: 'a'.repeat(201), signedAt: NOW } },
    'a method that is not known': { signature: { method: 'nod' as 'typed-name', name: 'Ada', signedAt: NOW } },
    'a backdated signature': { signature: { method: 'typed-name', name: 'Ada', signedAt: NOW - 86_400_000 } },
    'a signature of tomorrow': { signature: { method: 'typed-name', name: 'Ada', signedAt: NOW + 86_400_000 } },
    'a signature of no time': { signature: { method: 'typed-name', name: 'Ada', signedAt: Number.NaN } },
  };
  for (const [name, changes] of Object.entries(wrong))
    it(`R2: refuses ${name}`, () => {
      expect(codeOf(() => grantConsent(release(changes), NOW))).to.match(
        /^ASIGNIO_(CONSENT_INVALID|NOTICE_UNKNOWN|PURPOSE_FORBIDDEN)$/,
      );
    });

  it('R2: cannot be given to a notice that has been replaced', () => {
    const notices = createNoticeRegister([...NOTICES, successor(10, false)]);
    expect(codeOf(() => grantConsent(release({ notices }), NOW + 10))).to.equal('ASIGNIO_CONSENT_INVALID');
  });

  it('R4: withdrawn is withdrawn, and not before it was given', () => {
    const record = withdrawConsent(consent(), NOW - 5000);
    expect(record).to.include({ state: 'withdrawn', withdrawnAt: NOW });
    expect(consentState(record, REGISTER, NOW)).to.equal('withdrawn');
    expect(withdrawConsent(record, NOW + 9)).to.equal(record);
  });

  it('expires when it was given for a time', () => {
    const record = { ...consent(), validUntil: NOW + 100 };
    expect(consentState(record, REGISTER, NOW + 99)).to.equal('granted');
    expect(consentState(record, REGISTER, NOW + 100)).to.equal('expired');
  });

  it('R2: is confirmed by a receipt with the same facts, in ISO times', () => {
    const claims = receiptClaims(consent());
    expect(claims).to.include({ grantedAt: new Date(NOW).toISOString(), purpose: 'authentication', withdrawnAt: null });
    expect(JSON.parse(JSON.stringify(claims))).to.deep.equal(claims);
  });
});

describe('notices', () => {
  it('differ in hash by any change, and not by the order of their keys', () => {
    const reordered = Object.fromEntries(Object.entries(ENGLISH).reverse()) as unknown as Notice;
    expect(noticeSha256(reordered)).to.equal(noticeSha256(ENGLISH));
    expect(noticeSha256({ ...ENGLISH, title: `${ENGLISH.title}.` })).to.not.equal(noticeSha256(ENGLISH));
  });

  it('are served in the language, its base, or the first', () => {
    expect(REGISTER.current(NOW, 'es').language).to.equal('es');
    expect(REGISTER.current(NOW, 'es-MX').language).to.equal('es');
    expect(REGISTER.current(NOW, 'tlh').language).to.equal('en');
    expect(REGISTER.current(0).version).to.equal(ENGLISH.version);
  });

  it('are refused when a version contradicts itself or says too little', () => {
    const complaints: readonly (readonly Notice[])[] = [
      [],
      [ENGLISH, ENGLISH],
      [ENGLISH, { ...ENGLISH, language: 'es', material: false }],
      [ENGLISH, { ...ENGLISH, language: 'es', effectiveAt: 1 }],
      [{ ...ENGLISH, purposes: [] }],
      [{ ...ENGLISH, effectiveAt: Number.NaN }],
      [{ ...ENGLISH, purposes: [{ ...(ENGLISH.purposes[0] as Notice['purposes'][0]), howLong: ' ' }] }],
    ];
    for (const notices of complaints)
      expect(codeOf(() => createNoticeRegister(notices))).to.equal('ASIGNIO_OPTION_INVALID');
  });

  it('R10: promise in every language what the default retention rules keep', () => {
    const years = (DEFAULT_RETENTION.find(({ from }) => from === 'last-interaction')?.months ?? 0) / 12;
    const words: Record<string, string> = { en: 'Three years', es: 'Tres años', ar: 'ثلاث سنوات' };
    expect(years).to.equal(3);
    for (const { language, purposes } of defaultNotices({ controller: { name: 'A', contact: 'b' } }))
      expect(purposes[0]?.howLong.toLowerCase()).to.include((words[language] as string).toLowerCase());
  });
});
