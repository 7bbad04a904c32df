import { expect } from 'chai';
import fc from 'fast-check';
import {
  certificateClaims,
  DEFAULT_RETENTION,
  dueDate,
  JURISDICTION_RETENTION,
  recordInteraction,
  retentionSchedule,
} from '@asignio/policy';
import type { RetentionRule } from '@asignio/policy';
import { tenantId } from '@asignio/contracts';
import { codeOf } from './support.js';

const day = (text: string) => Date.parse(`${text}T12:00:00Z`);
const STATE = { enrolledAt: day('2027-01-31'), lastInteraction: day('2027-01-31') };
const months = (count: number): RetentionRule => ({
  id: `m${count}`,
  from: 'last-interaction',
  months: count,
  source: '-',
  sentence: '-',
});

describe('retention', () => {
  it('R6: is due three years after the last interaction by default', () => {
    expect(dueDate(STATE, DEFAULT_RETENTION)).to.include({ due: day('2030-01-31'), rule: 'last-interaction-3-years' });
  });

  it('R6: is due at once on a written request or when the purpose is met', () => {
    const requestedAt = day('2027-03-01');
    expect(dueDate({ ...STATE, requestedAt }, DEFAULT_RETENTION)).to.include({
      due: requestedAt,
      rule: 'written-request',
    });
    const purposeEndedAt = day('2027-02-01');
    expect(dueDate({ ...STATE, requestedAt, purposeEndedAt }, DEFAULT_RETENTION)).to.include({ rule: 'purpose-met' });
  });

  it('R6: follows the strictest clock that applies', () => {
    expect(dueDate(STATE, [...DEFAULT_RETENTION, JURISDICTION_RETENTION.colorado])).to.include({
      due: day('2029-01-31'),
    });
  });

  it('R6: counts calendar months: the 31st becomes the last of a shorter month, leap years included', () => {
    expect(dueDate(STATE, [months(1)]).due).to.equal(day('2027-02-28'));
    expect(dueDate(STATE, [months(13)]).due).to.equal(day('2028-02-29'));
    expect(dueDate({ ...STATE, lastInteraction: day('2028-02-29') }, [months(12)]).due).to.equal(day('2029-02-28'));
  });

  it('R6: is the minimum over all rules', () => {
    const rule = fc.record({
      id: fc.string(),
      from: fc.constantFrom('last-interaction' as const, 'enrolment' as const),
      months: fc.integer({ min: 0, max: 600 }),
      source: fc.constant('-'),
      sentence: fc.constant('-'),
    });
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 8 }), (rules) => {
        const { due } = dueDate(STATE, rules);
        expect(due).to.equal(Math.min(...rules.map((one) => dueDate(STATE, [one]).due)));
      }),
    );
  });

  it('R6: refuses rules under which nothing would ever be destroyed', () => {
    expect(codeOf(() => dueDate(STATE, []))).to.equal('ASIGNIO_RETENTION_INVALID');
    expect(
      codeOf(() =>
        dueDate(
          STATE,
          DEFAULT_RETENTION.filter(({ from }) => from === 'written-request'),
        ),
      ),
    ).to.equal('ASIGNIO_RETENTION_INVALID');
  });

  it("R7: only the subject's own interaction moves the clock, and never back", () => {
    const later = STATE.lastInteraction + 1000;
    expect(recordInteraction(STATE, { by: 'subject' }, later).lastInteraction).to.equal(later);
    for (const by of ['operator', 'batch'] as const) expect(recordInteraction(STATE, { by }, later)).to.equal(STATE);
    expect(recordInteraction(STATE, { by: 'subject' }, STATE.lastInteraction - 1000)).to.equal(STATE);
  });

  it('R10: is published from the rules that are enforced', () => {
    expect(retentionSchedule(DEFAULT_RETENTION).map(({ rule, months: count }) => [rule, count])).to.deep.equal(
      DEFAULT_RETENTION.map(({ id, months: count }) => [id, count]),
    );
  });
});

describe('a certificate of destruction', () => {
  it('R9: names what was destroyed by pseudonym, and when', () => {
    const claims = certificateClaims({
      id: 'x',
      tenant: tenantId('acme'),
      pseudonym: 'p',
      scope: 'all',
      reason: 'written-request',
      startedAt: 0,
      completedAt: 1000,
      counts: { keys: 2, references: 1 },
    });
    expect(claims).to.deep.include({
      subject: 'p',
      destroyed: { keys: 2, references: 1 },
      completedAt: '1970-01-01T00:00:01.000Z',
    });
  });
});
