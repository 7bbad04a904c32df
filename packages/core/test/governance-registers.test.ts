import { expect } from 'chai';
import type { AssessmentInput, DatasetInput, IncidentInput, Operator } from '@asignio/core';
import { TENANT, codeOf } from './harness.js';
import { makeGoverned } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { appoint } from './support/staff.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('registers', () => {
  let system: Governed;
  let guard: Operator;

  beforeEach(async () => {
    system = await makeGoverned();
    guard = await appoint(system.core, 'gil', 'security-officer');
  });

  afterEach(async () => system.dispose());

  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  const stored = async () => (await system.storage.list({ tenant: TENANT, kind: 'register' })).records.length;

  describe('of assessments', () => {
    const assessments = () => system.core.governance.assessments;
    const report = (): AssessmentInput => ({
      kind: 'impact-assessment',
      title: 'Signature sign-in',
      by: 'Privacy Partners',
      date: system.clock.now() - DAY,
      sha256: 'b'.repeat(64),
      nextDue: system.clock.now() + 300 * DAY,
      findings: 2,
    });

    it('R30: each leaves what can be shown: kind, hash, date, when the next is due', async () => {
      const view = await assessments().record(TENANT, guard, report());
      expect(view).to.include({ kind: 'impact-assessment', sha256: 'b'.repeat(64), overdue: false });
      expect((await of('assessment.recorded'))[0]?.data).to.include({ kind: 'impact-assessment', findings: 2 });
      system.clock.advance(301 * DAY);
      await system.core.governance.staff.acknowledge(TENANT, {
        id: 'gil',
        sha256: system.core.governance.staff.rules().sha256,
      });
      const { items } = await assessments().list(TENANT, guard);
      expect(items.map(({ overdue }) => overdue)).to.deep.equal([true]);
    });

    it('R30: one without a report, a date or a next date is refused, on record, and nothing is kept', async () => {
      const good = report();
      for (const wrong of [
        { ...good, sha256: undefined },
        { ...good, sha256: 'x' },
        { ...good, date: system.clock.now() + 1 },
        { ...good, nextDue: good.date },
        { ...good, kind: 'opinion' },
        null,
      ])
        expect(await codeOf(assessments().record(TENANT, guard, wrong as never))).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await of('register.refused')).to.have.length(6);
      expect(await stored()).to.equal(0);
      expect(await codeOf(assessments().record(TENANT, system.auditor, good))).to.equal('ASIGNIO_ROLE_REQUIRED');
    });
  });

  describe('of incidents', () => {
    const incidents = () => system.core.governance.incidents;
    const compromise = (): IncidentInput => ({
      summary: 'A backup was left in a public bucket.',
      discoveredAt: system.clock.now() - HOUR,
      data: ['biometric'],
      persons: [
        { place: 'DE', count: 12 },
        { place: 'US-TX', count: 300 },
      ],
      highRisk: true,
    });

    it('R30: a report opens one, with the deadlines of the laws that it falls under and their texts', async () => {
      const view = await incidents().open(TENANT, guard, compromise());
      expect(view.deadlines[0]).to.include({
        rule: 'gdpr-authority-72-hours',
        due: compromise().discoveredAt + 72 * HOUR,
        source: 'GDPR Art. 33(1)',
      });
      expect(view.deadlines.map(({ rule }) => rule)).to.include.members(['texas-persons-60-days', 'gdpr-persons']);
      expect((await of('incident.opened'))[0]?.data).to.include({ persons: 312, highRisk: true });
      expect((await incidents().open(TENANT, 'host', compromise())).openedBy).to.equal('host');
    });

    it('R30: what is not done in time is shown as overdue, and what was done is on record once', async () => {
      const { id } = await incidents().open(TENANT, guard, compromise());
      const told = { id, rule: 'gdpr-authority-72-hours', reference: 'BlnBDI 2026/77' };
      await incidents().notify(TENANT, guard, told);
      await incidents().notify(TENANT, guard, told);
      system.clock.advance(4 * DAY);
      const [shown] = (await incidents().list(TENANT, system.auditor)).items;
      expect(shown?.overdue).to.deep.equal(['gdpr-persons']);
      expect(await of('incident.notified')).to.have.length(1);
      const closed = await incidents().close(TENANT, guard, { id, reason: 'All were told.' });
      expect(closed.overdue).to.deep.equal([]);
      expect(await of('incident.closed')).to.have.length(1);
    });

    it('R30: one of the future, of nowhere or of nobody’s words is refused, on record', async () => {
      const good = compromise();
      for (const wrong of [
        { ...good, discoveredAt: system.clock.now() + 1 },
        { ...good, persons: [{ place: 'Texas', count: 1 }] },
        { ...good, summary: '' },
        { ...good, data: [] },
        { ...good, highRisk: 'yes' },
      ])
        expect(await codeOf(incidents().open(TENANT, guard, wrong as never))).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await of('register.refused')).to.have.length(5);
      expect(await stored()).to.equal(0);
      expect(await codeOf(incidents().notify(TENANT, guard, { id: 'x', rule: 'y', reference: 'z' }))).to.equal(
        'ASIGNIO_NOT_FOUND',
      );
    });
  });

  describe('of data sets', () => {
    const datasets = () => system.core.governance.datasets;
    const set = (name: string, changes: Partial<DatasetInput> = {}): DatasetInput => ({
      name,
      source: 'https://svc.example',
      licence: 'research only',
      jurisdiction: 'HK',
      class: 'biometric',
      ...changes,
    });

    it('R39: each is registered with source, licence and jurisdiction, once', async () => {
      expect(await datasets().register(TENANT, system.officer, set('svc2004'))).to.include({ class: 'biometric' });
      expect((await of('dataset.registered'))[0]?.data).to.include({ dataset: 'svc2004', licence: 'research only' });
      for (const wrong of [set('svc2004'), set('a', { source: '' }), set('b', { licence: undefined as never })])
        expect(await codeOf(datasets().register(TENANT, system.officer, wrong))).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await of('register.refused')).to.have.length(3);
      expect((await datasets().list(TENANT, system.auditor)).items).to.have.length(1);
    });

    it('R36: what is combined with personal data is registered as personal data', async () => {
      await datasets().register(TENANT, system.officer, set('clicks', { class: 'usage' }));
      await datasets().register(TENANT, system.officer, set('accounts', { class: 'personal' }));
      const { class: _class, ...stated } = set('joined');
      const view = await datasets().combine(TENANT, system.officer, { ...stated, parts: ['clicks', 'accounts'] });
      expect(view).to.deep.include({ class: 'personal', parts: ['clicks', 'accounts'] });
      expect((await of('dataset.reclassified'))[0]?.data).to.include({ dataset: 'joined', class: 'personal' });
      const alone = { ...stated, name: 'profiles', parts: ['clicks'] };
      expect(await datasets().combine(TENANT, system.officer, { ...alone, identifies: true })).to.include({
        class: 'personal',
      });
      const further = { ...stated, name: 'further', parts: ['joined'], with: ['biometric'] as const };
      expect(await datasets().combine(TENANT, system.officer, further)).to.include({ class: 'biometric' });
    });

    it('R36: what is combined of an unregistered part is not combined', async () => {
      const { class: _class, ...stated } = set('joined');
      expect(await codeOf(datasets().combine(TENANT, system.officer, { ...stated, parts: ['ghost'] }))).to.equal(
        'ASIGNIO_DATASET_UNREGISTERED',
      );
      expect(await codeOf(datasets().combine(TENANT, system.officer, { ...stated, parts: [] }))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
      expect(await stored()).to.equal(0);
    });
  });
});
