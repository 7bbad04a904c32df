import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import type { SweepItem } from '@asignio/core';
import { DEFAULT_RETENTION, RETENTION_PROFILES, retentionSchedule } from '@asignio/policy';
import type { RetentionRule } from '@asignio/policy';
import { fakeClock } from '@asignio/testkit';
import { ADA, NOTICES, TENANT, asked, attempt, codeOf, enrol, events, grant, makeSystem, watched } from './harness.js';
import type { System } from './harness.js';
import { appoint } from './support/staff.js';

const DAY = 86_400_000;
const YEAR = 366 * DAY;

describe('how long data are kept, as the core enforces it', () => {
  let system: System;

  beforeEach(async () => {
    system = await makeSystem();
  });

  afterEach(async () => system.dispose());

  const held = async (subject = ADA, { core } = system) => core.subjects.held(TENANT, subject);
  const rule = async (subject = ADA) => (await held(subject)).retention?.rule;
  const references = async () => (await system.storage.list({ tenant: TENANT, kind: 'reference' })).records.length;

  async function enrolled() {
    await grant(system.core);
    await enrol(system.core);
  }

  async function grantIn(place: string, { core } = system) {
    const [notice] = NOTICES as readonly [(typeof NOTICES)[number]];
    const { sha256 } = await core.subjects.notice(TENANT, 'en');
    await core.subjects.grant({
      tenant: TENANT,
      subject: ADA,
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: notice.version,
      noticeSha256: sha256,
      language: 'en',
      signature: { method: 'typed-name', name: 'Ada Lovelace' },
      place,
    });
  }

  describe('by the law of where somebody is', () => {
    it('R6: the strictest law of the places that a subject is in counts, and of nobody else', async () => {
      await grantIn('US-CO');
      await grant(system.core, subjectId('bob'));
      expect((await held()).retention).to.include({ rule: 'colorado-24-months' });
      expect(await rule(subjectId('bob'))).to.equal('last-interaction-3-years');
      expect((await held()).places).to.deep.equal(['US-CO']);
      system.clock.set((await held()).retention?.due as number);
      expect((await system.core.sweep()).destroyed).to.equal(1);
      expect((await held(subjectId('bob'))).consents).to.have.length(1);
    });

    it('R6: a place that is learned at the next release is added, so that the strictest still counts', async () => {
      await grantIn('US-CO');
      await grantIn('DE');
      expect((await held()).places).to.deep.equal(['DE', 'US-CO']);
      expect(await rule()).to.equal('colorado-24-months');
    });

    it('R6: an operator says where a subject is, in place of what was known', async () => {
      await grantIn('US-CO');
      const officer = await appoint(system.core, 'grace', 'privacy-officer');
      const places = ['US-TX'];
      const { rule: now } = await system.core.retention.setPlaces(TENANT, officer, { subject: ADA, places });
      expect(now).to.equal('last-interaction-3-years');
      expect((await held()).places).to.deep.equal(places);
      expect(await events(system.core)).to.include('retention.placed');
    });

    it('R6: a place that is none, or somebody of whom nothing is held, is refused and changes nothing', async () => {
      await enrolled();
      const set = async (places: unknown, subject = ADA) =>
        codeOf(system.core.retention.setPlaces(TENANT, 'host', { subject, places: places as string[] }));
      expect(await set(['Texas'])).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await set('US-TX')).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await set(['US-TX'], subjectId('nobody'))).to.equal('ASIGNIO_NOT_FOUND');
      expect(await codeOf(grantIn('atlantis'))).to.equal('ASIGNIO_REQUEST_INVALID');
      expect((await held()).places).to.deep.equal([]);
      expect((await held()).consents).to.have.length(1);
    });

    it('R6: the host tells the place by the option `regions.placeOf`', async () => {
      const other = await makeSystem({
        regions: {
          deployment: 'US',
          policy: { home: 'US', allowed: ['US'] },
          placeOf: (_tenant, subject) => (subject === ADA ? 'US-CO' : undefined),
        },
      });
      await grant(other.core);
      await grant(other.core, subjectId('bob'));
      expect((await other.core.subjects.held(TENANT, ADA)).retention?.rule).to.equal('colorado-24-months');
      // Where nobody knows, the tenant's home says nothing of where a person is.
      expect((await other.core.subjects.held(TENANT, subjectId('bob'))).places).to.deep.equal([]);
      await other.dispose();
    });
  });

  describe('when the purpose is met', () => {
    it('R6: of one subject, the data are destroyed by the next sweep, and of no other', async () => {
      await enrolled();
      await grant(system.core, subjectId('bob'));
      const officer = await appoint(system.core, 'grace', 'privacy-officer');
      await system.core.retention.endPurpose(TENANT, officer, { subject: ADA });
      expect(await rule()).to.equal('purpose-met');
      expect((await system.core.sweep()).destroyed).to.equal(1);
      expect(await references()).to.equal(0);
      expect((await held(subjectId('bob'))).consents).to.have.length(1);
      expect(await events(system.core)).to.include.members(['purpose.ended', 'retention.destroyed']);
    });

    it('R6: of everybody, the sweep destroys what was there, and not who agrees afterwards', async () => {
      for (const name of ['a', 'b', 'c']) await grant(system.core, subjectId(name));
      await system.core.retention.endPurpose(TENANT, 'host', { everybody: true });
      system.clock.advance(1000);
      await grant(system.core);
      expect(await system.core.sweep()).to.include({ recounted: 3, destroyed: 3 });
      expect((await held()).consents).to.have.length(1);
      expect(await system.core.sweep()).to.include({ recounted: 0, destroyed: 0 });
    });

    it('R6: Texas keeps for a year at most after it, where no rule for everybody is stricter', async () => {
      const retention = DEFAULT_RETENTION.filter(({ from }) => from !== 'purpose-ended');
      const other = await makeSystem({ retention });
      await grantIn('US-TX', other);
      const { endedAt } = await other.core.retention.endPurpose(TENANT, 'host', { subject: ADA });
      const { due, rule: id } = (await held(ADA, other)).retention as { due: number; rule: string };
      expect(id).to.equal('texas-purpose-1-year');
      expect(due - endedAt).to.be.within(365 * DAY, 366 * DAY);
      other.clock.set(due);
      expect((await other.core.sweep()).destroyed).to.equal(1);
      await other.dispose();
    });

    it('R42: is for a privacy officer to say, and for whom must be said in one way', async () => {
      await enrolled();
      const auditor = await appoint(system.core, 'otto', 'auditor');
      const end = async (input: unknown, by: typeof auditor | 'host' = 'host') =>
        codeOf(system.core.retention.endPurpose(TENANT, by, input as { everybody: true }));
      expect(await end({ everybody: true }, auditor)).to.equal('ASIGNIO_ROLE_REQUIRED');
      for (const wrong of [{}, { everybody: false }, { subject: ADA, everybody: true }, null])
        expect(await end(wrong)).to.equal('ASIGNIO_REQUEST_INVALID');
      expect(await end({ subject: 'nobody' })).to.equal('ASIGNIO_NOT_FOUND');
      expect((await system.core.sweep()).destroyed).to.equal(0);
    });
  });

  describe('when the rules change between two starts', () => {
    const shorter: readonly RetentionRule[] = DEFAULT_RETENTION.map((one) =>
      one.id === 'last-interaction-3-years'
        ? { ...one, id: 'last-interaction-1-year', months: 12, sentence: 'one year after you last signed in' }
        : one,
    );

    async function restart(retention: readonly RetentionRule[], wrap?: Parameters<typeof makeSystem>[0]) {
      await system.close();
      system = await makeSystem({ folder: system.folder, clock: system.clock, retention, ...wrap });
    }

    it('R6: the dates of all who are there follow, shorter and longer', async () => {
      await enrolled();
      const before = (await held()).retention?.due as number;
      await restart(shorter);
      expect(await rule()).to.equal('last-interaction-1-year');
      system.clock.advance(YEAR);
      expect((await system.core.sweep()).destroyed).to.equal(1);
      await enrolled();
      await restart(DEFAULT_RETENTION);
      system.clock.advance(YEAR);
      expect((await system.core.sweep()).destroyed).to.equal(0);
      expect((await held()).retention?.due).to.be.greaterThan(before);
    });

    it('R6: nobody is destroyed by a date of rules that hold no more', async () => {
      await restart(shorter);
      await enrolled();
      system.clock.advance(2 * YEAR - DAY);
      await system.close();
      // The first thing that the new start does is to sweep.
      system = await makeSystem({ folder: system.folder, clock: system.clock, retention: DEFAULT_RETENTION });
      expect(await references()).to.equal(1);
    });

    it('R6: a recount that dies goes on where it was, and ends with every date right', async () => {
      const subjects = Array.from({ length: 7 }, (_, n) => subjectId(`subject-${n}`));
      for (const subject of subjects) await grant(system.core, subject);
      let writes = 0;
      let fatal = 1;
      await restart(shorter);
      for (; ; fatal++) {
        writes = 0;
        await system.close();
        const dying = await makeSystem({
          folder: system.folder,
          clock: system.clock,
          retention: DEFAULT_RETENTION,
          wrap: (storage) =>
            watched(storage, ({ name }) => {
              if (name === 'replace' && ++writes >= fatal) throw new Error('killed');
            }),
        }).catch(() => undefined);
        await dying?.close().catch(() => undefined);
        system = await makeSystem({ folder: system.folder, clock: system.clock, retention: shorter });
        for (const subject of subjects) expect(await rule(subject)).to.equal('last-interaction-1-year');
        if (writes < fatal) break;
      }
      expect(fatal).to.be.greaterThan(subjects.length);
    });

    it('R6: a sweep of the same rules counts nobody anew', async () => {
      await enrolled();
      await system.core.sweep();
      const lists: string[] = [];
      await restart(DEFAULT_RETENTION, {
        wrap: (storage) => watched(storage, ({ name, kind }) => void (name === 'list' && lists.push(kind))),
      });
      expect((await system.core.sweep()).recounted).to.equal(0);
      expect(lists).to.not.include('subject');
    });

    it('R6: a set of rules that is wrong lets no system start', async () => {
      const folder = (await makeSystem()).folder;
      const profiles = [{ ...RETENTION_PROFILES[0], places: [] }] as unknown as typeof RETENTION_PROFILES;
      expect(await codeOf(makeSystem({ folder, retentionProfiles: profiles }))).to.equal('ASIGNIO_RETENTION_INVALID');
      expect(await codeOf(makeSystem({ folder, retention: DEFAULT_RETENTION.slice(1) }))).to.equal(
        'ASIGNIO_RETENTION_INVALID',
      );
    });
  });

  describe('the public schedule', () => {
    it('R10: is made from the rules that the sweep goes by, the laws of places included', async () => {
      const { rows, sha256 } = await system.core.retention.publish(TENANT);
      expect(rows).to.deep.equal(system.core.subjects.retentionSchedule());
      const rules = [...DEFAULT_RETENTION, ...RETENTION_PROFILES.flatMap((profile) => profile.rules)];
      expect(rows.slice(0, -1)).to.deep.equal(retentionSchedule(rules));
      expect(rows.at(-1)).to.include({ from: 'capture', rule: 'location-30-days' });
      expect(sha256).to.match(/^[0-9a-f]{64}$/);
    });

    it('R10: that it was published is on record once for each schedule, whatever the language', async () => {
      for (const language of ['en', 'es', 'ar', 'en']) await system.core.retention.publish(TENANT, language);
      expect((await events(system.core)).filter((event) => event === 'schedule.published')).to.have.length(1);
      await system.close();
      system = await makeSystem({ folder: system.folder, clock: system.clock, retentionProfiles: [] });
      await system.core.retention.publish(TENANT);
      expect((await events(system.core)).filter((event) => event === 'schedule.published')).to.have.length(2);
    });

    it('R10: comes in the language that is asked for, or English', () => {
      const { schedule } = { schedule: (language: string) => system.core.retention.schedule(language) };
      expect(schedule('es-MX').language).to.equal('es');
      expect(schedule('ar').html).to.include('dir="rtl"');
      expect(schedule('tlh')).to.deep.equal(schedule('en'));
    });
  });

  describe('the sweep', () => {
    it('R6: a dry run says what would be destroyed and why, and changes nothing', async () => {
      await enrolled();
      await attempt(system.core, { who: 'ada' });
      await grant(system.core, subjectId('bob'));
      const { id } = await system.core.holds.place(TENANT, 'host', {
        subject: subjectId('bob'),
        authority: 'A court',
        reference: '17',
        scope: 'all',
        reviewAt: system.clock.now() + DAY,
      });
      system.clock.set(((await held()).retention?.due as number) + DAY);
      const writes: string[] = [];
      const other = await makeSystem({
        folder: system.folder,
        clock: system.clock,
        sweepAtStart: false,
        wrap: (storage) =>
          watched(storage, ({ name }) => {
            if (/^(insert|replace|remove|append|acquireLease)$/.test(name)) writes.push(name);
          }),
      });
      const items: SweepItem[] = [];
      const report = await other.core.sweep({ dryRun: true, onItem: (item) => items.push(item) });
      expect(report).to.include({ dryRun: true, destroyed: 1, held: 1 });
      expect(writes).to.deep.equal([]);
      const subjects = items.filter(({ kind }) => kind === 'subject').map(({ action, rule: why }) => [action, why]);
      expect(subjects).to.have.deep.members([
        ['destroy', 'last-interaction-3-years'],
        ['hold', 'last-interaction-3-years'],
      ]);
      expect(JSON.stringify(items)).to.not.match(/\bada\b|\bbob\b/);
      expect(await references()).to.equal(1);
      await other.close();
      expect(await system.core.sweep()).to.include({ dryRun: false, destroyed: 1, held: 1 });
      await system.core.holds.release(TENANT, 'host', { id });
    });

    it('R6: a dry run after the rules changed goes by the rules of now', async () => {
      await enrolled();
      system.clock.advance(2 * YEAR);
      await system.core.sweep();
      const retention = DEFAULT_RETENTION.map((one) => (one.months === 36 ? { ...one, months: 12 } : one));
      const other = await makeSystem({ folder: system.folder, clock: system.clock, retention, sweepAtStart: false });
      expect((await other.core.sweep({ dryRun: true })).destroyed).to.equal(1);
      await other.close();
      expect((await system.core.sweep({ dryRun: true })).destroyed).to.equal(0);
    });

    it('tells how far it is', async () => {
      for (const name of ['a', 'b', 'c']) await grant(system.core, subjectId(name));
      system.clock.advance(4 * YEAR);
      const told: string[] = [];
      await system.core.sweep({ onProgress: ({ kind, done, total }) => told.push(`${kind} ${done}/${total}`) });
      expect(told.filter((line) => line.startsWith('subject'))).to.deep.equal([
        'subject 1/3',
        'subject 2/3',
        'subject 3/3',
      ]);
    });

    it('R6: one that is cut short anywhere is finished by the next', async () => {
      const subjects = Array.from({ length: 4 }, (_, n) => subjectId(`subject-${n}`));
      for (const subject of subjects) await grant(system.core, subject);
      system.clock.advance(4 * YEAR);
      const other = await makeSystem({
        folder: system.folder,
        clock: system.clock,
        sweepAtStart: false,
        wrap: (storage) => {
          let destroyed = 0;
          return watched(storage, ({ name, kind }) => {
            if (name === 'remove' && kind === 'subject' && ++destroyed > 2) throw new Error('killed');
          });
        },
      });
      await other.core.sweep();
      await other.close();
      await system.core.sweep();
      const { records } = await system.storage.list({ tenant: TENANT, kind: 'subject' });
      expect(records).to.deep.equal([]);
      expect((await events(system.core)).filter((event) => event === 'retention.destroyed')).to.have.length(4);
      expect((await events(system.core)).filter((event) => event === 'destruction.certified')).to.have.length(4);
    });

    it('R9: a destruction that fails half way says so to the person and the operator, and is finished by the next', async () => {
      await enrolled();
      let broken = true;
      const other = await makeSystem({
        folder: system.folder,
        clock: system.clock,
        wrap: (storage) =>
          watched(storage, ({ name, kind }) => {
            if (broken && name === 'remove' && kind === 'reference') throw new Error('a disk');
          }),
      });
      await other.core.rights.erase(asked(other)).catch(() => undefined);
      const [mine] = (await held(ADA, other)).destructions;
      expect(mine).to.deep.include({ state: 'running', attempts: 1, lastError: 'ASIGNIO_INTERNAL', scope: 'all' });
      expect(mine?.orderedAt).to.equal(system.clock.now());
      const auditor = await appoint(system.core, 'otto', 'auditor');
      const { items } = await system.core.retention.destructions(TENANT, auditor);
      expect(items.map(({ id, state }) => [id, state])).to.deep.equal([[mine?.id, 'running']]);
      expect((await other.core.sweep()).failed).to.equal(1);
      expect((await held(ADA, other)).destructions[0]?.attempts).to.equal(2);
      broken = false;
      await other.core.sweep();
      expect((await held(ADA, other)).destructions).to.deep.equal([]);
      expect((await system.core.retention.destructions(TENANT, 'host')).items).to.deep.equal([]);
      const all = await system.core.retention.destructions(TENANT, 'host', { subject: ADA });
      expect(all.items[0]).to.include({ state: 'done', lastError: null });
      await other.close();
    });

    it('R9: one that fails again and again is tried less and less often, and an hour apart at most', async () => {
      await enrolled();
      const other = await makeSystem({
        folder: system.folder,
        clock: system.clock,
        wrap: (storage) =>
          watched(storage, ({ name, kind }) => {
            if (name === 'remove' && kind === 'reference') throw new Error('a disk');
          }),
      });
      await other.core.rights.erase(asked(other)).catch(() => undefined);
      for (let minute = 0; minute < 600; minute++) {
        system.clock.advance(60_000);
        await other.core.sweep();
      }
      const attempts = (await held(ADA, other)).destructions[0]?.attempts as number;
      expect(attempts).to.be.within(12, 20);
      await other.close();
    }).timeout(60_000);
  });

  describe('a clock that jumps', () => {
    let told: unknown[] = [];
    const suspects = () => told.filter((error) => String(error).includes('clock')).length;

    async function guarded(start = Date.UTC(2026, 0, 1)) {
      await system.dispose();
      told = [];
      system = await makeSystem({
        clock: fakeClock(start),
        maxClockJumpMs: 31 * DAY,
        onSweepError: (error) => told.push(error),
      });
    }

    it('R6: ahead by years destroys nothing, is told of, and stops mattering when it is set right', async () => {
      await guarded();
      await enrolled();
      await attempt(system.core, { who: 'mallory' });
      const at = system.clock.now();
      system.clock.set(at + 5 * YEAR);
      const report = await system.core.sweep();
      expect(report).to.include({ clock: 'ahead', destroyed: 0, failed: 0 });
      expect(report.waiting).to.be.greaterThan(0);
      expect(suspects()).to.equal(1);
      expect(await references()).to.equal(1);
      system.clock.set(at + DAY);
      expect(await system.core.sweep()).to.include({ clock: 'right', destroyed: 0 });
      expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    });

    it('R6: ahead because the machine was off for years: an operator confirms, and what is due is destroyed', async () => {
      await guarded();
      await enrolled();
      system.clock.advance(5 * YEAR);
      expect((await system.core.sweep({ dryRun: true })).clock).to.equal('ahead');
      expect((await system.core.sweep()).destroyed).to.equal(0);
      expect(await system.core.sweep({ confirmClock: true })).to.include({ clock: 'right', destroyed: 1 });
      expect(await system.core.sweep()).to.include({ clock: 'right' });
    });

    it('R6: time that goes on from sweep to sweep is no jump', async () => {
      await guarded();
      await enrolled();
      let destroyed = 0;
      for (let month = 0; month < 40; month++) {
        system.clock.advance(30 * DAY);
        destroyed += (await system.core.sweep()).destroyed;
      }
      expect(destroyed).to.equal(1);
      expect(suspects()).to.equal(0);
    });

    it('R6: back by years destroys nothing, and what is dated meanwhile is not destroyed when it is set right', async () => {
      await guarded();
      await enrolled();
      const now = system.clock.now();
      system.clock.set(Date.UTC(1971, 0, 1));
      expect(await system.core.sweep()).to.include({ clock: 'behind', destroyed: 0 });
      expect(suspects()).to.equal(1);
      await grant(system.core, subjectId('bob'));
      await enrol(system.core, subjectId('bob'));
      system.clock.set(now + DAY);
      expect(await system.core.sweep()).to.include({ clock: 'right', destroyed: 0 });
      expect((await held(subjectId('bob'))).enrolments).to.have.length(1);
      expect((await held(subjectId('bob'))).retention?.due).to.be.greaterThan(now + 2 * YEAR);
    });

    it('R6: what somebody does while the clock is ahead keeps their data no longer than the jump that is allowed', async () => {
      await guarded();
      await enrolled();
      const now = system.clock.now();
      system.clock.set(now + 70 * YEAR);
      expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
      system.clock.set(now + DAY);
      await system.core.sweep();
      expect((await held()).retention?.due).to.be.at.most(now + 31 * DAY + 3 * YEAR);
    });

    it('R6: a few minutes between two machines are no jump', async () => {
      await guarded();
      await enrolled();
      system.clock.advance(-4 * 60_000);
      expect(await system.core.sweep()).to.include({ clock: 'right' });
      expect(suspects()).to.equal(0);
    });

    it('R6: a host that hands in a clock of its own vouches for how it goes on, not for how it goes back', async () => {
      await enrolled();
      system.clock.advance(5 * YEAR);
      expect(await system.core.sweep()).to.include({ clock: 'right', destroyed: 1 });
      system.clock.advance(-YEAR);
      expect((await system.core.sweep()).clock).to.equal('behind');
      expect(await system.core.sweep({ confirmClock: true })).to.include({ clock: 'right' });
      expect((await system.core.sweep()).clock).to.equal('right');
    });

    it('what is owed is done whatever the clock says: an erasure, a withdrawal, an audit entry', async () => {
      await guarded();
      await enrolled();
      system.clock.set(Date.UTC(1971, 0, 1));
      const [consent] = await system.core.subjects.consents(TENANT, ADA);
      const { destruction } = await system.core.subjects.withdraw(TENANT, ADA, consent?.id as never);
      expect(destruction.state).to.equal('done');
      expect(await references()).to.equal(0);
    });
  });
});
