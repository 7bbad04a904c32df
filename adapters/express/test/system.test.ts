import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsignioError } from '@asignio/contracts';
import { expect } from 'chai';
import { ORIGIN, startHost } from './support/app.js';
import type { Host } from './support/app.js';

const SIGN_IN = { kind: 'verification', modalities: ['signature'], subject: 'canary-subject' };

describe('health', () => {
  let host: Host;
  afterEach(() => host.close());

  it('is the process’s own, whatever the store or the host’s tenants do', async () => {
    host = await startHost({ tenant: () => '../' });
    host.core.script.ready = new Error('down');
    expect((await host.ask({ path: '/asignio/healthz' })).json()).to.deep.equal({ status: 'ok' });
  });

  it('is readiness only while the store answers', async () => {
    host = await startHost();
    expect((await host.ask({ path: '/asignio/readyz' })).status).to.equal(200);
    host.core.script.ready = new Error('connect ECONNREFUSED mongodb://user:password@db');
    const down = await host.ask({ path: '/asignio/readyz' });
    expect(down.status).to.equal(503);
    expect(down.json()['code']).to.equal('ASIGNIO_STORAGE_UNAVAILABLE');
    expect(down.text).to.not.contain('password');
  });

  it('does not wait for ever', async () => {
    host = await startHost();
    host.core.script.ready = new Promise<never>(() => undefined);
    const asked = host.ask({ path: '/asignio/readyz' });
    while (!host.timer.slept.includes(5_000)) await new Promise((resolve) => setImmediate(resolve));
    host.timer.advance(5_000);
    expect((await asked).status).to.equal(503);
  });
});

describe('metrics', () => {
  let host: Host;
  afterEach(() => host.close());

  it('count ceremonies and show the engine, without a name', async () => {
    host = await startHost();
    const { id, cookie } = await host.begin(SIGN_IN);
    await host.sample(id, cookie);
    await host.page('POST', `/asignio/ceremonies/${id}/complete`, { json: {}, headers: { cookie } });
    const second = await host.begin(SIGN_IN);
    await host.sample(second.id, second.cookie);
    host.core.script.complete = new AsignioError('ASIGNIO_NOT_VERIFIED');
    await host.page('POST', `/asignio/ceremonies/${second.id}/complete`, {
      json: {},
      headers: { cookie: second.cookie },
    });
    await host.page('BREW', `/asignio/canary-path`).catch(() => undefined);
    const { text, headers } = await host.ask({ path: '/asignio/metrics' });
    expect(headers['content-type']).to.contain('text/plain');
    expect(text).to.contain('asignio_ceremonies_begun_total{kind="verification"} 2');
    expect(text).to.contain('asignio_ceremonies_decided_total{kind="verification",decision="accepted"} 1');
    expect(text).to.contain('asignio_ceremonies_decided_total{kind="verification",decision="rejected"} 1');
    expect(text).to.contain('asignio_engine_queued 3');
    expect(text).to.contain('route="/ceremonies/:id/complete",method="POST",status="401"');
    expect(text).to.not.contain('canary');
    expect(text).to.not.contain(id);
  });

  it('of two routers in one process do not collide', async () => {
    host = await startHost();
    const other = await startHost();
    await host.begin(SIGN_IN);
    expect((await other.ask({ path: '/asignio/metrics' })).text).to.not.contain('begun_total{kind="verification"} 1');
    await other.close();
  });

  it('are hidden from whoever comes through a proxy, or whom the host does not let', async () => {
    host = await startHost();
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])
      expect((await host.ask({ path: '/asignio/metrics', headers: { [header]: '1.2.3.4' } })).status).to.equal(404);
    const strict = await startHost({ metrics: (req) => req.get('authorization') === 'Bearer scrape' });
    expect((await strict.ask({ path: '/asignio/metrics' })).status).to.equal(404);
    const headers = { authorization: 'Bearer scrape', 'x-forwarded-for': '1.2.3.4' };
    expect((await strict.ask({ path: '/asignio/metrics', headers })).status).to.equal(200);
    await strict.close();
  });
});

describe('public files', () => {
  let host: Host;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asignio-capture-'));
    await mkdir(join(folder, 'public'));
    await writeFile(join(folder, 'public', 'asignio.js'), 'export {};\n');
    await writeFile(join(folder, 'public', 'asignio.css'), ':root{}\n');
    await writeFile(join(folder, 'public', '.env'), 'SECRET=1\n');
    await writeFile(join(folder, 'secret.txt'), 'SECRET=1\n');
    host = await startHost({ captureFolder: join(folder, 'public') });
  });
  after(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  it('are the components, with their type and a lifetime', async () => {
    const script = await host.ask({ path: '/asignio/capture/asignio.js' });
    expect(script.text).to.equal('export {};\n');
    expect(script.headers['content-type']).to.contain('text/javascript');
    expect(script.headers).to.deep.include({
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
    });
    const style = await host.ask({ path: '/asignio/capture/asignio.css' });
    expect(style.headers['content-type']).to.contain('text/css');
    const again = await host.ask({
      path: '/asignio/capture/asignio.js',
      headers: { 'if-none-match': script.headers.etag },
    });
    expect(again.status).to.equal(304);
  });

  for (const path of [
    '/asignio/capture/',
    '/asignio/capture/missing.js',
    '/asignio/capture/.env',
    '/asignio/capture/..%2fsecret.txt',
    '/asignio/capture/../secret.txt',
    '/asignio/capture/%2e%2e/secret.txt',
    '/asignio/capture/asignio.js%00.css',
    '/asignio/capture/asignio.js/',
    '/asignio/capture//etc/passwd',
  ])
    it(`do not include ${path}`, async () => {
      const reply = await host.ask({ path });
      if (path.endsWith('asignio.js/')) expect(reply.text).to.equal('export {};\n');
      else {
        expect(reply.status).to.be.oneOf([400, 404]);
        expect(reply.headers['content-type']).to.contain('application/problem+json');
        expect(reply.headers['cache-control']).to.equal('no-store');
      }
      expect(reply.text).to.not.contain('SECRET');
    });

  it('include the public keys', async () => {
    const reply = await host.ask({ path: '/asignio/jwks.json' });
    expect(reply.json()['keys']).to.have.length(1);
    expect(reply.headers['cache-control']).to.equal('public, max-age=300');
  });
});

describe('what the operator is told', () => {
  let host: Host;
  const lines: string[] = [];
  beforeEach(async () => {
    lines.length = 0;
    const log = (fields: object, message: string) => void lines.push(JSON.stringify({ ...fields, message }));
    host = await startHost({ logger: { warn: log, error: log } });
  });
  afterEach(() => host.close());

  it('names the request and the place of a failure, but nothing that came with it', async () => {
    host.core.script.begin = new Error('no row for canary-subject', { cause: new TypeError('canary-cause') });
    const { reply } = await host.begin(SIGN_IN, { cookie: 'session=canary-cookie' });
    expect(reply.status).to.equal(500);
    expect(reply.json()['code']).to.equal('ASIGNIO_INTERNAL');
    expect(reply.text).to.not.contain('canary');
    const requestId = String(reply.headers['x-request-id']);
    expect(reply.json()['instance']).to.equal(`urn:uuid:${requestId}`);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain(requestId).and.to.contain('"route":"/ceremonies"').and.to.contain('TypeError');
    expect(lines[0]).to.contain('at ');
    expect(lines[0]).to.not.contain('canary');
  });

  it('includes refused origins, and no ordinary refusal', async () => {
    await host.ask({ method: 'DELETE', path: '/asignio/subjects/me', headers: { origin: 'https://evil.example' } });
    expect(lines[0]).to.contain('ASIGNIO_ORIGIN_REFUSED');
    await host.page('GET', '/asignio/nothing');
    await host.begin({ ...SIGN_IN, kind: 'canary' });
    expect(lines).to.have.length(1);
  });

  it('does not take a request id from the client', async () => {
    const reply = await host.ask({ path: '/asignio/healthz', headers: { 'x-request-id': 'canary' } });
    expect(reply.headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
  });
});

describe('rate limits', () => {
  let host: Host;
  beforeEach(async () => {
    host = await startHost({ rateLimit: { ceremonies: 2, reads: 3 } }, (app) => app.set('trust proxy', 'loopback'));
  });
  afterEach(() => host.close());

  const statusFrom = async (address: string) => (await host.begin(SIGN_IN, from(address))).reply.status;

  it('brake one address and leave the others alone', async () => {
    for (const _ of [1, 2]) expect((await host.begin(SIGN_IN, from('192.0.2.1'))).reply.status).to.equal(201);
    const { reply } = await host.begin(SIGN_IN, from('192.0.2.1'));
    expect(reply.status).to.equal(429);
    expect(Number(reply.headers['retry-after'])).to.be.within(1, 60);
    expect((await host.begin(SIGN_IN, from('192.0.2.2'))).reply.status).to.equal(201);
    expect(host.core.begun).to.have.length(3);
  });

  it('count a whole /64 of IPv6 as one, and an IPv4 address in IPv6 form as itself', async () => {
    expect(await statusFrom('2001:db8:0:1::1')).to.equal(201);
    expect(await statusFrom('2001:db8::1:ffff:0:0:1')).to.equal(201);
    expect(await statusFrom('2001:0db8:0000:0001:1:2:3:4')).to.equal(429);
    expect(await statusFrom('2001:db8:0:2::1')).to.equal(201);
    expect(await statusFrom('::ffff:192.0.2.7')).to.equal(201);
    expect(await statusFrom('192.0.2.7')).to.equal(201);
    expect(await statusFrom('::ffff:192.0.2.7')).to.equal(429);
  });

  it('never touch health', async () => {
    for (const _ of [1, 2, 3, 4, 5]) expect((await host.ask({ path: '/asignio/healthz' })).status).to.equal(200);
  });

  it('come before anything is looked at', async () => {
    for (const _ of [1, 2, 3]) await host.ask({ path: '/asignio/subjects/me', headers: { origin: ORIGIN } });
    const reply = await host.ask({ path: '/asignio/subjects/me', headers: { origin: 'https://evil.example' } });
    expect(reply.status).to.equal(429);
  });
});

function from(address: string): { 'x-forwarded-for': string } {
  return { 'x-forwarded-for': address };
}
