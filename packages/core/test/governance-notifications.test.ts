import { expect } from 'chai';
import type { MessageTemplate } from '@asignio/policy';
import { ADA, TENANT, codeOf } from './harness.js';
import { makeGoverned, sign } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { agree, Postbox } from './support/people.js';

const MINUTE = 60_000;
const NEWS: MessageTemplate = {
  name: 'news',
  class: 'optional',
  values: ['what'],
  languages: { en: { title: 'News', text: 'There is {what}.' } },
};

/** A postbox of somebody else. */
class Courier extends Postbox {
  override readonly metadata = { ...new Postbox().metadata, region: 'FR', agreement: 'dpa-mail' } as never;
}

describe('messages that somebody else delivers', () => {
  let system: Governed;
  let post: Courier;

  beforeEach(async () => {
    post = new Courier();
    system = await makeGoverned({ notification: post, templates: [NEWS] });
    await agree(system.core, ADA);
    await system.core.messages.choose(TENANT, ADA, { optional: true });
  });

  afterEach(async () => system.dispose());

  const send = async (occasion: string) =>
    system.core.messages.send(TENANT, { subject: ADA, template: 'news', values: { what: 'voice' }, occasion });
  const covered = { id: 'dpa-mail', data: ['contact'], purposes: ['notification'], regions: ['FR'] } as const;
  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);

  it('R12: go out under an agreement alone; until there is one they wait, and the refusal is on record', async () => {
    expect(await codeOf(send('one'))).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(post.tries).to.equal(0);
    expect(await of('vendor.denied')).to.have.length(1);
    await sign(system.core, system.officer, system.clock.now(), covered);
    system.clock.advance(5 * MINUTE);
    await system.core.sweep();
    expect(post.to('ada').map(({ words }) => words.text)).to.deep.equal(['There is voice.']);
  });

  it('R13: have a row in the ledger, and their deliverer is among the recipients', async () => {
    await sign(system.core, system.officer, system.clock.now(), { ...covered, recipient: 'Courier SARL' });
    expect((await send('one')).state).to.equal('sent');
    const { items } = await system.core.governance.disclosures.list(TENANT, system.auditor);
    expect(items.map(({ purpose, data, basis, transfer }) => [purpose, data, basis.ground, transfer.by])).to.deep.equal(
      [['notification', ['contact'], 'consent', 'free-movement']],
    );
    expect((await system.core.subjects.held(TENANT, ADA)).recipients).to.deep.equal(['Courier SARL']);
    expect(JSON.stringify(items)).to.not.match(/voice|"ada"/);
  });
});
