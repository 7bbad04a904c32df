import { expect } from 'chai';
import { checkAgreement, checkCovered } from '@asignio/policy';
import type { AgreementInput, AgreementUse } from '@asignio/policy';
import { NOW, outcomeOf } from './support/fixtures.js';

const DAY = 86_400_000;

const SIGNED: AgreementInput = {
  id: 'dpa-7',
  recipient: 'Matcher GmbH',
  data: ['face'],
  purposes: ['vendor-comparison'],
  regions: ['DE'],
  signatories: ['Ada Lovelace', 'Erika Mustermann'],
  signedAt: NOW - 10 * DAY,
  validFrom: NOW - 9 * DAY,
  validUntil: NOW + 100 * DAY,
  sha256: 'a'.repeat(64),
};
const USE: AgreementUse = { data: ['face'], purpose: 'vendor-comparison', region: 'DE' };

describe('data-processing agreements', () => {
  const agreement = checkAgreement(SIGNED, NOW);
  const covered = (changes: Partial<AgreementUse> = {}, at = NOW, endedAt: number | null = null, of = agreement) =>
    outcomeOf(() => {
      checkCovered(of, endedAt, { ...USE, ...changes }, at);
    });

  it('R12: covers just the data, the purpose and the regions that it names', () => {
    expect(covered()).to.equal('passed');
    expect(covered({ region: 'DE-BY' })).to.equal('passed');
    for (const wrong of [
      { data: ['voice'] as const },
      { data: ['face', 'voice'] as const },
      { purpose: 'identity-verification' as const },
      { region: 'US' },
      { region: 'DEX' },
      { region: '' },
    ])
      expect(covered(wrong)).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
  });

  it('R12: is in force from its first moment to the one before its last, and not after it was ended', () => {
    expect(covered({}, SIGNED.validFrom - 1)).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(covered({}, SIGNED.validFrom)).to.equal('passed');
    expect(covered({}, SIGNED.validUntil - 1)).to.equal('passed');
    expect(covered({}, SIGNED.validUntil)).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(covered({}, NOW, NOW)).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(covered({}, NOW, NOW + 1)).to.equal('passed');
    expect(covered({}, Number.NaN)).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(covered({}, NOW, Number.NaN)).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
  });

  it('R12: none covers nothing, and one whose dates were tampered with covers nothing', () => {
    expect(outcomeOf(() => checkCovered(undefined, null, USE, NOW))).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    for (const dates of [{ signedAt: NOW + 1 }, { validUntil: Number.NaN }, { validFrom: Number.NaN }])
      expect(covered({}, NOW, null, { ...agreement, ...dates })).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
  });

  it('R11: none can be recorded for sale, lease, trade or marketing', () => {
    for (const purpose of ['sale', 'lease', 'trade', 'marketing', '__proto__', 'constructor', 'toString'])
      expect(
        outcomeOf(() => checkAgreement({ ...SIGNED, purposes: [purpose as 'vendor-comparison'] }, NOW)),
        purpose,
      ).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
  });

  it('R12: one that is not signed, or lacks something, is refused', () => {
    const wrong: Partial<Record<keyof AgreementInput, unknown>>[] = [
      { id: 'a b' },
      { recipient: '' },
      { data: [] },
      { data: ['face', 'face'] },
      { data: ['soul'] },
      { purposes: [] },
      { purposes: ['legal-process'] },
      { regions: [] },
      { regions: ['Germany'] },
      { signatories: ['Ada Lovelace'] },
      { signatories: ['Ada Lovelace', '\u202e'] },
      { signedAt: NOW + 1 },
      { validUntil: NOW - 20 * DAY },
      { validUntil: NOW + 4000 * DAY },
      { validFrom: 1.5 },
      { sha256: 'A'.repeat(64) },
      { mechanism: { kind: 'trust', id: '1' } },
      { mechanism: { kind: 'standard-contractual-clauses', id: '' } },
      { lifts: [{ restriction: 'all', reason: 'because we would like to' }] },
      { lifts: [{ restriction: 'texas-face-voice', reason: '' }] },
      { lifts: 'texas-face-voice' },
    ];
    for (const changes of wrong)
      expect(
        outcomeOf(() => checkAgreement({ ...SIGNED, ...changes } as AgreementInput, NOW)),
        JSON.stringify(changes),
      ).to.equal('ASIGNIO_REQUEST_INVALID');
    for (const nothing of [null, undefined, 7, {}])
      expect(outcomeOf(() => checkAgreement(nothing as AgreementInput, NOW))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('R12: nothing that is handed in beside the known fields is kept', () => {
    const kept = checkAgreement({ ...SIGNED, price: 12 } as AgreementInput, NOW);
    expect(kept).to.not.have.property('price');
    expect(kept.mechanism).to.equal(null);
    expect(kept.lifts).to.deep.equal([]);
  });
});
