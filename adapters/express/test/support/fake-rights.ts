import { consentId } from '@asignio/contracts';
import type {
  AsignioCore,
  CaseView,
  ConsentView,
  DecisionView,
  GuardianshipView,
  RequestView,
  StandingView,
} from '@asignio/core';

/** A call that reached the core: its room and method, and what it was given. */
export type Call = readonly [method: string, ...given: unknown[]];

/** In every answer, beside what its schema names: must never be seen outside. */
const INSIDE = { inside: 'never-shown' };
const AT = Date.parse('2026-01-02T03:04:05Z');

const REQUEST: RequestView = {
  id: 'request-1',
  type: 'access',
  law: 'gdpr',
  state: 'closed',
  openedAt: AT,
  due: AT + 1,
  dueSource: 'GDPR Art. 12(3)',
  overdue: false,
  extension: { at: AT, reason: null },
  closedAt: AT,
  outcome: 'done',
  statement: null,
  answer: '',
  exceptions: [{ id: 'request-record', source: 'GDPR Art. 5(2)', sentence: 'That you asked is kept', blocks: false }],
  decision: null,
  certificate: 'e30.e30.c2ln',
  ...INSIDE,
};
const CASE: CaseView = { ...REQUEST, subject: 'p'.repeat(22), answeredBy: null };
const DECISION: DecisionView = {
  id: 'decision-1',
  kind: 'rejected',
  at: AT,
  reasons: ['score'],
  modalities: ['signature'],
  model: 'fake@1.0.0',
  threshold: { assurance: 'signature', fmr: 0.02 },
  contestableUntil: AT,
  contest: null,
  review: { outcome: 'upheld', at: AT },
  ...INSIDE,
};
const STANDING: StandingView = {
  restrictedAt: AT,
  objections: ['improvement'],
  ageBand: '16-plus',
  minorAlone: false,
  ...INSIDE,
};
const WARD: GuardianshipView = {
  state: 'verified',
  relation: 'parent',
  evidence: 'in-person',
  verifiedAt: AT,
  signedAt: null,
  ageBand: '13-15',
  ...INSIDE,
};
const CONSENT: ConsentView = {
  id: consentId('c'.repeat(22)),
  modality: 'signature',
  purpose: 'authentication',
  state: 'granted',
  noticeVersion: '1',
  grantedAt: AT,
  ...INSIDE,
};
const HELD = {
  subject: 'ada',
  enrolments: [],
  consents: [CONSENT],
  retention: null,
  lastInteraction: AT,
  failedAttempts: 0,
  recipients: [],
  ...INSIDE,
} as unknown as Awaited<ReturnType<AsignioCore['subjects']['held']>>;
const SALE = { sold: false, shared: false, sentence: 'No', source: 'Cal. Civ. Code §1798.120' } as const;
const STOOD = { request: REQUEST, standing: STANDING };

/** The rooms of rights, which note each call and answer always the same. */
export function fakeRights(note: (...call: Call) => void): Pick<AsignioCore, 'rights' | 'reviews' | 'guardians'> {
  const answering =
    (room: string) =>
    <T>(method: string, answer: T) =>
    async (...given: unknown[]): Promise<T> => {
      note(`${room}.${method}`, ...given);
      return answer;
    };
  const right = answering('rights');
  const review = answering('reviews');
  const guardian = answering('guardians');
  return {
    rights: {
      check: (...given) => {
        note('rights.check', ...given);
        return { factors: ['password'], until: AT };
      },
      requests: right('requests', [REQUEST]),
      request: right('request', REQUEST),
      standing: right('standing', STANDING),
      access: right('access', {
        request: REQUEST,
        report: {
          format: 'asignio-access/1' as const,
          createdAt: AT,
          subject: HELD.subject,
          pseudonym: 'p'.repeat(22),
          held: HELD,
          attributes: { name: 'Ada' },
          source: 'yourself',
          purposes: [],
          recipients: [],
          retention: { due: AT, rule: 'r', sentence: 's' },
          retentionSchedule: [],
          standing: STANDING,
          decisions: [DECISION],
          requests: [REQUEST],
          records: [{ kind: 'consent', id: 'c', value: { grantedAt: AT } }],
          log: [{ at: AT, event: 'consent.granted', data: { any: 'thing' } }],
          automatedDecisions: 'None alone',
          rights: ['access'],
          exceptions: REQUEST.exceptions,
          regulators: [{ region: 'IE', name: 'DPC', url: 'https://www.dataprotection.ie' }],
          ...INSIDE,
        },
      }),
      exportData: right('exportData', {
        request: REQUEST,
        file: { text: '{}', name: 'export.json', references: ['signature'] as const, ...INSIDE },
      }),
      importData: right('importData', {
        request: REQUEST,
        attributes: ['name'],
        consents: 1,
        references: ['signature'] as const,
        ...INSIDE,
      }),
      rectify: right('rectify', { request: REQUEST, attributes: { email: 'ada@example.test' } }),
      revokeReference: right('revokeReference', REQUEST),
      restrict: right('restrict', STOOD),
      resume: right('resume', STOOD),
      object: right('object', STOOD),
      retractObjection: right('retractObjection', STOOD),
      erase: right('erase', REQUEST),
      ccpaSummary: right('ccpaSummary', {
        request: REQUEST,
        summary: {
          format: 'asignio-ccpa-summary/1' as const,
          createdAt: AT,
          periodMonths: 12 as const,
          categories: [
            {
              category: 'biometric',
              collected: true,
              sources: ['you'],
              purposes: ['sign-in'],
              disclosedTo: [],
              retention: '3 years',
              ...INSIDE,
            },
          ],
          sale: SALE,
          remaining: 0,
          next: AT,
        },
      }),
      ccpaDelete: right('ccpaDelete', REQUEST),
      sale: () => SALE,
      decisions: right('decisions', [DECISION]),
      contest: right('contest', REQUEST),
      complain: right('complain', {
        request: REQUEST,
        regulators: [{ region: 'IE', name: 'DPC', url: 'https://x.ie' }],
      }),
    },
    reviews: {
      list: review('list', { items: [CASE], next: 'n' }),
      read: review('read', { request: CASE, decision: DECISION }),
      open: review('open', CASE),
      extend: review('extend', CASE),
      decide: review('decide', CASE),
      answer: review('answer', CASE),
      verifyGuardian: review('verifyGuardian', WARD),
      endGuardianship: review('endGuardianship', WARD),
      reportMinor: review('reportMinor', { blocked: true, certificate: null, ...INSIDE }),
    },
    guardians: {
      wards: guardian('wards', [{ ...WARD, child: HELD.subject }]),
      agree: guardian('agree', { consents: [CONSENT], receipts: ['e30.e30.c2ln'] }),
      review: guardian('review', HELD),
      withdraw: guardian('withdraw', { consent: CONSENT, certificate: 'e30.e30.c2ln' }),
      tell: guardian('tell', { blocked: true, certificate: null, ...INSIDE }),
      remove: guardian('remove', REQUEST),
      stateAge: guardian('stateAge', { blocked: false, certificate: null }),
    },
  };
}
