import { expect } from 'chai';
import * as fc from 'fast-check';
import type { ConsentId } from '@asignio/contracts';
import {
  checkConsentRecord,
  createNoticeRegister,
  forgetSubject,
  holdConsent,
  noteConsentState,
  receiptClaims,
  supersedeConsent,
  upgradeConsent,
  withdrawConsent,
} from '@asignio/policy';
import type { ConsentRecord } from '@asignio/policy';
import { ADA, codeOf, consent, ENGLISH, HOUR, notice, NOW, refusalOf } from './support/fixtures.js';

const GUARDIAN = 'Gu4rd1anGu4rd1anGu4rd1';

describe('a consent record', () => {
  const full = (): ConsentRecord =>
    holdConsent(consent({ guardian: GUARDIAN, agreements: ['dpa-7', 'dpa-9'] }), 'hold-3');

  it('R2: says who agreed for a minor, under which agreements it is given on, and which hold keeps it', () => {
    const record = full();
    expect(record).to.deep.include({ guardian: GUARDIAN, agreements: ['dpa-7', 'dpa-9'], hold: 'hold-3' });
    const claims = receiptClaims(record);
    expect(claims.processing.agreements).to.deep.equal(['dpa-7', 'dpa-9']);
    expect(claims.parties).to.deep.include({ id: GUARDIAN, role: 'guardian of the PII principal' });
    expect(claims.event).to.include({ hold: 'hold-3', entity: GUARDIAN });
    expect(claims.history[0]).to.include({ entity: GUARDIAN, state: 'granted' });
    expect(holdConsent(record, 'hold-3')).to.equal(record);
    expect(holdConsent(record, null).hold).to.equal(null);
  });

  it('R2: keeps its history as events with time, entity and state, in order even where the clock was set back', () => {
    const given = consent();
    const withdrawn = withdrawConsent(given, NOW - HOUR);
    expect(withdrawn.events).to.deep.equal([
      { time: NOW, validUntil: null, entity: 'subject', type: 'explicit', state: 'granted' },
      { time: NOW, validUntil: null, entity: 'subject', type: 'explicit', state: 'withdrawn' },
    ]);
    expect(withdrawConsent(given, NOW + 1, 'guardian').events.at(-1)).to.include({ entity: 'guardian' });
    expect(supersedeConsent(given, full()).events.at(-1)).to.include({ entity: 'guardian', state: 'superseded' });
  });

  it('R33: notes in its history that the notice changed, from the date of the change, once', () => {
    const next = notice({ version: '2', effectiveAt: NOW + HOUR });
    const notices = createNoticeRegister([ENGLISH, next]);
    const given = consent({ notices });
    expect(noteConsentState(given, notices, NOW + HOUR - 1)).to.equal(given);
    const stale = noteConsentState(given, notices, NOW + 9 * HOUR);
    expect(stale.events.at(-1)).to.deep.equal({
      time: NOW + HOUR,
      validUntil: null,
      entity: 'controller',
      type: 'notice-change',
      state: 'stale',
    });
    expect(noteConsentState(stale, notices, NOW + 10 * HOUR)).to.equal(stale);
    const withdrawn = withdrawConsent(given, NOW + 1);
    expect(noteConsentState(withdrawn, notices, NOW + 9 * HOUR)).to.equal(withdrawn);
  });

  it('notes that its term has ended', () => {
    const given = { ...consent(), validUntil: NOW + HOUR };
    expect(noteConsentState(given, createNoticeRegister([ENGLISH]), NOW + 2 * HOUR).events.at(-1)).to.include({
      state: 'expired',
      type: 'term',
      time: NOW + HOUR,
    });
  });

  it('R9: kept as evidence, it names nobody: neither the subject nor the guardian, in no event either', () => {
    const text = JSON.stringify(forgetSubject(withdrawConsent(full(), NOW, 'guardian')));
    expect(text).to.not.include(ADA).and.to.not.include(GUARDIAN);
    expect(checkConsentRecord(JSON.parse(text))).to.include({ subject: 'erased', guardian: 'erased' });
  });

  it('is checked field by field: each that is missing, of another kind or too many is refused by its name', () => {
    const record = full();
    expect(checkConsentRecord(record)).to.equal(record);
    for (const field of Object.keys(record)) {
      const { [field as keyof ConsentRecord]: _, ...without } = record;
      expect(
        codeOf(() => checkConsentRecord(without)),
        `without ${field}`,
      ).to.equal('ASIGNIO_CONSENT_INVALID');
      for (const value of [undefined, {}, -1.5, 'x'.repeat(200_000)]) {
        const error = refusalOf(() => checkConsentRecord({ ...record, [field]: value }));
        expect(error.code).to.equal('ASIGNIO_CONSENT_INVALID');
        expect(error.message)
          .to.match(new RegExp(`^${field}: `))
          .and.to.have.length.below(200);
      }
    }
    expect(codeOf(() => checkConsentRecord({ ...record, note: 'canary' }))).to.equal('ASIGNIO_CONSENT_INVALID');
  });

  const contradictions: Record<string, Partial<ConsentRecord>> = {
    'withdrawn without a date': { state: 'withdrawn' },
    'a date of a withdrawal that never was': { withdrawnAt: NOW + 1 },
    'withdrawn before it was given': { state: 'withdrawn', withdrawnAt: NOW - 1 },
    'a subject who is their own guardian': { guardian: ADA },
    'a history without a beginning': { events: [] },
    'a history that begins with its end': { events: withdrawConsent(consent(), NOW).events.slice(1) },
    'a history out of order': { events: [...withdrawConsent(consent(), NOW + 5).events].reverse() },
    'a history of events that are none': { events: [{ state: 'granted' }] as never },
  };
  for (const [name, changes] of Object.entries(contradictions))
    it(`refuses ${name}`, () => {
      expect(codeOf(() => checkConsentRecord({ ...consent(), ...changes }))).to.equal('ASIGNIO_CONSENT_INVALID');
    });

  it('refuses whatever else there is, with a code', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (value, key) => {
        for (const wrong of [value, { ...consent(), [key]: value, extra: value }])
          expect(codeOf(() => checkConsentRecord(wrong))).to.equal('ASIGNIO_CONSENT_INVALID');
      }),
    );
  });

  it('of the form before is read in the form of now, with the history that its dates tell', () => {
    const { piiTypes, specialCategory, optional, agreements, guardian, hold, events, ...before } = withdrawConsent(
      consent(),
      NOW + HOUR,
    );
    expect([piiTypes, specialCategory, optional, agreements, guardian, hold]).to.have.length(6);
    const stored = { ...before, schemaVersion: 'ISO/IEC TS 27560:2023 asignio/1' } as unknown as ConsentRecord;
    const read = upgradeConsent(stored);
    expect(checkConsentRecord(read).events).to.deep.equal(events);
    expect(read).to.deep.include({ piiTypes: ['biometric'], optional: true, guardian: null, agreements: [] });
    expect(upgradeConsent(read)).to.equal(read);
    const granted = upgradeConsent({ ...stored, state: 'granted', withdrawnAt: null });
    expect(checkConsentRecord(granted).events.map(({ state }) => state)).to.deep.equal(['granted']);
  });

  it('R31: to location says that it is about location, and how that is told', () => {
    const [asked] = ENGLISH.purposes as [(typeof ENGLISH.purposes)[number]];
    const notices = createNoticeRegister([
      notice({ purposes: [{ ...asked, purpose: 'location', required: false, validMonths: 6 }] }),
    ]);
    const record = consent({ notices, purposes: ['location'] });
    expect(record).to.deep.include({ piiTypes: ['location'], specialCategory: false, optional: true });
    expect(record.collectionMethod).to.include('rounded');
    expect(record.events[0]?.validUntil).to.equal(record.validUntil);
  });

  it('is superseded by the id of the later one', () => {
    const later = consent({}, NOW + HOUR);
    expect(supersedeConsent(consent(), later).supersededBy satisfies ConsentId | null).to.equal(later.id);
  });
});
