import { SIGNATURE_MEDIA_TYPE } from '@asignio/contracts';
import { problemAnswer } from '#src/document/schemas.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { ORIGIN, startHost } from './support/app.js';
import type { Ask, Host } from './support/app.js';

const segment = fc.oneof(
  fc.constantFrom('ceremonies', 'samples', 'signature', 'complete', 'events', 'subjects', 'me', 'consents', 'receipt'),
  fc.constantFrom('notices', 'current', 'capture', 'healthz', 'metrics', '%ff', '%00', '..', '%2e%2e', '__proto__', ''),
  fc.string({ unit: 'binary', maxLength: 12 }).map(encodeURIComponent),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,70}$/),
);
const path = fc
  .tuple(fc.array(segment, { maxLength: 5 }), fc.option(fc.stringMatching(/^[a-z&=%[\]0-9_.]{0,20}$/), { nil: '' }))
  .map(([segments, query]) => `/asignio/${segments.join('/')}${query === '' ? '' : `?${query}`}`);
const headers = fc.record(
  {
    origin: fc.constantFrom(ORIGIN, 'null', 'https://evil.example', ''),
    'content-type': fc.constantFrom(
      'application/json',
      SIGNATURE_MEDIA_TYPE,
      'text/plain',
      ';;;',
      'application/json;charset=x',
    ),
    'content-encoding': fc.constantFrom('gzip', 'identity', 'x'),
    'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site', 'none'),
    cookie: fc.stringMatching(/^[ -~]{0,60}$/),
    'x-user': fc.stringMatching(/^[!-~]{0,20}$/),
    range: fc.constantFrom('bytes=0-1', 'bytes=9-1', 'x'),
    'if-none-match': fc.constantFrom('*', '"x"', 'W/'),
    accept: fc.constantFrom('*/*', 'text/html', 'x'),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 200 }),
  fc.json(),
  fc
    .object({ key: fc.constantFrom('kind', 'modalities', 'subject', '__proto__', 'signature') })
    .map((value) => JSON.stringify(value)),
);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND');

describe('the router under random requests', () => {
  let host: Host;
  before(async () => {
    host = await startHost();
  });
  after(() => host.close());

  it('answers each with a success or a problem below 500, changes nothing, and lives', async () => {
    await fc.assert(
      fc.asyncProperty(method, path, headers, body, async (verb, where, named, sent) => {
        const request: Ask = {
          method: verb,
          path: where,
          headers: named,
          ...(sent === undefined || verb === 'GET' || verb === 'HEAD' ? {} : { body: sent }),
        };
        const reply = await host.ask(request);
        expect(reply.status, JSON.stringify(request)).to.be.below(500);
        if (reply.status >= 400 && verb !== 'HEAD') {
          expect(reply.headers['content-type']).to.contain('application/problem+json');
          expect(problemAnswer.validate(reply.json()).error).to.equal(undefined);
        }
        // What only the host's signed-in subject may do needs the right method, address, origin and session at once.
        const erased = verb === 'DELETE' && /^\/asignio\/+subjects\/+me\/?(?:\?|$)/.test(where);
        if (!erased) expect(host.core.changes).to.deep.equal([]);
        host.core.changes.length = 0;
      }),
      { numRuns: 600 },
    );
    expect((await host.ask({ path: '/asignio/healthz' })).status).to.equal(200);
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  }).timeout(60_000);

  it('takes any bytes as a verification’s sample alike, for nobody may learn from it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const { id, cookie } = await host.begin({ kind: 'verification', modalities: ['signature'], subject: 'ada' });
        const reply = await host.ask({
          method: 'PUT',
          path: `/asignio/ceremonies/${id}/samples/signature`,
          headers: { origin: ORIGIN, cookie, 'content-type': SIGNATURE_MEDIA_TYPE },
          body: bytes,
        });
        expect(reply.status).to.equal(202);
        expect(reply.json()).to.deep.equal({ needed: 1, received: 1 });
        expect(host.core.samples.pop()).to.deep.equal(bytes);
      }),
      { numRuns: 50 },
    );
  }).timeout(60_000);
});
