import { expect } from 'chai';
import fc from 'fast-check';
import { AsignioError, subjectId } from '@asignio/contracts';
import {
  ageBand,
  AGE_BANDS,
  certainly16,
  checkContestable,
  checkRequester,
  custodialUntil,
  deadlineRule,
  decisionKeptUntil,
  extendRequest,
  nextReminder,
  PROOF_VALID_MS,
  REGULATORS,
  regulatorsOf,
  REQUEST_LAWS,
  REQUESTER_FACTORS,
  requestDue,
  requestKeptUntil,
  saleStatus,
} from '@asignio/policy';
import type { RequesterFactor, RequesterProof } from '@asignio/policy';

const ADA = subjectId('ada');
const NOW = Date.UTC(2026, 0, 31, 12);
const DAY = 86_400_000;
const BIOMETRIC: readonly RequesterFactor[] = ['signature', 'face', 'voice'];

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'returned';
  } catch (error) {
    return error instanceof AsignioError ? error.code : String(error);
  }
}

describe('who asks', () => {
  const check = (proof: unknown) =>
    codeOf(() => checkRequester(proof as RequesterProof | undefined, { subject: ADA }, NOW));

  it('R27: is verified by a factor that is not biometric, just now, as the subject', () => {
    expect(
      checkRequester({ subject: ADA, factors: ['signature', 'password'], at: NOW - 1 }, { subject: ADA }, NOW),
    ).to.have.members(['password', 'signature']);
    expect(check({ subject: ADA, factors: ['passkey'], at: NOW - PROOF_VALID_MS + 1 })).to.equal('returned');
    for (const wrong of [
      undefined,
      null,
      'password',
      {},
      { subject: ADA, factors: ['password'] },
      { subject: ADA, factors: [], at: NOW },
      { subject: ADA, factors: 'password', at: NOW },
      { subject: ADA, factors: ['session'], at: NOW },
      { subject: subjectId('bob'), factors: ['password'], at: NOW },
      { subject: ADA, factors: ['password'], at: NOW - PROOF_VALID_MS },
      { subject: ADA, factors: ['password'], at: NOW + 60_000 },
      { subject: ADA, factors: ['password'], at: Number.NaN },
      { subject: ADA, factors: ['password'], at: String(NOW) },
    ])
      expect(check(wrong), JSON.stringify(wrong)).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
  });

  it('R27: is never verified by biometrics alone, however many', () => {
    fc.assert(
      fc.property(
        fc.subarray([...REQUESTER_FACTORS]),
        fc.integer({ min: 0, max: 2 * PROOF_VALID_MS }),
        (factors, ago) => {
          const good = ago < PROOF_VALID_MS && factors.some((factor) => !BIOMETRIC.includes(factor));
          expect(check({ subject: ADA, factors, at: NOW - ago }) === 'returned').to.equal(good);
        },
      ),
    );
  });
});

describe('deadlines', () => {
  it('R18: are a month by the calendar under GDPR, and 45 days under CCPA, each with its source', () => {
    expect(new Date(requestDue('gdpr', NOW)).toISOString()).to.equal('2026-02-28T23:59:59.999Z');
    expect(requestDue('ccpa', NOW)).to.equal(NOW + 45 * DAY);
    for (const law of REQUEST_LAWS) expect(deadlineRule(law).source).to.match(/Art\. 12|11 CCR/);
  });

  it('R18: are extended once, with a reason, before they pass, and never beyond what the law gives from receipt', () => {
    for (const [law, last] of [
      ['gdpr', Date.UTC(2026, 3, 30, 24) - 1],
      ['ccpa', NOW + 90 * DAY],
    ] as const) {
      const request = { law, openedAt: NOW, due: requestDue(law, NOW), extended: false };
      const reason = 'There are many requests at the moment';
      expect(extendRequest(request, reason, NOW + DAY).due).to.equal(last);
      expect(codeOf(() => extendRequest({ ...request, extended: true }, reason, NOW))).to.equal(
        'ASIGNIO_EXTENSION_REFUSED',
      );
      expect(codeOf(() => extendRequest(request, reason, request.due + 1))).to.equal('ASIGNIO_EXTENSION_REFUSED');
      expect(codeOf(() => extendRequest(request, ' ', NOW))).to.equal('ASIGNIO_EXTENSION_REFUSED');
    }
  });

  it('remind a week before, at the deadline, and daily from then on', () => {
    const due = NOW + 30 * DAY;
    const reminders = [];
    for (let at = NOW; reminders.length < 4;) reminders.push((at = nextReminder(due, at)) - due);
    expect(reminders).to.deep.equal([-7 * DAY, 0, DAY, 2 * DAY]);
  });

  it('keep the record of a closed request for two years', () => {
    expect(new Date(requestKeptUntil(NOW)).toISOString()).to.equal('2028-01-31T12:00:00.000Z');
  });
});

describe('a decision that went against somebody', () => {
  it('R24: can be contested while it is kept, once', () => {
    expect(codeOf(() => checkContestable({ at: NOW, contested: false }, decisionKeptUntil(NOW) - 1))).to.equal(
      'returned',
    );
    expect(codeOf(() => checkContestable({ at: NOW, contested: true }, NOW))).to.equal('ASIGNIO_NOT_CONTESTABLE');
    expect(codeOf(() => checkContestable({ at: NOW, contested: false }, decisionKeptUntil(NOW)))).to.equal(
      'ASIGNIO_NOT_CONTESTABLE',
    );
  });
});

describe('how old somebody is', () => {
  const at = (iso: string) => Date.parse(`${iso}T00:00:00Z`);

  it('R34: is a band, which changes on the birthday', () => {
    expect(ageBand({ birthDate: '2010-05-01' }, at('2026-04-30'))).to.equal('13-15');
    expect(ageBand({ birthDate: '2010-05-01' }, at('2026-05-01'))).to.equal('16-plus');
    expect(ageBand({ birthDate: '2013-05-01' }, at('2026-04-30'))).to.equal('under-13');
    expect(ageBand({ birthDate: '2012-02-29' }, at('2028-02-28'))).to.equal('13-15');
    expect(ageBand({ birthDate: '2012-02-29' }, at('2028-02-29'))).to.equal('16-plus');
    expect(ageBand({ band: '13-15' }, at('2026-01-01'))).to.equal('13-15');
  });

  it('R34: is refused where it is no statement of an age', () => {
    for (const wrong of [
      {},
      { band: 'adult' },
      { band: '16-plus', birthDate: '1990-01-01' },
      { birthDate: '2026-02-30' },
      { birthDate: '1.1.1990' },
      { birthDate: '2027-01-01' },
      { birthDate: '1800-01-01' },
      { birthDate: 19900101 },
    ])
      expect(
        codeOf(() => ageBand(wrong as never, at('2026-01-01'))),
        JSON.stringify(wrong),
      ).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  it('R34: lets a guardian’s agreement last a year at most, and never into the month of the sixteenth birthday', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2010-02-01'), max: new Date('2025-12-31'), noInvalidDate: true }),
        (born) => {
          const now = at('2026-01-15');
          const statement = { birthDate: born.toISOString().slice(0, 10) };
          const until = custodialUntil(statement, now);
          expect(until).to.be.at.most(at('2027-01-15'));
          if (until > now) expect(ageBand(statement, until - 1)).to.not.equal('16-plus');
        },
      ),
    );
    expect(custodialUntil({ band: 'under-13' }, at('2026-01-15'))).to.equal(at('2027-01-15'));
  });

  it('R34: is certainly 16 when the youngest of a band is', () => {
    expect(AGE_BANDS.map((band) => new Date(certainly16(band, at('2026-01-01'))).getUTCFullYear())).to.deep.equal([
      2042, 2029, 2026,
    ]);
  });
});

describe('where a complaint can go on to', () => {
  it('R38: is the authority of the place, and all of them where the place is not told', () => {
    expect(regulatorsOf('IE').map(({ name }) => name)).to.deep.equal(['Data Protection Commission']);
    expect(regulatorsOf('US-IL')[0]?.name).to.contain('Illinois');
    expect(regulatorsOf()).to.have.length(REGULATORS.length);
    expect(regulatorsOf('JP')).to.have.length(REGULATORS.length);
    expect(codeOf(() => regulatorsOf('Ireland'))).to.equal('ASIGNIO_REQUEST_INVALID');
    for (const { url } of REGULATORS) expect(new URL(url).protocol).to.equal('https:');
    expect(new Set(REGULATORS.map(({ region }) => region)).size).to.equal(REGULATORS.length);
  });
});

describe('selling', () => {
  it('R26: is off, by there being no purpose of it', () => {
    expect(saleStatus()).to.deep.include({ sold: false, shared: false });
  });
});
