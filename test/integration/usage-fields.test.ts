import { expect } from 'chai';
import { usageFields } from '@asignio/policy';
import { createSigner } from '@asignio/testkit';
import { startDemo, dataFolder } from '../support/demo.js';
import { Visitor } from '../support/visitor.js';
import { rm } from 'node:fs/promises';

const of = (place: string) =>
  usageFields()
    .filter((one) => one.place === place)
    .map(({ field }) => field)
    .sort();

describe('usage and device fields, from the browser to the monitor', () => {
  it('R41: a capture tells the declared device fields, and one more is refused before it is read', async () => {
    const sample = createSigner({ seed: 'fields' }).sign();
    expect(Object.keys(sample).sort()).to.deep.equal(of('device'));
    const data = await dataFolder();
    const demo = await startDemo(data);
    try {
      const visitor = new Visitor(demo.url);
      await visitor.form('/account', { name: 'fields', passphrase: 'correct horse battery' });
      await visitor.consent();
      const begun = await visitor.post('/asignio/ceremonies', { kind: 'enrolment', modalities: ['signature'] });
      const path = `/asignio/ceremonies/${begun.json.id as string}/samples/signature`;
      const more = await visitor.put(path, { ...sample, userAgent: 'Mozilla' } as typeof sample);
      expect(more.status).to.equal(400);
      expect(more.json.code).to.equal('ASIGNIO_SAMPLE_INVALID');
      expect((await visitor.put(path, sample)).status).to.equal(200);

      const { text } = await visitor.get('/asignio/metrics');
      const labels = [...text.matchAll(/[{,]([a-zA-Z_]+)="/g)].map(([, label]) => label ?? '');
      expect(labels.length).to.be.greaterThan(10);
      expect([...of('metric'), 'le']).to.include.members([...new Set(labels)]);
    } finally {
      await demo.stop();
      await rm(data, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
