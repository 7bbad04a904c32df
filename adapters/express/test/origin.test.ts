import { expect } from 'chai';
import { ORIGIN, startHost } from './support/app.js';
import type { Host } from './support/app.js';

const SIGN_IN = JSON.stringify({ kind: 'verification', modalities: ['signature'], subject: 'ada' });
const JSON_TYPE = { 'content-type': 'application/json' };

describe('where a request comes from', () => {
  let host: Host;
  beforeEach(async () => {
    host = await startHost({ origins: [ORIGIN, 'https://other.example'] });
  });
  afterEach(() => host.close());

  const begin = (headers: Record<string, string>) =>
    host.ask({ method: 'POST', path: '/asignio/ceremonies', headers: { ...JSON_TYPE, ...headers }, body: SIGN_IN });

  const read = (headers: Record<string, string>) =>
    host.ask({ path: '/asignio/subjects/me', headers: { 'x-user': 'ada', host: 'app.example', ...headers } });

  it('may be any of the listed origins, which the ceremony then keeps', async () => {
    expect((await begin({ origin: 'https://other.example' })).status).to.equal(201);
    expect(host.core.begun[0]?.origin).to.equal('https://other.example');
  });

  for (const [what, headers] of [
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: `${ORIGIN}:444` }],
    ['the same host without TLS', { origin: 'http://app.example' }],
    ['a look-alike', { origin: `${ORIGIN}.evil.example` }],
    ['another case', { origin: 'https://APP.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['an opaque origin across sites', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['nowhere', {}],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site' }],
    ['a listed origin, by the referrer only', { referer: `${ORIGIN}/page` }],
    ['a host that is not listed', { 'sec-fetch-site': 'same-origin', host: 'evil.example' }],
  ] as const)
    it(`may not be ${what}, for a change`, async () => {
      const reply = await begin(headers);
      expect(reply.status).to.equal(403);
      expect(reply.json()['code']).to.equal('ASIGNIO_ORIGIN_REFUSED');
      expect(host.core.changes).to.deep.equal([]);
    });

  it('is taken from Sec-Fetch-Site where a browser leaves Origin out or makes it opaque', async () => {
    for (const origin of [{}, { origin: 'null' }])
      expect((await begin({ ...origin, 'sec-fetch-site': 'same-origin', host: 'app.example' })).status).to.equal(201);
    expect(host.core.begun.map((request) => request.origin)).to.deep.equal([ORIGIN, ORIGIN]);
  });

  it('is checked for what only reads, too, where that is somebody’s', async () => {
    expect((await read({})).status).to.equal(200);
    expect((await read({ origin: ORIGIN })).status).to.equal(200);
    expect((await read({ origin: 'https://evil.example' })).status).to.equal(403);
    expect((await read({ host: 'evil.example' })).status).to.equal(403);
  });

  it('matters nothing for public documents', async () => {
    expect(
      (await host.ask({ path: '/asignio/jwks.json', headers: { origin: 'https://evil.example' } })).status,
    ).to.equal(200);
  });

  it('is never told that it may read across origins', async () => {
    const preflight = await host.ask({
      method: 'OPTIONS',
      path: '/asignio/ceremonies',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).to.equal(404);
    const replies = [preflight, await begin({ origin: ORIGIN }), await begin({ origin: 'https://evil.example' })];
    for (const reply of replies)
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).to.deep.equal([]);
  });
});
