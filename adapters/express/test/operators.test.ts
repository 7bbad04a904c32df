import { AsignioError } from '@asignio/contracts';
import type { AsignioCore, Operator, StaffView } from '@asignio/core';
import { STAFF_ROLES } from '@asignio/policy';
import { expect } from 'chai';
import { ROUTES } from '#src/document/routes.js';
import * as schemas from '#src/document/schemas.js';
import { startHost } from './support/app.js';
import type { Host } from './support/app.js';

const OLGA: Operator = { id: 'olga', role: 'administrator' };
const AT = Date.parse('2026-03-01T12:00:00Z');
const MEMBER: StaffView = {
  id: 'olga',
  pseudonym: 'p'.repeat(22),
  acknowledged: { version: '1', at: AT, until: AT + 1000 },
  grants: [{ role: 'auditor', grantedAt: AT, by: 'host', until: null }],
};

describe('routes for operators', () => {
  let host: Host;
  let calls: unknown[][];

  beforeEach(async () => {
    calls = [];
    host = await startHost({ operator: (req) => (req.get('x-staff') === undefined ? undefined : OLGA) });
    host.core.governance = { ...host.core.governance, staff: recording(calls) };
  });
  afterEach(() => host.close());

  const asOlga = { 'x-staff': 'olga' };

  it('R42: are not there for anybody whom the host does not name as an operator', async () => {
    for (const route of ROUTES.filter(({ operator }) => operator === true)) {
      const path = `/asignio${route.path.replaceAll(/:\w+/g, 'x')}`;
      const body = route.body === undefined ? {} : { json: {} };
      const reply = await host.page(route.method.toUpperCase(), path, { headers: { 'x-user': 'ada' }, ...body });
      expect(reply.status, path).to.equal(404);
      expect(reply.json()['code']).to.equal('ASIGNIO_NOT_FOUND');
    }
    expect(calls).to.deep.equal([]);
  });

  it('R42: are not there in a host that names no operators', async () => {
    const other = await startHost();
    const reply = await other.page('GET', '/asignio/operator/staff', { headers: asOlga });
    await other.close();
    expect(reply.status).to.equal(404);
  });

  it('all begin with /operator, and nothing else does', () => {
    for (const { path, operator } of ROUTES) expect(path.startsWith('/operator/')).to.equal(operator === true);
  });

  it('are closed to pages of other sites', async () => {
    const headers = { ...asOlga, origin: 'https://evil.example' };
    const reply = await host.page('POST', '/asignio/operator/staff/roles', { headers, json: {} });
    expect(reply.json()['code']).to.equal('ASIGNIO_ORIGIN_REFUSED');
    expect(calls).to.deep.equal([]);
  });

  it('R42: who acknowledges the rules does it for themselves', async () => {
    const json = { sha256: 'a'.repeat(64) };
    const reply = await host.page('POST', '/asignio/operator/staff/acknowledgement', { headers: asOlga, json });
    expect(reply.status).to.equal(200);
    expect(calls).to.deep.equal([['acknowledge', 'default', { id: 'olga', ...json }]]);
    const other = { json: { ...json, id: 'boris' }, headers: asOlga };
    expect((await host.page('POST', '/asignio/operator/staff/acknowledgement', other)).status).to.equal(400);
  });

  it('give roles with moments as ISO 8601, and say what is there in the same form', async () => {
    const json = { id: 'boris', role: 'reviewer', until: '2027-01-01T00:00:00.000Z' };
    const reply = await host.page('POST', '/asignio/operator/staff/roles', { headers: asOlga, json });
    expect(calls).to.deep.equal([['grant', 'default', OLGA, { ...json, until: Date.parse(json.until) }]]);
    expect(reply.json()).to.deep.equal({
      ...MEMBER,
      acknowledged: { version: '1', at: '2026-03-01T12:00:00.000Z', until: '2026-03-01T12:00:01.000Z' },
      grants: [{ role: 'auditor', grantedAt: '2026-03-01T12:00:00.000Z', by: 'host', until: null }],
    });
    expect(schemas.staffAnswer.validate(reply.json(), { convert: false }).error).to.equal(undefined);
  });

  it('let nothing out that their schema does not name', async () => {
    const reply = await host.page('GET', '/asignio/operator/staff?limit=7&after=x', { headers: asOlga });
    expect(calls).to.deep.equal([['list', 'default', OLGA, { limit: 7, after: 'x' }]]);
    expect(reply.text).to.include('olga').and.not.include('sealed');
  });

  it('pass the core’s refusal on', async () => {
    const json = { id: 'boris', role: 'auditor' };
    const reply = await host.page('POST', '/asignio/operator/staff/roles/revoke', { headers: asOlga, json });
    expect(reply.status).to.equal(403);
    expect(reply.json()['code']).to.equal('ASIGNIO_ROLE_REQUIRED');
  });

  it('know the roles that the policy knows', () => {
    expect(schemas.STAFF_ROLES).to.deep.equal(STAFF_ROLES);
  });
});

/** Staff that notes its calls; taking a role away is refused. */
function recording(calls: unknown[][]): AsignioCore['governance']['staff'] {
  const member = { ...MEMBER, sealedId: 'sealed' };
  const note = <T>(name: string, answer: T) => {
    return async (...given: unknown[]): Promise<T> => {
      calls.push([name, ...given]);
      return answer;
    };
  };
  return {
    rules: () => ({ version: '1', statements: [], validMonths: 12, sha256: 'a'.repeat(64) }),
    acknowledge: note('acknowledge', member),
    grant: note('grant', member),
    revoke: async () => {
      throw new AsignioError('ASIGNIO_ROLE_REQUIRED');
    },
    list: note('list', { items: [member] }),
    require: note('require', { pseudonym: MEMBER.pseudonym, role: 'administrator' as const }),
  };
}
