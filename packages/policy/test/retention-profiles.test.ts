import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  checkPlaces,
  createRetentionPolicy,
  DEFAULT_RETENTION,
  profilesOf,
  RETENTION_PROFILES,
  retentionScheduleHtml,
  retentionScheduleText,
  retentionSentence,
} from '@asignio/policy';
import type { RetentionProfile, RetentionRule, RetentionState } from '@asignio/policy';
import { codeOf, NOW } from './support/fixtures.js';

const YEAR = 366 * 86_400_000;
const STATE: RetentionState = { enrolledAt: NOW, lastInteraction: NOW };
const POLICY = createRetentionPolicy(DEFAULT_RETENTION, RETENTION_PROFILES);
const names = (places: readonly string[]) => profilesOf(places).map(({ jurisdiction }) => jurisdiction);
const place = fc.constantFrom('US', 'US-IL', 'US-TX', 'US-WA', 'US-CO', 'US-CA', 'US-NY', 'DE', 'GB', 'JP', 'IS');

describe('retention by the law of where somebody is', () => {
  it('R6: knows BIPA, Texas, Washington, Colorado, California, GDPR and UK, each number with its source', () => {
    expect(RETENTION_PROFILES.map(({ jurisdiction }) => jurisdiction)).to.have.members([
      'illinois',
      'texas',
      'washington',
      'colorado',
      'california',
      'gdpr',
      'uk',
    ]);
    for (const { rules, law, jurisdiction } of RETENTION_PROFILES) {
      expect(law).to.match(/\d/);
      expect(rules).to.not.have.length(0);
      for (const rule of rules) {
        expect(rule.source, rule.id).to.match(/\d/);
        expect(rule.jurisdiction).to.equal(jurisdiction);
      }
    }
  });

  it('R6: finds the laws of a place; of somebody whose state is not known, those of all its states', () => {
    expect(names(['US-CO'])).to.deep.equal(['colorado']);
    expect(names(['DE', 'US-IL'])).to.deep.equal(['illinois', 'gdpr']);
    expect(names(['US'])).to.deep.equal(['illinois', 'texas', 'washington', 'colorado', 'california']);
    expect(names(['JP'])).to.deep.equal([]);
    expect(names(['GB'])).to.deep.equal(['uk']);
  });

  it('R6: gives each person the earliest date of the rules that apply to them', () => {
    expect(POLICY.due(STATE, []).rule).to.equal('last-interaction-3-years');
    expect(POLICY.due(STATE, ['US-CO']).rule).to.equal('colorado-24-months');
    expect(POLICY.due(STATE, ['US-TX']).rule).to.equal('last-interaction-3-years');
    const texan = createRetentionPolicy(
      DEFAULT_RETENTION.filter(({ from }) => from !== 'purpose-ended'),
      RETENTION_PROFILES,
    );
    expect(texan.due({ ...STATE, purposeEndedAt: NOW }, ['US-TX'])).to.include({ rule: 'texas-purpose-1-year' });
    expect(texan.due({ ...STATE, purposeEndedAt: NOW }, []).due).to.be.greaterThan(NOW + 2 * YEAR);
  });

  it('R6: no place keeps data longer than the rules for everybody do', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 4 }), fc.option(fc.nat(3 * YEAR)), (places, ended) => {
        const state = ended === null ? STATE : { ...STATE, purposeEndedAt: NOW + ended };
        expect(POLICY.due(state, places).due).to.be.at.most(POLICY.due(state, []).due);
      }),
    );
  });

  it('R6: more places never give a later date', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 4 }), place, (places, more) => {
        expect(POLICY.due(STATE, [...places, more]).due).to.be.at.most(POLICY.due(STATE, places).due);
      }),
    );
  });

  it('R6: places are codes of ISO 3166, each once', () => {
    expect(checkPlaces(['US-TX', 'DE', 'US-TX'])).to.deep.equal(['DE', 'US-TX']);
    for (const wrong of [['Texas'], [''], [7], 'US', null, Array.from({ length: 9 }, () => 'DE')])
      expect(codeOf(() => checkPlaces(wrong as readonly string[]))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  const profile: RetentionProfile = RETENTION_PROFILES[1] as RetentionProfile;
  const wrong: Record<string, RetentionProfile> = {
    'of no place': { ...profile, places: [] },
    'of a place that is none': { ...profile, places: ['Texas'] },
    'without a law': { ...profile, law: ' ' },
    'of a jurisdiction that is not known': { ...profile, jurisdiction: 'atlantis' as 'texas' },
    'with a rule that is wrong': { ...profile, rules: [{ ...(profile.rules[0] as RetentionRule), months: -1 }] },
    'that gives an id another meaning': {
      ...profile,
      rules: [{ ...(profile.rules[0] as RetentionRule), id: 'purpose-met' }],
    },
  };
  for (const [name, one] of Object.entries(wrong))
    it(`R6: refuses a profile ${name}`, () => {
      expect(codeOf(() => createRetentionPolicy(DEFAULT_RETENTION, [one]))).to.equal('ASIGNIO_RETENTION_INVALID');
    });

  it('R6: names a set of rules by its content', () => {
    const again = createRetentionPolicy(structuredClone(DEFAULT_RETENTION), structuredClone(RETENTION_PROFILES));
    expect(again.sha256).to.equal(POLICY.sha256);
    expect(createRetentionPolicy(DEFAULT_RETENTION, []).sha256).to.not.equal(POLICY.sha256);
  });
});

describe('the public retention schedule', () => {
  const LANGUAGES = ['en', 'es', 'ar'] as const;

  it('R10: prints every rule that is enforced, with its source, in each language', () => {
    for (const language of LANGUAGES)
      for (const print of [retentionScheduleText, retentionScheduleHtml]) {
        const text = print(POLICY.rules, language).replaceAll('&amp;', '&').replaceAll('&#39;', "'");
        for (const rule of POLICY.rules) {
          expect(text, rule.id).to.include(rule.source);
          expect(text, rule.id).to.include(retentionSentence(rule, language));
        }
      }
  });

  it('R10: says the very numbers that the sweep goes by', () => {
    const [rule] = DEFAULT_RETENTION as readonly [RetentionRule];
    const other = { ...rule, months: 18, sentence: 'eighteen months after you last signed in' };
    const rules = [other, ...DEFAULT_RETENTION.slice(1)];
    expect(retentionScheduleText(rules, 'en')).to.include('eighteen months');
    expect(retentionScheduleText(rules, 'es')).to.include('18 meses').and.not.include('3 años');
    expect(retentionScheduleText(rules, 'ar')).to.include('18 شهرًا');
  });

  it('R10: is in Spanish and Arabic too, from right to left there, and in English where a language is not known', () => {
    expect(retentionScheduleHtml(POLICY.rules, 'ar')).to.match(/^<section lang="ar" dir="rtl">/);
    expect(retentionScheduleHtml(POLICY.rules, 'es-MX')).to.match(/^<section lang="es" dir="ltr">/);
    for (const language of ['tlh', '', 'x'.repeat(500)])
      expect(retentionScheduleText(POLICY.rules, language)).to.equal(retentionScheduleText(POLICY.rules, 'en'));
    for (const rule of POLICY.rules) expect(retentionSentence(rule, 'ar')).to.not.match(/[a-z]/i);
  });

  it('R10: lets no rule of yours write HTML of its own', () => {
    const [rule] = DEFAULT_RETENTION as readonly [RetentionRule];
    const evil = { ...rule, source: `<img src=x onerror="alert('1')"> & co`, sentence: '<script>' };
    const html = retentionScheduleHtml([evil]);
    expect(html).to.include('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co');
    expect(html).to.not.match(/<(?:img|script)/);
  });
});
