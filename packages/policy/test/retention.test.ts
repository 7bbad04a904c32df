import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  checkRetention,
  DEFAULT_RETENTION,
  dueDate,
  JURISDICTION_RETENTION,
  probeDueDate,
  recordInteraction,
  RETENTION_PROFILES,
  retentionRules,
  retentionSchedule,
} from '@asignio/policy';
import type { Jurisdiction, RetentionRule, RetentionState } from '@asignio/policy';
import { addPeriod } from '#src/calendar.js';
import { codeOf, refusalOf } from './support/fixtures.js';

const at = (text: string) => Date.parse(text);
const iso = (time: number) => new Date(time).toISOString();
const START = at('2027-01-31T12:00:00Z');
const STATE: RetentionState = { enrolledAt: START, lastInteraction: START };
const rule = (changes: Partial<RetentionRule> = {}): RetentionRule => ({
  id: 'own',
  from: 'last-interaction',
  months: 1,
  source: 'our own',
  sentence: 'our own',
  ...changes,
});

const time = fc.integer({ min: at('1971-01-01T00:00:00Z'), max: at('2100-12-31T23:59:59Z') });
const anyRule = fc
  .record({
    from: fc.constantFrom('last-interaction', 'enrolment', 'purpose-ended', 'withdrawal', 'written-request', 'capture'),
    period: fc.oneof(
      fc.record({ months: fc.nat(120), days: fc.constant(0) }),
      fc.record({ months: fc.constant(0), days: fc.nat(3650) }),
    ),
  })
  .map(({ from, period }) => rule({ from, ...period }));
/** Sets of rules that always destroy some day, with ids of their own. */
const anyRules = fc
  .tuple(fc.constantFrom('last-interaction', 'enrolment'), fc.nat(120), fc.array(anyRule, { maxLength: 6 }))
  .map(([from, months, others]) =>
    [rule({ from: from as RetentionRule['from'], months }), ...others].map((each, index) => ({
      ...each,
      id: `r${index}`,
    })),
  );
const anyState = fc.record(
  {
    enrolledAt: time,
    lastInteraction: time,
    purposeEndedAt: time,
    withdrawnAt: time,
    requestedAt: time,
    capturedAt: time,
  },
  { requiredKeys: ['enrolledAt', 'lastInteraction'] },
);

describe('retention', () => {
  it('R6: is due three years after the last interaction, by BIPA, and says so', () => {
    expect(dueDate(STATE, DEFAULT_RETENTION)).to.deep.equal({
      due: at('2030-01-31T12:00:00Z'),
      rule: 'last-interaction-3-years',
      sentence: 'three years after you last signed in or changed anything here',
    });
  });

  it('R6: is due at once on withdrawal, on written request, and when the purpose is met', () => {
    const later = START + 1000;
    const clocks = { withdrawnAt: 'withdrawal', requestedAt: 'written-request', purposeEndedAt: 'purpose-met' };
    for (const [field, id] of Object.entries(clocks))
      expect(dueDate({ ...STATE, [field]: later }, DEFAULT_RETENTION)).to.include({ due: later, rule: id });
  });

  it('R6: the strictest law of the places that apply wins', () => {
    const due = (jurisdictions: readonly Jurisdiction[], state = STATE) =>
      dueDate(state, retentionRules({ jurisdictions }));
    expect(due(['illinois']).due).to.equal(at('2030-01-31T12:00:00Z'));
    expect(due(['colorado'])).to.include({ due: at('2029-01-31T12:00:00Z'), rule: 'colorado-24-months' });
    expect(due(['illinois', 'texas', 'colorado']).rule).to.equal('colorado-24-months');
    expect(
      dueDate({ ...STATE, purposeEndedAt: START }, [rule({ months: 36 }), ...JURISDICTION_RETENTION.texas]),
    ).to.include({
      due: at('2028-01-31T12:00:00Z'),
      rule: 'texas-purpose-1-year',
    });
  });

  it('R6: no place lengthens what the default keeps', () => {
    fc.assert(
      fc.property(
        anyState,
        fc.subarray(RETENTION_PROFILES.map(({ jurisdiction }) => jurisdiction)),
        (state, jurisdictions) => {
          const own = dueDate(state, retentionRules({ jurisdictions })).due;
          expect(own).to.be.at.most(dueDate(state, DEFAULT_RETENTION).due);
        },
      ),
    );
  });

  it('R6: names each law once, and knows no place that it has no rules of', () => {
    const rules = retentionRules({ jurisdictions: ['illinois', 'illinois', 'texas'] });
    expect(new Set(rules.map(({ id }) => id)).size).to.equal(rules.length);
    expect(rules).to.have.length(
      DEFAULT_RETENTION.length + JURISDICTION_RETENTION.illinois.length + JURISDICTION_RETENTION.texas.length,
    );
    expect(codeOf(() => retentionRules({ jurisdictions: ['atlantis' as 'texas'] }))).to.equal(
      'ASIGNIO_RETENTION_INVALID',
    );
  });

  it('R6: counts months by the calendar in UTC, leap years and the 31st included', () => {
    const after = (start: string, months: number) => iso(addPeriod(at(start), { months, days: 0 }));
    expect(after('2027-01-30T12:00:00Z', 1)).to.equal('2027-02-28T23:59:59.999Z');
    expect(after('2027-01-31T12:00:00Z', 13)).to.equal('2028-02-29T23:59:59.999Z');
    expect(after('2028-02-29T12:00:00Z', 12)).to.equal('2029-02-28T23:59:59.999Z');
    expect(after('2028-02-29T12:00:00Z', 48)).to.equal('2032-02-29T12:00:00.000Z');
    expect(after('2027-12-15T23:59:59Z', 2)).to.equal('2028-02-15T23:59:59.000Z');
    expect(after('2027-03-31T00:00:00Z', 0)).to.equal('2027-03-31T00:00:00.000Z');
    expect(iso(addPeriod(at('2027-03-31T00:00:00Z'), { months: 0, days: 90 }))).to.equal('2027-06-29T00:00:00.000Z');
  });

  it('R6: a period ends in the month that the calendar says, on no later day than it began', () => {
    fc.assert(
      fc.property(time, fc.nat(1200), (start, months) => {
        const from = new Date(start);
        const end = new Date(addPeriod(start, { months, days: 0 }));
        expect(end.getUTCFullYear() * 12 + end.getUTCMonth()).to.equal(
          from.getUTCFullYear() * 12 + from.getUTCMonth() + months,
        );
        expect(end.getUTCDate()).to.be.at.most(from.getUTCDate());
      }),
    );
  });

  it('R6: is the earliest of what the rules give, and a rule that applies to nothing yet gives nothing', () => {
    fc.assert(
      fc.property(anyState, anyRules, (state, rules) => {
        const always = rules[0] as RetentionRule;
        const due = dueDate(state, rules);
        const each = rules.map((one) => dueDate(state, [always, { ...one, id: 'one' }]).due);
        expect(due.due).to.equal(Math.min(...each));
        expect(rules.map(({ id }) => id)).to.include(due.rule);
      }),
    );
  });

  it('R6: a later start never gives an earlier end, and one rule more never a later one', () => {
    fc.assert(
      fc.property(anyState, anyRules, anyRule, fc.nat(200 * 86_400_000), (state, rules, more, ms) => {
        const before = dueDate(state, rules).due;
        const moved = { ...state, enrolledAt: state.enrolledAt + ms, lastInteraction: state.lastInteraction + ms };
        expect(dueDate(moved, rules).due).to.be.at.least(before);
        expect(dueDate(state, [...rules, { ...more, id: 'more' }]).due).to.be.at.most(before);
      }),
    );
  });

  it('R6: never gives a date from a time that is none', () => {
    for (const lastInteraction of [NaN, Infinity, -Infinity, 1.5, 9e15, '2027-01-01', null])
      expect(
        codeOf(() => dueDate({ ...STATE, lastInteraction } as RetentionState, [rule()])),
        String(lastInteraction),
      ).to.equal('ASIGNIO_RETENTION_INVALID');
    expect(codeOf(() => dueDate({} as RetentionState, [rule()]))).to.equal('ASIGNIO_RETENTION_INVALID');
  });

  const wrong: Record<string, readonly RetentionRule[]> = {
    'no rules': [],
    'rules under which nothing need ever be destroyed': DEFAULT_RETENTION.filter(
      ({ from }) => from !== 'last-interaction',
    ),
    'a negative period': [rule({ months: -1 })],
    'a period that is no number': [rule({ months: NaN })],
    'a period without end': [rule({ months: Infinity })],
    'a period of ten thousand years': [rule({ months: 120_000 })],
    'half a day': [rule({ days: 0.5, months: 0 })],
    'months and days at once': [rule({ months: 1, days: 1 })],
    'an id twice': [rule(), rule()],
    'an id of other characters': [rule({ id: 'A rule' })],
    'a start that is none': [rule(), rule({ id: 'b', from: 'never' as 'enrolment' })],
    'a rule without source': [rule({ source: '' })],
    'a rule without sentence': [rule({ sentence: ' ' })],
  };
  for (const [name, rules] of Object.entries(wrong))
    it(`R6: refuses ${name}`, () => {
      for (const use of [() => checkRetention(rules), () => dueDate(STATE, rules), () => retentionSchedule(rules)]) {
        const error = refusalOf(use);
        expect(error.code).to.equal('ASIGNIO_RETENTION_INVALID');
        expect(error.message).to.match(/^retention: /);
      }
    });

  it('R6: a probe kept to recognise its replay is due after 90 days, and not kept without a rule', () => {
    expect(probeDueDate(START, DEFAULT_RETENTION)).to.include({ due: START + 90 * 86_400_000, rule: 'probe-90-days' });
    expect(probeDueDate(START, [...DEFAULT_RETENTION, rule({ days: 7, months: 0 })]).due).to.equal(
      START + 7 * 86_400_000,
    );
    expect(codeOf(() => probeDueDate(START, [rule()]))).to.equal('ASIGNIO_RETENTION_INVALID');
    expect(dueDate(STATE, DEFAULT_RETENTION).rule).to.not.equal('probe-90-days');
  });

  it("R7: the subject's own interaction moves the clock, an operator's or a batch's does not", () => {
    const later = START + 1000;
    expect(recordInteraction(STATE, { by: 'subject' }, later).lastInteraction).to.equal(later);
    for (const by of ['operator', 'batch', 'Subject', undefined])
      expect(recordInteraction(STATE, { by: by as 'batch' }, later)).to.equal(STATE);
  });

  it('R7: an interaction told late, twice, or at a time that is none changes nothing', () => {
    for (const now of [START, START - 1, 0, NaN, Infinity])
      expect(recordInteraction(STATE, { by: 'subject' }, now)).to.equal(STATE);
  });

  it('R7: whoever acts and however the clock jumps, data live no longer than from the latest act of the subject', () => {
    const act = fc.record({
      by: fc.constantFrom('subject' as const, 'operator' as const, 'batch' as const),
      now: time,
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const end = acts.reduce((state, { by, now }) => recordInteraction(state, { by }, now), STATE);
        const own = acts.filter(({ by }) => by === 'subject').map(({ now }) => now);
        expect(end.lastInteraction).to.equal(Math.max(START, ...own));
        expect(dueDate(end, [rule()]).due).to.be.at.least(dueDate(STATE, [rule()]).due);
      }),
    );
  });

  it('R10: the public schedule has a row for each rule that is enforced, with its very numbers', () => {
    const rules = retentionRules({ jurisdictions: ['texas', 'colorado'] });
    const rows = retentionSchedule(rules);
    expect(rows.map(({ rule: id }) => id)).to.deep.equal(rules.map(({ id }) => id));
    rows.forEach((row, index) => {
      const { from, months, days, source, sentence } = row;
      expect({ days: 0, jurisdiction: undefined, ...rules[index] }).to.deep.include({
        from,
        months,
        days,
        source,
        sentence,
      });
    });
    expect(rows.find(({ jurisdiction }) => jurisdiction === 'texas')?.months).to.equal(12);
    expect(JSON.parse(JSON.stringify(rows))).to.deep.equal(rows);
  });
});
