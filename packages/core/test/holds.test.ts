import { expect } from 'chai';
import type { HoldView, Operator } from '@asignio/core';
import { subjectId } from '@asignio/contracts';
import {
  ADA,
  TENANT,
  asked,
  attempt,
  begin,
  codeOf,
  enrol,
  events,
  grant,
  makeSystem,
  sample,
  watched,
} from './harness.js';
import type { StoreCall, System } from './harness.js';
import { appoint } from './support/staff.js';

const DAY = 86_400_000;
const dead = () => new Error('killed');

describe('legal holds, as the core keeps them', () => {
  let system: System;
  let other: System;
  let officer: Operator;
  /** Before each call of `system`'s store. */
  let before: (call: StoreCall) => Promise<void> | void;

  beforeEach(async () => {
    before = () => undefined;
    system = await makeSystem({ wrap: (storage) => watched(storage, (call) => before(call)) });
    other = await makeSystem({ folder: system.folder, clock: system.clock });
    officer = await appoint(system.core, 'grace', 'privacy-officer');
  });

  afterEach(async () => {
    before = () => undefined;
    await other.close();
    await system.dispose();
  });

  const terms = () => ({
    subject: ADA,
    authority: 'Circuit Court of Cook County',
    reference: '2026-L-001234',
    scope: 'all' as const,
    reviewAt: system.clock.now() + 90 * DAY,
  });
  const place = async (changes: object = {}, by: Operator | 'host' = officer) =>
    system.core.holds.place(TENANT, by, { ...terms(), ...changes });
  const release = async ({ id }: HoldView) => system.core.holds.release(TENANT, officer, { id });
  const count = async (event: string) => (await events(system.core)).filter((one) => one === event).length;
  const stored = async (kind: 'reference' | 'key' | 'probe' | 'subject' | 'hold') =>
    (await other.storage.list({ tenant: TENANT, kind })).records;
  const dataKeys = async () =>
    (await stored('key'))
      .map(({ id }) => id)
      .filter((id) => id !== 'tenant-root' && !id.startsWith('evidence.') && !id.startsWith('case.'));

  async function enrolled() {
    await grant(system.core);
    await enrol(system.core);
  }

  async function withdraw({ core } = system) {
    const consents = await core.subjects.consents(TENANT, ADA);
    const live = consents.find(({ state }) => state === 'granted');
    return core.subjects.withdraw(TENANT, ADA, live?.id as never);
  }

  async function makeDue() {
    system.clock.set((await system.core.subjects.held(TENANT, ADA)).retention?.due as number);
  }

  it('R8: without authority, reference, scope or review date is refused, logged, and changes nothing', async () => {
    await enrolled();
    const wrong = [
      { authority: '' },
      { reference: undefined },
      { scope: 'gait' },
      { reviewAt: system.clock.now() },
      { reviewAt: system.clock.now() - DAY },
      { reviewAt: 'soon' },
    ];
    for (const changes of wrong) expect(await codeOf(place(changes))).to.equal('ASIGNIO_HOLD_INVALID');
    expect(await count('hold.refused')).to.equal(wrong.length);
    expect(await count('hold.placed')).to.equal(0);
    expect(await stored('hold')).to.deep.equal([]);
    await withdraw();
    expect(await stored('reference')).to.deep.equal([]);
  });

  it('R8: on somebody of whom nothing is held is refused and logged', async () => {
    expect(await codeOf(place())).to.equal('ASIGNIO_NOT_FOUND');
    await enrolled();
    expect(await codeOf(place({ subject: subjectId('nobody') }))).to.equal('ASIGNIO_NOT_FOUND');
    await system.core.rights.erase(asked(system));
    expect(await codeOf(place())).to.equal('ASIGNIO_NOT_FOUND');
    expect(await count('hold.refused')).to.equal(3);
    expect(await stored('hold')).to.deep.equal([]);
  });

  it('R42: is placed, reviewed and released by a privacy officer alone; an auditor may look', async () => {
    await enrolled();
    const auditor = await appoint(system.core, 'otto', 'auditor');
    expect(await codeOf(place({}, auditor))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect(await codeOf(place({}, { id: 'nobody', role: 'privacy-officer' }))).to.equal('ASIGNIO_ROLE_REQUIRED');
    const hold = await place();
    expect(await codeOf(system.core.holds.release(TENANT, auditor, { id: hold.id }))).to.equal('ASIGNIO_ROLE_REQUIRED');
    expect((await system.core.holds.list(TENANT, auditor)).items.map(({ id }) => id)).to.deep.equal([hold.id]);
    expect(hold.placedBy).to.not.equal('grace');
  });

  it('R8: a withdrawal under hold ends all use, keeps the data, and the record says held', async () => {
    await enrolled();
    await attempt(system.core, { who: 'ada' });
    await place();
    const { consent, destruction, certificate } = await withdraw();
    expect(consent.state).to.equal('withdrawn');
    expect(destruction.state).to.equal('held');
    expect(certificate).to.equal(undefined);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await stored('reference')).to.have.length(1);
    expect(await dataKeys()).to.have.length(1);
    expect(await stored('probe')).to.have.length(1);
    const [record] = (await other.storage.list({ tenant: TENANT, kind: 'destruction' })).records;
    expect(record?.value).to.include({ state: 'held', certificate: null });
    expect(await count('destruction.held')).to.equal(1);
    expect(await count('destruction.started')).to.equal(0);
  });

  it('R8: release destroys at once what became due meanwhile, and says so in that order', async () => {
    await enrolled();
    const hold = await place();
    await withdraw();
    await release(hold);
    expect(await stored('reference')).to.deep.equal([]);
    expect(await dataKeys()).to.deep.equal([]);
    const chain = (await events(system.core)).filter((event) => /^(hold|destruction)\./.test(event));
    expect(chain).to.deep.equal([
      'hold.placed',
      'destruction.held',
      'hold.released',
      'destruction.started',
      'destruction.certified',
    ]);
  });

  it('R8: data that are past their date under hold are kept, never used, and gone after the release', async () => {
    await enrolled();
    await place();
    await makeDue();
    expect(await system.core.sweep()).to.include({ destroyed: 0, held: 1 });
    expect(await stored('reference')).to.have.length(1);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    expect(await codeOf(begin(system.core, 'verification', ADA, true))).to.equal('ASIGNIO_DESTRUCTION_HELD');
    expect(await codeOf(begin(system.core, 'enrolment'))).to.equal('ASIGNIO_DESTRUCTION_HELD');
    expect(await codeOf(grant(system.core))).to.equal('ASIGNIO_DESTRUCTION_HELD');
    // Three years on, nobody's role is what it was.
    const [hold] = (await system.core.holds.list(TENANT, 'host')).items;
    await system.core.holds.release(TENANT, 'host', { id: (hold as HoldView).id });
    for (const kind of ['reference', 'subject'] as const) expect(await stored(kind)).to.deep.equal([]);
    expect(await events(system.core)).to.include.members(['retention.destroyed', 'destruction.certified']);
    await grant(system.core);
    await enrol(system.core);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R8: what waits for a hold is not looked at again and again', async () => {
    await enrolled();
    await place();
    await makeDue();
    expect((await system.core.sweep()).held).to.equal(1);
    const looked: string[] = [];
    before = ({ name, kind, args }) => {
      if (name === 'get' && kind === 'subject') looked.push(JSON.stringify(args));
    };
    expect(await system.core.sweep()).to.include({ destroyed: 0, held: 0, finished: 0 });
    expect(looked).to.deep.equal([]);
  });

  it('R8: the past review date of a hold lets nothing go; it is due for review, and can be prolonged', async () => {
    await enrolled();
    const hold = await place();
    await withdraw();
    expect((await system.core.holds.list(TENANT, officer, { state: 'overdue' })).items).to.deep.equal([]);
    system.clock.set(hold.reviewAt);
    await system.core.sweep();
    expect(await stored('reference')).to.have.length(1);
    const overdue = async () => (await system.core.holds.list(TENANT, officer, { state: 'overdue' })).items;
    expect((await overdue()).map(({ id }) => id)).to.deep.equal([hold.id]);
    const reviewAt = system.clock.now() + DAY;
    expect(await codeOf(system.core.holds.review(TENANT, officer, { id: hold.id, reviewAt: 0 }))).to.equal(
      'ASIGNIO_HOLD_INVALID',
    );
    expect((await system.core.holds.review(TENANT, officer, { id: hold.id, reviewAt })).reviewAt).to.equal(reviewAt);
    expect(await overdue()).to.deep.equal([]);
    expect(await events(system.core)).to.include('hold.reviewed');
  });

  it('R8: of two holds the last one ends the keeping', async () => {
    await enrolled();
    const first = await place();
    const second = await place({ reference: '2026-L-9' });
    await withdraw();
    await release(first);
    expect(await stored('reference')).to.have.length(1);
    await release(second);
    expect(await stored('reference')).to.deep.equal([]);
  });

  it('R8: a hold on another modality keeps nothing of this one, and keeps the person as long as it stands', async () => {
    await enrolled();
    const hold = await place({ scope: 'voice' });
    await withdraw();
    expect(await stored('reference')).to.deep.equal([]);
    expect((await system.core.rights.erase(asked(system))).outcome).to.equal('exception');
    expect(await stored('subject')).to.have.length(1);
    await release(hold);
    expect(await stored('subject')).to.deep.equal([]);
  });

  it('R8, R20: an erasure under hold cites it, takes back every agreement, and is done at the release', async () => {
    await enrolled();
    const hold = await place();
    const request = await system.core.rights.erase(asked(system));
    expect(request).to.include({ state: 'closed', outcome: 'exception', certificate: null });
    expect(request.exceptions.map(({ id }) => id)).to.include('legal-hold');
    const states = (await system.core.subjects.consents(TENANT, ADA)).map(({ state }) => state);
    expect(states).to.deep.equal(['withdrawn']);
    expect(await count('consent.withdrawn')).to.equal(1);
    expect(await stored('reference')).to.have.length(1);
    await release(hold);
    expect((await system.core.subjects.held(TENANT, ADA)).consents).to.deep.equal([]);
    expect(await count('destruction.certified')).to.equal(1);
    expect((await system.core.rights.request(asked(system), request.id)).certificate).to.be.a('string');
  });

  it('R8: a hold while nothing is due changes nothing for who signs in', async () => {
    await enrolled();
    const hold = await place();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await release(hold);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R8: gives no leave to process: without consent nothing is compared under hold', async () => {
    await grant(system.core);
    await enrol(system.core);
    await place();
    await withdraw();
    const seen = system.engine.seen.length;
    await attempt(system.core, { who: 'ada' });
    expect(system.engine.seen).to.have.length(seen);
  });

  it('R8, R19: a reference that is replaced under hold is kept and never compared with again', async () => {
    await enrolled();
    const [old] = await stored('reference');
    const hold = await place();
    await enrol(system.core);
    const kept = await stored('reference');
    expect(kept).to.have.length(2);
    expect(kept.find(({ id }) => id === old?.id)?.value).to.have.property('revokedAt');
    const compared: string[] = [];
    const { compare } = system.engine;
    system.engine.compare = async (request) => {
      compared.push(...request.references.map(({ id }) => id));
      return compare(request);
    };
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(compared).to.have.length(1).and.not.include(old?.id);
    await release(hold);
    expect(await stored('reference')).to.have.length(1);
    expect(await dataKeys()).to.have.length(1);
    expect(await count('reference.revoked')).to.equal(1);
  });

  it('R8: a probe that is too old stays under hold, and goes at the release', async () => {
    await enrolled();
    await attempt(system.core, { who: 'ada' });
    const hold = await place();
    system.clock.advance(91 * DAY);
    await system.core.sweep();
    expect(await stored('probe')).to.have.length(1);
    await release(hold);
    expect(await stored('probe')).to.deep.equal([]);
    expect(await stored('reference')).to.have.length(1);
  });

  it('R8: names no court and no case in clear, neither in the store nor in the audit chain', async () => {
    await enrolled();
    await place();
    const text = Buffer.from(JSON.stringify([await stored('hold'), await system.core.audit.read(TENANT)]));
    expect(text.includes('Cook')).to.equal(false);
    expect(text.includes('001234')).to.equal(false);
    const [hold] = (await system.core.holds.list(TENANT, officer, { subject: ADA })).items;
    expect(hold).to.include({ authority: 'Circuit Court of Cook County', reference: '2026-L-001234' });
  });

  it('R29: a hold of one tenant is none in another', async () => {
    await enrolled();
    const { id } = await place();
    const elsewhere = 'other' as typeof TENANT;
    expect(await codeOf(system.core.holds.release(elsewhere, 'host', { id }))).to.equal('ASIGNIO_NOT_FOUND');
    expect((await system.core.holds.list(elsewhere, 'host')).items).to.deep.equal([]);
    await withdraw();
    expect(await stored('reference')).to.have.length(1);
  });

  it('a hold that is released twice is released once', async () => {
    await enrolled();
    const hold = await place();
    const { released } = await release(hold);
    system.clock.advance(DAY);
    expect((await release(hold)).released).to.deep.equal(released);
    expect(await count('hold.released')).to.equal(1);
    expect(await codeOf(system.core.holds.release(TENANT, officer, { id: 'none' }))).to.equal('ASIGNIO_NOT_FOUND');
  });

  it('what is no hold at all is refused as malformed', async () => {
    for (const input of [null, {}, { id: 7 }, { id: 'x'.repeat(300) }])
      expect(await codeOf(system.core.holds.release(TENANT, officer, input as never))).to.equal(
        'ASIGNIO_REQUEST_INVALID',
      );
    expect(await codeOf(system.core.holds.place(TENANT, officer, {} as never))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await codeOf(system.core.holds.list(TENANT, officer, { limit: 0 }))).to.equal('ASIGNIO_REQUEST_INVALID');
  });

  describe('when a hold and a destruction meet', () => {
    /** Does `work` right before the first call that fits. */
    function meanwhile(fits: (call: StoreCall) => boolean, work: () => Promise<unknown>): void {
      before = async (call) => {
        if (!fits(call)) return;
        before = () => undefined;
        await work();
      };
    }
    const placeElsewhere = async () => other.core.holds.place(TENANT, 'host', terms());

    it('R8: the hold that comes before the destruction claims anything is kept', async () => {
      await enrolled();
      meanwhile(({ name, kind }) => name === 'replace' && kind === 'subject', placeElsewhere);
      expect((await withdraw()).destruction.state).to.equal('held');
      expect(await stored('reference')).to.have.length(1);
    });

    it('R8: the hold that comes after it is refused, says that it has begun, and is logged', async () => {
      await enrolled();
      let code = '';
      meanwhile(
        ({ name, kind }) => name === 'remove' && kind === 'key',
        async () => (code = await codeOf(placeElsewhere())),
      );
      await withdraw();
      expect(code).to.equal('ASIGNIO_DESTRUCTION_BEGUN');
      expect(await count('hold.refused')).to.equal(1);
      expect(await stored('reference')).to.deep.equal([]);
      expect((await placeElsewhere()).released).to.equal(null);
    });

    it('R8: at every call of a withdrawal, the hold is either refused or keeps all there was', async () => {
      for (let call = 1; ; call++) {
        await enrolled();
        let seen = 0;
        let placed: string | undefined;
        before = async ({ name }) => {
          if (name === 'close' || ++seen !== call) return;
          placed = await codeOf(placeElsewhere());
        };
        await withdraw();
        before = () => undefined;
        if (placed === undefined) {
          expect(call).to.be.greaterThan(20);
          break;
        }
        const kept = (await stored('reference')).length;
        // Placed after all was done it stands, and keeps what is left: nothing.
        if (placed === 'resolved' && kept === 0) {
          const [record] = (await other.storage.list({ tenant: TENANT, kind: 'destruction' })).records.slice(-1);
          expect(record?.value).to.not.have.property('state', 'held');
        } else expect(kept === 1, `call ${call}: ${placed}`).to.equal(placed === 'resolved');
        for (const { id } of (await other.core.holds.list(TENANT, 'host')).items)
          await other.core.holds.release(TENANT, 'host', { id });
        expect(await stored('reference')).to.deep.equal([]);
        await other.core.rights.erase(asked(other));
      }
    }).timeout(120_000);

    it('R8: at every call of a sweep that destroys, the hold is refused, or the data are there', async () => {
      for (let call = 1; ; call++) {
        await enrolled();
        await makeDue();
        let seen = 0;
        let placed: string | undefined;
        let kept = -1;
        before = async () => {
          if (++seen !== call) return;
          placed = await codeOf(placeElsewhere());
          kept = (await stored('reference')).length;
        };
        await system.core.sweep();
        before = () => undefined;
        if (placed === undefined) break;
        if (placed === 'resolved') {
          expect(kept, `call ${call}`).to.equal(1);
          expect(await stored('reference')).to.have.length(1);
        } else expect(await stored('subject')).to.deep.equal([]);
        for (const { id } of (await other.core.holds.list(TENANT, 'host')).items)
          await other.core.holds.release(TENANT, 'host', { id });
        expect(await stored('subject'), `call ${call}`).to.deep.equal([]);
      }
    }).timeout(120_000);

    it('R6: at every call of a release, a sweep of another process leaves nothing behind', async () => {
      for (let call = 1; ; call++) {
        await enrolled();
        const hold = await place();
        await withdraw();
        let seen = 0;
        let swept = false;
        before = async () => {
          if (++seen !== call) return;
          swept = true;
          await other.core.sweep();
        };
        await release(hold);
        before = () => undefined;
        expect(await stored('reference'), `call ${call}`).to.deep.equal([]);
        expect(await dataKeys()).to.deep.equal([]);
        await other.core.rights.erase(asked(other));
        if (!swept) break;
      }
    }).timeout(120_000);

    it('R8: a release that dies anywhere is finished by the next sweep', async () => {
      for (let call = 1; ; call++) {
        await enrolled();
        const hold = await place();
        await withdraw();
        let seen = 0;
        before = () => {
          if (++seen >= call) throw dead();
        };
        const code = await codeOf(release(hold));
        before = () => undefined;
        await other.core.sweep();
        const released = (await other.core.holds.list(TENANT, 'host', { state: 'open' })).items.length === 0;
        expect(await stored('reference'), `call ${call}`).to.have.length(released ? 0 : 1);
        expect((await events(other.core)).filter((one) => one === 'hold.released')).to.have.length(
          (await other.core.holds.list(TENANT, 'host', { state: 'released' })).items.length,
        );
        if (!released) await other.core.holds.release(TENANT, 'host', { id: hold.id });
        await other.core.rights.erase(asked(other));
        if (code === 'resolved') break;
      }
    }).timeout(120_000);

    it('R8: a placing that dies anywhere leaves a hold with its record and entry, or none', async () => {
      for (let call = 1; ; call++) {
        await enrolled();
        let seen = 0;
        before = () => {
          if (++seen >= call) throw dead();
        };
        const code = await codeOf(place({}, 'host'));
        before = () => undefined;
        await other.core.sweep();
        const holds = (await other.core.holds.list(TENANT, 'host')).items;
        await withdraw(other);
        expect(await stored('reference'), `call ${call}`).to.have.length(holds.length);
        for (const { id } of holds) await other.core.holds.release(TENANT, 'host', { id });
        expect((await events(other.core)).filter((one) => one === 'hold.placed')).to.have.length(
          (await other.core.holds.list(TENANT, 'host', { state: 'released' })).items.length,
        );
        await other.core.rights.erase(asked(other));
        if (code === 'resolved') break;
      }
    }).timeout(120_000);

    it('R8: a probe that is about to go because of its age is gone before the hold stands, or stays', async () => {
      await enrolled();
      await attempt(system.core, { who: 'ada' });
      system.clock.advance(91 * DAY);
      let left = -1;
      meanwhile(
        ({ name, kind }) => name === 'remove' && kind === 'probe',
        async () => {
          await placeElsewhere();
          left = (await stored('probe')).length;
        },
      );
      await system.core.sweep();
      expect(left).to.equal(0);
      expect(await stored('probe')).to.deep.equal([]);
    });

    it('R4: a sample that was compared before the withdrawal is not accepted because a hold keeps the reference', async () => {
      await enrolled();
      await place();
      const { handle } = await begin(system.core, 'verification');
      await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
      await withdraw();
      expect(await codeOf(system.core.ceremonies.complete(handle))).to.not.equal('resolved');
    });
  });
});
