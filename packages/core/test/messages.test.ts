import { expect } from 'chai';
import { AsignioError, subjectId } from '@asignio/contracts';
import type { StoragePlugin, TenantId } from '@asignio/contracts';
import type { CoreOptions } from '@asignio/core';
import { noticeSha256 } from '@asignio/policy';
import type { MessageTemplate, Notice } from '@asignio/policy';
import { fakeClock } from '@asignio/testkit';
import { ADA, NOTICES, TENANT, asked, attempt, codeOf, enrol, events, makeSystem, watched } from './harness.js';
import type { System } from './harness.js';
import { agree, people, Postbox } from './support/people.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1);
const BOB = subjectId('bob');

/** The notices of now, and a change of each kind in all their languages: a minor one in 40 days, a material one in 100. */
const CHANGING: readonly Notice[] = NOTICES.flatMap((notice) => [
  notice,
  {
    ...notice,
    version: 'minor',
    material: false,
    effectiveAt: START + 40 * DAY,
    supersedes: notice.version,
    whatChanged: 'The words are clearer.',
  },
  {
    ...notice,
    version: 'material',
    material: true,
    effectiveAt: START + 100 * DAY,
    supersedes: 'minor',
    whatChanged: 'We keep it for two years.',
  },
]);

const NEWS: MessageTemplate = {
  name: 'news',
  class: 'optional',
  values: ['what'],
  languages: { en: { title: 'News', text: 'There is {what}.' }, es: { title: 'Noticias', text: 'Hay {what}.' } },
};

describe('messages to people', () => {
  let system: System;
  let post: Postbox;

  async function start(options: Partial<CoreOptions> & { wrap?: (storage: StoragePlugin) => StoragePlugin } = {}) {
    post = new Postbox();
    system = await makeSystem({
      clock: fakeClock(START),
      notices: CHANGING,
      notification: post,
      templates: [NEWS],
      ...options,
    });
    return system;
  }

  afterEach(async () => system.dispose());

  const at = (days: number) => system.clock.set(START + days * DAY);
  const entries = async (event: string) =>
    (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);

  it('R33: everybody who agreed to the notice is told before it changes, once, in their language, at the address that the host knows', async () => {
    await start();
    await agree(system.core, ADA);
    await agree(system.core, BOB, 'es');
    at(9);
    await system.core.sweep();
    expect(post.sent).to.deep.equal([]);
    at(11);
    await system.core.sweep();
    await system.core.sweep();
    expect(post.sent.map(({ recipient, language, template, mandatory }) => [recipient, language, template, mandatory]))
      .to.have.deep.members([
        ['ada', 'en', 'notice-minor', true],
        ['bob', 'es', 'notice-minor', true],
      ])
      .and.to.have.length(2);
    at(71);
    await system.core.sweep();
    const [, material] = post.to('ada');
    expect(material).to.include({ template: 'notice-material', mandatory: true });
    expect(material?.words.text).to.include('We keep it for two years.').and.to.include('September 9, 2026');
    expect(post.sent).to.have.length(4);
    expect((await entries('notice.sent')).map(({ data }) => data['version'])).to.deep.equal([
      'minor',
      'minor',
      'material',
      'material',
    ]);
    expect(new Set(post.sent.map(({ id }) => id)).size).to.equal(4);
  });

  it('R33: on its date a material change makes what was agreed to before stale, marked once, and blocked until it is agreed to anew', async () => {
    await start();
    await agree(system.core, ADA);
    await enrol(system.core);
    await agree(system.core, BOB);
    at(41);
    await system.core.sweep();
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    expect(await entries('consent.stale')).to.deep.equal([]);
    at(100);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('ASIGNIO_NOT_VERIFIED');
    const before = (await entries('consent.stale')).length;
    await system.core.sweep();
    await system.core.sweep();
    const marked = (await entries('consent.stale')).slice(before);
    expect(marked.map(({ data }) => [data['notice'], data['current']])).to.deep.equal([
      [NOTICES[0]?.version, 'material'],
      [NOTICES[0]?.version, 'material'],
    ]);
    const [old] = await system.core.subjects.consents(TENANT, ADA);
    expect(old?.state).to.equal('stale');
    const receipt = await system.core.subjects.receipt(TENANT, ADA, old?.id as never);
    const { history } = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString()) as {
      history: { state: string; time: string }[];
    };
    expect(history.map(({ state }) => state)).to.deep.equal(['granted', 'stale']);
    expect(history[1]?.time).to.equal(new Date(START + 100 * DAY).toISOString());
    await agree(system.core, ADA);
    expect(await attempt(system.core, { who: 'ada' })).to.equal('accepted');
    const sent = post.to('ada').length;
    await system.core.sweep();
    expect(post.to('ada')).to.have.length(sent);
  });

  it('R33: who agrees while a change is announced is told of it at once', async () => {
    await start();
    at(75);
    await system.core.sweep();
    await agree(system.core, ADA);
    await system.core.sweep();
    expect(post.to('ada').map(({ template }) => template)).to.deep.equal(['notice-material']);
  });

  it('R33: who took their consent back, or was erased, is not written to', async () => {
    await start();
    await agree(system.core, ADA);
    await agree(system.core, BOB);
    const [consent] = await system.core.subjects.consents(TENANT, ADA);
    await system.core.subjects.withdraw(TENANT, ADA, consent?.id as never);
    at(11);
    await system.core.sweep();
    expect(post.sent.map(({ recipient }) => recipient)).to.deep.equal(['bob']);
  });

  it('R33: a version that came into force unannounced is told of late, and what it replaced is not', async () => {
    await start();
    await agree(system.core, ADA);
    at(130);
    await system.core.sweep();
    expect(post.sent.map(({ template }) => template)).to.deep.equal(['notice-material']);
  });

  it('R33: a sweep that is cut off anywhere is gone on with, and nobody is left out or told twice', async () => {
    let left = Infinity;
    await start({
      wrap: (storage) =>
        watched(storage, ({ name }) => {
          if (name.includes('Lease') || left-- > 0) return;
          left = Infinity;
          throw new AsignioError('ASIGNIO_STORAGE_UNAVAILABLE');
        }),
    });
    const all = people(130);
    for (const person of all) await agree(system.core, person);
    at(11);
    let cuts = 0;
    for (let budget = 20; ; budget += 150) {
      left = budget;
      const done = await codeOf(system.core.sweep());
      const isCut = left === Infinity;
      left = Infinity;
      if (done === 'resolved' && !isCut && post.sent.length >= all.length) break;
      cuts++;
      // What was handed over when the store went away is tried again after its claim has lapsed.
      system.clock.advance(DAY / 24);
    }
    await system.core.sweep();
    expect(cuts).to.be.greaterThan(3);
    const reached = new Map<string, Set<string>>();
    for (const { recipient, id } of post.sent) reached.set(recipient, (reached.get(recipient) ?? new Set()).add(id));
    expect([...reached.keys()].sort()).to.deep.equal([...all].sort());
    // Handed over again after a cut it has the same id, so that whoever delivers can tell.
    for (const ids of reached.values()) expect(ids.size).to.equal(1);
    expect(await entries('notice.sent')).to.have.length(all.length);
    expect((await system.core.messages.announced(TENANT))[0]).to.include({
      version: 'minor',
      planned: true,
      messages: all.length,
    });
  }).timeout(60_000);

  it('R33: what cannot be sent now is sent later; one answer is enough to leave the others for later as well', async () => {
    await start();
    for (const person of people(5)) await agree(system.core, person);
    at(11);
    post.faults.push(new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE'));
    await system.core.sweep();
    expect(post.tries).to.equal(1);
    await system.core.sweep();
    expect(post.sent).to.have.length(4);
    system.clock.advance(DAY);
    await system.core.sweep();
    expect(post.sent).to.have.length(5);
  });

  it('R33: a message that will never be taken is noted, told of, and keeps no other from its way', async () => {
    const told: unknown[] = [];
    await start({ onSweepError: (error) => told.push(error) });
    for (const person of people(3)) await agree(system.core, person);
    at(11);
    post.faults.push(new AsignioError('ASIGNIO_NOTIFICATION_REFUSED'));
    await system.core.sweep();
    await system.core.sweep();
    expect(post.sent).to.have.length(2);
    expect(told.map((error) => (error as AsignioError).code)).to.deep.equal(['ASIGNIO_NOTIFICATION_REFUSED']);
    const states = (await system.core.messages.addressees(TENANT, 'minor')).items.map(({ state }) => state);
    expect(states.sort()).to.deep.equal(['refused', 'sent', 'sent']);
  });

  it('R33: a host without a plugin sees who must be told, tells them itself, and they are not told again', async () => {
    await start({ notification: undefined as never });
    await agree(system.core, ADA);
    await agree(system.core, BOB, 'ar');
    expect(await system.core.messages.announced(TENANT)).to.have.length(2);
    expect((await system.core.messages.addressees(TENANT, 'material')).items).to.have.deep.members([
      { ...(await addressee('ada')), language: 'en', state: 'planned' },
      { ...(await addressee('bob')), language: 'ar', state: 'planned' },
    ]);
    at(71);
    await system.core.sweep();
    for (const person of [ADA, ADA, BOB]) await system.core.messages.told(TENANT, 'minor', person);
    await system.core.messages.told(TENANT, 'material', ADA);
    const { items } = await system.core.messages.addressees(TENANT, 'material');
    expect(items.map(({ subject, state }) => [subject, state])).to.have.deep.members([
      ['ada', 'sent'],
      ['bob', 'owed'],
    ]);
    expect((await entries('notice.sent')).map(({ data }) => [data['version'], data['by']])).to.deep.equal([
      ['minor', 'host'],
      ['minor', 'host'],
      ['material', 'host'],
    ]);
    const shown = await system.core.messages.list(TENANT, BOB);
    expect(shown.find(({ state }) => state === 'owed')).to.include({
      template: 'notice-material',
      language: 'ar',
      state: 'owed',
    });
    expect(await codeOf(system.core.messages.told(TENANT, 'material', subjectId('eve')))).to.equal('ASIGNIO_NOT_FOUND');
    for (const version of [NOTICES[0]?.version as string, 'never'])
      expect(await codeOf(system.core.messages.addressees(TENANT, version))).to.equal('ASIGNIO_NOTICE_UNKNOWN');
    await system.close();
    const again = await makeSystem({
      clock: system.clock,
      folder: system.folder,
      notices: CHANGING,
      notification: post,
    });
    system = again;
    await system.core.sweep();
    expect(post.sent.map(({ recipient, template }) => [recipient, template])).to.deep.equal([
      ['bob', 'notice-material'],
    ]);
  });

  /** What `addressees` says of a person, but for what differs. */
  async function addressee(subject: string) {
    const { items } = await system.core.messages.addressees(TENANT, 'material');
    const found = items.find((item) => item.subject === subject);
    return { subject, pseudonym: found?.pseudonym };
  }

  it('R33, R17: every version is on record once in each tenant; one whose words were changed is put on record anew', async () => {
    await start();
    const other = 'globex' as TenantId;
    await system.core.subjects.notice(TENANT, 'en');
    await system.core.subjects.notice(TENANT, 'es');
    await system.core.subjects.notice(other, 'en');
    await system.core.sweep();
    const published = await entries('policy.published');
    expect(published.map(({ data }) => data['version'])).to.deep.equal([NOTICES[0]?.version, 'minor', 'material']);
    expect(published[1]?.data).to.include({
      material: false,
      effectiveAt: START + 40 * DAY,
      languages: 'en es ar',
      sha256: CHANGING.filter(({ version }) => version === 'minor')
        .map(noticeSha256)
        .join(' '),
    });
    const elsewhere = await system.core.audit.read(other);
    expect(elsewhere.filter(({ event }) => event === 'policy.published')).to.have.length(3);
    await system.close();
    const edited = CHANGING.map((notice) =>
      notice.version === 'minor' ? { ...notice, title: 'Another title' } : notice,
    );
    system = await makeSystem({ clock: system.clock, folder: system.folder, notices: edited });
    await system.core.sweep();
    await system.core.sweep();
    expect((await entries('policy.published')).map(({ data }) => data['version'])).to.deep.equal([
      NOTICES[0]?.version,
      'minor',
      'material',
      'minor',
    ]);
  });

  it('R17: serving a notice is on record with version, language and hash', async () => {
    await start();
    const served = await system.core.subjects.notice(TENANT, 'es-MX');
    expect((await entries('notice.served')).map(({ data }) => data)).to.deep.equal([
      { version: served.version, language: 'es', sha256: served.sha256 },
    ]);
    expect(served.sha256).to.equal(noticeSha256(NOTICES.find(({ language }) => language === 'es') as Notice));
  });

  it('R35: mandatory messages cannot be switched off; optional ones are off until they are switched on, and can be', async () => {
    await start();
    await agree(system.core, ADA);
    const { messages } = system.core;
    const send = async (occasion: string) => {
      system.clock.advance(1);
      return messages.send(TENANT, { subject: ADA, template: 'news', values: { what: 'voice' }, occasion });
    };
    expect(await messages.settings(TENANT, ADA)).to.deep.equal({ optional: false, mandatory: true });
    expect((await send('one')).state).to.equal('withheld');
    await messages.choose(TENANT, ADA, { optional: true });
    expect((await send('two')).state).to.equal('sent');
    expect((await send('two')).state).to.equal('sent');
    await messages.choose(TENANT, ADA, { optional: false, mandatory: true });
    expect((await send('three')).state).to.equal('withheld');
    expect(await codeOf(messages.choose(TENANT, ADA, { optional: false, mandatory: false }))).to.equal(
      'ASIGNIO_MESSAGE_MANDATORY',
    );
    expect(post.to('ada').map(({ words, mandatory }) => [words.text, mandatory])).to.deep.equal([
      ['There is voice.', false],
    ]);
    at(11);
    await system.core.sweep();
    expect(post.to('ada').at(-1)).to.include({ template: 'notice-minor', mandatory: true });
    expect((await entries('notice.sent')).map(({ data }) => data['mandatory'])).to.deep.equal([false, true]);
    expect((await messages.list(TENANT, ADA)).map(({ state }) => state)).to.deep.equal([
      'sent',
      'withheld',
      'sent',
      'withheld',
    ]);
  });

  it('R35: an optional message that waits is withheld when it is switched off meanwhile', async () => {
    await start();
    await agree(system.core, ADA);
    await system.core.messages.choose(TENANT, ADA, { optional: true });
    post.faults.push(new AsignioError('ASIGNIO_NOTIFICATION_UNAVAILABLE'));
    const send = { subject: ADA, template: 'news', values: { what: 'voice' }, occasion: 'one', language: 'es' };
    expect((await system.core.messages.send(TENANT, send)).state).to.equal('owed');
    await system.core.messages.choose(TENANT, ADA, { optional: false });
    at(1);
    await system.core.sweep();
    expect(post.sent).to.deep.equal([]);
    expect((await system.core.messages.list(TENANT, ADA))[0]).to.include({ state: 'withheld', text: 'Hay voice.' });
  });

  it('R40: no template, no value and no word on a change can ask a person for data', async () => {
    await start();
    await agree(system.core, ADA);
    const { messages } = system.core;
    const asking = { subject: ADA, template: 'news', values: { what: 'news. Please send us your password' } };
    expect(await codeOf(messages.send(TENANT, { ...asking, occasion: 'one' }))).to.equal('ASIGNIO_TEMPLATE_INVALID');
    expect(await messages.list(TENANT, ADA)).to.deep.equal([]);
    const template = { ...NEWS, languages: { en: { title: 'News', text: '{what}: enter your password.' } } };
    expect(await codeOf(makeSystem({ templates: [template] }))).to.equal('ASIGNIO_TEMPLATE_INVALID');
    const change = 'Reply with your date of birth.';
    const notices = CHANGING.map((notice) =>
      notice.version === 'minor' ? { ...notice, whatChanged: change } : notice,
    );
    expect(await codeOf(makeSystem({ notices }))).to.equal('ASIGNIO_TEMPLATE_INVALID');
  });

  it('are refused to nobody in particular: an unknown person, template or occasion', async () => {
    await start();
    await agree(system.core, ADA);
    const { messages } = system.core;
    const good = { subject: ADA, template: 'news', values: { what: 'x' }, occasion: 'one' };
    const codes = await Promise.all(
      [
        { ...good, subject: BOB },
        { ...good, template: 'olds' },
        { ...good, values: {} },
        { ...good, values: { what: 7 as never } },
        { ...good, occasion: '../x' },
        { ...good, more: 1 } as typeof good,
      ].map(async (wrong) => codeOf(messages.send(TENANT, wrong))),
    );
    expect(codes).to.deep.equal([
      'ASIGNIO_NOT_FOUND',
      'ASIGNIO_NOT_FOUND',
      'ASIGNIO_TEMPLATE_INVALID',
      'ASIGNIO_REQUEST_INVALID',
      'ASIGNIO_REQUEST_INVALID',
      'ASIGNIO_REQUEST_INVALID',
    ]);
    expect(await codeOf(messages.choose(TENANT, BOB, { optional: true }))).to.equal('ASIGNIO_NOT_FOUND');
    expect(await messages.list(TENANT, BOB)).to.deep.equal([]);
    expect(post.tries).to.equal(0);
  });

  it('R9, R28: whom a message is for, and what it says, stands nowhere in plain words, and goes with the person', async () => {
    await start();
    const canary = subjectId('canary.person@example.test');
    await agree(system.core, canary);
    await system.core.messages.choose(TENANT, canary, { optional: true });
    const send = { subject: canary, template: 'news', values: { what: 'canary-words' }, occasion: 'one' };
    await system.core.messages.send(TENANT, send);
    at(11);
    await system.core.sweep();
    const kinds = ['attribute', 'message', 'consent', 'notice', 'subject', 'key'] as const;
    const stored = async () =>
      (
        await Promise.all(kinds.map(async (kind) => (await system.storage.list({ tenant: TENANT, kind })).records))
      ).flat();
    const plain = (value: unknown) =>
      JSON.stringify(value, (_, item: unknown) =>
        item instanceof Uint8Array ? Buffer.from(item).toString('latin1') : item,
      );
    expect(plain(await stored())).to.not.include('canary');
    expect(plain(await system.core.audit.read(TENANT))).to.not.include('canary');
    expect(post.to(canary)).to.have.length(2);
    expect(await system.core.messages.list(TENANT, canary)).to.have.length(2);
    await system.core.rights.erase(asked(system, canary));
    expect(await system.core.messages.list(TENANT, canary)).to.deep.equal([]);
    for (const kind of ['attribute', 'message'] as const)
      expect((await system.storage.list({ tenant: TENANT, kind })).records, kind).to.deep.equal([]);
    at(71);
    await system.core.sweep();
    expect(post.to(canary)).to.have.length(2);
  });

  it('opens and closes the plugin with the system, and refuses one of another kind', async () => {
    await start();
    expect(post.isOpen).to.equal(true);
    await system.close();
    expect(post.isOpen).to.equal(false);
    system = await makeSystem();
    const other = Object.assign(new Postbox(), { metadata: { ...post.metadata, kind: 'keys' } });
    expect(await codeOf(makeSystem({ notification: other as unknown as Postbox }))).to.equal('ASIGNIO_PLUGIN_INVALID');
    expect(await events(system.core)).to.deep.equal([]);
  });
});
