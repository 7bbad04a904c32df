import { expect } from 'chai';
import fc from 'fast-check';
import { MODALITIES } from '@asignio/contracts';
import type { AsignioError, ScoreCalibration } from '@asignio/contracts';
import {
  calibratedScore,
  checkEgress,
  checkEgressPurpose,
  checkRestrictions,
  checkSignalList,
  checkSignals,
  checkTransfer,
  DEFAULT_SIGNALS,
  EGRESS_PURPOSES,
} from '@asignio/policy';
import type { RegionPolicy, TransferMechanism } from '@asignio/policy';
import { outcomeOf } from './support/fixtures.js';

describe('what may leave', () => {
  it('R11: no purpose of sale, lease, trade or marketing exists, whatever it is called and however it is cast', () => {
    for (const purpose of EGRESS_PURPOSES) expect(purpose).to.not.match(/sale|sell|lease|trade|market|advert/i);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (purpose) => {
        fc.pre(!EGRESS_PURPOSES.includes(purpose as never));
        expect(outcomeOf(() => checkEgressPurpose(purpose))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
      }),
    );
  });

  it('R11: the list of purposes cannot be added to at run time', () => {
    expect(() => (EGRESS_PURPOSES as string[]).push('sale')).to.throw();
    expect(outcomeOf(() => checkEgressPurpose('sale'))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
  });

  it('R11: a purpose lets out its own data alone, on its own grounds alone', () => {
    expect(outcomeOf(() => checkEgress('vendor-comparison', ['face'], 'permit'))).to.equal('passed');
    for (const [data, ground] of [
      [['face'], 'legitimate-interest'],
      [['attribute'], 'permit'],
      [['face', 'attribute'], 'permit'],
      [[], 'permit'],
    ] as const)
      expect(outcomeOf(() => checkEgress('vendor-comparison', data, ground))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
    for (const modality of MODALITIES) {
      expect(outcomeOf(() => checkEgress('assertion', [modality], 'consent'))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
      expect(outcomeOf(() => checkEgress('risk-signal', [modality], 'consent'))).to.equal('ASIGNIO_PURPOSE_FORBIDDEN');
    }
  });
});

describe('where data may go', () => {
  const germany: RegionPolicy = { home: 'DE', allowed: [] };
  const scc: TransferMechanism = { kind: 'standard-contractual-clauses', id: '2021/914 module 2, 2026-01-15' };
  const by = (policy: RegionPolicy, to: string, mechanism?: TransferMechanism | null) => {
    try {
      return checkTransfer(policy, to, mechanism).by;
    } catch (error) {
      return (error as AsignioError).code;
    }
  };

  it('R32: stays within what the tenant allows, or goes by a rule that has a name', () => {
    expect(by(germany, 'DE')).to.equal('allowed-region');
    expect(by(germany, 'DE-BY')).to.equal('allowed-region');
    expect(by(germany, 'NO')).to.equal('free-movement');
    expect(by(germany, 'JP')).to.equal('adequacy');
    expect(by({ home: 'GB', allowed: [] }, 'IE')).to.equal('adequacy');
    expect(by({ home: 'DE', allowed: ['US-VA'] }, 'US-VA')).to.equal('allowed-region');
    expect(by(germany, 'US', scc)).to.equal('standard-contractual-clauses');
    expect(checkTransfer(germany, 'US', scc).id).to.equal(scc.id);
  });

  it('R32: without one of them nothing goes', () => {
    expect(by(germany, 'US')).to.equal('ASIGNIO_TRANSFER_REFUSED');
    expect(by(germany, 'CA', null)).to.equal('ASIGNIO_TRANSFER_REFUSED');
    expect(by({ home: 'DE', allowed: ['US-VA'] }, 'US')).to.equal('ASIGNIO_TRANSFER_REFUSED');
    expect(by({ home: 'US', allowed: [] }, 'DE')).to.equal('ASIGNIO_TRANSFER_REFUSED');
    for (const nowhere of ['', 'local', 'de', 'Germany', 'DE ', 'U', '__proto__'])
      expect(by(germany, nowhere, scc)).to.equal('ASIGNIO_TRANSFER_REFUSED');
  });

  it('R32: a mechanism without a reference is none', () => {
    expect(by(germany, 'US', { ...scc, id: ' ' })).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(by(germany, 'US', { kind: 'trust', id: 'x' } as unknown as TransferMechanism)).to.equal(
      'ASIGNIO_REQUEST_INVALID',
    );
  });

  it('R32: face and voice of persons in Texas go to no vendor unless the controller lifts it', () => {
    const texan = (data: 'face' | 'voice' | 'signature', place: string, lifted: string[] = []) =>
      outcomeOf(() => {
        checkRestrictions([data], place, lifted);
      });
    expect(texan('face', 'US-TX')).to.equal('ASIGNIO_TRANSFER_REFUSED');
    expect(texan('voice', 'US')).to.equal('ASIGNIO_TRANSFER_REFUSED');
    expect(texan('signature', 'US-TX')).to.equal('passed');
    expect(texan('face', 'US-CO')).to.equal('passed');
    expect(texan('face', 'US-TX', ['texas-face-voice'])).to.equal('passed');
    expect(texan('face', 'US-TX', ['other'])).to.equal('ASIGNIO_TRANSFER_REFUSED');
  });
});

describe('risk signals', () => {
  it('R15: only names and values of the allow-list pass, and only they are in what comes out', () => {
    expect(checkSignals({ 'sign-in': 'accepted', assurance: 'high' }, DEFAULT_SIGNALS)).to.deep.equal({
      'sign-in': 'accepted',
      assurance: 'high',
    });
    for (const wrong of [
      { score: 7.31 },
      { 'sign-in': 7.31 },
      { 'sign-in': 'accepted', score: '7.31' },
      { 'sign-in': ['accepted'] },
      { toString: 'accepted' },
      { ['__proto__']: 'accepted' },
      {},
      [],
      null,
      'accepted',
    ])
      expect(
        outcomeOf(() => checkSignals(wrong, DEFAULT_SIGNALS)),
        JSON.stringify(wrong),
      ).to.equal('ASIGNIO_SIGNAL_REFUSED');
  });

  it('R15: the refusal repeats no value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 10, max: 1e6 }), (score) => {
        try {
          checkSignals({ 'sign-in': score }, DEFAULT_SIGNALS);
          throw new Error('passed');
        } catch (error) {
          expect(String(error)).to.not.include(String(score));
        }
      }),
    );
  });

  it('R15: an allow-list of figures, or of so many values that they are a measure, is no allow-list', () => {
    checkSignalList(DEFAULT_SIGNALS);
    for (const wrong of [
      { score: ['1', '2', '3'] },
      { score: ['a'] },
      { score: ['a', 'a'] },
      { score: Array.from({ length: 9 }, (_, i) => 'abcdefghi'[i] as string) },
      { Score: ['a', 'b'] },
      { score: 'ab' as unknown as string[] },
    ])
      expect(outcomeOf(() => checkSignalList(wrong))).to.equal('ASIGNIO_OPTION_INVALID');
  });
});

describe('a vendor’s score', () => {
  const model = { name: 'acme-face', version: '4.2' };
  const calibration: ScoreCalibration = {
    slope: 0.2,
    offset: -12,
    range: { min: 0, max: 100 },
    model,
    source: '60,000 comparisons of 300 persons, 2026-01',
  };

  it('R12: becomes a log-likelihood ratio by the calibration that the plugin states', () => {
    expect(calibratedScore({ raw: 90, model }, calibration)).to.be.closeTo(6, 1e-9);
    expect(calibratedScore({ raw: 0, model }, calibration)).to.be.closeTo(-12, 1e-9);
  });

  it('R12: is none where the calibration is not for it', () => {
    for (const answer of [
      { raw: 101, model },
      { raw: -1, model },
      { raw: Number.NaN, model },
      { raw: '90', model },
      { raw: 90, model: { ...model, version: '4.3' } },
      { raw: 90 },
      null,
    ])
      expect(outcomeOf(() => calibratedScore(answer as never, calibration))).to.equal('ASIGNIO_VENDOR_UNAVAILABLE');
  });

  it('R12: is none without a calibration', () => {
    for (const wrong of [
      undefined,
      { ...calibration, slope: 0 },
      { ...calibration, slope: -1 },
      { ...calibration, slope: Infinity },
      { ...calibration, offset: Number.NaN },
      { ...calibration, range: { min: 1, max: 1 } },
      { ...calibration, source: '' },
      { ...calibration, model: undefined },
    ])
      expect(outcomeOf(() => calibratedScore({ raw: 90, model }, wrong as ScoreCalibration))).to.equal(
        'ASIGNIO_PLUGIN_INVALID',
      );
  });
});
