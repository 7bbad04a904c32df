import type { AgreementView, AsignioCore, AuditEntry, DisclosureView, HoldView } from '@asignio/core';
import { AsignioError } from '@asignio/contracts';
import { expect } from 'chai';
import { OVERSIGHT_ROUTES } from '#src/document/routes/oversight.js';
import type { Host } from './support/app.js';
import { INSIDE, itAsksTheCore, OLGA, operatorHost, STAFF } from './support/operator-routes.js';
import type { Note, RouteSample } from './support/operator-routes.js';

const ISO = '2026-03-01T12:00:00.000Z';
const AT = Date.parse(ISO);

const HOLD: HoldView = {
  id: 'hold-1',
  subject: 'p'.repeat(22),
  scope: 'all',
  authority: 'Circuit Court',
  reference: '2026-L-1',
  reviewAt: AT,
  placedAt: AT,
  placedBy: 'host',
  released: null,
  ...INSIDE,
};
const TERMS = { subject: 'ada', scope: 'all', authority: 'Circuit Court', reference: '2026-L-1' };
const AGREEMENT: AgreementView = {
  id: 'dpa-1',
  recipient: 'Acme Matchers',
  data: ['face'],
  purposes: ['vendor-comparison'],
  regions: ['DE'],
  signatories: ['Ada', 'Bob'],
  signedAt: AT,
  validFrom: AT,
  validUntil: AT + 1,
  sha256: 'a'.repeat(64),
  mechanism: null,
  lifts: [],
  recordedAt: AT,
  endedAt: null,
  endedBecause: null,
  ...INSIDE,
};
const AGREED = {
  id: 'dpa-1',
  recipient: 'Acme Matchers',
  data: ['face'],
  purposes: ['vendor-comparison'],
  regions: ['DE'],
  signatories: ['Ada', 'Bob'],
  sha256: 'a'.repeat(64),
};
const DISCLOSURE: DisclosureView = {
  id: 'd-1',
  subject: 'p'.repeat(22),
  at: AT,
  recipient: { name: 'Acme Matchers', region: 'DE', plugin: null },
  data: ['face'],
  fields: ['sample'],
  purpose: 'vendor-comparison',
  basis: { ground: 'permit', reference: 'c-1' },
  agreement: 'dpa-1',
  transfer: { by: 'allowed-region', id: null },
  state: 'sent',
  copy: 'held',
  ...INSIDE,
};
const ENTRY: AuditEntry = {
  sequence: 1,
  id: 'e-1',
  at: AT,
  event: 'consent.granted',
  subject: null,
  data: { purpose: 'authentication' },
  previous: '0'.repeat(64),
  hash: 'b'.repeat(64),
  ...INSIDE,
};

const AUDITOR = ['staff.require', 'default', OLGA, 'auditor', 'privacy-officer', 'security-officer'];
const WHEN = { signedAt: ISO, validFrom: ISO, validUntil: ISO };

/** For each route: what is sent, and the calls that it makes. */
const SAMPLES: { readonly [name: string]: RouteSample } = {
  listHolds: {
    query: '?subject=ada&state=overdue&limit=5',
    calls: [['holds.list', 'default', OLGA, { limit: 5, subject: 'ada', state: 'overdue' }]],
  },
  placeHold: {
    body: { ...TERMS, reviewAt: ISO },
    calls: [['holds.place', 'default', OLGA, { ...TERMS, reviewAt: AT }]],
  },
  reviewHold: { body: { reviewAt: ISO }, calls: [['holds.review', 'default', OLGA, { id: 'x', reviewAt: AT }]] },
  releaseHold: { body: {}, calls: [['holds.release', 'default', OLGA, { id: 'x' }]] },
  listAgreements: { calls: [['agreements.list', 'default', OLGA, {}]] },
  recordAgreement: {
    body: { ...AGREED, ...WHEN },
    calls: [['agreements.record', 'default', OLGA, { ...AGREED, signedAt: AT, validFrom: AT, validUntil: AT }]],
  },
  endAgreement: {
    body: { reason: 'A breach' },
    calls: [['agreements.end', 'default', OLGA, { id: 'x', reason: 'A breach' }]],
  },
  listDisclosures: {
    query: '?subject=ada&after=n',
    calls: [['disclosures.list', 'default', OLGA, { after: 'n', subject: 'ada' }]],
  },
  listVendors: {
    calls: [['staff.require', 'default', OLGA, 'privacy-officer', 'auditor', 'security-officer'], ['vendors.list']],
  },
  readAudit: { query: '?from=3&limit=9', calls: [AUDITOR, ['audit.read', 'default', 3, 9]] },
  verifyAudit: { calls: [AUDITOR, ['audit.inspect', 'default']] },
  exportAudit: {
    query: `?format=csv&from=${ISO}&event=consent.granted`,
    calls: [AUDITOR, ['audit.export', 'default', { format: 'csv', from: AT, events: ['consent.granted'] }]],
  },
  makeCheckpoint: { body: {}, calls: [AUDITOR, ['audit.checkpoint', 'default']] },
};

describe('what operators oversee, over HTTP', () => {
  let host: Host;
  let calls: unknown[][];

  beforeEach(async () => {
    ({ host, calls } = await operatorHost(rooms));
  });
  afterEach(() => host.close());

  itAsksTheCore(OVERSIGHT_ROUTES, SAMPLES, () => ({ host, calls }));

  it('R42: look into the chain only in a role that was granted', async () => {
    host.core.governance.staff.require = () => Promise.reject(new AsignioError('ASIGNIO_ROLE_REQUIRED'));
    for (const path of ['', '/verification', '/export']) {
      const reply = await host.page('GET', `/asignio/operator/audit${path}`, { headers: STAFF });
      expect(reply.status, path).to.equal(403);
    }
    expect(calls).to.deep.equal([]);
  });

  it('export the chain as a file, piece by piece', async () => {
    const reply = await host.page('GET', '/asignio/operator/audit/export', { headers: STAFF });
    expect(reply.headers['content-disposition']).to.equal('attachment; filename="audit.jsonl"');
    expect(reply.headers['content-type']).to.equal('application/jsonl; charset=utf-8');
    expect(reply.text).to.equal('one\ntwo\n');
  });

  it('R11: hand an agreement for a purpose that cannot be to the core, which refuses and logs it', async () => {
    const json = { ...AGREED, ...WHEN, purposes: ['sale'] };
    await host.page('POST', '/asignio/operator/agreements', { headers: STAFF, json });
    expect(calls[0]?.[3]).to.have.deep.property('purposes', ['sale']);
  });
});

/** Rooms of the core that note each call. */
function rooms(note: Note, calls: unknown[][]): Partial<AsignioCore> {
  return {
    holds: {
      place: note('holds.place', HOLD),
      review: note('holds.review', HOLD),
      release: note('holds.release', { ...HOLD, released: { at: AT, by: 'host' } }),
      list: note('holds.list', { items: [HOLD] }),
    },
    governance: {
      staff: { require: note('staff.require', { pseudonym: 'p'.repeat(22), role: OLGA.role }) },
      agreements: {
        record: note('agreements.record', AGREEMENT),
        end: note('agreements.end', AGREEMENT),
        list: note('agreements.list', { items: [AGREEMENT], next: 'n' }),
      },
      disclosures: { list: note('disclosures.list', { items: [DISCLOSURE] }) },
      vendors: {
        list: () => {
          calls.push(['vendors.list']);
          return [
            { name: 'v', version: '1.0.0', kind: 'comparison', data: [], region: 'DE', agreement: null, ...INSIDE },
          ];
        },
      },
    } as unknown as AsignioCore['governance'],
    audit: {
      read: note('audit.read', [ENTRY]),
      inspect: note('audit.inspect', {
        entries: 1,
        head: 'b'.repeat(64),
        whole: false,
        faults: [{ kind: 'edited' as const, sequence: 1, detail: 'Entry 1 is not what its hash says' }],
        faultCount: 1,
        checkpoints: { count: 0, upTo: 0, at: null },
        ...INSIDE,
      }),
      verify: note('audit.verify', { entries: 1, head: 'b'.repeat(64), checkpoints: null }),
      checkpoint: note('audit.checkpoint', undefined),
      export: async function* (...given: unknown[]) {
        calls.push(['audit.export', ...given]);
        yield 'one\n';
        yield 'two\n';
      },
    },
  };
}
