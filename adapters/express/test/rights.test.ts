import { AsignioError, subjectId } from '@asignio/contracts';
import type { Operator, Requester } from '@asignio/core';
import * as policy from '@asignio/policy';
import { expect } from 'chai';
import { ROUTES } from '#src/document/routes.js';
import { RIGHT_ROUTES } from '#src/document/routes/rights.js';
import { GUARDIAN_ROUTES } from '#src/document/routes/guardians.js';
import { REVIEW_ROUTES } from '#src/document/routes/reviews.js';
import * as schemas from '#src/document/schemas.js';
import { startHost } from './support/app.js';
import type { Host } from './support/app.js';

const ADA = { 'x-user': 'ada' };
const OLGA: Operator = { id: 'olga', role: 'reviewer' };
const PROOF: NonNullable<Requester['proof']> = { subject: subjectId('ada'), factors: ['password'], at: 7 };
const WHO: Requester = { tenant: 'default' as Requester['tenant'], subject: PROOF.subject, proof: PROOF };
const RELEASE = {
  noticeVersion: '2026-01',
  noticeSha256: 'a'.repeat(64),
  language: 'en',
  modality: 'signature',
  purposes: ['authentication'],
  signature: { method: 'typed-name', name: 'Ada Lovelace' },
};

/** For each route: a body that it takes, and the call that it makes. */
const SAMPLES: { readonly [name: string]: { readonly body?: object; readonly call: readonly unknown[] } } = {
  readProof: { call: ['rights.check', WHO] },
  readRequests: { call: ['rights.requests', WHO] },
  readRequest: { call: ['rights.request', WHO, 'x'] },
  readStanding: { call: ['rights.standing', WHO] },
  askAccess: { body: {}, call: ['rights.access', WHO] },
  askExport: { body: { passphrase: 'p'.repeat(15) }, call: ['rights.exportData', WHO, { passphrase: 'p'.repeat(15) }] },
  askImport: { body: { text: '{}' }, call: ['rights.importData', WHO, { text: '{}' }] },
  rectify: { body: { name: 'Ada', phone: null }, call: ['rights.rectify', WHO, { name: 'Ada', phone: null }] },
  revokeReference: { call: ['rights.revokeReference', WHO, { enrolment: 'x' }] },
  restrict: { body: {}, call: ['rights.restrict', WHO] },
  resume: { call: ['rights.resume', WHO] },
  objectTo: { body: { purposes: ['improvement'] }, call: ['rights.object', WHO, { purposes: ['improvement'] }] },
  retractObjection: {
    body: { purposes: ['location'] },
    call: ['rights.retractObjection', WHO, { purposes: ['location'] }],
  },
  readDecisions: { call: ['rights.decisions', WHO] },
  contestDecision: {
    body: { statement: 'It was I' },
    call: ['rights.contest', WHO, { decision: 'x', statement: 'It was I' }],
  },
  complain: {
    body: { statement: 'No answer', region: 'US-IL' },
    call: ['rights.complain', WHO, { statement: 'No answer', region: 'US-IL' }],
  },
  askSummary: { body: {}, call: ['rights.ccpaSummary', WHO] },
  askDeletion: { body: {}, call: ['rights.ccpaDelete', WHO] },
  readSale: { call: [] },
  readWards: { call: ['guardians.wards', WHO] },
  agreeForWard: {
    body: { ...RELEASE, child: 'bo', age: { band: '13-15' } },
    call: ['guardians.agree', WHO, { ...RELEASE, child: 'bo', age: { band: '13-15' } }],
  },
  reviewWard: { body: { child: 'bo' }, call: ['guardians.review', WHO, { child: 'bo' }] },
  withdrawForWard: {
    body: { child: 'bo', consent: 'c' },
    call: ['guardians.withdraw', WHO, { child: 'bo', consent: 'c' }],
  },
  tellAgeOfWard: {
    body: { child: 'bo', age: { band: 'under-13' } },
    call: ['guardians.tell', WHO, { child: 'bo', age: { band: 'under-13' } }],
  },
  removeWard: { body: { child: 'bo' }, call: ['guardians.remove', WHO, { child: 'bo' }] },
  listRequests: { call: ['reviews.list', 'default', OLGA, {}] },
  openRequest: { call: ['reviews.read', 'default', OLGA, 'x'] },
  recordRequest: {
    body: { subject: 'ada', type: 'erasure', receivedAt: '2026-01-01T00:00:00.000Z' },
    call: ['reviews.open', 'default', OLGA, { subject: 'ada', type: 'erasure', receivedAt: Date.UTC(2026, 0, 1) }],
  },
  extendRequest: { body: { reason: 'Why' }, call: ['reviews.extend', 'default', OLGA, { id: 'x', reason: 'Why' }] },
  reviewDecision: {
    body: { outcome: 'upheld', reason: 'Why' },
    call: ['reviews.decide', 'default', OLGA, { id: 'x', outcome: 'upheld', reason: 'Why' }],
  },
  answerRequest: {
    body: { outcome: 'answered', answer: 'Sorry' },
    call: ['reviews.answer', 'default', OLGA, { id: 'x', outcome: 'answered', answer: 'Sorry' }],
  },
  verifyGuardian: {
    body: { guardian: 'eve', child: 'bo', relation: 'parent', evidence: 'in-person', reference: 'File 7' },
    call: [
      'reviews.verifyGuardian',
      'default',
      OLGA,
      { guardian: 'eve', child: 'bo', relation: 'parent', evidence: 'in-person', reference: 'File 7' },
    ],
  },
  endGuardianship: { body: { child: 'bo' }, call: ['reviews.endGuardianship', 'default', OLGA, { child: 'bo' }] },
  reportMinor: {
    body: { subject: 'bo', age: { birthDate: '2015-02-03' } },
    call: ['reviews.reportMinor', 'default', OLGA, { subject: 'bo', age: { birthDate: '2015-02-03' } }],
  },
};

describe('rights over HTTP', () => {
  let host: Host;

  beforeEach(async () => {
    host = await startHost({
      requester: (req) => (req.get('x-user') === 'ada' ? PROOF : undefined),
      operator: (req) => (req.get('x-staff') === undefined ? undefined : OLGA),
    });
  });
  afterEach(() => host.close());

  for (const route of [...RIGHT_ROUTES, ...GUARDIAN_ROUTES, ...REVIEW_ROUTES]) {
    const path = `/asignio${route.path.replaceAll(/:\w+/g, 'x')}`;
    const { body, call } = SAMPLES[route.name] ?? { call: ['no sample'] };
    const headers = 'operator' in route ? { 'x-staff': 'olga' } : ADA;
    const ask = (json: unknown = body) =>
      host.page(route.method.toUpperCase(), path, { headers, ...(json === undefined ? {} : { json }) });

    it(`${route.method.toUpperCase()} ${route.path} asks the core for that, and answers in its schema’s form alone`, async () => {
      const reply = await ask();
      const [answer] = route.answers;
      expect(reply.status, reply.text).to.equal(answer.status);
      expect(host.core.calls).to.deep.equal(call.length === 0 ? [] : [call]);
      expect(answer.schema?.validate(reply.json(), { convert: false }).error).to.equal(undefined);
      expect(reply.text).not.to.include('never-shown');
    });

    if (body !== undefined)
      it(`${route.method.toUpperCase()} ${route.path} refuses a field that is not known, and asks nothing`, async () => {
        const reply = await ask({ ...body, subjectOf: 'another' });
        expect(reply.status).to.equal(400);
        expect(reply.json()['code']).to.equal('ASIGNIO_REQUEST_INVALID');
        expect(host.core.calls).to.deep.equal([]);
      });
  }

  it('R27: a session that proved nothing else hands no proof on', async () => {
    await host.page('POST', '/asignio/subjects/me/access', { headers: { 'x-user': 'bob' }, json: {} });
    expect(host.core.calls).to.deep.equal([['rights.access', { tenant: 'default', subject: 'bob', proof: undefined }]]);
  });

  it('R27: a refusal says what to do, with its code', async () => {
    host.core.rights.erase = () => Promise.reject(new AsignioError('ASIGNIO_REQUESTER_UNVERIFIED'));
    const reply = await host.page('DELETE', '/asignio/subjects/me', { headers: ADA });
    expect(reply.status).to.equal(403);
    expect(reply.json()['code']).to.equal('ASIGNIO_REQUESTER_UNVERIFIED');
  });

  it('are for whoever is signed in, and nobody else', async () => {
    for (const { method, path } of ROUTES.filter(({ signedIn }) => signedIn)) {
      const reply = await host.page(method.toUpperCase(), `/asignio${path.replaceAll(/:\w+/g, 'x')}`);
      expect(reply.json()['code'], path).to.equal('ASIGNIO_SIGN_IN_REQUIRED');
    }
    expect(host.core.calls).to.deep.equal([]);
  });

  it('take an export of any length that one can have, and no longer one', async () => {
    const path = '/asignio/subjects/me/import';
    const long = { text: 'ö'.repeat(schemas.EXPORT_LENGTH) };
    expect((await host.page('POST', path, { headers: ADA, json: long })).status).to.equal(200);
    const longer = { text: `${long.text}x` };
    expect((await host.page('POST', path, { headers: ADA, json: longer })).status).to.equal(400);
    const huge = { text: 'x'.repeat(7_000_000) };
    expect((await host.page('POST', path, { headers: ADA, json: huge })).status).to.equal(413);
  });

  it('name what the policy names', () => {
    expect(schemas.REQUEST_TYPES).to.deep.equal(policy.REQUEST_TYPES);
    expect(schemas.REQUEST_LAWS).to.deep.equal(policy.REQUEST_LAWS);
    expect(schemas.REQUEST_OUTCOMES).to.deep.equal(policy.REQUEST_OUTCOMES);
    expect(schemas.DECISION_KINDS).to.deep.equal(policy.DECISION_KINDS);
    expect(schemas.AGE_BANDS).to.deep.equal(policy.AGE_BANDS);
    expect(schemas.GUARDIAN_RELATIONS).to.deep.equal(policy.GUARDIAN_RELATIONS);
    expect(schemas.GUARDIAN_EVIDENCE).to.deep.equal(policy.GUARDIAN_EVIDENCE);
    expect(schemas.REQUESTER_FACTORS).to.deep.equal(policy.REQUESTER_FACTORS);
  });
});
