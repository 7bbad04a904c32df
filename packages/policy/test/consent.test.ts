import { expect } from 'chai';
import * as fc from 'fast-check';
import { AsignioError } from '@asignio/contracts';
import {
  consentState,
  createNoticeRegister,
  grantConsent,
  noticeSha256,
  receiptClaims,
  supersedeConsent,
  withdrawConsent,
  withdrawnTogether,
  withEvidence,
} from '@asignio/policy';
import type { ConsentRecord, ConsentRequest } from '@asignio/policy';
import {
  ADA,
  askingFor,
  codeOf,
  consent,
  ENGLISH,
  HOUR,
  NOTICES,
  notice,
  NOW,
  refusalOf,
  release,
  TENANT,
} from './support/fixtures.js';

const grant = (changes: Partial<ConsentRequest> = {}, now = NOW) => grantConsent(release(changes, now), now);
const signed = (changes: object) => ({
  signature: { method: 'typed-name', name: 'Ada Lovelace', signedAt: NOW, ...changes } as ConsentRequest['signature'],
});

describe('consent', () => {
  it('R2: the record states what, why, how long and with whom, in the words that were shown, and keeps their hash', () => {
    const [record] = grant() as [ConsentRecord];
    const [asked] = ENGLISH.purposes as [(typeof ENGLISH.purposes)[number]];
    expect(record).to.include({
      tenant: TENANT,
      subject: ADA,
      noticeVersion: ENGLISH.version,
      noticeSha256: noticeSha256(ENGLISH),
      language: 'en',
      lawfulBasis: 'consent',
      what: asked.what,
      why: asked.why,
      retentionPeriod: asked.howLong,
      recipients: asked.withWhom,
      state: 'granted',
      grantedAt: NOW,
    });
    expect(record.signature).to.deep.equal({ method: 'typed-name', signedAt: NOW, evidence: '' });
  });

  it('R2: the record has every field of ISO/IEC TS 27560, of plain JSON, with what the notice does not state as null', () => {
    const [record] = grant() as [ConsentRecord];
    expect(JSON.parse(JSON.stringify(record))).to.deep.equal(record);
    const { header, processing, parties, event, history } = receiptClaims(record);
    expect(header).to.have.all.keys('schemaVersion', 'recordId', 'tenant', 'piiPrincipal');
    expect(processing).to.have.all.keys(
      'privacyNotice',
      'purpose',
      'modality',
      'why',
      'lawfulBasis',
      'piiInformation',
      'service',
      'collectionMethod',
      'processingMethod',
      'storageLocations',
      'processingLocations',
      'geographicRestrictions',
      'retentionPeriod',
      'recipients',
      'agreements',
      'jurisdiction',
      'withdrawalMethod',
      'privacyRights',
      'codesOfConduct',
      'impactAssessment',
      'authority',
    );
    expect(parties).to.deep.equal([
      { id: TENANT, role: 'PII controller', ...ENGLISH.controller, address: null },
      { id: ADA, role: 'PII principal' },
    ]);
    expect(processing.piiInformation).to.deep.equal({
      description: record.what,
      types: ['biometric'],
      optional: false,
      specialCategory: true,
    });
    expect(event).to.include({
      type: 'explicit',
      state: 'granted',
      grantedAt: '2026-06-15T12:00:00.000Z',
      withdrawnAt: null,
      entity: ADA,
      hold: null,
    });
    expect(history).to.deep.equal([
      { time: '2026-06-15T12:00:00.000Z', validUntil: null, entity: ADA, type: 'explicit', state: 'granted' },
    ]);
    expect(processing).to.include({ authority: null, jurisdiction: null });
  });

  it('R2: the record holds the particulars that the notice states', () => {
    const particulars = { authority: 'The regulator', jurisdiction: 'Illinois', processingLocations: 'Chicago' };
    const notices = createNoticeRegister([notice({ particulars })]);
    expect(grant({ notices })[0]).to.include(particulars);
  });

  it('R2: a receipt gives the same facts, and neither the evidence nor the name', () => {
    const record = withEvidence(consent(), 'the-sealed-name');
    const text = JSON.stringify(receiptClaims(record));
    expect(text).to.include(record.noticeSha256).and.to.include(record.id).and.to.include(record.what);
    expect(text).to.not.match(/the-sealed-name|Lovelace/);
  });

  it('R28: the typed name stands nowhere in the record', () => {
    expect(JSON.stringify(grant())).to.not.include('Lovelace');
  });

  it('R2: evidence that is empty is none', () => {
    expect(codeOf(() => withEvidence(consent(), ' '))).to.equal('ASIGNIO_CONSENT_INVALID');
  });

  it('R5: each purpose has a record of its own, with its own words', () => {
    const notices = createNoticeRegister([askingFor('authentication', 'improvement')]);
    const records = grant({ notices, purposes: ['improvement', 'authentication'] });
    expect(records.map(({ purpose }) => purpose)).to.deep.equal(['improvement', 'authentication']);
    expect(new Set(records.map(({ id }) => id)).size).to.equal(2);
    expect(records[0]?.processingMethod).to.not.equal(records[1]?.processingMethod);
  });

  it('R5: one refused purpose refuses the release as a whole', () => {
    expect(codeOf(() => grant({ purposes: ['authentication', 'improvement'] }))).to.equal('ASIGNIO_CONSENT_INVALID');
  });

  it('R11: no release agrees to sale, lease, trade or marketing, even where a notice is made to ask for it', () => {
    for (const purpose of ['sale', 'lease', 'trade', 'marketing', 'evaluation'])
      expect(codeOf(() => grant({ purposes: [purpose as 'authentication'] }))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
  });

  const refused: readonly [field: string, changes: Partial<ConsentRequest>][] = [
    ['noticeSha256', { noticeSha256: '0'.repeat(64) }],
    ['noticeSha256', { noticeSha256: '' }],
    ['noticeSha256', { noticeSha256: noticeSha256(ENGLISH).toUpperCase() }],
    ['noticeSha256', { noticeSha256: null as unknown as string }],
    ['purposes', { purposes: [] }],
    ['purposes', { purposes: ['authentication', 'authentication'] }],
    ['purposes', { purposes: ['improvement'] }],
    ['purposes', { purposes: 'authentication' as unknown as [] }],
    ['purposes', { modality: 'voice' }],
    ['modality', { modality: 'gait' as 'voice' }],
    ['subject', { subject: '' }],
    ['tenant', { tenant: undefined as unknown as typeof TENANT }],
    ['signature.method', { signature: undefined as unknown as ConsentRequest['signature'] }],
    ['signature.method', signed({ method: 'checkbox' })],
    ['signature.name', signed({ name: '' })],
    ['signature.name', signed({ name: 'A' })],
    ['signature.name', signed({ name: '   A   ' })],
    ['signature.name', signed({ name: '\u200b\u200b\u200b' })],
    ['signature.name', signed({ name: 'Ada\u0000Lovelace' })],
    ['signature.name', signed({ name: 'Ada\nLovelace' })],
    ['signature.name', signed({ name: 'Ada\u202eecalevoL' })],
    ['signature.name', signed({ name: 'Ada \ud800' })],
    ['signature.name', signed({ name: 'a'.repeat(201) })],
    ['signature.name', signed({ name: 'a'.repeat(1_000_000) })],
    ['signature.name', signed({ name: 42 })],
    ['signature.signedAt', signed({ signedAt: NOW - HOUR })],
    ['signature.signedAt', signed({ signedAt: NOW + HOUR })],
    ['signature.signedAt', signed({ signedAt: NaN })],
    ['signature.signedAt', signed({ signedAt: '2026-06-15' })],
    ['guardian', { guardian: '' }],
    ['guardian', { guardian: ADA }],
    ['agreements', { agreements: [''] }],
    ['agreements', { agreements: 'all' as unknown as [] }],
    ['agreements', { agreements: Array.from({ length: 101 }, (_, n) => String(n)) }],
  ];
  for (const [field, changes] of refused)
    it(`R2: refuses a release and names ${field}: ${JSON.stringify(changes).slice(0, 80)}`, () => {
      const error = refusalOf(() => grant(changes));
      expect(error.code).to.equal('ASIGNIO_CONSENT_INVALID');
      expect(error.message).to.match(new RegExp(`^${field.replace('.', '\\.')}: `));
      expect(error.message.length).to.be.lessThan(200);
    });

  it('takes names of every script', () => {
    for (const name of ['Åsa', '李明', 'عائشة', 'می‌خواهم', 'ஸ்ரீனி', 'Ng', 'O’Neill-Müller', '👩‍🔬 Ada'])
      expect(grant(signed({ name })), name).to.have.length(1);
  });

  it('R2: an unknown notice, version or language is refused', () => {
    for (const changes of [{ noticeVersion: '1999-01-01' }, { language: 'fr' }, { noticeVersion: '__proto__' }])
      expect(codeOf(() => grant(changes))).to.equal('ASIGNIO_NOTICE_UNKNOWN');
  });

  it('R33: a release of a notice that has been replaced is refused, of a minor change too', () => {
    const next = notice({ version: '2', material: false, effectiveAt: NOW + 1000 });
    const notices = createNoticeRegister([ENGLISH, next]);
    const old = release({ notices });
    expect(grantConsent(old, NOW)).to.have.length(1);
    const late = refusalOf(() => grantConsent({ ...old, ...signed({ signedAt: NOW + 1000 }) }, NOW + 1000));
    expect(late.code).to.equal('ASIGNIO_CONSENT_INVALID');
    expect(late.message).to.match(/^noticeVersion: the notice has been replaced/);
  });

  it('R33: a release of a notice that is not yet in force is refused', () => {
    const next = notice({ version: '2', effectiveAt: NOW + 1000 });
    const notices = createNoticeRegister([ENGLISH, next]);
    const early = refusalOf(() => grant({ notices, noticeVersion: next.version, noticeSha256: noticeSha256(next) }));
    expect(early.code).to.equal('ASIGNIO_CONSENT_INVALID');
    expect(early.message).to.match(/^noticeVersion: the notice is not yet in force/);
  });

  it('R4: withdrawing is dated, once, and not before the consent was given', () => {
    const given = consent();
    const withdrawn = withdrawConsent(given, NOW + 5);
    expect(withdrawn).to.include({ state: 'withdrawn', withdrawnAt: NOW + 5 });
    expect(withdrawConsent(withdrawn, NOW + 9)).to.equal(withdrawn);
    expect(withdrawConsent(given, NOW - HOUR).withdrawnAt).to.equal(NOW);
    expect(consentState(withdrawn, NOTICES, NOW + 5)).to.equal('withdrawn');
  });

  it('R4: withdrawing means every agreement to the same, and none to anything else', () => {
    const given = consent();
    const copy = consent();
    const others = [
      consent({ subject: 'somebody else' }),
      { ...consent(), purpose: 'improvement' as const },
      withdrawConsent(consent(), NOW),
    ];
    expect(withdrawnTogether(given, [given, copy, ...others])).to.deep.equal([given, copy]);
  });

  it('R4: a consent given again with a clock that was set back is dated after the withdrawal', () => {
    const withdrawn = withdrawConsent(consent(), NOW + HOUR);
    const [again] = grant({ earlier: [withdrawn, consent()] }, NOW) as [ConsentRecord];
    expect(again.grantedAt).to.equal(NOW + HOUR);
    const [elsewhere] = grant({ earlier: [withdrawn], subject: 'somebody else' }, NOW) as [ConsentRecord];
    expect(elsewhere.grantedAt).to.equal(NOW);
  });

  it('ends with its term, from that moment on', () => {
    const [asked] = ENGLISH.purposes as [(typeof ENGLISH.purposes)[number]];
    const notices = createNoticeRegister([notice({ purposes: [{ ...asked, validMonths: 12 }] })]);
    const given = consent({ notices });
    const end = Date.UTC(2027, 5, 15, 12);
    expect(given.validUntil).to.equal(end);
    expect(consentState(given, notices, end - 1)).to.equal('granted');
    expect(consentState(given, notices, end)).to.equal('expired');
    expect(consentState({ ...given, validUntil: NaN }, notices, NOW)).to.equal('expired');
  });

  it('ends when a later one takes its place', () => {
    const later = consent({}, NOW + HOUR);
    const old = supersedeConsent(consent(), later);
    expect(consentState(old, NOTICES, NOW)).to.equal('expired');
    expect(old.events.map(({ state, time }) => [state, time])).to.deep.equal([
      ['granted', NOW],
      ['superseded', NOW + HOUR],
    ]);
    expect(supersedeConsent(old, consent())).to.equal(old);
    const own = consent();
    expect(supersedeConsent(own, own)).to.equal(own);
  });

  it('refuses whatever is thrown at it with a code, and never says what was typed', () => {
    const anything = fc.oneof(fc.anything(), fc.string(), fc.constant(NOW), fc.constant({ toString: [] }));
    const mangled = fc.record(
      {
        modality: anything,
        purposes: fc.oneof(anything, fc.array(anything, { maxLength: 3 })),
        noticeVersion: anything,
        noticeSha256: anything,
        language: anything,
        signature: fc.oneof(
          anything,
          fc.record({ method: anything, name: fc.constant('canary\u0000'), signedAt: anything }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(mangled, (changes) => {
        try {
          expect(grant(changes as Partial<ConsentRequest>)).to.have.length(1);
        } catch (error) {
          if (!(error instanceof AsignioError)) throw error;
          expect(error.code).to.match(/^ASIGNIO_(CONSENT_INVALID|NOTICE_UNKNOWN|PURPOSE_FORBIDDEN)$/);
          expect(error.message).to.not.include('canary');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
