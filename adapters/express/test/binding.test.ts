import { expect } from 'chai';
import { startHost } from './support/app.js';
import type { Host } from './support/app.js';

const SIGN_IN = { kind: 'verification', modalities: ['signature'], subject: 'ada' };

describe('the binding of a ceremony to its browser', () => {
  let host: Host;
  afterEach(() => host.close());

  it('is a cookie that scripts cannot read and other sites cannot send', async () => {
    host = await startHost();
    const { id, reply } = await host.begin(SIGN_IN);
    const [cookie = ''] = reply.headers['set-cookie'] ?? [];
    expect(cookie).to.match(new RegExp(`^asignio_${id.slice(0, 8)}=`));
    expect(cookie).to.contain('; HttpOnly').and.to.contain('; SameSite=Strict').and.to.contain('; Path=/;');
    expect(cookie).to.contain('; Max-Age=360;');
    expect(cookie).to.not.contain('Domain');
    expect(cookie).to.not.contain('Secure');
  });

  it('is, over TLS, a cookie of this very host', async () => {
    host = await startHost({}, (app) => app.set('trust proxy', 'loopback'));
    const tls = { 'x-forwarded-proto': 'https' };
    const { id, cookie, reply } = await host.begin(SIGN_IN, tls);
    expect(reply.headers['set-cookie']?.[0]).to.match(/^__Host-asignio_.*; Path=\/; .*Secure/);
    expect((await host.page('GET', `/asignio/ceremonies/${id}`, { headers: { ...tls, cookie } })).status).to.equal(200);
    const planted = cookie.replace('__Host-', '');
    const reply2 = await host.page('GET', `/asignio/ceremonies/${id}`, { headers: { ...tls, cookie: planted } });
    expect(reply2.status).to.equal(404);
  });

  it('is asked for by every step', async () => {
    host = await startHost();
    const { id, cookie } = await host.begin(SIGN_IN);
    const other = await host.begin({ ...SIGN_IN, subject: 'bob' });
    const wrong = [
      '',
      other.cookie,
      `${cookie}x`,
      `${cookie.split('=')[0] ?? ''}=`,
      `${cookie.split('=')[0] ?? ''}=%ff`,
      `${cookie.split('=')[0] ?? ''}=${'a'.repeat(2_000)}`,
      // Planted by a sibling domain, before or after the real one.
      `${cookie}; ${cookie.split('=')[0] ?? ''}=planted`,
      `${cookie.split('=')[0] ?? ''}=planted; ${cookie}`,
    ];
    for (const header of wrong) {
      const headers = header === '' ? {} : { cookie: header };
      const path = `/asignio/ceremonies/${id}`;
      const replies = [
        await host.page('GET', path, { headers }),
        await host.page('GET', `${path}/events`, { headers }),
        await host.sample(id, header),
        await host.page('POST', `${path}/complete`, { json: {}, headers }),
      ];
      for (const reply of replies) {
        expect(reply.status, header).to.equal(404);
        expect(reply.json()['code']).to.equal('ASIGNIO_CEREMONY_UNKNOWN');
      }
    }
    expect(host.core.changes).to.deep.equal(['begin', 'begin']);
  });

  it('holds for a few ceremonies at once, of which the oldest go', async () => {
    host = await startHost();
    const jar = ['asignio_aaaaaaaa=1', 'theme=dark', 'asignio_bbbbbbbb=2', 'asignio_cccccccc=3', 'asignio_dddddddd=4'];
    const { reply } = await host.begin(SIGN_IN, { cookie: jar.join('; ') });
    const cookies = reply.headers['set-cookie'] ?? [];
    expect(cookies).to.have.length(2);
    expect(cookies[0]).to.match(/^asignio_aaaaaaaa=; Max-Age=0;/);
  });
});
