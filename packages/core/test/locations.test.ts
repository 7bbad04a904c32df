import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import type { StoragePlugin, SubjectId } from '@asignio/contracts';
import type { CoreOptions } from '@asignio/core';
import type { Notice, NoticePurpose } from '@asignio/policy';
import { ADA, NOTICES, TENANT, asked, attempt, codeOf, enrol, makeSystem, watched } from './harness.js';
import type { System } from './harness.js';
import { appoint } from './support/staff.js';

const DAY = 86_400_000;
const BOB = subjectId('bob');
const LONDON = { latitude: 51.50735, longitude: -0.12776 };
const NEW_YORK = { latitude: 40.71278, longitude: -74.00594 };

/** A notice that asks for signing in, and apart from it for location. */
const ASKING: readonly Notice[] = NOTICES.map((notice) => {
  const [signing] = notice.purposes as [NoticePurpose];
  return {
    ...notice,
    purposes: [
      signing,
      {
        ...signing,
        purpose: 'location',
        required: false,
        what: 'Roughly where you sign in from, to about ten kilometres.',
        why: 'To ask twice when you seem to be somewhere new.',
        howLong: 'Thirty days.',
        validMonths: 6,
      },
    ],
  };
});

describe('where sign-ins are from', () => {
  let system: System;

  async function start(options: Partial<CoreOptions> & { wrap?: (storage: StoragePlugin) => StoragePlugin } = {}) {
    system = await makeSystem({ notices: ASKING, ...options });
  }

  afterEach(async () => system.dispose());

  async function agree(subject: SubjectId, ...purposes: ('authentication' | 'location')[]) {
    const notice = await system.core.subjects.notice(TENANT, 'en');
    return system.core.subjects.grant({
      tenant: TENANT,
      subject,
      modality: 'signature',
      purposes,
      noticeVersion: notice.version,
      noticeSha256: notice.sha256,
      language: 'en',
      signature: { method: 'typed-name', name: 'A Person' },
    });
  }

  async function takeBack(purpose = 'location', subject = ADA, { core } = system) {
    const consents = await core.subjects.consents(TENANT, subject);
    const live = consents.find((consent) => consent.purpose === purpose && consent.state === 'granted');
    return core.subjects.withdraw(TENANT, subject, live?.id as never);
  }

  const entries = async (event: string) =>
    (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);
  const stored = async () => {
    const all = async (kind: 'attribute' | 'key') => (await system.storage.list({ tenant: TENANT, kind })).records;
    return [...(await all('attribute')), ...(await all('key'))].filter(({ id }) => id.startsWith('location:'));
  };
  const keep = async (position = LONDON, subject = ADA) => system.core.locations.keep(TENANT, { subject, position });

  it('R31, R5: of somebody who agreed to signing in alone nothing is stored, read or told, and the refusals are on record', async () => {
    await start();
    await agree(ADA, 'authentication');
    const { locations } = system.core;
    const input = { subject: ADA, position: LONDON };
    for (const use of [
      locations.keep(TENANT, input),
      locations.compare(TENANT, input),
      locations.latest(TENANT, { subject: ADA, recipient: 'Risk Ltd' }),
      locations.keep(TENANT, { ...input, subject: BOB }),
    ])
      expect(await codeOf(use)).to.equal('ASIGNIO_CONSENT_REQUIRED');
    expect(await locations.list(TENANT, ADA)).to.deep.equal([]);
    expect(await stored()).to.deep.equal([]);
    expect((await entries('purpose.denied')).map(({ data }) => data)).to.deep.equal(
      Array.from({ length: 4 }, () => ({ purpose: 'location', reason: 'ASIGNIO_CONSENT_REQUIRED' })),
    );
    expect(await entries('location.used')).to.deep.equal([]);
  });

  it('R31: saying no to it, or taking it back, costs nothing: signing in goes on as before', async () => {
    await start();
    await agree(ADA, 'authentication');
    await enrol(system.core);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    await agree(ADA, 'location');
    await keep();
    await takeBack();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect((await system.core.subjects.held(TENANT, ADA)).enrolments).to.have.length(1);
  });

  it('R31, R5: agreeing to location alone permits no sample', async () => {
    await start();
    await agree(ADA, 'location');
    expect(await codeOf(enrol(system.core))).to.equal('ASIGNIO_CONSENT_REQUIRED');
    expect(system.engine.seen).to.deep.equal([]);
  });

  it('R31, R28: a place is rounded, sealed under a key of its own, and stands in no record or audit entry in plain words', async () => {
    await start();
    await agree(ADA, 'authentication', 'location');
    const { place, until } = await keep();
    expect(place).to.deep.equal({ latitude: 51.55, longitude: -0.08 });
    expect(until).to.equal(system.clock.now() + 30 * DAY);
    const records = await stored();
    expect(records).to.have.length(2);
    const text = JSON.stringify([records, await system.core.audit.read(TENANT)], (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const number of ['51.5', '0.12', '0.08']) expect(text).to.not.include(number);
    expect((await entries('location.used')).map(({ data }) => data['use'])).to.deep.equal(['kept']);
    expect(await system.core.locations.list(TENANT, ADA)).to.deep.equal([{ ...place, at: system.clock.now(), until }]);
    expect(await system.core.locations.list(TENANT, BOB)).to.deep.equal([]);
  });

  it('R31: each use is on record: what is compared gives a word, what is told names to whom', async () => {
    await start();
    await agree(ADA, 'authentication', 'location');
    const { locations } = system.core;
    const compare = async (position: typeof LONDON) =>
      (await locations.compare(TENANT, { subject: ADA, position })).nearness;
    const latest = () => locations.latest(TENANT, { subject: ADA, recipient: 'Risk Ltd' });
    expect(await compare(LONDON)).to.equal('unknown');
    expect(await latest()).to.equal(null);
    await keep();
    expect(await compare(LONDON)).to.equal('familiar');
    expect(await compare(NEW_YORK)).to.equal('far');
    expect(await latest()).to.deep.equal({ latitude: 51.55, longitude: -0.08 });
    const uses = (await entries('location.used')).map(({ data }) => [data['use'], data['recipient']]);
    expect(uses).to.deep.equal([
      ['compared', undefined],
      ['kept', undefined],
      ['compared', undefined],
      ['compared', undefined],
      ['told', 'Risk Ltd'],
    ]);
  });

  it('R31: has a lifetime of its own, and the sweep destroys record and key when it is over', async () => {
    await start({ locationDays: 7 });
    await agree(ADA, 'authentication', 'location');
    await enrol(system.core);
    await keep();
    expect(system.core.subjects.retentionSchedule().at(-1)).to.include({ rule: 'location-7-days', days: 7 });
    system.clock.advance(7 * DAY - 1);
    await system.core.sweep();
    expect(await stored()).to.have.length(2);
    system.clock.advance(1);
    expect(await system.core.locations.list(TENANT, ADA)).to.deep.equal([]);
    await system.core.sweep();
    expect(await stored()).to.deep.equal([]);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
  });

  it('R31: is kept no longer than the consent that it rests on', async () => {
    await start({ locationDays: 366 });
    await agree(ADA, 'location');
    const { until } = await keep();
    expect(new Date(until).toISOString()).to.equal('2026-07-01T00:00:00.000Z');
    system.clock.set(until);
    expect(await codeOf(keep())).to.equal('ASIGNIO_CONSENT_REQUIRED');
    await system.core.sweep();
    expect(await stored()).to.deep.equal([]);
  });

  it('R4, R31: taking consent back destroys what was kept, also under the agreements before it, and what comes after a new one stays', async () => {
    await start();
    await agree(ADA, 'location');
    await keep();
    system.clock.advance(1);
    await agree(ADA, 'location');
    await keep(NEW_YORK);
    expect(await stored()).to.have.length(4);
    await takeBack();
    expect(await stored()).to.deep.equal([]);
    expect(await codeOf(keep())).to.equal('ASIGNIO_CONSENT_REQUIRED');
    system.clock.advance(1);
    await agree(ADA, 'location');
    await keep();
    await system.core.sweep();
    expect(await stored()).to.have.length(2);
  });

  it('R31: consent that is taken back at any moment of a keeping leaves nothing kept', async () => {
    let calls = Infinity;
    await start({
      wrap: (storage) =>
        watched(storage, async () => {
          if (calls-- !== 0) return;
          calls = Infinity;
          await takeBack('location', ADA, other);
        }),
    });
    const other = await makeSystem({ notices: ASKING, folder: system.folder, clock: system.clock });
    let moments = 0;
    for (; ; moments++) {
      system.clock.advance(1);
      await agree(ADA, 'location');
      calls = moments;
      await keep().catch(() => undefined);
      const reached = calls === Infinity;
      calls = Infinity;
      if (!reached) break;
      await system.core.sweep();
      expect(await stored(), `taken back before call ${moments}`).to.deep.equal([]);
    }
    expect(moments).to.be.greaterThan(8);
    await other.close();
  }).timeout(60_000);

  it('keeps twenty places of a person, the newest', async () => {
    await start();
    await agree(ADA, 'location');
    for (let n = 0; n < 22; n++) {
      system.clock.advance(1);
      await keep({ latitude: n, longitude: 0 });
    }
    const places = await system.core.locations.list(TENANT, ADA);
    expect(places.map(({ latitude }) => Math.floor(latitude))).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => 21 - n),
    );
    expect(await stored()).to.have.length(40);
  });

  it('R21, R23: is not used while the person objects to it, or has their data kept and not used', async () => {
    await start();
    await agree(ADA, 'authentication', 'location');
    await keep();
    await system.core.rights.object(asked(system), { purposes: ['location'] });
    expect(await codeOf(keep())).to.equal('ASIGNIO_PURPOSE_OBJECTED');
    await system.core.rights.retractObjection(asked(system), { purposes: ['location'] });
    await system.core.rights.restrict(asked(system));
    expect(await codeOf(keep())).to.equal('ASIGNIO_PROCESSING_RESTRICTED');
    expect((await entries('location.used')).map(({ data }) => data['use'])).to.deep.equal(['kept']);
  });

  it('R8: what is under hold is kept and not used, and goes with the hold', async () => {
    await start();
    const officer = await appoint(system.core, 'grace', 'privacy-officer');
    await agree(ADA, 'location');
    await keep();
    const hold = await system.core.holds.place(TENANT, officer, {
      subject: ADA,
      authority: 'Circuit Court of Cook County',
      reference: '2026-L-001234',
      scope: 'all',
      reviewAt: system.clock.now() + 90 * DAY,
    });
    await takeBack();
    system.clock.advance(31 * DAY);
    await system.core.sweep();
    expect(await stored()).to.have.length(2);
    expect(await codeOf(keep())).to.not.equal('resolved');
    expect(await system.core.locations.list(TENANT, ADA)).to.deep.equal([]);
    await system.core.holds.release(TENANT, officer, { id: hold.id });
    await system.core.sweep();
    expect(await stored()).to.deep.equal([]);
  });

  it('R9: goes with the person', async () => {
    await start();
    await agree(ADA, 'authentication', 'location');
    await keep();
    await system.core.rights.erase(asked(system));
    expect(await stored()).to.deep.equal([]);
  });

  it('R31: what is no position is refused before anything is asked or stored', async () => {
    await start();
    await agree(ADA, 'location');
    for (const position of [
      { latitude: 91, longitude: 0 },
      { latitude: '51' as never, longitude: 0 },
      { latitude: 0, longitude: 0, accuracy: 5 } as typeof LONDON,
      null as never,
    ])
      expect(await codeOf(keep(position))).to.equal('ASIGNIO_REQUEST_INVALID');
    expect(await stored()).to.deep.equal([]);
    expect(await codeOf(makeSystem({ locationDays: 0 }))).to.equal('ASIGNIO_OPTION_INVALID');
  });
});
