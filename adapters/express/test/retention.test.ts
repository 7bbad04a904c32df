import type { AsignioCore, DestructionView } from '@asignio/core';
import { expect } from 'chai';
import { RETENTION_ROUTES } from '#src/document/routes/retention.js';
import type { Host } from './support/app.js';
import { INSIDE, itAsksTheCore, OLGA, operatorHost } from './support/operator-routes.js';
import type { Note, RouteSample } from './support/operator-routes.js';

const AT = Date.parse('2026-03-01T12:00:00Z');
const DESTRUCTION: DestructionView = {
  id: 'retention:x',
  subject: 'p'.repeat(22),
  scope: 'all',
  reason: 'last-interaction-3-years',
  orderedAt: AT,
  state: 'running',
  attempts: 2,
  lastError: 'ASIGNIO_VENDOR_UNAVAILABLE',
  certificate: null,
  ...INSIDE,
};
const PLACES = { subject: 'ada', places: ['US-CO'] };
const [, ...OPERATORS] = RETENTION_ROUTES;

const SAMPLES: { readonly [name: string]: RouteSample } = {
  listDestructions: {
    query: '?subject=ada&limit=3',
    calls: [['destructions', 'default', OLGA, { limit: 3, subject: 'ada' }]],
  },
  setPlaces: { body: PLACES, calls: [['setPlaces', 'default', OLGA, PLACES]] },
  endPurpose: { body: { subject: 'ada' }, calls: [['endPurpose', 'default', OLGA, { subject: 'ada' }]] },
};

describe('how long data are kept, over HTTP', () => {
  let host: Host;
  let calls: unknown[][];

  beforeEach(async () => {
    ({ host, calls } = await operatorHost(rooms));
  });
  afterEach(() => host.close());

  itAsksTheCore(OPERATORS, SAMPLES, () => ({ host, calls }));

  it('R10: the schedule is public, in the language and form that is asked for', async () => {
    const html = await host.ask({ path: '/asignio/retention-schedule?language=es' });
    expect(html.headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(html.headers['content-language']).to.equal('es');
    expect(html.text).to.equal('<!doctype html><html lang="es"><meta charset="utf-8"><section>H</section></html>');
    const text = await host.ask({ path: '/asignio/retention-schedule?format=text' });
    expect(text.headers['content-type']).to.equal('text/plain; charset=utf-8');
    expect(text.text).to.equal('T');
    const json = await host.ask({ path: '/asignio/retention-schedule?format=json' });
    expect(json.json()).to.deep.equal({ language: 'es', sha256: 'a'.repeat(64), rows: [] });
    expect(calls).to.deep.equal([
      ['publish', 'default', 'es'],
      ['publish', 'default', undefined],
      ['publish', 'default', undefined],
    ]);
    expect((await host.ask({ path: '/asignio/retention-schedule?format=pdf' })).status).to.equal(400);
  });
});

function rooms(note: Note): Partial<AsignioCore> {
  return {
    retention: {
      publish: note('publish', {
        language: 'es',
        sha256: 'a'.repeat(64),
        rows: [],
        text: 'T',
        html: '<section>H</section>',
      }),
      destructions: note('destructions', { items: [DESTRUCTION] }),
      setPlaces: note('setPlaces', { places: ['US-CO'], due: AT, rule: 'colorado', ...INSIDE }),
      endPurpose: note('endPurpose', { endedAt: AT, ...INSIDE }),
    } as unknown as AsignioCore['retention'],
  };
}
