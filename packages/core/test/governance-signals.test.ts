import { expect } from 'chai';
import { subjectId } from '@asignio/contracts';
import { ADA, TENANT, codeOf } from './harness.js';
import { makeGoverned, sign } from './support/governed.js';
import type { Governed } from './support/governed.js';
import { VendorServer, riskAcme } from './support/vendor.js';

describe('signals to risk engines', () => {
  let vendor: VendorServer;
  let system: Governed;

  beforeEach(async () => {
    vendor = await VendorServer.start();
    system = await makeGoverned({ vendors: [riskAcme(vendor)] });
  });

  afterEach(async () => {
    await system.dispose();
    await vendor.stop();
  });

  const share = async (signals: unknown, subject = ADA) =>
    system.core.governance.signals.share(TENANT, { vendor: 'risk-acme', subject, signals: signals as never });
  const of = async (event: string) => (await system.core.audit.read(TENANT)).filter((entry) => entry.event === event);

  it('R15: coarse values of the list go out under an agreement, about somebody whom only this recipient can recognise', async () => {
    await sign(system.core, system.officer, system.clock.now());
    await share({ 'sign-in': 'accepted', 'new-device': 'yes' });
    await share({ 'sign-in': 'refused' });
    await share({ 'sign-in': 'refused' }, subjectId('bob'));
    const sent = vendor.signals as { subject: string; signals: object }[];
    expect(sent.map(({ signals }) => signals)).to.deep.equal([
      { 'sign-in': 'accepted', 'new-device': 'yes' },
      { 'sign-in': 'refused' },
      { 'sign-in': 'refused' },
    ]);
    expect(sent[0]?.subject).to.equal(sent[1]?.subject).and.to.not.equal(sent[2]?.subject);
    expect(JSON.stringify(sent)).to.not.match(/ada|bob/);
    const [entry] = await of('signal.shared');
    expect(entry?.data).to.deep.equal({ vendor: 'risk-acme', signals: 'sign-in=accepted new-device=yes' });
    expect(JSON.stringify(sent)).to.not.include(entry?.subject);
    const { items } = await system.core.governance.disclosures.list(TENANT, system.auditor);
    expect(items.map(({ purpose, fields }) => [purpose, fields.length])).to.deep.include(['risk-signal', 3]);
  });

  it('R15: a raw score or a field that is not on the list is refused, on record, before a connection is opened', async () => {
    await sign(system.core, system.officer, system.clock.now());
    for (const wrong of [
      { score: 7.31 },
      { 'sign-in': 7.31 },
      { 'sign-in': 'accepted', email: 'ada@example.test' },
      { 'sign-in': 'almost' },
      {},
      null,
      'accepted',
    ])
      expect(await codeOf(share(wrong)), JSON.stringify(wrong)).to.equal('ASIGNIO_SIGNAL_REFUSED');
    const denied = await of('signal.denied');
    expect(denied).to.have.length(7);
    expect(JSON.stringify(denied)).to.not.match(/7\.31|example\.test/);
    expect(vendor.connections).to.equal(0);
    expect(await of('signal.shared')).to.deep.equal([]);
  });

  it('R12: without an agreement none goes out', async () => {
    expect(await codeOf(share({ 'sign-in': 'accepted' }))).to.equal('ASIGNIO_AGREEMENT_REQUIRED');
    expect(await of('vendor.denied')).to.have.length(1);
    expect(vendor.connections).to.equal(0);
  });

  it('R15: a list of figures is refused when the system is made', async () => {
    expect(await codeOf(makeGoverned({ signals: { score: ['1', '2'] } }))).to.equal('ASIGNIO_OPTION_INVALID');
    expect(system.core.governance.signals.allowed()).to.have.property('sign-in');
  });

  it('a risk engine that does not answer is told of by code', async () => {
    await sign(system.core, system.officer, system.clock.now());
    vendor.broken = true;
    expect(await codeOf(share({ 'sign-in': 'accepted' }))).to.equal('ASIGNIO_VENDOR_UNAVAILABLE');
    expect(await of('signal.shared')).to.deep.equal([]);
  });
});
