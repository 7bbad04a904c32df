import type { AsignioCore, AssessmentView, DatasetView, IncidentView, LegalOrderView } from '@asignio/core';
import { REGISTER_ROUTES } from '#src/document/routes/registers.js';
import type { Host } from './support/app.js';
import { INSIDE, itAsksTheCore, OLGA, operatorHost } from './support/operator-routes.js';
import type { Note, RouteSample } from './support/operator-routes.js';

const ISO = '2026-03-01T12:00:00.000Z';
const AT = Date.parse(ISO);
const WHO = 'p'.repeat(22);
const ORDER = {
  disclosure: {
    kind: 'legal-process' as const,
    reference: '2026-L-1',
    recipient: 'Circuit Court',
    region: 'US-IL',
    scope: { data: ['attribute' as const], fields: ['name'], because: 'The order asks for no more' },
  },
};
const LEGAL: LegalOrderView = {
  ...ORDER,
  id: 'l-1',
  mechanism: null,
  notice: null,
  persons: 1,
  state: 'requested',
  requestedAt: AT,
  requestedBy: WHO,
  decidedAt: null,
  decidedBy: null,
  refusedBecause: null,
  disclosed: 0,
  ...INSIDE,
};
const ASSESSED = { kind: 'dpia', title: 'DPIA', by: 'Acme', sha256: 'a'.repeat(64), findings: 2 } as const;
const ASSESSMENT = {
  ...ASSESSED,
  id: 'a-1',
  date: AT,
  nextDue: AT,
  recordedAt: AT,
  recordedBy: WHO,
  overdue: false,
  ...INSIDE,
} as unknown as AssessmentView;
const NOTICED = { persons: [{ place: 'EU', count: 3 }], highRisk: true, summary: 'A lost disk', data: ['biometric'] };
const INCIDENT = {
  ...NOTICED,
  id: 'i-1',
  discoveredAt: AT,
  deadlines: [
    {
      rule: 'gdpr-72h',
      whom: 'regulator',
      place: 'EU',
      due: AT,
      source: 'GDPR Art. 33',
      doneAt: null,
      reference: null,
    },
  ],
  openedAt: AT,
  openedBy: WHO,
  closedAt: null,
  closedBecause: null,
  overdue: [],
  ...INSIDE,
} as unknown as IncidentView;
const SET = { name: 'Set', source: 'Somewhere', licence: 'CC-BY', jurisdiction: 'EU', class: 'biometric' } as const;
const DATASET: DatasetView = { ...SET, id: 'set', parts: [], registeredAt: AT, registeredBy: WHO, ...INSIDE };

const SAMPLES: { readonly [name: string]: RouteSample } = {
  listLegalOrders: { query: '?limit=2', calls: [['legal.list', 'default', OLGA, { limit: 2 }]] },
  requestLegalOrder: {
    body: { ...ORDER, subjects: ['ada'] },
    calls: [['legal.request', 'default', OLGA, { ...ORDER, subjects: ['ada'] }]],
  },
  approveLegalOrder: { body: {}, calls: [['legal.approve', 'default', OLGA, { id: 'x' }]] },
  refuseLegalOrder: {
    body: { reason: 'Too wide' },
    calls: [['legal.refuse', 'default', OLGA, { id: 'x', reason: 'Too wide' }]],
  },
  listAssessments: { calls: [['assessments.list', 'default', OLGA, {}]] },
  recordAssessment: {
    body: { ...ASSESSED, date: ISO, nextDue: ISO },
    calls: [['assessments.record', 'default', OLGA, { ...ASSESSED, date: AT, nextDue: AT }]],
  },
  listIncidents: { calls: [['incidents.list', 'default', OLGA, {}]] },
  openIncident: {
    body: { ...NOTICED, discoveredAt: ISO },
    calls: [['incidents.open', 'default', OLGA, { ...NOTICED, discoveredAt: AT }]],
  },
  noteNotification: {
    body: { rule: 'gdpr-72h', reference: 'Letter 7' },
    calls: [['incidents.notify', 'default', OLGA, { id: 'x', rule: 'gdpr-72h', reference: 'Letter 7' }]],
  },
  closeIncident: {
    body: { reason: 'Found' },
    calls: [['incidents.close', 'default', OLGA, { id: 'x', reason: 'Found' }]],
  },
  listDatasets: { query: '?after=n', calls: [['datasets.list', 'default', OLGA, { after: 'n' }]] },
  registerDataset: { body: SET, calls: [['datasets.register', 'default', OLGA, SET]] },
};

describe('registers and disclosures by law, over HTTP', () => {
  let host: Host;
  let calls: unknown[][];

  beforeEach(async () => {
    ({ host, calls } = await operatorHost(rooms));
  });
  afterEach(() => host.close());

  itAsksTheCore(REGISTER_ROUTES, SAMPLES, () => ({ host, calls }));
});

function rooms(note: Note): Partial<AsignioCore> {
  return {
    governance: {
      legal: {
        list: note('legal.list', { items: [LEGAL] }),
        request: note('legal.request', LEGAL),
        approve: note('legal.approve', LEGAL),
        refuse: note('legal.refuse', LEGAL),
      },
      assessments: {
        list: note('assessments.list', { items: [ASSESSMENT] }),
        record: note('assessments.record', ASSESSMENT),
      },
      incidents: {
        list: note('incidents.list', { items: [INCIDENT] }),
        open: note('incidents.open', INCIDENT),
        notify: note('incidents.notify', INCIDENT),
        close: note('incidents.close', INCIDENT),
      },
      datasets: { list: note('datasets.list', { items: [DATASET] }), register: note('datasets.register', DATASET) },
    } as unknown as AsignioCore['governance'],
  };
}
