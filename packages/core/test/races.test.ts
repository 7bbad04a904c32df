import { join } from 'node:path';
import { expect } from 'chai';
import { AsignioError } from '@asignio/contracts';
import type { LogEntry, RecordKind, StoredValue } from '@asignio/contracts';
import { keysFile } from '@asignio/keys-file';
import {
  ADA,
  asked,
  FakeEngine,
  TENANT,
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

const MINUTE = 60_000;
const dead = () => new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE', 'The process was killed');

describe('processes that meet on one store', () => {
  let system: System;
  let other: System;
  /** Before each call of `system`'s store. */
  let before: (call: StoreCall) => Promise<void> | void;

  beforeEach(async () => {
    before = () => undefined;
    system = await makeSystem({ wrap: (storage) => watched(storage, (call) => before(call)) });
    other = await makeSystem({ folder: system.folder, clock: system.clock });
  });

  afterEach(async () => {
    before = () => undefined;
    await other.close();
    await system.dispose();
  });

  /** Does `work` right before the first call that fits. */
  function meanwhile(fits: (call: StoreCall) => boolean, work: () => Promise<unknown>): void {
    before = async (call) => {
      if (!fits(call)) return;
      before = () => undefined;
      await work();
    };
  }

  async function ids(kind: RecordKind): Promise<string[]> {
    return (await other.storage.list({ tenant: TENANT, kind })).records.map(({ id }) => id);
  }

  /** Keys that are not of the tenant and not of a signed release. */
  async function dataKeys(): Promise<string[]> {
    return (await ids('key')).filter((id) => id !== 'tenant-root' && !id.startsWith('evidence.'));
  }

  async function withdrawAll(): Promise<void> {
    for (const { id, state } of await other.core.subjects.consents(TENANT, ADA))
      if (state === 'granted') await other.core.subjects.withdraw(TENANT, ADA, id);
  }

  async function enrolled(): Promise<void> {
    await grant(system.core);
    await enrol(system.core);
  }

  async function drawn() {
    const { handle } = await begin(system.core, 'enrolment');
    for (let n = 0; n < 5; n++) await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    return handle;
  }

  describe('an enrolment leaves no reference and no key', () => {
    it('when its consent is withdrawn while the engine works', async () => {
      await grant(system.core);
      const handle = await drawn();
      system.engine.during = withdrawAll;
      expect(await codeOf(system.core.ceremonies.complete(handle))).to.not.equal('resolved');
      await other.core.sweep();
      expect(await ids('reference')).to.deep.equal([]);
      expect(await dataKeys()).to.deep.equal([]);
    });

    it('when it expires and is swept while the engine works', async () => {
      await grant(system.core);
      const handle = await drawn();
      system.engine.during = async () => {
        system.clock.advance(20 * MINUTE);
        await other.core.sweep();
      };
      expect(await codeOf(system.core.ceremonies.complete(handle))).to.not.equal('resolved');
      await other.core.sweep();
      expect(await ids('reference')).to.deep.equal([]);
      expect(await dataKeys()).to.deep.equal([]);
    });

    it('when its consent is withdrawn between the ceremony and its key', async () => {
      await grant(system.core);
      meanwhile(({ name, kind }) => name === 'insert' && kind === 'key', withdrawAll);
      expect(await codeOf(begin(system.core, 'enrolment'))).to.equal('ASIGNIO_CEREMONY_EXPIRED');
      await other.core.sweep();
      expect(await dataKeys()).to.deep.equal([]);
    });

    it('when its consent is withdrawn between the decision and its reference', async () => {
      await grant(system.core);
      const handle = await drawn();
      meanwhile(({ name, kind }) => name === 'insert' && kind === 'reference', withdrawAll);
      await codeOf(system.core.ceremonies.complete(handle));
      expect(await ids('reference')).to.deep.equal([]);
      expect(await dataKeys()).to.deep.equal([]);
    });
  });

  it('an enrolment that is decided while the sweep takes it for expired is whole, or is not', async () => {
    await grant(system.core);
    const handle = await drawn();
    let goOn: () => void = () => undefined;
    const working = new Promise<void>((begun) => {
      other.engine.during = () =>
        new Promise((resolve) => {
          goOn = resolve;
          begun();
        });
    });
    const completed = codeOf(other.core.ceremonies.complete(handle));
    await working;
    system.clock.advance(20 * MINUTE);
    meanwhile(
      ({ name, kind }) => name === 'remove' && kind === 'key',
      async () => {
        goOn();
        await completed;
      },
    );
    await system.core.sweep();
    await system.core.sweep();
    const { enrolments } = await system.core.subjects.held(TENANT, ADA);
    expect(enrolments).to.have.length((await events(system.core)).filter((e) => e === 'enrolment.completed').length);
    expect(await dataKeys()).to.deep.equal(enrolments.map(({ id }) => id));
    expect(await completed).to.equal(enrolments.length === 1 ? 'resolved' : 'ASIGNIO_CEREMONY_ORDER');
  });

  it('two enrolments that are decided in one moment leave one of them', async () => {
    await grant(system.core);
    const handles = [await drawn(), await drawn(), await drawn()];
    await Promise.all(handles.map((handle) => codeOf(other.core.ceremonies.complete(handle))));
    expect(await ids('reference')).to.have.length(1);
    expect(await dataKeys()).to.deep.equal(await ids('reference'));
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('a new enrolment counts, though the clock was set back since the old one', async () => {
    await enrolled();
    const [old] = await ids('reference');
    system.clock.advance(-60 * MINUTE);
    await enrol(system.core);
    expect(await ids('reference'))
      .to.have.length(1)
      .and.not.include(old);
  });

  it('a probe does not come back to life after a withdrawal', async () => {
    await enrolled();
    meanwhile(({ name, kind }) => name === 'insert' && kind === 'probe', withdrawAll);
    await attempt(system.core, { who: 'ada' });
    expect(await ids('probe')).to.deep.equal([]);
  });

  it('a revoked reference takes its probes with it', async () => {
    await enrolled();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(await ids('probe')).to.have.length(1);
    await enrol(system.core);
    expect(await ids('probe')).to.deep.equal([]);
  });

  it('a consent that is given in the middle of an erasure can be erased, and has a due date', async () => {
    await grant(system.core);
    meanwhile(
      ({ name, kind }) => name === 'insert' && kind === 'consent',
      async () => other.core.rights.erase(asked(other)),
    );
    await grant(system.core).catch(() => undefined);
    const held = await system.core.subjects.held(TENANT, ADA);
    expect(held.consents).to.have.length(1);
    expect(held.retention).to.not.equal(null);
    await system.core.rights.erase(asked(system));
    expect((await system.core.subjects.held(TENANT, ADA)).consents).to.deep.equal([]);
  });

  it('what a consent still owes does not bring an erased subject back', async () => {
    let owing = true;
    before = ({ name }) => {
      if (owing && name === 'append') throw dead();
    };
    const notice = await other.core.subjects.notice(TENANT, 'en');
    const request = {
      tenant: TENANT,
      subject: ADA,
      modality: 'signature',
      purposes: ['authentication'],
      noticeVersion: notice.version,
      noticeSha256: notice.sha256,
      language: 'en',
      signature: { method: 'typed-name', name: 'Ada Lovelace' },
    } as const;
    expect(await codeOf(system.core.subjects.grant(request))).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    owing = false;
    await other.core.rights.erase(asked(other));
    await other.core.sweep();
    expect(await ids('subject')).to.deep.equal([]);
    expect(await events(other.core)).to.include('consent.granted');
  });

  it('a withdrawal pays what the grant still owed', async () => {
    before = ({ name, args }) => {
      if (name === 'append' && ((args[2] as LogEntry).value as { event?: string }).event === 'consent.granted')
        throw dead();
    };
    expect(await codeOf(grant(system.core))).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    await withdrawAll();
    expect(await events(other.core)).to.include.members(['consent.granted', 'consent.withdrawn']);
  });

  it('a withdrawal that dies is finished, though a grant was just noting that it owes nothing', async () => {
    meanwhile(
      ({ name, kind, args }) =>
        name === 'replace' && kind === 'consent' && (args[1] as { effects: unknown[] }).effects.length === 0,
      async () => {
        const dying = await makeSystem({
          folder: system.folder,
          clock: system.clock,
          wrap: (storage) =>
            watched(storage, ({ name, kind }) => {
              if (armed && name === 'list' && kind === 'ceremony') throw dead();
            }),
        });
        const [consent] = await dying.core.subjects.consents(TENANT, ADA);
        armed = true;
        await codeOf(dying.core.subjects.withdraw(TENANT, ADA, consent?.id as never));
        await dying.close();
      },
    );
    let armed = false;
    await grant(system.core);
    await other.core.sweep();
    expect(await events(other.core)).to.include.members(['consent.withdrawn', 'destruction.certified']);
  });

  it('a withdrawal that comes while all is erased finds nothing, and owes nothing', async () => {
    await enrolled();
    const [consent] = await system.core.subjects.consents(TENANT, ADA);
    let looked = 0;
    meanwhile(
      // Once to see whose it is, once to withdraw it.
      ({ name, kind }) => name === 'get' && kind === 'consent' && ++looked === 2,
      async () => other.core.rights.erase(asked(other)),
    );
    expect(await codeOf(system.core.subjects.withdraw(TENANT, ADA, consent?.id as never))).to.equal(
      'ASIGNIO_NOT_FOUND',
    );
    expect((await system.core.sweep()).failed).to.equal(0);
  });

  it('what is enrolled after a withdrawal that died is not destroyed by finishing it', async () => {
    await enrolled();
    before = ({ name, kind }) => {
      if (name === 'list' && kind === 'ceremony') throw dead();
    };
    const [consent] = await other.core.subjects.consents(TENANT, ADA);
    expect(await codeOf(system.core.subjects.withdraw(TENANT, ADA, consent?.id as never))).to.equal(
      'ASIGNIO_STORAGE_UNAVAILABLE',
    );
    before = () => undefined;
    system.clock.advance(1000);
    await enrolled();
    await system.core.sweep();
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('two grants of one moment leave one that is live', async () => {
    await Promise.all([grant(system.core), grant(other.core), grant(system.core)]);
    const states = (await system.core.subjects.consents(TENANT, ADA)).map(({ state }) => state);
    expect(states.filter((state) => state === 'granted')).to.have.length(1);
  });

  it('an erasure destroys each life of the data, also of one moment', async () => {
    await enrolled();
    const first = await system.core.rights.erase(asked(system));
    await enrolled();
    const second = await system.core.rights.erase(asked(system));
    expect(second.certificate).to.not.equal(first.certificate);
    expect(await ids('reference')).to.deep.equal([]);
    expect(await ids('subject')).to.deep.equal([]);
  });

  it('a decision is answered though the sweep does what it owes at the same time', async () => {
    await enrolled();
    system.clock.advance(7 * 60 * MINUTE);
    const { adapt } = system.engine;
    system.engine.adapt = async (request) => {
      await other.core.sweep();
      return adapt(request);
    };
    expect(await attempt(system.core, { who: 'ada', score: 9 })).to.equal('accepted');
    expect((await events(system.core)).filter((event) => event === 'reference.adapted')).to.have.length(1);
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments[0]?.established).to.equal(true);
  });

  it('a decision does not hang on whether the engine can learn from it', async () => {
    await enrolled();
    system.clock.advance(7 * 60 * MINUTE);
    system.engine.adapt = () => Promise.reject(new AsignioError('ASIGNIO_ENGINE_FAILED'));
    expect(await attempt(system.core, { who: 'ada', score: 9 })).to.equal('accepted');
    expect(await events(system.core)).to.include('verification.accepted');
    expect(await events(system.core)).to.not.include('reference.adapted');
  });

  it('a reference whose key was destroyed a moment ago is none', async () => {
    await enrolled();
    meanwhile(
      ({ name, kind }) => name === 'list' && kind === 'probe',
      async () => {
        for (const id of await dataKeys()) await other.storage.remove({ tenant: TENANT, kind: 'key', id });
      },
    );
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
  });

  it('a ceremony that was not decided in time is not redeemed by a clock that is set back', async () => {
    await enrolled();
    const { handle } = await begin(system.core, 'verification');
    await system.core.ceremonies.submit(handle, 'signature', sample({ who: 'ada' }));
    await system.core.ceremonies.complete(handle);
    system.clock.advance(-60 * MINUTE);
    expect(await codeOf(system.core.ceremonies.redeem(handle))).to.equal('ASIGNIO_CEREMONY_EXPIRED');
  });

  it('an attempt stays counted when the engine fails on the sample of another modality', async () => {
    const two = await makeSystem({
      modalities: ['signature', 'face'],
      assurance: [{ name: 'both', acr: 'urn:both', factors: ['signature', 'face'], fmr: 0.02, source: 'a test' }],
    });
    await grant(two.core);
    await enrol(two.core).catch(() => undefined);
    const { view, binding } = await two.core.ceremonies.begin({
      tenant: TENANT,
      kind: 'verification',
      modalities: ['signature', 'face'],
      subject: ADA,
      signedIn: false,
      origin: 'https://app.example',
    });
    const handle = { tenant: TENANT, id: view.id, binding, origin: 'https://app.example' };
    await two.core.ceremonies.submit(handle, 'signature', sample({ who: 'mallory' }));
    two.engine.decoy = () => Promise.reject(new AsignioError('ASIGNIO_ENGINE_BUSY'));
    expect(await codeOf(two.core.ceremonies.submit(handle, 'face', sample({ who: 'x' })))).to.equal(
      'ASIGNIO_ENGINE_BUSY',
    );
    const [record] = (await two.storage.list({ tenant: TENANT, kind: 'attempts' })).records;
    expect(record?.value).to.have.property('inFlight').with.length(1);
    await two.dispose();
  });

  it('the store is asked as often for an unknown subject, one without consent or enrolment, and one who is rejected', async () => {
    await enrolled();
    const [bob, eve, nobody] = ['bob', 'eve', 'nobody'] as (typeof ADA)[];
    await grant(system.core, bob);
    await grant(system.core, eve);
    const [consent] = await system.core.subjects.consents(TENANT, eve as typeof ADA);
    await system.core.subjects.withdraw(TENANT, eve as typeof ADA, consent?.id as never);
    // A first attempt each, so that all have a count.
    for (const subject of [ADA, bob, eve, nobody]) await attempt(system.core, { who: 'mallory' }, subject);
    const seen = [];
    for (const subject of [ADA, bob, eve, nobody]) {
      const calls: string[] = [];
      before = ({ name, kind }) => void calls.push(`${name} ${kind}`);
      expect(await attempt(system.core, { who: 'mallory' }, subject)).to.equal('ASIGNIO_NOT_VERIFIED');
      seen.push(calls);
      before = () => undefined;
    }
    expect(seen[0]).to.include('get key');
    for (const calls of seen) expect(calls).to.deep.equal(seen[0]);
  });

  it('a system that cannot be put together leaves no engine running', async () => {
    let closed = 0;
    const refused = makeSystem({
      keys: keysFile({ path: join(system.folder, 'no such folder', 'keys.json'), create: false }),
      engine: (permits) => Object.assign(new FakeEngine(permits), { close: async () => void closed++ }),
    });
    expect(await codeOf(refused)).to.match(/^ASIGNIO_/);
    expect(closed).to.equal(1);
  });

  describe('the sweep', () => {
    it('handles the others when one record cannot be handled, tells of it, and lets the system start', async () => {
      const bad: StoredValue = { nonsense: true };
      for (const kind of ['consent', 'ceremony', 'destruction', 'attempts'] as const)
        await other.storage.insert({ tenant: TENANT, kind, id: 'bad' }, bad, { due: 0 });
      await grant(system.core);
      const { handle } = await begin(system.core, 'enrolment');
      system.clock.advance(20 * MINUTE);
      const told: unknown[] = [];
      const third = await makeSystem({
        folder: system.folder,
        clock: system.clock,
        onSweepError: (error) => told.push(error),
      });
      expect(told).to.not.deep.equal([]);
      expect(await ids('ceremony')).to.deep.equal(['bad']);
      expect(await dataKeys()).to.not.include(handle.id);
      expect((await third.core.sweep()).failed).to.equal(told.length / 2);
      await third.close();
    });

    it('stops when another took its lease, and leaves that one alone', async () => {
      await grant(system.core);
      await begin(system.core, 'enrolment');
      await begin(system.core, 'enrolment');
      system.clock.advance(20 * MINUTE);
      meanwhile(
        ({ name, kind }) => name === 'remove' && kind === 'ceremony',
        async () => {
          system.clock.advance(MINUTE);
          expect(await other.storage.acquireLease('sweep', 'another', MINUTE)).to.not.equal(undefined);
        },
      );
      expect((await system.core.sweep()).ran).to.equal(true);
      expect(await ids('ceremony')).to.have.length(1);
      expect((await other.core.sweep()).ran).to.equal(false);
    });

    it('runs once where it is asked for twice at once', async () => {
      let second: Promise<{ ran: boolean }> | undefined;
      await grant(system.core);
      await begin(system.core, 'enrolment');
      system.clock.advance(20 * MINUTE);
      meanwhile(
        ({ name, kind }) => name === 'remove' && kind === 'ceremony',
        async () => {
          second = system.core.sweep();
          await second;
        },
      );
      expect((await system.core.sweep()).ran).to.equal(true);
      expect((await second)?.ran).to.equal(false);
    });

    it('spares who signs in between its list and its deed', async () => {
      await enrolled();
      const { retention } = await system.core.subjects.held(TENANT, ADA);
      system.clock.set(retention?.due as number);
      let listed = false;
      before = async ({ name, kind }) => {
        if (name === 'listDue' && kind === 'subject') listed = true;
        // The first thing that is asked about somebody who is due.
        if (!listed || name !== 'get' || kind !== 'destruction') return;
        before = () => undefined;
        expect(await attempt(other.core, { who: 'ada' })).to.equal('accepted');
      };
      expect((await system.core.sweep()).destroyed).to.equal(0);
      expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
    });
  });
});
